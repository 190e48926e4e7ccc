"""Optional plugins that ship with the package; a project names them in its configuration."""

"""What can be wrong with the configuration."""

from __future__ import annotations

from . import CommandError


class ConfigError(CommandError):
    """The configuration cannot be used as it is written."""

    code = "config"


class ConfigFileUnreadable(ConfigError):
    """A configuration file exists but cannot be read as text."""

    code = "config-file-unreadable"

    def __init__(self, path: str, why: str, hint: str | None = None) -> None:
        super().__init__(f"Can't read configuration file {path!r}: {why}", hint=hint)
        self.path = path


class ConfigFileMalformed(ConfigError):
    """A configuration file breaks the rules of its format."""

    code = "config-file-malformed"

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"Can't parse configuration file {path!r}", hint=why)
        self.path = path

    @classmethod
    def because(cls, message: str, path: str, hint: str) -> ConfigFileMalformed:
        """The same with a dictated first line."""
        error = cls(path, hint)
        error.args, error.message, error.hint = (message,), message, f"in {path}: {hint}"
        return error


class ConfigSectionMissing(ConfigError):
    """An ini section that is needed does not exist."""

    code = "config-section-missing"

    def __init__(self, path: str | None, section: str) -> None:
        super().__init__(f"No config file {path!r} found, or file has no '[{section}]' section")
        self.path = path
        self.section = section


class PathSeparatorUnknown(ConfigError, ValueError):
    """A separator key has a value that stands for no separator."""

    code = "config-path-separator"

    def __init__(self, key: str, value: str, known: tuple[str, ...]) -> None:
        listed = ", ".join(repr(name) for name in known)
        super().__init__(f"{value!r} is not a valid value for {key}; expected {listed}")
        self.key = key
        self.value = value


class TomlValueInvalid(ConfigError):
    """A value in ``[tool.alembic]`` has the wrong type or cannot be interpolated."""

    code = "config-toml-value"

    def __init__(self, message: str, path: str | None, hint: str | None = None) -> None:
        super().__init__(message, hint="\n".join(filter(None, [hint, f"in {path}"])))
        self.path = path

    @classmethod
    def interpolation(cls, key: str, value: str, path: str | None) -> TomlValueInvalid:
        """A string whose ``%`` marks are not those of ``%(here)s``."""
        hint = "Write a literal per cent sign twice (%%); %(here)s is the directory of the file."
        return cls(f"can't interpolate TOML value of key {key!r}: {value!r}", path, hint)


class ConfigValueInvalid(ConfigError, ValueError):
    """A setting has a value that it cannot have."""

    code = "config-value"

    def __init__(self, key: str, value: str, expected: str) -> None:
        super().__init__(f"Invalid value for {key}: {value!r}; expected {expected}")
        self.key = key
        self.value = value


class ConfigFileRepeated(ConfigError):
    """The command line names two configuration files of the same kind."""

    code = "config-file-repeated"

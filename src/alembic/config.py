"""The configuration and the command line: ``Config``, ``CommandLine`` and ``main``."""

from __future__ import annotations

from .cli import CommandLine, main
from .configuration import CommandFunction, Config, MessagingOptions, PostWriteHookConfig

__all__ = ["CommandFunction", "CommandLine", "Config", "MessagingOptions", "PostWriteHookConfig", "main"]

if __name__ == "__main__":
    main(prog="alembic")

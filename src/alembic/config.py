"""The configuration and the command line: ``Config``, ``CommandLine`` and ``main``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import configuration
from .cli import CommandLine, main
from .configuration import Config

if TYPE_CHECKING:
    from .configuration import CommandFunction, MessagingOptions, PostWriteHookConfig

__all__ = ["CommandFunction", "CommandLine", "Config", "MessagingOptions", "PostWriteHookConfig", "main"]


def __getattr__(name: str) -> object:
    if name in __all__:
        return getattr(configuration, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


if __name__ == "__main__":
    main(prog="alembic")

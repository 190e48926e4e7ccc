"""Where a project says what it wants: ``alembic.ini``, ``pyproject.toml``, and values set from Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .config import Config

if TYPE_CHECKING:
    from .types import CommandFunction, MessagingOptions, PostWriteHookConfig

__all__ = ["CommandFunction", "Config", "MessagingOptions", "PostWriteHookConfig"]


def __getattr__(name: str) -> object:
    """The shapes for annotations; making them takes time that no command needs to spend."""
    if name in __all__:
        from . import types

        return getattr(types, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

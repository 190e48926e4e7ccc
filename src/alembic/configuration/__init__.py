"""Where a project says what it wants: ``alembic.ini``, ``pyproject.toml``, and values set from Python."""

from __future__ import annotations

from .config import Config
from .types import CommandFunction, MessagingOptions, PostWriteHookConfig

__all__ = ["CommandFunction", "Config", "MessagingOptions", "PostWriteHookConfig"]

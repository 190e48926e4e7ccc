"""Opening a file in the user's editor, by its familiar import path."""

from __future__ import annotations

from ..command.editor import open_in_editor

__all__ = ["open_in_editor"]

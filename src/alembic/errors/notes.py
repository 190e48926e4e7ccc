"""Remarks on exceptions that are not ours."""

from __future__ import annotations


def add_note(error: BaseException, note: str) -> None:
    """Add a remark, as ``error.add_note()`` does from Python 3.11 on, where tracebacks show it too."""
    if hasattr(error, "add_note"):
        error.add_note(note)
    else:
        error.__notes__ = [*getattr(error, "__notes__", ()), note]

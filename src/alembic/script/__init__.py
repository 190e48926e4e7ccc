"""Revision files: reading and writing them, and the graph that they make.

The names below are loaded when first asked for; nothing here needs SQLAlchemy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alembic.script.base import ScriptDirectory
    from alembic.script.script import Script

__all__ = ["Script", "ScriptDirectory"]

_HOME = {"Script": "script", "ScriptDirectory": "base"}
_SUBMODULES = frozenset({"base", "revision", "write_hooks"})


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name in _SUBMODULES:
        return import_module(f"{__name__}.{name}")
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = found
    return found

"""SQL for schema changes: what a directive means on each database, and where the statements go."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from . import base, impl
from .impl import DefaultImpl
from .rules import HOMES

__all__ = ["DefaultImpl", "base", "impl"]


def __getattr__(name: str) -> ModuleType:
    # `alembic.ddl.postgresql` and its like, without loading each of them beforehand.
    if name in HOMES.values():
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

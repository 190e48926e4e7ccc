"""PostgreSQL."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from .compile import (
    PostgresqlColumnType,
    visit_column_comment,
    visit_column_type,
    visit_identity_column,
    visit_rename_table,
)
from .operations import PostgresqlImpl

__all__ = [
    "PostgresqlColumnType",
    "PostgresqlImpl",
    "visit_column_comment",
    "visit_column_type",
    "visit_identity_column",
    "visit_rename_table",
]


def __getattr__(name: str) -> Any:
    # People import this operation from here; it lives with the other operations, a layer above.
    if name == "CreateExcludeConstraintOp":
        return import_module("alembic.operations.ops").CreateExcludeConstraintOp
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

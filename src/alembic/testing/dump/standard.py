"""The schema of any database, as far as SQLAlchemy's Inspector knows it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, inspect


def schema(connection: Connection, without: Collection[str]) -> list[str]:
    """A line for each column, constraint, index and view of the default schema."""
    inspector = inspect(connection)
    texts = [f"view {name}: {inspector.get_view_definition(name)}" for name in inspector.get_view_names()]
    for name in inspector.get_table_names():
        if name in without:
            continue
        parts: list[tuple[str, Any]] = [
            *(("column", one) for one in inspector.get_columns(name)),
            ("primary key", inspector.get_pk_constraint(name)),
            *(("foreign key", one) for one in inspector.get_foreign_keys(name)),
            *(("unique", one) for one in inspector.get_unique_constraints(name)),
            *(("index", one) for one in inspector.get_indexes(name)),
        ]
        texts += [f"{kind} of {name}: {_settled(value)}" for kind, value in parts]
    return texts


def _settled(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_settled(value[key])}" for key in sorted(value, key=str)) + "}"
    return str(value) if not isinstance(value, list) else str([_settled(one) for one in value])

"""IF [NOT] EXISTS for databases whose SQL lacks it: looked up in the catalogue before the statement.

A script can't look anything up, so there such a condition is refused rather than left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect
from sqlalchemy.exc import NoSuchTableError

from ..errors.ddl import ConditionNotInScript

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from .impl import DefaultImpl


def table_exists(impl: DefaultImpl, table: str, schema: str | None) -> bool:
    """Whether the table is there."""
    return inspect(_connection(impl, "table", table)).has_table(table, schema=schema)


def column_exists(impl: DefaultImpl, table: str, column: str, schema: str | None) -> bool:
    """Whether the table is there and has the column."""
    connection = _connection(impl, "column", f"{table}.{column}")
    try:
        columns = inspect(connection).get_columns(table, schema=schema)
    except NoSuchTableError:
        return False
    return column in {found["name"] for found in columns}


def index_exists(impl: DefaultImpl, table: str, index: str, schema: str | None) -> bool:
    """Whether the table is there and has an index of this name."""
    connection = _connection(impl, "index", index)
    try:
        indexes = inspect(connection).get_indexes(table, schema=schema)
    except NoSuchTableError:
        return False
    return index in {found["name"] for found in indexes}


def constraint_exists(impl: DefaultImpl, table: str, constraint: str, schema: str | None) -> bool:
    """Whether the table is there and has a constraint of this name, of whatever kind."""
    inspector = inspect(_connection(impl, "constraint", constraint))
    try:
        names: set[Any] = {inspector.get_pk_constraint(table, schema=schema).get("name")}
        for get in (inspector.get_foreign_keys, inspector.get_unique_constraints):
            names.update(found["name"] for found in get(table, schema=schema))
        names.update(found["name"] for found in inspector.get_check_constraints(table, schema=schema))
    except NoSuchTableError:
        return False
    return constraint in names


def _connection(impl: DefaultImpl, kind: str, name: str) -> Connection:
    if impl.as_sql or impl.connection is None:
        raise ConditionNotInScript(kind, name, impl.dialect.name)
    return impl.connection

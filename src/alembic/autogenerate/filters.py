"""The application's filters for tables and columns: what they refuse stays as it is in the database.

Both sides are asked alike. Names of the database's tables are asked about while it is read; indexes and
constraints where they are compared.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..schema.shapes import Table
from .pairs import TablePair

if TYPE_CHECKING:
    import sqlalchemy as sa

    from .context import AutogenContext


def included(context: AutogenContext, pair: TablePair) -> TablePair | None:
    """The pair without the columns that the filters refuse; None if they refuse the table."""
    if context.filters_objects and not _includes_table(context, pair):
        return None
    if pair.database is None or pair.model is None or not (context.filters_names or context.filters_objects):
        return pair
    database, model = pair.both
    names = {**model.columns, **database.columns}
    refused = {name for name in names if not _includes_column(context, pair, name)}
    if not refused:
        return pair
    return replace(pair, database=_without(database, refused), model=_without(model, refused))


def _includes_table(context: AutogenContext, pair: TablePair) -> bool:
    table, other = pair.metadata_table, pair.conn_table
    if table is not None:
        return context.run_object_filters(table, table.name, "table", False, other)
    assert other is not None
    return context.run_object_filters(other, other.name, "table", True, None)


def _includes_column(context: AutogenContext, pair: TablePair, name: str) -> bool:
    schema, table = pair.key
    if not context.run_name_filters(name, "column", {"table_name": table, "schema_name": schema}):
        return False
    if not context.filters_objects:
        return True
    database, model = pair.both
    present = _reflected(pair, name) if name in database.columns else None
    if name in model.columns:
        return context.run_object_filters(model.columns[name].source, name, "column", False, present)
    assert present is not None
    return context.run_object_filters(present, name, "column", True, None)


def _reflected(pair: TablePair, name: str) -> sa.Column[Any]:
    assert pair.conn_table is not None
    return column_named(pair.conn_table, name)


def column_named(table: sa.Table, name: str) -> sa.Column[Any]:
    """The column of this name; a listener of ``column_reflect`` may have given it another key."""
    column = table.columns.get(name)
    if column is not None and column.name == name:
        return column
    return next(each for each in table.columns if each.name == name)


def _without(table: Table, names: set[str]) -> Table:
    kept = {name: column for name, column in table.columns.items() if name not in names}
    return replace(table, columns=kept)

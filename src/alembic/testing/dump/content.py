"""Reads a whole database into a Dump."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Inspector, MetaData, Table, inspect, select
from sqlalchemy.exc import NoSuchTableError, SAWarning

from . import mysql, postgresql, sqlite, standard

SchemaReader = Callable[[Connection, Collection[str]], list[str]]

READERS: Mapping[str, SchemaReader] = {
    "sqlite": sqlite.schema,
    "postgresql": postgresql.schema,
    "mysql": mysql.schema,
    "mariadb": mysql.schema,
}


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one table, in an order of their own.

    :param columns: their names.
    :param values: numbers that the database gave out are replaced by their rank, in the column itself and in
        those that refer to it: a counter is not set back when a transaction is.
    """

    columns: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Dump:
    """A database as a value.

    :param schema: a text for each object, sorted.
    :param rows: of each table, by its name.
    """

    schema: tuple[str, ...]
    rows: Mapping[str, Rows]


def dump(connection: Connection, *, without: Collection[str] = ()) -> Dump:
    """Everything that a database holds.

    On PostgreSQL of all schemas but the system's, elsewhere of the connection's own.

    :param without: names of tables to leave out.
    """
    reader = READERS.get(connection.dialect.name, standard.schema)
    inspector = inspect(connection)
    tables = [
        (schema, name)
        for schema in _schemas(inspector)
        for name in sorted(inspector.get_table_names(schema=schema))
        if name not in without
    ]
    reflected = _reflected(connection, tables)
    ranks = _ranks(connection, reflected)
    rows = {str(table): _rows(connection, table, ranks) for table in reflected}
    return Dump(tuple(sorted(reader(connection, without))), rows)


def _schemas(inspector: Inspector) -> list[str | None]:
    if inspector.dialect.name != "postgresql":
        return [None]
    default = inspector.default_schema_name
    return [None if name == default else name for name in sorted(inspector.get_schema_names())
            if name != "information_schema"]  # fmt: skip


def _reflected(connection: Connection, names: list[tuple[str | None, str]]) -> list[Table]:
    metadata = MetaData()
    tables = []
    for schema, name in names:
        with warnings.catch_warnings(), suppress(NoSuchTableError):  # somebody's who has just ended
            warnings.simplefilter("ignore", SAWarning)  # of details that are not needed
            tables.append(Table(name, metadata, schema=schema, autoload_with=connection, resolve_fks=False))
    return tables


Ranks = dict[tuple[str, str], dict[Any, int]]


def _ranks(connection: Connection, tables: list[Table]) -> Ranks:
    """For each column whose values the database gives out, the place of each value among them."""
    if connection.dialect.name == "sqlite":
        return {}  # counters there are set back
    ranks: Ranks = {}
    for table in tables:
        for column in table.columns:
            if column is table._autoincrement_column or column.identity is not None:
                given = sorted(set(connection.execute(select(column)).scalars()) - {None})
                ranks[str(table), column.name] = {value: place for place, value in enumerate(given, 1)}
    return ranks


def _rows(connection: Connection, table: Table, ranks: Ranks) -> Rows:
    maps: list[dict[Any, int] | None] = []
    for column in table.columns:
        source = (str(table), column.name)
        for key in column.foreign_keys:
            target, _, name = key.target_fullname.rpartition(".")
            source = (target, name) if (target, name) in ranks else source
        maps.append(ranks.get(source))
    found = connection.exec_driver_sql(
        _select(connection, table), execution_options={"no_parameters": True}
    ).all()
    values = sorted(
        tuple(_text(value, known) for value, known in zip(row, maps, strict=True)) for row in found
    )
    return Rows(tuple(column.name for column in table.columns), tuple(values))


def _select(connection: Connection, table: Table) -> str:
    """Raw values: types of the application or of SQLAlchemy would only stand between."""
    quoted = connection.dialect.identifier_preparer
    names = ", ".join(quoted.quote(column.name) for column in table.columns) or "*"
    return f"SELECT {names} FROM {quoted.format_table(table)}"


def _text(value: Any, ranks: dict[Any, int] | None) -> str:
    if ranks is not None and value in ranks:
        return f"#{ranks[value]}"
    return repr(value.tobytes() if isinstance(value, memoryview) else value)

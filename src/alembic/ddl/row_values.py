"""Rows of plain values on their way to a driver, without SQLAlchemy's work for each single one.

SQLAlchemy compiles the statement as ever; its bind processors are then applied column by column, and where
the database gains by it several rows share one statement.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy.engine.interfaces import BindTyping
from sqlalchemy.sql.compiler import SQLCompiler

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection
    from sqlalchemy.engine.interfaces import Dialect
    from sqlalchemy.sql import Insert
    from sqlalchemy.types import TypeEngine

# A driver takes about this many parameters in one statement (PostgreSQL's protocol: 65,535).
_MOST_PARAMETERS = 30_000

# Parameters of so many rows exist at a time; of more, the garbage collector would take longer than they do.
_ROWS_AT_ONCE = 5_000


Processor = Callable[[Any], Any]


class Plan(NamedTuple):
    """How rows become parameters: SQL for one row, and the key and bind processor of each placeholder."""

    sql: str
    keys: tuple[str, ...]
    processors: tuple[Any, ...]


def bind_processor(type_: TypeEngine[Any], dialect: Dialect) -> Processor | None:
    """SQLAlchemy's own processor; None where values go out as they are."""
    return type_.dialect_impl(dialect).bind_processor(dialect)


def send_rows(
    connection: Connection,
    insert: Insert,
    rows: Sequence[Mapping[str, Any]],
    rows_per_statement: int = 1,
    processor_of: Callable[[TypeEngine[Any], Dialect], Processor | None] = bind_processor,
) -> bool:
    """Insert the rows; False if this statement needs SQLAlchemy's whole care instead, and nothing was done.

    That is so for defaults computed in Python, for values that become part of the SQL text, for drivers that
    SQLAlchemy gives many rows at once by itself, and when rows do not all have the same keys.

    :param rows_per_statement: as many rows may share one statement.
    :param processor_of: what turns a value of a type into what the driver takes.
    """
    plan = _plan(connection, insert, rows, processor_of)
    if plan is None:
        return False
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        _send(connection, plan, rows[start : start + _ROWS_AT_ONCE], rows_per_statement)
    return True


def _send(
    connection: Connection, plan: Plan, rows: Sequence[Mapping[str, Any]], rows_per_statement: int
) -> None:
    parameters = _parameters(plan, rows)
    together = min(rows_per_statement, _MOST_PARAMETERS // len(plan.keys), len(rows))
    head, values, group = plan.sql.partition(") VALUES (")
    if together > 1 and group and plan.sql.count(values) == 1:
        sql = f"{head}) VALUES ({', ('.join([group] * together)}"
        packed = [
            tuple(chain.from_iterable(islice(parameters, together))) for _ in range(len(rows) // together)
        ]
        connection.exec_driver_sql(sql, packed)
    rest = list(parameters)
    if rest:
        connection.exec_driver_sql(plan.sql, rest)


def _parameters(plan: Plan, rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Any, ...]]:
    columns = []
    for key, process in zip(plan.keys, plan.processors, strict=True):
        column: Any = [row[key] for row in rows]
        columns.append(column if process is None else map(process, column))
    return zip(*columns, strict=True)


def _plan(
    connection: Connection,
    insert: Insert,
    rows: Sequence[Mapping[str, Any]],
    processor_of: Callable[[TypeEngine[Any], Dialect], Processor | None],
) -> Plan | None:
    dialect = connection.dialect
    first = rows[0].keys()
    if (
        dialect.paramstyle not in ("qmark", "format", "pyformat")
        or dialect.use_insertmanyvalues_wo_returning
        or dialect.bind_typing is BindTyping.SETINPUTSIZES
        or connection.get_execution_options().get("schema_translate_map")
        or not first
        or len(set(map(tuple, rows))) != 1
    ):
        return None
    compiled = insert.compile(dialect=dialect, column_keys=list(first), for_executemany=True)
    assert isinstance(compiled, SQLCompiler)
    types = {name: bind.type for bind, name in compiled.bind_names.items()}
    if (
        compiled.insert_prefetch
        or compiled.literal_execute_params
        or compiled.post_compile_params
        or types.keys() != first
    ):
        return None
    sql, names = _positional(compiled)
    processors = [processor_of(types[name], dialect) for name in names]
    return Plan(sql, tuple(names), tuple(processors))


_NAMED = re.compile(r"%%|%\((.*?)\)s")


def _positional(compiled: SQLCompiler) -> tuple[str, list[str]]:
    """The SQL with placeholders that go by position, and the name behind each."""
    if compiled.positional:
        return str(compiled), list(compiled.positiontup or ())
    unescaped = {escaped: name for name, escaped in compiled.escaped_bind_names.items()}
    names: list[str] = []

    def place(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return found[0]
        names.append(unescaped.get(found[1], found[1]))
        return "%s"

    return _NAMED.sub(place, str(compiled)), names

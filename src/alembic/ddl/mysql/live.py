"""A change of one column on a connection, where its present definition is read first."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from ...errors.ddl import ColumnNotFound
from ..base import ComputedColumnDefault, format_table_name
from ..sinks import script_dialect
from ..statement import Statement
from .alteration import Alteration, Change, flavour
from .compile import MySQLAlterDefault
from .definition import Part, column_definition

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection
    from sqlalchemy.engine.interfaces import Dialect

    from ..impl import DefaultImpl


def alter_live(impl: DefaultImpl, table: str, column: str, schema: str | None, change: Change) -> None:
    """Carry out a change on the connection, where the present definition is read first.

    :raises ColumnNotFound: there is no such column.
    """
    with readable(impl.connection) as dialect:  # type: ignore[arg-type]  # it is there on a live database

        def derived() -> list[str]:
            return _statements(impl, dialect, table, column, schema, change)

        journal = impl.journal
        if journal is None:
            statements = derived()
        else:
            # Once the column has another name, or has changed, they could not be derived a second time.
            facts = [getattr(change, each.name) for each in fields(change)]
            statements = journal.planned(("alter column", table, column, schema, *facts), derived)
        for sql in statements:
            # Complete SQL, whose backslashes, colons and percent signs belong to it.
            impl.sink.emit(Statement(sql))


def _statements(
    impl: DefaultImpl, dialect: Dialect, table: str, column: str, schema: str | None, change: Change
) -> list[str]:
    """What makes the change of the column as it is now."""
    connection: Any = impl.connection
    quiet = script_dialect(dialect)
    # SQLAlchemy makes some compilers without a statement, too.
    compiler = quiet.ddl_compiler(quiet, None)  # type: ignore[arg-type]
    target = format_table_name(compiler, table, schema)
    present = column_definition(show_create(connection, target), column, flavour(dialect))
    if present is None:
        raise ColumnNotFound(table, column)
    if change.server_default is not False and Part.GENERATED in present:
        # The server would take it, and forget it.
        impl._exec(ComputedColumnDefault(table, column, change.server_default, schema=schema))
    alteration = Alteration(compiler, column, present, change)
    if alteration.is_default:
        default = MySQLAlterDefault(table, column, change.server_default, schema=schema)
        return [str(default.compile(dialect=quiet))]
    return [f"ALTER TABLE {target} {clause}" for clause in alteration.clauses()]


def show_create(connection: Connection, table: str) -> str:
    result = connection.exec_driver_sql(
        f"SHOW CREATE TABLE {table}", execution_options={"no_parameters": True}
    )
    text: str | bytes = result.one()[1]
    # Some drivers don't know that it is text.
    return text.decode() if isinstance(text, bytes) else text


# In these SQL modes SHOW CREATE TABLE leaves out AUTO_INCREMENT and the like, or writes backslashes into
# strings as the server would not read them.
_UNREADABLE = frozenset(
    (
        "NO_BACKSLASH_ESCAPES",
        "NO_FIELD_OPTIONS",
        *("ORACLE", "POSTGRESQL", "MSSQL", "DB2", "MAXDB", "MYSQL323", "MYSQL40"),
    )
)


@contextmanager
def readable(connection: Connection) -> Iterator[Dialect]:
    """A block in which the server reads what it writes, and the dialect for it."""
    dialect: Any = connection.dialect
    words = dialect._sql_mode.split(",") if dialect._sql_mode else []
    kept = [word for word in words if word not in _UNREADABLE]
    if kept == words:
        yield dialect
        return
    plain = copy.copy(dialect)
    plain._backslash_escapes = True
    connection.exec_driver_sql("SET @alembic_sql_mode = @@SESSION.sql_mode")
    connection.exec_driver_sql(f"SET SESSION sql_mode = '{','.join(kept)}'")
    try:
        yield plain
    finally:
        connection.exec_driver_sql("SET SESSION sql_mode = @alembic_sql_mode")

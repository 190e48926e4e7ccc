"""The journal table: the statements of the one revision that is being run where they can't be rolled back.

It is empty, or not there, while nothing is half done.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    UnicodeText,
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateTable

from ..ddl.traces import QUIET
from ..runtime.bookkeeping import JOURNAL, schema_now, side_options, side_table
from .rows import Row

if TYPE_CHECKING:
    from ..runtime.migration import MigrationContext


class JournalTable:
    """The journal beside one version table.

    :param schema: None for the default one.
    :param dialect: what SQLAlchemy calls it.
    """

    def __init__(self, schema: str | None, name: str, dialect: str) -> None:
        self.table = _table(schema, name, dialect)
        column = self.table.c
        self._insert = insert(self.table).inline()
        self._state = (
            update(self.table)
            .where(column.number == bindparam("at"))
            .values(state=bindparam("new_state"), row_count=bindparam("new_count"))
        )

    @classmethod
    def of(cls, context: MigrationContext) -> JournalTable:
        """The journal of a migration context that is connected."""
        schema, name = side_table(context, JOURNAL)
        connection = context._versions.connection
        return cls(schema_now(connection, schema), name, connection.dialect.name)

    @property
    def name(self) -> str:
        """The table's name, with its schema where it is known."""
        return self.table.fullname

    def exists(self, connection: Connection) -> bool:
        """Whether the database has the table."""
        return connection.dialect.has_table(connection, self.table.name, self.table.schema)

    def ensure(self, connection: Connection) -> None:
        """Create it if it is missing."""
        if not self.exists(connection):
            try:
                connection.execute(CreateTable(self.table), execution_options=QUIET)
            except DBAPIError:
                # The runner of another version table, by chance at the same moment.
                if not self.exists(connection):
                    raise

    def rows(self, connection: Connection) -> tuple[Row, ...]:
        """All rows, in order; none where there is no table."""
        if not self.exists(connection):
            return ()
        found = connection.execute(
            select(self.table).order_by(self.table.c.number), execution_options=QUIET
        ).all()
        return tuple(Row(**{**row._mapping, "details": row.details or ""}) for row in found)

    def add(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Write rows."""
        now = datetime.now(timezone.utc).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
        values = [row._replace(written_at=now)._asdict() for row in rows]
        if values:
            connection.execute(self._insert, values, execution_options=QUIET)

    def replace(self, connection: Connection, row: Row) -> None:
        """Write a row in the place of the one of its number."""
        self.forget(connection, [row.number])
        self.add(connection, [row])

    def set_state(self, connection: Connection, number: int, state: str, row_count: int | None) -> None:
        """Say what has become of a statement."""
        values: dict[str, Any] = {"at": number, "new_state": state, "new_count": row_count}
        connection.execute(self._state, values, execution_options=QUIET)

    def mark(
        self, connection: Connection, numbers: Sequence[int], state: str, fingerprint: str | None = None
    ) -> None:
        """Say the same of several, and what they touch looks like."""
        change = update(self.table).where(self.table.c.number.in_(numbers))
        values = {"state": state} | ({"fingerprint": fingerprint} if fingerprint else {})
        connection.execute(change.values(**values), execution_options=QUIET)

    def forget(self, connection: Connection, numbers: Sequence[int]) -> None:
        """Delete rows."""
        if numbers:
            gone = delete(self.table).where(self.table.c.number.in_(numbers))
            connection.execute(gone, execution_options=QUIET)

    def clear(self, connection: Connection) -> None:
        """Delete all rows."""
        connection.execute(delete(self.table), execution_options=QUIET)


def _table(schema: str | None, name: str, dialect: str) -> Table:
    return Table(
        name,
        MetaData(),
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("revision", String(255), nullable=False),
        Column("direction", String(20), nullable=False),
        Column("state", String(20), nullable=False),
        Column("statement", UnicodeText, nullable=False),
        Column("shape", String(64), nullable=False),
        Column("details", String(64), nullable=False),
        Column("source", String(64), nullable=False),
        Column("plan", UnicodeText),
        Column("fingerprint", String(64)),
        Column("row_count", BigInteger),
        Column("row_key", BigInteger),
        Column("written_at", String(32), nullable=False),
        schema=schema,
        **side_options(dialect),
    )

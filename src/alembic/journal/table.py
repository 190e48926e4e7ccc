"""The history table: made when there is something to write, only ever added to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from datetime import datetime, timezone
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    Unicode,
    UnicodeText,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateTable

from ..ddl.traces import QUIET
from ..errors.journal import HistoryTableForeign
from ..runtime.bookkeeping import HISTORY, schema_now, side_options, side_table
from .entries import ANCHOR, REPAIRED, Entry, Problem, Tip, anchor, chained, problems, tip_of

if TYPE_CHECKING:
    from ..runtime.migration import MigrationContext

# Of a text column that nobody has to search in; MySQL holds 64 KiB in one.
MAX_ERROR = 8000
_NAMES = 255


def now() -> str:
    """This moment, as the table has it."""
    return datetime.now(timezone.utc).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


class Ending(NamedTuple):
    """The end of a history: of its chain, and the last row if there is one."""

    tip: Tip
    last: Entry | None


class History:
    """The history table of one version table.

    ::

        history = History.of(context)
        for entry in history.entries(context.connection): ...

    :param schema: None for the default one.
    :param version_table: whose runs it is about.
    :param dialect: what SQLAlchemy calls it.
    """

    def __init__(self, schema: str | None, name: str, version_table: str, dialect: str = "default") -> None:
        self.version_table = version_table[:_NAMES]
        self.table = _table(schema, name, dialect)
        self._insert = insert(self.table)
        self._advance = (
            update(self.table)
            .where(self.table.c.seq == 0, self.table.c.hash == bindparam("old_hash"))
            .values(remaining=bindparam("new_count"), hash=bindparam("new_hash"))
        )

    @classmethod
    def of(cls, context: MigrationContext, connection: Connection | None = None) -> History:
        """The history of the runs of a migration context.

        :param connection: the live one; asked for what the schema is, where none is given.
        """
        live = connection if connection is not None else context._versions.connection
        schema, name = side_table(context, HISTORY)
        home = context.version_table_schema
        if schema != home and home is None:
            home = schema_now(live, None)
        table = context.version_table
        return cls(schema_now(live, schema), name, f"{home}.{table}" if home else table, live.dialect.name)

    # -- reading -----------------------------------------------------------------------------------

    def exists(self, connection: Connection) -> bool:
        """Whether the database has the table."""
        return connection.dialect.has_table(connection, self.table.name, self.table.schema)

    def entries(self, connection: Connection) -> tuple[Entry, ...]:
        """All rows, oldest first; none where there is no table."""
        return tuple(row for row in self._rows(connection) if row.seq != 0)

    def problems(self, connection: Connection) -> list[Problem]:
        """What was changed or is missing; where there is no table, there is nothing to find."""
        return problems(self._rows(connection)) if self.exists(connection) else []

    def _rows(self, connection: Connection) -> list[Entry]:
        if not self.exists(connection):
            return []
        try:
            found = connection.execute(select(self.table).order_by(self.table.c.seq))
            return [_entry(row) for row in found]
        except DBAPIError as error:
            raise HistoryTableForeign(self.table.fullname) from error

    def ending(self, connection: Connection) -> Ending | None:
        """Where it ends; None if row 0 is missing."""
        seq = self.table.c.seq
        newest = select(func.max(seq)).scalar_subquery()
        try:
            found = connection.execute(select(self.table).where(or_(seq == 0, seq == newest)).order_by(seq))
            rows = [_entry(row) for row in found]
        except DBAPIError as error:
            raise HistoryTableForeign(self.table.fullname) from error
        if not rows or rows[0].outcome != ANCHOR:
            return None
        return Ending(tip_of(rows[0]), rows[1] if len(rows) > 1 else None)

    # -- writing -----------------------------------------------------------------------------------

    def ensure(self, connection: Connection, *, spoils: bool) -> None:
        """Create the table if it is missing.

        :param spoils: whether a statement that fails spoils the transaction.
        """
        if self.exists(connection):
            return
        try:
            with connection.begin_nested() if spoils else nullcontext():
                connection.execute(CreateTable(self.table), execution_options=QUIET)
                self._add(connection, [anchor(Tip(), self.version_table, now())])
        except DBAPIError:
            # Another process may have created it at the same moment.
            if not self.exists(connection):
                raise

    def append(self, connection: Connection, tip: Tip | None, drafts: Sequence[Entry]) -> Tip:
        """Add rows, in the transaction that the connection is in; the new end.

        Row 0 is changed first, and only where it is as expected: so two processes that write at the same
        moment wait for each other there, and the second one continues the chain of the first.

        :param tip: where the history ended when it was last looked at; None to look now.
        """
        if tip is not None:
            rows, end = chained(tip, drafts)
            if self._advanced(connection, tip, end):
                self._add(connection, rows)
                return end
        tip = self._locked_tip(connection)
        if tip is None:
            tip, drafts = self._repaired(connection, drafts)
        rows, end = chained(tip, drafts)
        self._advanced(connection, tip, end)
        self._add(connection, rows)
        return end

    def _add(self, connection: Connection, rows: Iterable[Entry]) -> None:
        connection.execute(self._insert, [row._asdict() for row in rows], execution_options=QUIET)

    def _advanced(self, connection: Connection, old: Tip, new: Tip) -> bool:
        values = {"old_hash": old.hash, "new_count": new.rows, "new_hash": new.hash}
        return connection.execute(self._advance, values, execution_options=QUIET).rowcount != 0

    def _locked_tip(self, connection: Connection) -> Tip | None:
        found = connection.execute(select(self.table).where(self.table.c.seq == 0).with_for_update()).first()
        return tip_of(_entry(found)) if found is not None else None

    def _repaired(self, connection: Connection, drafts: Iterable[Entry]) -> tuple[Tip, list[Entry]]:
        """Row 0 written anew, and a row more that says so for ever."""
        newest = connection.execute(select(self.table).order_by(self.table.c.seq.desc()).limit(1)).first()
        tip = Tip(newest.seq, newest.hash) if newest is not None else Tip()
        written = anchor(tip, self.version_table, now())
        self._add(connection, [written])
        drafts = list(drafts)
        return tip, [drafts[0]._replace(outcome=REPAIRED, revision="", checksum="", statements=0), *drafts]


def _table(schema: str | None, name: str, dialect: str) -> Table:
    table: Table = Table(
        name,
        MetaData(),
        Column("seq", Integer, primary_key=True, autoincrement=False),
        Column("version_table", Unicode(_NAMES)),
        Column("run_id", String(36)),
        Column("revision", UnicodeText),
        Column("direction", String(20)),
        Column("outcome", String(20), nullable=False),
        Column("started_at", String(32)),
        Column("ended_at", String(32)),
        Column("error", UnicodeText),
        Column("user_name", Unicode(_NAMES)),
        Column("host", Unicode(_NAMES)),
        Column("pid", Integer, nullable=False),
        Column("application_version", Unicode(_NAMES)),
        Column("tool_version", String(_NAMES)),
        Column("checksum", String(64)),
        Column("statements", Integer, nullable=False),
        Column("remaining", Integer, nullable=False),
        Column("previous_hash", String(64)),
        Column("hash", String(64)),
        schema=schema,
        **side_options(dialect),
    )
    return table


def _entry(row: Sequence[object]) -> Entry:
    """Texts come back as NULL from databases for which an empty text is the same."""
    return Entry(*["" if value is None else value for value in row])  # type: ignore[arg-type]  # as the columns

"""The version table: which revisions a database holds, one row for each head."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, Table, bindparam, delete, insert, inspect, literal_column, select, update
from sqlalchemy.exc import DBAPIError

from ..ddl.impl import USUAL_WIDTH, WIDTH
from ..errors.runtime import ConnectionRequired, VersionRowMissing, VersionTooLong
from ..script.steps import DeleteRow, InsertRow, RowChange, UpdateRow
from .transactions import usual_isolation

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Delete, Insert, Update
    from sqlalchemy.types import TypeEngine

    from ..ddl.impl import DefaultImpl

log = logging.getLogger("alembic.runtime.migration")

# Names of columns can't name bound values of an UPDATE as well.
OLD, NEW = "old_version", "new_version"
_MARKS = re.compile(f"'(?:{OLD}|{NEW})'")


class _Texts(NamedTuple):
    """Statements of a script, with marks where versions go."""

    insert: str
    update: str
    delete: str


class VersionTable:
    """Reads and changes the version table of one database, or writes the changes into a script.

    :param impl: the dialect, with its sink.
    :param table: as ``impl.version_table_impl()`` describes it.
    :param connection: None for a script.
    """

    def __init__(self, impl: DefaultImpl, table: Table, connection: Connection | None) -> None:
        self.impl = impl
        self.table = table
        self.column = table.c.version_num
        self._connection = connection
        self._narrow: TypeEngine[Any] | None = None
        # Made once: SQLAlchemy then compiles each of them once, for any number of steps.
        self._select = select(self.column)
        self._insert = insert(table).inline().values(version_num=bindparam(NEW))
        self._update = update(table).where(self.column == bindparam(OLD)).values(version_num=bindparam(NEW))
        self._delete = delete(table).where(self.column == bindparam(OLD))

    @property
    def connection(self) -> Connection:
        """The connection; there is none in a script."""
        if self._connection is None:
            raise ConnectionRequired()
        return self._connection

    @property
    def name(self) -> str:
        """The table's name without its schema, as messages give it."""
        return self.table.name

    def is_own(self, statement: object) -> bool:
        """Whether a statement that is executed is one of those that change the rows."""
        return statement is self._insert or statement is self._update or statement is self._delete

    # -- reading -----------------------------------------------------------------------------------

    def exists(self) -> bool:
        """Whether the database has the table."""
        connection = self.connection
        return connection.dialect.has_table(connection, self.table.name, self.table.schema)

    def read(self) -> tuple[str, ...]:
        """The rows, sorted, because a database gives them in any order; none when the table is missing."""
        return self._read() if self.exists() else ()

    def _read(self) -> tuple[str, ...]:
        return tuple(sorted(self.connection.execute(self._select).scalars(), key=str))

    # -- the table itself --------------------------------------------------------------------------

    def create(self) -> None:
        """Create the table, which must not exist."""
        self.impl.create_table(self.table)

    def ensure(self) -> bool:
        """Create the table if it is missing; whether another process did so at the same moment.

        In that case whatever was concluded from its absence is out of date.
        """
        if self.exists():
            return False
        try:
            with self._creation():
                self.create()
        except DBAPIError:
            # Which error it is depends on the database and on how far the other process was: on PostgreSQL
            # that a table, a type or a catalogue row exists already. The table being there is what counts.
            if not self.exists():
                raise
            return True
        return False

    @contextmanager
    def _creation(self) -> Iterator[None]:
        """A savepoint where a failing statement would spoil the transaction; elsewhere DDL would end it."""
        spoils = self.impl.transactional_ddl and not self.impl.features.atomic_step
        if spoils and usual_isolation(self.connection) != "AUTOCOMMIT":
            with self.connection.begin_nested():
                yield
        else:
            yield

    def clear(self) -> None:
        """Delete all rows."""
        self.impl._exec(delete(self.table))

    # -- changes -----------------------------------------------------------------------------------

    def apply(self, changes: Iterable[RowChange]) -> None:
        """Make the changes, each of which must meet exactly one row."""
        for change in changes:
            match change:
                case InsertRow(new):
                    self.insert(new)
                case DeleteRow(old):
                    self.delete(old)
                case UpdateRow(old, new):
                    self.update(old, new)

    def insert(self, new: str) -> None:
        """Add a row."""
        if self.impl.as_sql:
            self._write(self._texts.insert, new=new)
        else:
            self.impl._exec(self._insert, params={NEW: new})

    def update(self, old: str, new: str) -> None:
        """Replace a row by another.

        :raises VersionRowMissing: there is no such row, or there are several.
        """
        if self.impl.as_sql:
            self._write(self._texts.update, old, new)
        else:
            result = self.impl._exec(self._update, params={OLD: old, NEW: new})
            self._expect_one(result, f"updating '{old}' to '{new}'")

    def delete(self, old: str) -> None:
        """Remove a row.

        :raises VersionRowMissing: there is no such row, or there are several.
        """
        if self.impl.as_sql:
            self._write(self._texts.delete, old)
        else:
            result = self.impl._exec(self._delete, params={OLD: old})
            self._expect_one(result, f"deleting '{old}'")

    @cached_property
    def _texts(self) -> _Texts:
        """The statements of a script, compiled once for all steps; it has literals in any case."""
        old: ColumnElement[str] = literal_column(f"'{OLD}'")
        new: ColumnElement[str] = literal_column(f"'{NEW}'")
        return _Texts(
            self._text(insert(self.table).inline().values(version_num=new)),
            self._text(update(self.table).where(self.column == old).values(version_num=new)),
            self._text(delete(self.table).where(self.column == old)),
        )

    def _text(self, statement: Insert | Update | Delete) -> str:
        return str(statement.compile(dialect=self.impl.dialect))

    def _write(self, template: str, old: str = "", new: str = "") -> None:
        values = {f"'{OLD}'": old, f"'{NEW}'": new}
        self.impl._exec(_MARKS.sub(lambda mark: "'" + values[mark[0]].replace("'", "''") + "'", template))

    def _expect_one(self, result: Any, action: str) -> None:
        if result is None or not result.supports_sane_rowcount():
            return
        if result.rowcount != 1:
            raise VersionRowMissing(action, self.name, result.rowcount)

    # -- before a run ------------------------------------------------------------------------------

    def check_width(self, versions: Iterable[str]) -> None:
        """Make sure that the column can hold identifiers, before anything is run for their sake.

        A column that is too narrow, and that can be made wider without a risk, is left to :meth:`widen`.

        :raises VersionTooLong: names the identifiers that are too long.
        """
        self._narrow = None
        # Read from the database only where there is a doubt: a table may be older than its definition.
        narrowest = min(self._declared_width or USUAL_WIDTH, USUAL_WIDTH)
        doubtful = [name for name in dict.fromkeys(versions) if len(name) > narrowest]
        if not doubtful or not self.impl.features.limits_varchar:
            return
        found = self.column.type if self._connection is None else self._real_type()
        width = getattr(found, "length", None)
        too_long = [name for name in doubtful if width is not None and len(name) > width]
        if not too_long or width is None:
            return
        if max(map(len, too_long)) > WIDTH or not self._widens():
            raise VersionTooLong(self.name, width, too_long)
        self._narrow = found

    def widen(self) -> None:
        """Make the column wider, if the last :meth:`check_width` has found it too narrow."""
        narrow = self._narrow
        if narrow is None:
            return
        wide = copy(narrow)
        wide.length = WIDTH  # type: ignore[attr-defined]  # as check_width has seen, it has a length
        if self._connection is None:
            self.column.type = wide
            return
        log.info("Making %s.%s wider: %s characters", self.name, self.column.name, WIDTH)
        self.impl.alter_column(
            self.table.name,
            self.column.name,
            type_=wide,
            schema=self.table.schema,
            existing_type=narrow,
            existing_nullable=False,
        )

    def _widens(self) -> bool:
        """Whether it is safe: the table is yet to be written, or ALTER TABLE does it without a risk."""
        if self._connection is None:
            return self._declared_width == USUAL_WIDTH
        return self.impl.features.widens_varchar and self.exists()

    @property
    def _declared_width(self) -> int | None:
        return getattr(self.column.type, "length", None)

    def _real_type(self) -> TypeEngine[Any]:
        """The column's type in the database, where people change it by hand."""
        if not self.exists():
            return self.column.type
        columns = inspect(self.connection).get_columns(self.table.name, schema=self.table.schema)
        found = [column["type"] for column in columns if column["name"].lower() == self.column.name]
        return found[0] if found else self.column.type


def after(rows: Sequence[str], changes: Iterable[RowChange]) -> tuple[str, ...]:
    """The rows once the changes are made; a new row takes the place of the one that it replaces."""
    present = dict.fromkeys(rows)
    for change in changes:
        match change:
            case InsertRow(new):
                present[new] = None
            case DeleteRow(old):
                present.pop(old, None)
            case UpdateRow(old, new):
                present = dict.fromkeys(new if row == old else row for row in present)
    return tuple(present)


class HeadMaintainer:
    """Keeps the rows of the version table in step with the migrations that were run.

    :param context: the migration context whose version table it writes.
    :param heads: the rows now.
    """

    def __init__(self, context: Any, heads: Iterable[str]) -> None:
        self.context = context
        self._rows = tuple(heads)

    @property
    def heads(self) -> set[str]:
        """The rows now."""
        return set(self._rows)

    def update_to_step(self, step: Any) -> None:
        """Change the rows as a step demands that has just been run."""
        self._apply(step.row_changes(self._rows))

    def _apply(self, changes: Iterable[RowChange]) -> None:
        changes = tuple(changes)
        self.context._versions.apply(changes)
        self._rows = after(self._rows, changes)

    def _insert_version(self, version: str) -> None:
        self._apply([InsertRow(version)])

    def _delete_version(self, version: str) -> None:
        self._apply([DeleteRow(version)])

    def _update_version(self, from_: str, to_: str) -> None:
        self._apply([UpdateRow(from_, to_)])

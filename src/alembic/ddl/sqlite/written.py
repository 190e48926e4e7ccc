"""What a script has said of a table within one directive, which may take several statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import CheckConstraint

from alembic.schema.renaming import names_column
from alembic.schema.tokens import SQLITE

from ..recreation import Recreation

if TYPE_CHECKING:
    from sqlalchemy import Table

    from ..impl import DefaultImpl
    from .alteration import Entry


class Moment(NamedTuple):
    """A directive, by how many there were before, and the table that it is about."""

    position: int
    table: str
    schema: str | None


class Written:
    """The table in the middle of a directive: what is known of it is how it was before.

    :param known: gives the table before the directive; None if it isn't known.
    """

    def __init__(self, impl: DefaultImpl, place: Moment | None, known: Callable[[], Table | None]) -> None:
        self.place = place
        self._impl, self._known = impl, known
        self._entries: list[Entry] = []
        self._table: Table | None = None

    @property
    def has_changed(self) -> bool:
        """Whether the directive has done something to the table already."""
        return bool(self._entries) or self._table is not None

    def note(self, entry: Entry) -> None:
        """ALTER TABLE has done this."""
        self._entries.append(entry)

    def table(self) -> Table | None:
        """The table as it is now; None if it isn't known."""
        if self._table is None:
            self._table = self._known()
        if self._table is not None:
            for entry in self._entries:
                self._table = _after(self._impl, self._table, entry)
            self._entries.clear()
        return self._table

    def make_anew(self, table: Table, entry: Entry) -> None:
        """Write the statements that make the table anew with a change."""
        recreation = _recreation(self._impl, table, entry)
        self._table = recreation.carry_out()


@contextmanager
def around_new_table(impl: DefaultImpl, table: Table) -> Iterator[None]:
    """In a script: everything or nothing, rows that refer to the table stay, and its triggers come again.

    DROP TABLE deletes rows of other tables by ON DELETE CASCADE if foreign keys are enforced, and can't be
    told not to inside of a transaction. RENAME refuses to work if a view names the table that was dropped,
    unless it is told to act as it did before SQLite 3.26. (https://www.sqlite.org/lang_altertable.html#otheralter)
    """
    impl.static_output(
        f"-- {table.name} is made anew. Triggers on it that no revision has made have to be made again;\n"
        "-- inside of a transaction foreign keys stay enforced, unless that was switched off before."
    )
    for statement in ("PRAGMA foreign_keys=OFF", "SAVEPOINT alembic_anew", "PRAGMA legacy_alter_table=ON"):
        impl._exec(statement)
    triggers = [] if impl.history is None else impl.history.triggers(table.name, table.schema)
    yield
    for statement in (*triggers, "PRAGMA legacy_alter_table=OFF", "RELEASE alembic_anew"):
        impl._exec(statement)


def go_on_counting(impl: DefaultImpl, old: Table, new: Table) -> None:
    """Take over the last number that AUTOINCREMENT gave."""
    if not new.dialect_options["sqlite"]["autoincrement"]:
        return
    before, now = ("'" + each.name.replace("'", "''") + "'" for each in (old, new))
    last = f"SELECT {now}, seq FROM sqlite_sequence WHERE name = {before}"
    impl._exec(f"DELETE FROM sqlite_sequence WHERE name = {now}")
    impl._exec(f"INSERT INTO sqlite_sequence (name, seq) {last}")


def is_used(table: Table | None, name: str) -> bool:
    """Whether a column is part of a key, an index or an expression, so that SQLite doesn't drop it.

    https://www.sqlite.org/lang_altertable.html#alter_table_drop_column
    """
    if table is None:
        return False
    parts: list[Any] = [*table.indexes, *table.constraints]
    texts = [each.sqltext for each in parts if isinstance(each, CheckConstraint)]
    texts += [each.computed.sqltext for each in table.columns if each.computed is not None]
    for index in table.indexes:
        texts += [*index.expressions, index.dialect_kwargs.get("sqlite_where")]
    for column in table.columns:
        texts += [each.sqltext for each in column.constraints if isinstance(each, CheckConstraint)]
    keys = [*parts, *(key.constraint for key in table.foreign_keys)]
    named = any(each.name == name for key in keys for each in getattr(key, "columns", ()))
    return named or any(names_column(str(each), name, SQLITE) for each in texts if each is not None)


def _recreation(impl: DefaultImpl, table: Table, entry: Entry) -> Recreation:
    recreation = Recreation(impl, table)
    name, args, kw = entry
    change: Any = getattr(recreation, name)
    change(*args, **kw)
    return recreation


def _after(impl: DefaultImpl, table: Table, entry: Entry) -> Table:
    """The table after a change."""
    recreation = _recreation(impl, table, entry)
    after = recreation.new_table(table.name)
    for index in (*recreation.indexes.values(), *(index for index, _ in recreation.new_indexes.values())):
        recreation._index_on(index, after)
    return after

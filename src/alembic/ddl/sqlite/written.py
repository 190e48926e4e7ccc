"""What a script has said of a table within one directive, which may take several statements."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

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

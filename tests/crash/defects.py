"""Seeded defects: what a journal must not do, done in the process that is struck, where rows are written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from alembic.journal.rows import Row, State
from alembic.journal.statements import JournalTable
from alembic.runtime.side import another_connection

_add, _set_state = JournalTable.add, JournalTable.set_state


def journal_only_after() -> None:
    """A statement is written down when it was carried out, and not before."""
    later: dict[int, Row] = {}

    def keep(self: JournalTable, connection: Connection, rows: Sequence[Row]) -> None:
        later.update((row.number, row) for row in rows if row.state == State.BEGUN)
        _add(self, connection, [row for row in rows if row.state != State.BEGUN])

    def write(self: JournalTable, connection: Connection, number: int, state: str, count: Any) -> None:
        if number in later:
            _add(self, connection, [later.pop(number)])
        _set_state(self, connection, number, state, count)

    JournalTable.add, JournalTable.set_state = keep, write  # type: ignore[method-assign]


def journal_only_before() -> None:
    """A statement counts as done when it is about to be sent."""

    def write_done(self: JournalTable, connection: Connection, rows: Sequence[Row]) -> None:
        _add(self, connection, [row._replace(state=State.DONE) for row in rows])

    def nothing(self: JournalTable, connection: Connection, number: int, state: str, count: Any) -> None:
        pass

    JournalTable.add, JournalTable.set_state = write_done, nothing  # type: ignore[method-assign]


def data_apart_from_its_row() -> None:
    """Changes of rows are written down in another transaction than they are in."""

    def apart(self: JournalTable, connection: Connection, rows: Sequence[Row]) -> None:
        if any(row.state == State.DONE for row in rows):
            with another_connection(connection) as other:
                _add(self, other, rows)
        else:
            _add(self, connection, rows)

    JournalTable.add = apart  # type: ignore[method-assign]

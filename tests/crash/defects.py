"""Seeded defects: what a journal or a lock must not do, done in the process that is struck."""

from __future__ import annotations

from typing import Any

from alembic.journal.recovery import Recovery
from alembic.journal.rows import State


def journal_only_after() -> None:
    """A statement is written down when it was carried out, and not before."""
    kept: dict[int, Any] = {}
    intend, complete = Recovery._intend, Recovery._complete

    def without_writing(self: Recovery, sent: Any, what: Any) -> None:
        aside, self.aside = self.aside, lambda act: None  # type: ignore[method-assign]
        try:
            intend(self, sent, what)
        finally:
            self.aside = aside  # type: ignore[method-assign]
        kept[sent.row.number] = sent.row
        self._exists = False

    def write_now(self: Recovery, sent: Any) -> None:
        self._ensure()
        self.aside(lambda side: self.journal.add(side, [kept[sent.row.number]]))
        complete(self, sent)

    Recovery._intend, Recovery._complete = without_writing, write_now  # type: ignore[method-assign]


def journal_only_before() -> None:
    """A statement counts as done when it is about to be sent."""
    intend = Recovery._intend

    def done_already(self: Recovery, sent: Any, what: Any) -> None:
        intend(self, sent, what)
        number = sent.row.number
        self.aside(lambda side: self.journal.set_state(side, number, State.DONE, None))

    Recovery._intend = done_already  # type: ignore[method-assign]
    Recovery._complete = lambda self, sent: None  # type: ignore[method-assign]


def data_apart_from_its_row() -> None:
    """Changes of rows are written down at once, and not in the transaction that they are in."""
    after = Recovery.after

    def at_once(self: Recovery, call: Any) -> None:
        after(self, call)
        pending, self._pending = self._pending, []
        if pending:
            self._ensure()
            self.aside(lambda side: self._write(side, pending))

    Recovery.after = at_once  # type: ignore[method-assign]

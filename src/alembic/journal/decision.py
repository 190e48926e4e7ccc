"""What a person decides about statements of which the journal can't know what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..errors.recovery import NoSuchStatement
from .rows import Row, State

if TYPE_CHECKING:
    from .recovery import Recovery


class Decision(NamedTuple):
    """One of the two.

    :param done: this statement and those before it count as done, whatever is sent in their place; one before
        it that is known to have had no effect is sent again.
    :param redo: this statement and those behind it are run as they are sent.
    """

    done: int | None = None
    redo: int | None = None

    def apply(self, recovery: Recovery, rows: Sequence[Row]) -> None:
        """Write it into the journal.

        :raises NoSuchStatement: the journal has none of this number.
        """
        number = self.done if self.done is not None else self.redo
        if number is None:
            return
        if number not in [row.number for row in rows]:
            raise NoSuchStatement(number, rows)
        journal = recovery.journal
        if self.done is not None:
            before = [row.number for row in rows if row.number < number and row.state != State.UNDONE]
            journal.aside(lambda side: journal.table.mark(side, [*before, number], State.DECREED))
        else:
            forgotten = [row.number for row in rows if row.number >= number]
            journal.aside(lambda side: journal.table.forget(side, forgotten))

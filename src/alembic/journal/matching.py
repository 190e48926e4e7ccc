"""Which statements of a revision that runs again were carried out by the run that was interrupted.

The function of the revision is called again, and sends its statements from the first one on. It need not
send the same ones: what it reads from the database may have changed by its own work, and people mend files.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from .rows import Identity, Row, State


class Way(Enum):
    """What to do with a statement that was sent."""

    FRESH = "run it: it was not sent before"
    AGAIN = "run it: what was sent in its place had no effect"
    SKIP = "leave it out: it took effect"
    DOUBT = "see what the database looks like: it was sent, and nobody knows how it ended"
    OTHER_DOUBT = "the same about another statement that was sent in its place; if that ran, stop"
    STOP = "it can't be known what is right"


class Verdict(NamedTuple):
    """What to do, and the row of the journal which says so."""

    way: Way
    row: Row | None = None
    why: str = ""


VALUES, EDITED = "its values differ", "another statement stands in its place"


class Memory:
    """The rows of an interrupted run, compared to the statements that are sent now.

    :param rows: in their order.
    :param source: a digest of the revision's file as it is now.
    """

    def __init__(self, rows: Sequence[Row], source: str) -> None:
        self._ahead = list(rows)
        self._passed: list[Row] = []
        self._same_file = all(row.source == source for row in rows)

    @property
    def left(self) -> tuple[Row, ...]:
        """Rows of statements that have not been sent again yet."""
        return (*self._passed, *self._ahead)

    @property
    def is_over(self) -> bool:
        """Whether whatever is sent from now on is new."""
        return not self.left

    def verdict(self, sent: Identity, *, has_read: bool) -> Verdict:
        """What to do with a statement.

        :param has_read: whether the revision's own code has read from the database, so that what it sends
            may depend on what is in there.
        """
        row = self._take_same(sent)
        if row is not None:
            if row.state == State.BEGUN:
                return Verdict(Way.DOUBT, row)
            return Verdict(Way.AGAIN if row.state == State.UNDONE else Way.SKIP, row)
        if not self._ahead:
            return Verdict(Way.FRESH)
        first = self._ahead[0]
        if first.state == State.UNDONE:
            return Verdict(Way.AGAIN, self._ahead.pop(0))
        if first.state == State.BEGUN:
            return Verdict(Way.OTHER_DOUBT, self._ahead.pop(0), EDITED)
        if first.state == State.DECREED:
            return Verdict(Way.SKIP, self._ahead.pop(0))
        return self._differing(first, sent, has_read)

    def _take_same(self, sent: Identity) -> Row | None:
        """The row of this very statement. Those before it were not sent this time, and may come later."""
        for at, row in enumerate(self._ahead):
            if (row.shape, row.details) == sent:
                self._passed += self._ahead[:at]
                del self._ahead[: at + 1]
                return row
        for at, row in enumerate(self._passed):
            if (row.shape, row.details) == sent:
                return self._passed.pop(at)
        return None

    def _differing(self, first: Row, sent: Identity, has_read: bool) -> Verdict:
        """A statement that wasn't sent before, where one that took effect stood.

        What a file that is the same sends without reading anything differs by chance (``uuid4()``) or by
        time only. A file that reads first may find its work done, and be right to go on with what is left:
        if that is of another kind. The same kind with other values may be the rest of the rows, or the same
        rows once more.
        """
        if first.shape == sent.shape:
            if self._same_file and not has_read:
                return Verdict(Way.SKIP, self._ahead.pop(0), VALUES)
            return Verdict(Way.STOP, first, VALUES)
        if self._same_file and has_read:
            self._passed += self._ahead
            self._ahead.clear()
            return Verdict(Way.FRESH)
        return Verdict(Way.STOP, first, EDITED)

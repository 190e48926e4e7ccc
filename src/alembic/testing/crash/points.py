"""The places at which a run can be struck: what it asked of the database, and when around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

_COMMENTS = r"(?:\s+|--[^\n]*(?:\n|$)|#[^\n]*(?:\n|$)|/\*.*?\*/)*"
# To be struck between two statements that change nothing is to be struck before the next one that does.
_CHANGES_NOTHING = re.compile(
    _COMMENTS + r"(?:PRAGMA\s+[\w.]+\s*(?:\(|;|$)|(?:SELECT|SHOW|EXPLAIN|DESC|DESCRIBE|VALUES"
    r"|SET|USE|BEGIN|START\s+TRANSACTION|SAVEPOINT|RELEASE|ROLLBACK)\b)",
    re.I | re.S,
)
_WRITES_TO = r"(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+(?:[`\"\[\w]+[`\"\]]?\.)?[`\"\[]?{}\b"

COMMIT = "COMMIT"


class Moment(Enum):
    """When, in relation to a statement or a commit, the blow falls."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that a run asked of the database and that may have changed it.

    :param number: its place in the run, from 1.
    :param text: the statement without its parameters, or ``COMMIT``.
    :param connection: which of the run's connections it went through, in the order of their first use.
    :param work: how long it took: seconds, or on SQLite the number of times that the engine could have been
        interrupted in it.
    :param interruptible: whether it can be struck while it runs.
    """

    number: int
    text: str
    connection: int = 1
    work: float = 0.0
    interruptible: bool = True

    def changes(self, version_table: str) -> bool:
        """Whether this is a change of the version table's rows."""
        return re.match(_COMMENTS + _WRITES_TO.format(re.escape(version_table)), self.text, re.I) is not None

    def __str__(self) -> str:
        line = " ".join(self.text.split())
        return f"{self.number}: {line if len(line) <= 90 else line[:87] + '...'}"


@dataclass(frozen=True, slots=True)
class Point:
    """A place to strike at."""

    action: Action
    moment: Moment

    def __str__(self) -> str:
        return f"{self.moment.value} {self.action}"


def may_change(statement: str) -> bool:
    """Whether a statement can change what the database holds; when in doubt, yes.

    A function with side effects that is called by ``SELECT`` is not recognized. What it did is there to be
    struck at before the statement that follows.
    """
    return _CHANGES_NOTHING.match(statement) is None


def points_of(actions: Iterable[Action], moments: Sequence[Moment] = tuple(Moment)) -> tuple[Point, ...]:
    """Every place in a run, in order."""
    return tuple(
        Point(action, moment)
        for action in actions
        for moment in Moment
        if moment in moments and (action.interruptible or moment is not Moment.DURING)
    )


def sample(points: Sequence[Point], size: int | None, version_table: str) -> tuple[Point, ...]:
    """At most about ``size`` of them: those around the version change, and others at even distances.

    The same ones each time.
    """
    if size is None or len(points) <= size:
        return tuple(points)
    kept = {
        place
        for place, point in enumerate(points)
        if point.action.changes(version_table) and point.moment is Moment.BEFORE
    }
    others = max(size - len(kept), 1)
    kept.update((2 * turn + 1) * len(points) // (2 * others) for turn in range(others))
    return tuple(points[place] for place in sorted(kept))

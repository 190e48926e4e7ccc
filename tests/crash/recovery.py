"""At which points the suite strikes: at all of them it would take an hour.

ALEMBIC_TEST_CRASH_POINTS says otherwise: a number for each test, ``telling`` or ``all``.
"""

from __future__ import annotations

import os

from alembic.testing.crash import CrashTest, Moment, Point
from alembic.testing.crash.points import sample

# Statements of our own, but for the change of the version.
OURS = ("alembic_history", "alembic_journal", "alembic_lock")


def chosen(test: CrashTest, usual: int) -> tuple[Point, ...]:
    """So many of the telling points, or what the environment says."""
    given = os.environ.get("ALEMBIC_TEST_CRASH_POINTS", "")
    if given == "all":
        return test.points()
    size = None if given == "telling" else int(given) if given else usual
    return sample(telling(test), size, test.version_table)


def telling(test: CrashTest) -> tuple[Point, ...]:
    """The points in and after the statements of the migration, and before the version change."""
    found = []
    for point in test.points():
        action = point.action
        if action.changes(test.version_table):
            wanted = point.moment is Moment.BEFORE
        else:
            wanted = is_of_migration(action.text) and point.moment is not Moment.BEFORE
        if wanted:
            found.append(point)
    return tuple(found)


def is_of_migration(statement: str) -> bool:
    """Whether it is a revision that sends this, and not we."""
    return not statement.startswith("COMMIT") and not any(name in statement for name in OURS)

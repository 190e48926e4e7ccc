"""At which points the suite strikes: at all of them it would take an hour."""

from __future__ import annotations

import os

from alembic.testing.crash import CrashTest, Moment, Point

# Statements of our own, but for the change of the version.
OURS = ("alembic_history", "alembic_journal", "alembic_lock")


def points(usual: int) -> int | None:
    """How many points to strike at: ALEMBIC_TEST_CRASH_POINTS, which may be "all", else the usual number."""
    given = os.environ.get("ALEMBIC_TEST_CRASH_POINTS")
    if given is None:
        return usual
    return None if given == "all" else int(given)


def telling(test: CrashTest) -> tuple[Point, ...]:
    """Those in and after the statements of the migration, and before the version change; or all, as above."""
    if os.environ.get("ALEMBIC_TEST_CRASH_POINTS"):
        return test.points(at_most=points(0))
    chosen = []
    for point in test.points():
        action = point.action
        if action.changes(test.version_table):
            wanted = point.moment is Moment.BEFORE
        else:
            of_migration = action.text != "COMMIT" and not any(name in action.text for name in OURS)
            wanted = of_migration and point.moment is not Moment.BEFORE
        if wanted:
            chosen.append(point)
    return tuple(chosen)

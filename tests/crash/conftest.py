"""The fixtures that users get, and how many points the suite strikes at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from alembic.testing.crash import Database
from alembic.testing.pytest_plugin import PytestCrashTest, SharedForks, crash_forks
from tests.crash.recovery import points as at_most

__all__ = ["crash_forks"]


@pytest.fixture
def crash_test(crash_forks: SharedForks) -> Iterator[Callable[..., PytestCrashTest]]:
    """As the plugin's, with the suite's own way of saying how many points."""
    made = []

    def make(database: Database, *, points: int | None = None, **options: Any) -> PytestCrashTest:
        size = None if points is None else at_most(points)
        made.append(
            PytestCrashTest(database, points=size, forks=crash_forks.for_database(database.url), **options)
        )
        return made[-1]

    yield make
    for test in made:
        test.close()

"""The fixture ``crash_test``, for a project's own tests.

In its conftest.py: ``pytest_plugins = ["alembic.testing.pytest_plugin"]``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from sqlalchemy import make_url

from .crash import CrashTest, Database, Report
from .crash.forks import Forks


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--crash-points``."""
    parser.addoption(
        "--crash-points",
        metavar="N",
        default=None,
        help="strike at about N points of each crash test, or at all; the default is each test's own",
    )


class PytestCrashTest(CrashTest):
    """A crash test that heeds ``--crash-points``.

    :param points: how many points to strike at where the command line says nothing; all without it.
    """

    def __init__(self, database: Database, *, points: int | None = None, **options: Any) -> None:
        super().__init__(database, **options)
        self.size = points

    def check(self) -> Report:
        """Kill the process at the chosen points; every blow must have been recovered from.

        :raises AssertionError: one or more made a difference; its text says which, and what.
        """
        report = self.run(self.points(at_most=self.size))
        report.check()
        return report


class SharedForks:
    """Processes that start others, one for each driver, for all tests of a session."""

    def __init__(self) -> None:
        self._forks: dict[str, Forks] = {}

    def for_database(self, url: str) -> Forks:
        """The one that has imported what a database needs."""
        driver = make_url(url).drivername
        if driver not in self._forks:
            self._forks[driver] = Forks(url)
        return self._forks[driver]

    def close(self) -> None:
        """End them."""
        for forks in self._forks.values():
            forks.close()


@pytest.fixture(scope="session")
def crash_forks() -> Iterator[SharedForks]:
    """What ``crash_test`` starts processes with."""
    shared = SharedForks()
    yield shared
    shared.close()


@pytest.fixture
def crash_test(
    request: pytest.FixtureRequest, crash_forks: SharedForks
) -> Iterator[Callable[..., PytestCrashTest]]:
    """Makes :class:`~alembic.testing.crash.CrashTest` objects that end with the test.

    ``crash_test(SQLiteFile(path)).check()`` is a whole test. With ``points=N`` it strikes at about N points
    only, with ``--crash-points`` on the command line at that many, or at ``all``.
    """
    given = request.config.getoption("--crash-points", None)
    with ExitStack() as tests:

        def make(database: Database, *, points: int | None = None, **options: Any) -> PytestCrashTest:
            size = points if given is None else None if given == "all" else int(given)
            options.setdefault("forks", crash_forks.for_database(database.url))
            return tests.enter_context(PytestCrashTest(database, points=size, **options))

        yield make

"""Mistakes in journal and lock that the harness has to catch: each is seeded, and found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from alembic.testing.crash import DisposableDatabase, Moment, Report
from alembic.testing.pytest_plugin import PytestCrashTest
from tests.crash.kinds import prepare, upgrade_of
from tests.crash.recovery import telling
from tests.project import Project

Make = Callable[..., PytestCrashTest]

DEFECTS = Path(__file__).with_name("defects.py")
# A defect, a kind of operation that shows it, what of the run is struck at and when, and what is found.
SEEDED = {
    "journal_only_after": ("add_column", "ALTER TABLE", Moment.AFTER, "Duplicate column name 'c'"),
    "journal_only_before": ("add_column", "ALTER TABLE", Moment.BEFORE, "-  `c` int(11) DEFAULT NULL"),
    "data_apart_from_its_row": ("data between DDL", "INSERT INTO", Moment.AFTER, "-row of child"),
}


@pytest.fixture
def of_kind(project: Project, mariadb_url: str, crash_test: Make) -> Make:
    """A crash test of a kind of operation on MariaDB."""

    def make(kind: str, **options: object) -> PytestCrashTest:
        project.configure(mariadb_url)
        project.revision("a")
        project.revision("b", "a", upgrade=upgrade_of(kind))
        database = DisposableDatabase(mariadb_url, prepare=prepare)
        return crash_test(database, directory=project.directory, **options)

    return make


@pytest.mark.parametrize("defect", SEEDED)
def test_a_defective_journal_is_caught(defect: str, of_kind: Make) -> None:
    kind, begin, moment, sign = SEEDED[defect]

    def struck(test: PytestCrashTest) -> Report:
        points = [point for point in test.points((moment,)) if point.action.text.startswith(begin)]
        return test.run(points)

    report = struck(of_kind(kind, before=[f"{DEFECTS}:{defect}"]))
    assert report.failures, "the defect went unnoticed"
    assert sign in str(report)
    struck(of_kind(kind)).check()  # without the defect


def test_a_missing_lock_is_caught(of_kind: Make) -> None:
    """Four at once go on after the crash; without the lock they do it several times."""

    def found(**environment: str) -> int:
        test = of_kind("data between DDL", rivals=4, environment=environment)
        return len(test.run(telling(test)[::4]).failures)

    assert found(ALEMBIC_LOCK="false") > 0
    assert found() == 0

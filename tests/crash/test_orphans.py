"""The client is killed inside of a long statement, which the server goes on with; then the next run comes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from alembic.testing.crash import DisposableDatabase, Moment, Point
from alembic.testing.pytest_plugin import PytestCrashTest
from tests.crash.kinds import COUNT, prepare
from tests.crash.recovery import is_of_migration
from tests.project import Project

Make = Callable[..., PytestCrashTest]

SLOW_ON_MARIADB = {
    "data": 'op.execute("UPDATE counter SET n = n + 1 + SLEEP(1.5)")',
    "DDL": 'op.execute("CREATE TABLE copied AS SELECT n, SLEEP(0.5) AS slept FROM child")',
}
SLOW_ON_POSTGRESQL = {
    "data": 'op.execute("UPDATE counter SET n = n + 1 FROM pg_sleep(1.5)")',
    "data in a block": """
        with op.get_context().autocommit_block():
            op.execute("UPDATE counter SET n = n + 1 FROM pg_sleep(1.5)")
    """,
    "DDL in a block": """
        with op.get_context().autocommit_block():
            op.execute("CREATE TABLE copied AS SELECT n FROM counter, pg_sleep(1.5)")
    """,
}


def _within(test: PytestCrashTest) -> list[Point]:
    points = test.points((Moment.DURING,))
    return [point for point in points if is_of_migration(point.action.text) and point.action.work > 1]


@pytest.mark.parametrize("slow", SLOW_ON_MARIADB)
def test_mariadb(slow: str, project: Project, mariadb_url: str, crash_test: Make) -> None:
    project.configure(mariadb_url)
    project.revision("a")
    project.revision("b", "a", upgrade=f"{SLOW_ON_MARIADB[slow]}\n{COUNT}")
    test = crash_test(DisposableDatabase(mariadb_url, prepare=prepare), directory=project.directory)
    [within] = _within(test)
    test.run([within]).check()


@pytest.mark.parametrize("slow", SLOW_ON_POSTGRESQL)
def test_postgresql(slow: str, project: Project, postgresql_url: str, crash_test: Make) -> None:
    project.configure(postgresql_url)
    project.chain("a")
    create = 'op.execute("CREATE TABLE counter AS SELECT 0 AS n")'
    project.revision("b", "a", upgrade=create)
    project.revision("c", "b", upgrade=SLOW_ON_POSTGRESQL[slow])
    test = crash_test(DisposableDatabase(postgresql_url), directory=project.directory, start="b")
    [within] = _within(test)
    test.run([within]).check()

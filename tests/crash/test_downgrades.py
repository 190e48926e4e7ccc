"""On the way down it is the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from alembic.testing.crash import DisposableDatabase
from alembic.testing.pytest_plugin import PytestCrashTest
from tests.crash.kinds import COUNT, prepare
from tests.crash.recovery import chosen
from tests.project import Project

DOWN = {
    "drop_table": 'op.drop_table("loose")',
    "several": """
op.drop_index("ix_n", "child")
op.execute("UPDATE child SET n = n - 1")
op.drop_column("child", "at")
""",
}


@pytest.mark.parametrize("kind", DOWN)
def test_mariadb(
    kind: str, project: Project, mariadb_url: str, crash_test: Callable[..., PytestCrashTest]
) -> None:
    project.configure(mariadb_url)
    project.revision("a", downgrade=f"{DOWN[kind]}\n{COUNT}")
    test = crash_test(
        DisposableDatabase(mariadb_url, prepare=prepare),
        directory=project.directory,
        command=("downgrade", "base"),
    )
    test.run(chosen(test, 6)).check()

"""On MariaDB, where each DDL statement commits: whatever is struck, the next upgrade completes it once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from alembic.testing.crash import DisposableDatabase
from alembic.testing.pytest_plugin import PytestCrashTest
from tests.crash.kinds import KINDS, prepare, upgrade_of
from tests.crash.recovery import chosen
from tests.project import Project


@pytest.mark.parametrize("kind", KINDS)
def test_every_point_converges(
    kind: str, project: Project, mariadb_url: str, crash_test: Callable[..., PytestCrashTest]
) -> None:
    project.configure(mariadb_url)
    project.revision("a")
    project.revision("b", "a", upgrade=upgrade_of(kind))
    test = crash_test(DisposableDatabase(mariadb_url, prepare=prepare), directory=project.directory)
    test.run(chosen(test, 3)).check()

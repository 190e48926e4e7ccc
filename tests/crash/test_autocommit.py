"""PostgreSQL: all in one transaction, or with blocks outside of any; every crash point converges."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

import pytest

from alembic.testing.crash import DisposableDatabase
from alembic.testing.pytest_plugin import PytestCrashTest
from tests.crash.autocommit import BLOCKS
from tests.crash.recovery import chosen
from tests.project import Project

ROWS = 'op.create_table("t_a", sa.Column("id", sa.Integer))\nop.execute("INSERT INTO t_a VALUES (1), (2)")'


@pytest.mark.parametrize("block", BLOCKS)
def test_autocommit_blocks(
    block: str, project: Project, postgresql_url: str, crash_test: Callable[..., PytestCrashTest]
) -> None:
    project.configure(postgresql_url)
    project.revision("a", upgrade=ROWS)
    project.chain("b", down="a")
    project.revision("c", "b", upgrade=textwrap.dedent(BLOCKS[block]))
    test = crash_test(DisposableDatabase(postgresql_url), directory=project.directory, start="a")
    test.run(chosen(test, 6)).check()


@pytest.mark.parametrize("options", ["{}", "dict(transaction_per_migration=True)"])
def test_transactions(
    options: str, project: Project, postgresql_url: str, crash_test: Callable[..., PytestCrashTest]
) -> None:
    project.configure(postgresql_url, options=options)
    project.revision("a", upgrade=ROWS)
    project.revision("b", "a", upgrade='op.execute("UPDATE t_a SET id = id + 1")')
    project.revision("c", "b", upgrade='op.add_column("t_a", sa.Column("more", sa.Integer))')
    test = crash_test(DisposableDatabase(postgresql_url), directory=project.directory)
    test.run(chosen(test, 8)).check()

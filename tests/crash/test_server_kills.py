"""The server is killed in the middle of an upgrade, and started again: the next upgrade completes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from alembic.testing.crash import DisposableDatabase
from alembic.testing.pytest_plugin import PytestCrashTest
from tests.absence import absent
from tests.crash.autocommit import COMMITTED_INSIDE
from tests.crash.kinds import KINDS, prepare, upgrade_of
from tests.crash.recovery import chosen
from tests.project import Project
from tests.servers import Unavailable, mariadb, postgresql
from tests.servers.process import Child

# One of a statement that copies a table, one of several statements, one of data between DDL.
SAMPLE = ("create_table with parts", "add_column, fill, NOT NULL", "rename_table", "data between DDL")


@pytest.fixture(scope="module")
def mariadb_server() -> Iterator[tuple[Child, str]]:
    """A MariaDB server of this module's own, and the URL of a database on it."""
    try:
        child, admin = mariadb.start(mariadb.SURVIVES_A_KILL)
    except Unavailable as error:
        absent("mariadb", error)
    yield child, admin.rpartition("/")[0] + "/crashing"
    child.stop()


@pytest.fixture(scope="module")
def postgresql_server() -> Iterator[tuple[Child, str]]:
    """The same of PostgreSQL."""
    try:
        child, admin = postgresql.start(postgresql.SURVIVES_A_KILL)
    except Unavailable as error:
        absent("postgresql", error)
    yield child, admin.rpartition("/")[0] + "/crashing"
    child.stop()


@pytest.mark.parametrize("kind", SAMPLE)
def test_mariadb(
    kind: str,
    mariadb_server: tuple[Child, str],
    project: Project,
    crash_test: Callable[..., PytestCrashTest],
) -> None:
    assert kind in KINDS
    server, url = mariadb_server
    project.configure(url)
    project.revision("a")
    project.revision("b", "a", upgrade=upgrade_of(kind))
    database = DisposableDatabase(url, prepare=prepare, server=server)
    test = crash_test(database, directory=project.directory)
    test.run_server(chosen(test, 3)).check()


def test_postgresql(
    postgresql_server: tuple[Child, str], project: Project, crash_test: Callable[..., PytestCrashTest]
) -> None:
    server, url = postgresql_server
    project.configure(url)
    project.chain("a", "b")
    project.revision("c", "b", upgrade='op.execute("INSERT INTO t_a VALUES (1)")\nop.drop_table("t_b")')
    test = crash_test(DisposableDatabase(url, server=server), directory=project.directory)
    test.run_server(chosen(test, 5)).check()


def test_postgresql_autocommit(
    postgresql_server: tuple[Child, str], project: Project, crash_test: Callable[..., PytestCrashTest]
) -> None:
    server, url = postgresql_server
    project.configure(url)
    project.chain("a")
    project.revision("b", "a", upgrade=COMMITTED_INSIDE)
    test = crash_test(DisposableDatabase(url, server=server), directory=project.directory)
    test.run_server(chosen(test, 6)).check()

"""The hurts of today's users that safe execution is for, each as they have met it, on live databases.

More of them is elsewhere: of 7 in tests/runtime/test_committed.py, of 8 and 17 in
tests/runtime/test_transactions.py, of 9 and 10 in tests/locking, of 11 and 12 in tests/journal, tests/crash,
of 23 in tests/state/test_width.py, of 29 in tests/runtime/test_concurrency.py; all there is of 21, 22 and 30
in tests/state/test_traps.py.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import PIPE, Popen
from sys import executable

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from alembic import command
from alembic.config import Config
from tests.project import Project


@contextmanager
def connected(url: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        yield connection
        connection.commit()
    engine.dispose()


def execute(url: str, *statements: str) -> None:
    with connected(url) as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def scalars(url: str, query: str) -> list[object]:
    with connected(url) as connection:
        return list(connection.exec_driver_sql(query).scalars())


def test_7_a_statement_before_the_transaction_does_not_swallow_it(
    project: Project, postgresql_url: str
) -> None:
    project.configure(postgresql_url).chain("a1", "b1")
    lock = "from sqlalchemy import text; connection.execute(text('select pg_advisory_lock(1)')); migrate("
    project.env_py.write_text(project.env_py.read_text().replace("migrate(connection", f"{lock}connection"))
    project.call("upgrade", "head").ok()
    assert project.applied() == ["b1"]
    assert {"t_a1", "t_b1"} <= set(project.tables())


def test_8_an_autocommit_block_in_somebody_elses_transaction(project: Project, postgresql_url: str) -> None:
    project.configure(postgresql_url)
    project.revision("a1", upgrade="with op.get_context().autocommit_block():\n    pass")
    env = project.env_py.read_text()
    project.env_py.write_text(env.replace("as connection:", "as connection, connection.begin():"))
    result = project.call("upgrade", "head")
    assert result.code == 255
    assert "FAILED: " in result.stderr and "autocommit_block" in result.stderr
    assert "AssertionError" not in result.stderr
    assert project.applied() == []


@pytest.mark.parametrize("kind", ["mariadb", "postgresql", "sqlite"])
def test_9_and_10_four_runs_at_once(request: pytest.FixtureRequest, project: Project, kind: str) -> None:
    url = str(request.getfixturevalue(f"{kind}_url"))
    execute(url, "CREATE TABLE acc (n int)", "INSERT INTO acc VALUES (0)")
    project.configure(url)
    project.revision("a1", upgrade='op.execute("update acc set n=n+1")')
    argv = [executable, "-m", "alembic", "upgrade", "head"]
    runs = [Popen(argv, cwd=project.directory, stderr=PIPE, text=True) for _ in range(4)]
    told = [run.communicate(timeout=120)[1] for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0, 0], told
    assert scalars(url, "SELECT n FROM acc") == [1]
    assert project.applied() == ["a1"]


def test_11_a_half_applied_revision(project: Project, mariadb_url: str) -> None:
    execute(mariadb_url, "CREATE TABLE t (n int)", "INSERT INTO t VALUES (1)")
    project.configure(mariadb_url)
    body = (
        'op.add_column("t", sa.Column("b", sa.Integer))\nop.execute("update t set n=n+1")\nop.execute("{}")'
    )
    project.revision("a1", upgrade=body.format("no sql"))
    first = project.call("upgrade", "head")
    assert first.code == 1 and "committed: " in first.stderr
    assert project.call("upgrade", "head").code == 1
    project.revision("a1", upgrade=body.format("update t set b=5"))
    project.call("upgrade", "head").ok()
    assert project.applied() == ["a1"]
    with connected(mariadb_url) as connection:
        assert connection.exec_driver_sql("SELECT n, b FROM t").all() == [(2, 5)]


def test_12_an_autocommit_block_that_fails(project: Project, postgresql_url: str) -> None:
    execute(postgresql_url, "CREATE TABLE t (a int)", "INSERT INTO t VALUES (1), (1)")
    project.configure(postgresql_url)
    project.revision(
        "a1",
        upgrade="""\
op.add_column("t", sa.Column("b", sa.Integer))
with op.get_context().autocommit_block():
    op.create_index("ix", "t", ["a"], unique=True, postgresql_concurrently=True)
""",
    )
    valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('ix')"
    result = project.call("upgrade", "head")
    assert result.code == 1 and "could not create unique index" in result.stderr
    assert scalars(postgresql_url, valid) == [False]
    # The same again, not something else.
    again = project.call("upgrade", "head")
    assert again.code == 1 and "could not create unique index" in again.stderr
    execute(postgresql_url, "DELETE FROM t WHERE ctid = (SELECT min(ctid) FROM t)")
    project.call("upgrade", "head").ok()
    assert scalars(postgresql_url, valid) == [True]
    assert project.applied() == ["a1"]


def test_17_a_new_enum_value_is_used_in_the_same_run(project: Project, postgresql_url: str) -> None:
    execute(postgresql_url, "CREATE TYPE mood AS ENUM ('sad')", "CREATE TABLE t (m mood)")
    project.configure(postgresql_url)
    project.revision("a1", upgrade="op.execute(\"ALTER TYPE mood ADD VALUE 'happy'\")")
    project.revision("b1", "a1", upgrade="op.execute(\"INSERT INTO t VALUES ('happy')\")")
    project.call("upgrade", "head").ok()
    assert scalars(postgresql_url, "SELECT m::text FROM t") == ["happy"]


LONG = "a_revision_with_a_name_of_more_than_32_characters"


def test_23_a_long_identifier(project: Project, database_url: str) -> None:
    """The column of an existing version table is too short for it."""
    project.configure(database_url)
    execute(
        database_url,
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL,"
        " CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))",
        "INSERT INTO alembic_version VALUES ('a1')",
    )
    project.chain("a1", LONG)
    project.call("upgrade", "head").ok()
    assert project.applied() == [LONG]


def test_29_four_threads_and_one_database(project: Project, postgresql_url: str) -> None:
    execute(postgresql_url, "CREATE TABLE acc (n int)", "INSERT INTO acc VALUES (0)")
    project.configure(postgresql_url)
    project.revision("a1", upgrade='op.execute("update acc set n=n+1")')
    together = threading.Barrier(4)
    errors: list[BaseException] = []

    def upgrade() -> None:
        together.wait(30)
        try:
            command.upgrade(Config(project.config_file), "head")
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=upgrade, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "they wait for each other"
    assert errors == []
    assert scalars(postgresql_url, "SELECT n FROM acc") == [1]
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    assert scalars(postgresql_url, f"SELECT state {others} AND xact_start IS NOT NULL") == []

"""SQLite's own conflicts: whoever writes keeps us from beginning, whoever reads keeps us from committing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from textwrap import indent

import pytest
from sqlalchemy.exc import OperationalError

from tests.limits.sessions import Upgrade, prepare, rows
from tests.project import Project

ADD = 'op.add_column("first", sa.Column("b", sa.Integer))'
COUNT = 'op.execute("UPDATE counter SET n = n + 1")'
RETRIES = {"lock_timeout": 0.2, "lock_retries": 50, "lock_backoff": "200ms"}


@pytest.fixture
def database(project: Project) -> str:
    prepare(
        project.url,
        "CREATE TABLE first (a int)",
        "INSERT INTO first VALUES (1)",
        "CREATE TABLE counter (n int)",
        "INSERT INTO counter VALUES (0)",
    )
    project.revision("a1", upgrade=f"{COUNT}\n{ADD}")
    return project.url.removeprefix("sqlite:///")


@contextmanager
def transaction(database: str, *statements: str) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(database, isolation_level=None, check_same_thread=False)) as connection:
        for statement in ("BEGIN", *statements):
            connection.execute(statement).fetchall()
        yield connection


def read(database: str, patience: float) -> None:
    with closing(sqlite3.connect(database, timeout=patience)) as connection:
        connection.execute("SELECT * FROM first").fetchall()


def test_a_reader_keeps_us_from_committing(project: Project, database: str) -> None:
    with transaction(database, "SELECT * FROM first"):
        upgrade = Upgrade(project, lock_timeout=0.3)
        upgrade.start()
        for _ in range(20):
            read(database, 8)
        assert isinstance(upgrade.ended().error, OperationalError)
        read(database, 0)
    assert project.applied() == []
    assert rows(project.url, "SELECT n FROM counter") == [(0,)]


def test_other_readers_go_on_between_the_attempts(project: Project, database: str) -> None:
    project.revision("b1", "a1", upgrade=COUNT)
    with transaction(database, "SELECT * FROM first") as reader:
        upgrade = Upgrade(project, **{**RETRIES, "lock_backoff": "3s"})
        upgrade.start()
        assert "COMMIT; attempt 2 of 51 to follow in 3 s" in upgrade.wait_for_message()
        read(database, 0.5)
        reader.execute("ROLLBACK")
    assert upgrade.ended().error is None
    assert project.applied() == ["b1"]
    assert rows(project.url, "SELECT n FROM counter") == [(2,)]


@pytest.mark.parametrize("lock", ["true", "false"])
def test_a_writer_keeps_us_from_beginning(project: Project, database: str, lock: str) -> None:
    with transaction(database, "UPDATE counter SET n = n + 10") as writer:
        upgrade = Upgrade(project, lock=lock, lock_timeout=0.2, lock_retries=1, lock_backoff="100ms")
        upgrade.start()
        assert "locked" in str(upgrade.ended().error)
        read(database, 0)
        upgrade = Upgrade(project, lock=lock, **RETRIES)
        upgrade.start()
        if lock == "false":
            upgrade.wait_for_message()
        writer.execute("COMMIT")
        assert upgrade.ended().error is None
    assert project.applied() == ["a1"]
    assert rows(project.url, "SELECT n FROM counter") == [(11,)]


TOLD = """\
import pathlib
with pathlib.Path(config.config_file_name + ".busy").open("a") as file:
    print({}.exec_driver_sql("PRAGMA busy_timeout").scalar(), file=file)
"""


def test_the_timeout_of_the_connection_is_restored(project: Project, database: str) -> None:
    around = (
        "connection.exec_driver_sql('PRAGMA busy_timeout = 1234')\n"
        "migrate(connection=connection)\n" + TOLD.format("connection")
    )
    env = project.env_py.read_text()
    project.env_py.write_text(env.replace("migrate(connection=connection)", indent(around, " " * 8).strip()))
    config = "from alembic import context\nconfig = context.config\n"
    project.revision("b1", "a1", upgrade=config + TOLD.format("op.get_bind()"))
    upgrade = Upgrade(project, lock_timeout="700ms")
    upgrade.run()
    assert upgrade.error is None
    assert Path(f"{project.config_file}.busy").read_text().split() == ["700", "1234"]

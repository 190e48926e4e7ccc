"""A revision that was interrupted where DDL can't be rolled back is gone on with behind what took effect."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from tests.project import Project


def rows(url: str, sql: str) -> list[Any]:
    with sa.create_engine(url, poolclass=NullPool).connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql)]


def journal(url: str) -> list[Any]:
    return rows(url, "SELECT number, state, statement FROM alembic_journal ORDER BY number")


ACCOUNTS = """
op.execute("CREATE TABLE acc (id int primary key, n int)")
op.execute("INSERT INTO acc VALUES (1, 0)")
"""


def test_a_failed_revision_goes_on_behind_what_took_effect(project: Project, mariadb_url: str) -> None:
    """Trap 11: add a column, update, bad SQL; once the SQL is mended nothing is done twice."""
    project.configure(mariadb_url)
    project.revision("a1", upgrade=ACCOUNTS)
    body = """
    op.add_column("acc", sa.Column("x", sa.Integer))
    op.execute("UPDATE acc SET n = n + 1")
    op.execute("{sql}")
    """
    project.revision("b1", "a1", upgrade=body.format(sql="ALTER TABLE nothing ADD y int"))
    failed = project.call("upgrade", "head")
    assert failed.code == 1
    assert "upgrade of revision b1 is half done: statements 1 to 2 took effect" in failed.stderr
    assert rows(mariadb_url, "SELECT n FROM acc") == [(1,)]
    assert [row[:2] for row in journal(mariadb_url)] == [(1, "done"), (2, "done"), (3, "undone")]
    again = project.call("upgrade", "head")
    assert again.code == 1
    assert rows(mariadb_url, "SELECT n FROM acc") == [(1,)]
    project.revision("b1", "a1", upgrade=body.format(sql="ALTER TABLE acc ADD y int"))
    result = project.call("upgrade", "head").ok()
    assert "2 of its statements took effect and are not run again" in result.stderr
    assert rows(mariadb_url, "SELECT id, n, x, y FROM acc") == [(1, 1, None, None)]
    assert journal(mariadb_url) == []
    assert project.applied() == ["b1"]

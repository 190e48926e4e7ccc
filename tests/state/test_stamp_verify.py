"""Point 3 of issue 5: ``stamp --verify`` refuses when the schema is not that revision's."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from tests.project import Project

USERS = """
op.create_table(
    "users",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(50), nullable=False, server_default="x"),
)
op.create_index("ix_name", "users", ["name"])
"""


def _execute(project: Project, *statements: str) -> None:
    with create_engine(project.url).begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def _project(project: Project, url: str) -> Project:
    project.configure(url)
    project.revision("a1", upgrade=USERS)
    project.revision(
        "b2",
        "a1",
        upgrade="""
        op.add_column("users", sa.Column("age", sa.Integer))
        op.create_table(
            "posts",
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("author", sa.Integer, sa.ForeignKey("users.id", name="fk_author")),
        )
        """,
    )
    return project


def test_the_schema_of_the_revision(project: Project, database_url: str) -> None:
    _project(project, database_url).call("upgrade", "a1").ok()
    project.call("stamp", "--purge", "--verify", "a1").ok()
    result = project.call("stamp", "--verify", "b2")
    assert result.code == 255
    assert "FAILED: The schema of the database is not that of b2\n" in result.stderr
    assert "    add table posts\n" in result.stderr
    assert "    add column users.age INTEGER\n" in result.stderr
    assert project.applied() == ["a1"]
    project.call("upgrade", "b2").ok()
    project.call("stamp", "--verify", "b2").ok()
    result = project.call("stamp", "--verify", "base")
    assert (result.code, "remove table users" in result.stderr) == (255, True)
    assert project.applied() == ["b2"]


def test_an_empty_database_is_at_base(project: Project) -> None:
    _project(project, project.url).call("stamp", "--verify", "base").ok()
    assert project.call("stamp", "--verify", "head").code == 255
    project.call("stamp", "head").ok()
    assert project.applied() == ["b2"]


def test_a_small_difference(project: Project, postgresql_url: str) -> None:
    _project(project, postgresql_url).call("upgrade", "head").ok()
    _execute(project, "ALTER TABLE users ALTER COLUMN name TYPE varchar(40)", "DROP INDEX ix_name")
    result = project.call("stamp", "--verify", "head")
    assert "change type of column users.name from VARCHAR(40) to VARCHAR(50)" in result.stderr
    assert "add index ix_name" in result.stderr


def test_what_the_files_do_not_tell_is_named(project: Project) -> None:
    project.revision("a1", upgrade=USERS + '\nop.execute("create table loose (id int)")')
    project.call("upgrade", "head").ok()
    result = project.call("stamp", "--verify", "head").ok()
    assert "WARNING: not verified: loose (revision a1: SQL: create table loose (id int))" in result.stderr
    _execute(project, "drop table users")
    assert project.call("stamp", "--verify", "head").code == 255


READING = [
    'bind.execute(sa.text("SELECT id FROM users")).fetchall()',
    'for row in bind.execute(sa.text("SELECT u.id FROM users AS u JOIN users v ON u.id = v.id")): 1 / 0',
    "assert bind.scalar(sa.select(sa.func.count()).select_from(users)) == 0",
    "assert bind.execute(sa.select(users).where(users.c.id > 1)).first() is None",
    "assert not bind.execute(users.select()).scalars().all()",
    'assert bind.exec_driver_sql("SELECT * FROM users, users AS other").fetchone() is None',
    "assert list(bind.execute(sa.select(users)).mappings()) == []",
    "bind.execute(users.update().values(name='y'))",
]
UNKNOWN = [
    'bind.execute(sa.text("SELECT 1")).scalar()',
    'bind.execute(sa.text("SELECT id FROM elsewhere")).fetchall()',
    'bind.execute(sa.text("SELECT n FROM users, elsewhere")).fetchall()',
    'bind.execute(sa.text("SELECT id FROM users JOIN (SELECT n FROM elsewhere) e ON true")).fetchall()',
    'bind.execute(sa.text("INSERT INTO users (id) VALUES (1)"))\nbind.execute(sa.select(users)).all()',
    "op.bulk_insert(users, [{'id': 1}])\nbind.execute(sa.select(users)).all()",
    "bind.execute(users.insert(), {'id': 1})\nbind.execute(sa.select(users)).all()",
    "sa.inspect(bind).get_indexes('users')",
]
PREPARED = """
bind = op.get_bind()
users = sa.table("users", sa.column("id"), sa.column("name"))
"""


@pytest.mark.parametrize("reading", READING)
def test_revisions_that_read_rows_find_none_as_on_a_new_database(project: Project, reading: str) -> None:
    project.revision("a1", upgrade=USERS)
    project.revision(
        "b2", "a1", upgrade=f"{PREPARED}{reading}\nop.add_column('users', sa.Column('age', sa.Integer))"
    )
    project.call("upgrade", "head").ok()
    result = project.call("stamp", "--verify", "head").ok()
    assert "not verified" not in result.stderr
    _execute(project, "ALTER TABLE users DROP COLUMN age")
    assert project.call("stamp", "--verify", "head").code == 255


@pytest.mark.parametrize("reading", UNKNOWN)
def test_what_cannot_be_foretold_is_refused(project: Project, reading: str) -> None:
    project.revision("a1", upgrade=USERS)
    project.revision("b2", "a1", upgrade=f"{PREPARED}{reading}")
    _execute(project, "CREATE TABLE elsewhere (id INT, n INT)")
    project.call("upgrade", "head").ok()
    result = project.call("stamp", "--verify", "head")
    assert result.code == 255
    assert "FAILED: What the schema is at b2 can't be told from the revision files" in result.stderr


def test_not_with_a_script(project: Project) -> None:
    project.chain("a1")
    assert project.call("stamp", "--verify", "--sql", "head").code == 255

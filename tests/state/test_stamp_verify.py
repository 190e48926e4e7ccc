"""Point 3 of issue 5: ``stamp --verify`` refuses when the schema is not that revision's."""

from __future__ import annotations

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


def test_files_that_tell_nothing(project: Project) -> None:
    project.revision("a1", upgrade='op.get_bind().execute(sa.text("select 1")).scalar()')
    project.call("upgrade", "head").ok()
    result = project.call("stamp", "--verify", "head")
    assert result.code == 255
    assert "FAILED: What the schema is at a1 can't be told from the revision files" in result.stderr


def test_not_with_a_script(project: Project) -> None:
    project.chain("a1")
    assert project.call("stamp", "--verify", "--sql", "head").code == 255

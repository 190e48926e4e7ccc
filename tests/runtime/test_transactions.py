"""Contract 7.2: what a failure leaves behind, per database and setting; autocommit blocks (traps 6, 8)."""

from __future__ import annotations

import pytest

from tests.project import Project

FAILS = """
op.create_table("half", sa.Column("id", sa.Integer))
op.execute("INSERT INTO half VALUES (1)")
op.create_table("more", sa.Column("id", sa.Integer))
raise RuntimeError("stop here")
"""


def failing_at_c(project: Project, url: str, options: str = "{}") -> None:
    project.configure(url, options=options)
    project.chain("a", "b")
    project.revision("c", "b", upgrade=FAILS)
    result = project.call("upgrade", "head")
    assert result.code == 1
    assert "stop here" in result.stderr


def test_sqlite_undoes_the_failing_revision_and_keeps_those_before(project: Project, sqlite_url: str) -> None:
    failing_at_c(project, sqlite_url)
    assert project.applied() == ["b"]
    assert project.tables() == ["t_a", "t_b"]


def test_sqlite_leaves_nothing_when_the_first_revision_fails(project: Project, sqlite_url: str) -> None:
    from sqlalchemy import create_engine, inspect

    project.configure(sqlite_url)
    project.revision("a", None, upgrade=FAILS)
    assert project.call("upgrade", "head").code == 1
    left = set(inspect(create_engine(sqlite_url)).get_table_names())
    assert left == {"alembic_history"}, "the record of the failure, and not even a version table"


def test_sqlite_undoes_all_with_transactional_ddl(project: Project, sqlite_url: str) -> None:
    failing_at_c(project, sqlite_url, "dict(transactional_ddl=True)")
    assert project.applied() == []
    assert project.tables() == []


def test_postgresql_undoes_all(project: Project, postgresql_url: str) -> None:
    failing_at_c(project, postgresql_url)
    assert project.applied() == []
    assert project.tables() == []


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_one_transaction_each_keeps_those_before(
    project: Project, request: pytest.FixtureRequest, kind: str
) -> None:
    failing_at_c(
        project,
        request.getfixturevalue(f"{kind}_url"),
        "dict(transaction_per_migration=True, transactional_ddl=True)",
    )
    assert project.applied() == ["b"]
    assert project.tables() == ["t_a", "t_b"]


def test_mariadb_keeps_its_ddl_but_not_the_version(project: Project, mariadb_url: str) -> None:
    failing_at_c(project, mariadb_url)
    assert project.applied() == ["b"]
    assert project.tables() == ["half", "more", "t_a", "t_b"]


def test_a_failing_revision_runs_again(project: Project, sqlite_url: str) -> None:
    failing_at_c(project, sqlite_url)
    project.revision("c", "b", upgrade=FAILS.replace('raise RuntimeError("stop here")', "pass"))
    project.call("upgrade", "head").ok()
    assert project.applied() == ["c"]


BLOCK = """
op.create_table("before", sa.Column("id", sa.Integer))
with op.get_context().autocommit_block():
    op.create_table("inside", sa.Column("id", sa.Integer))
    {inside}
op.create_table("after", sa.Column("id", sa.Integer))
{after}
"""


@pytest.mark.parametrize("options", ["{}", "dict(transaction_per_migration=True)"])
def test_an_autocommit_block_commits_what_came_before(
    project: Project, database_url: str, options: str
) -> None:
    project.configure(database_url, options=options)
    project.chain("a")
    project.revision("b", "a", upgrade=BLOCK.format(inside="pass", after="pass"))
    project.call("upgrade", "head").ok()
    assert project.applied() == ["b"]
    assert project.tables() == ["after", "before", "inside", "t_a"]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize(("where", "left"), [("inside", []), ("after", [])])
def test_a_failure_in_or_after_the_block(
    project: Project, request: pytest.FixtureRequest, kind: str, where: str, left: list[str]
) -> None:
    """What was done before and inside stays, the version is the old one, and what came after is undone."""
    project.configure(request.getfixturevalue(f"{kind}_url"))
    project.chain("a")
    fails = {"inside": "pass", "after": "pass", where: "raise RuntimeError('stop here')"}
    project.revision("b", "a", upgrade=BLOCK.format(**fails))
    result = project.call("upgrade", "head")
    assert result.code == 1
    assert "stop here" in result.stderr
    assert project.applied() == ["a"]
    assert project.tables() == ["before", "inside", "t_a", *left]


def test_concurrently_works_inside_of_a_block(project: Project, postgresql_url: str) -> None:
    project.configure(postgresql_url)
    project.chain("a")
    project.revision(
        "b",
        "a",
        upgrade="""
        with op.get_context().autocommit_block():
            op.execute("CREATE INDEX CONCURRENTLY ix ON t_a (id)")
        """,
    )
    project.call("upgrade", "head").ok()
    assert project.applied() == ["b"]


CALLERS = """\
from sqlalchemy import create_engine, pool
from alembic import context

engine = create_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=pool.NullPool)
with engine.begin() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""


def test_a_block_in_the_callers_transaction_is_refused(project: Project, database_url: str) -> None:
    project.configure(database_url)
    project.env_py.write_text(CALLERS, "utf-8")
    project.chain("a")
    project.revision("b", "a", upgrade=BLOCK.format(inside="pass", after="pass"))
    result = project.call("upgrade", "head")
    assert result.code == 255
    words = " ".join(result.stderr.split())
    assert "autocommit_block() can't be used here: the connection was already in a transaction" in words
    assert "engine.connect() rather than engine.begin()" in words


def enum_history(project: Project, *, end: str = "pass") -> None:
    """Trap 17: a value is added to an enum type, and used by a later revision of the same run."""
    create = "CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE people (m mood)"
    project.revision("a", None, upgrade=f'op.execute("{create}")')
    project.revision("b", "a", upgrade="""op.execute("alter type mood\\n add value 'ok'")""")
    project.revision("c", "b", upgrade="""op.execute("INSERT INTO people VALUES ('ok')")\n""" + end)


def test_a_new_enum_value_is_committed_before_the_next_revision(
    project: Project, postgresql_url: str
) -> None:
    project.configure(postgresql_url)
    enum_history(project)
    assert project.run("upgrade", "a").code == 0
    result = project.run("upgrade", "head")
    assert result.code == 0, result.stderr
    assert project.applied() == ["c"]


def test_what_follows_the_commit_is_one_transaction_again(project: Project, postgresql_url: str) -> None:
    from sqlalchemy import create_engine, text

    project.configure(postgresql_url)
    enum_history(project, end="raise RuntimeError('stop here')")
    assert project.call("upgrade", "head").code == 1
    assert project.applied() == ["b"]
    with create_engine(postgresql_url).connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM people")).scalar() == 0


def test_a_script_commits_there_too(project: Project, postgresql_url: str) -> None:
    project.configure(postgresql_url)
    enum_history(project)
    script = project.run("upgrade", "head", "--sql").stdout
    assert script.count("BEGIN;") == script.count("COMMIT;") == 2
    added, used = script.index("add value 'ok'"), script.index("INSERT INTO people")
    assert added < script.index("COMMIT;") < used


def test_set_local_holds_over_such_a_commit(project: Project, postgresql_url: str) -> None:
    """A tenant's search_path decides where the rest of the run goes."""
    from sqlalchemy import create_engine, text

    with create_engine(postgresql_url).begin() as connection:
        connection.execute(text("CREATE SCHEMA tenant"))
    project.configure(postgresql_url)
    enum_history(project)
    text_of_a = (project.versions / "a_.py").read_text()
    set_local = 'def upgrade():\n    op.execute("SET LOCAL search_path = tenant, public")'
    (project.versions / "a_.py").write_text(text_of_a.replace("def upgrade():", set_local, 1))
    result = project.run("upgrade", "head")
    assert result.code == 0, result.stderr
    with create_engine(postgresql_url).connect() as connection:
        assert connection.execute(text("SELECT m::text FROM tenant.people")).scalar() == "ok"

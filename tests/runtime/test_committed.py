"""A run that was logged is committed, whatever env.py does (contract 3.3 [!], trap 7)."""

from __future__ import annotations

import textwrap

import pytest
from sqlalchemy import create_engine, inspect
from sqlalchemy.pool import NullPool

from tests.project import Project

HEAD = """\
import logging, sys
from sqlalchemy import create_engine, pool, text
from alembic import context

logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(message)s", force=True)
engine = create_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=pool.NullPool)
"""


def env(project: Project, url: str, body: str) -> Project:
    project.configure(url)
    project.env_py.write_text(HEAD + textwrap.dedent(body), "utf-8")
    project.chain("a", "b")
    return project


SAVED = {
    "as templates do": """
        with engine.connect() as connection:
            context.configure(connection=connection)
            with context.begin_transaction():
                context.run_migrations()
        """,
    "begin_transaction() forgotten": """
        with engine.connect() as connection:
            context.configure(connection=connection)
            context.run_migrations()
        """,
    "begin_transaction() forgotten, one transaction each": """
        with engine.connect() as connection:
            context.configure(connection=connection, transaction_per_migration=True)
            context.run_migrations()
        """,
    "something was executed before configure()": """
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            context.configure(connection=connection)
            with context.begin_transaction():
                context.run_migrations()
        """,
    "something was executed before configure(), one transaction each": """
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            context.configure(connection=connection, transaction_per_migration=True)
            with context.begin_transaction():
                context.run_migrations()
        """,
    "something was executed after configure()": """
        with engine.connect() as connection:
            context.configure(connection=connection)
            context.get_context().get_current_revision()
            context.run_migrations()
        """,
    "the caller's own transaction": """
        with engine.begin() as connection:
            context.configure(connection=connection)
            with context.begin_transaction():
                context.run_migrations()
        """,
    "the caller's own transaction, begun after configure()": """
        with engine.connect() as connection:
            context.configure(connection=connection)
            with connection.begin():
                context.run_migrations()
        """,
    "the caller commits by hand": """
        connection = engine.connect()
        transaction = connection.begin()
        context.configure(connection=connection)
        context.run_migrations()
        transaction.commit()
        connection.close()
        """,
    "one transaction for two contexts": """
        with engine.connect() as connection:
            context.configure(connection=connection)
            with context.begin_transaction():
                context.configure(connection=connection)
                context.run_migrations()
        """,
    "blocks inside of each other": """
        with engine.connect() as connection:
            context.configure(connection=connection)
            with context.begin_transaction(), context.begin_transaction():
                context.run_migrations()
        """,
    "a connection in autocommit mode": """
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            context.configure(connection=connection)
            with context.begin_transaction():
                context.run_migrations()
        """,
}


@pytest.mark.parametrize("body", SAVED.values(), ids=SAVED)
def test_the_run_is_saved(project: Project, database_url: str, body: str) -> None:
    env(project, database_url, body)
    project.call("upgrade", "head").ok()
    assert project.applied() == ["b"]
    assert project.tables() == ["t_a", "t_b"]
    project.call("downgrade", "a").ok()
    assert project.applied() == ["a"]
    assert project.tables() == ["t_a"]


ABANDONED = """
    connection = engine.connect()
    transaction = connection.begin()
    context.configure(connection=connection)
    context.run_migrations()
    connection.close()
    """


def test_closing_without_commit_is_an_error_that_names_the_fix(project: Project, postgresql_url: str) -> None:
    result = env(project, postgresql_url, ABANDONED).call("upgrade", "head")
    assert result.code == 255
    assert "a transaction that env.py had begun by itself and never committed; nothing was saved." in _words(
        result.stderr
    )
    assert "with connection.begin():" in result.stderr
    assert project.applied() == []


def test_closing_without_commit_is_no_error_when_nothing_was_run(
    project: Project, postgresql_url: str
) -> None:
    env(project, postgresql_url, SAVED["as templates do"]).call("upgrade", "head").ok()
    project.env_py.write_text(HEAD + textwrap.dedent(ABANDONED), "utf-8")
    project.call("upgrade", "head").ok()
    project.call("current").ok()


TRIAL = {
    "our transaction": """
        with engine.connect() as connection:
            context.configure(connection=connection, transactional_ddl=True)
            with context.begin_transaction() as transaction:
                context.run_migrations()
                transaction.rollback()
        """,
    "the caller's": """
        connection = engine.connect()
        transaction = connection.begin()
        context.configure(connection=connection)
        context.run_migrations()
        transaction.rollback()
        connection.close()
        """,
}


@pytest.mark.parametrize("body", TRIAL.values(), ids=TRIAL)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_deliberate_rollback_is_a_trial_run(
    project: Project, request: pytest.FixtureRequest, kind: str, body: str
) -> None:
    env(project, request.getfixturevalue(f"{kind}_url"), body).call("upgrade", "head").ok()
    assert project.applied() == []
    assert project.tables() == []


def test_a_rollback_in_the_middle_of_a_run_is_noticed(project: Project, postgresql_url: str) -> None:
    env(project, postgresql_url, SAVED["as templates do"]).call("upgrade", "a").ok()
    undone = """
        def undo(ctx, **kw):
            ctx.connection.rollback()

        with engine.connect() as connection:
            context.configure(connection=connection, on_version_apply=undo)
            with context.begin_transaction():
                context.run_migrations()
        """
    project.env_py.write_text(HEAD + textwrap.dedent(undone), "utf-8")
    result = project.call("upgrade", "head")
    assert result.code == 255
    assert "version table 'alembic_version' should hold 'b', and holds 'a'" in _words(result.stderr)


TENANTS = {
    "for the transaction": """
            with context.begin_transaction():
                context.execute(f"SET LOCAL search_path TO {tenant}")
                context.run_migrations()
        """,
    "and back inside of the block": """
            with context.begin_transaction():
                context.execute(f"SET search_path TO {tenant}")
                context.run_migrations()
                context.execute("SET search_path TO public")
        """,
    "before configure()": """
            connection.execute(text(f"SET search_path TO {tenant}"))
            context.configure(connection=connection)
            with context.begin_transaction():
                context.run_migrations()
        """,
}


@pytest.mark.parametrize("body", TENANTS.values(), ids=TENANTS)
def test_tenants_by_search_path(project: Project, postgresql_url: str, body: str) -> None:
    """One connection, one schema after the other; each has a version table of its own (recipe 5)."""
    loop = """
        with engine.connect() as connection:
          for tenant in ("red", "blue"):
            connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {tenant}"))
            connection.commit()
            context.configure(connection=connection)"""
    env(project, postgresql_url, loop + body)
    project.call("upgrade", "head").ok()
    project.call("downgrade", "a").ok()
    with create_engine(postgresql_url, poolclass=NullPool).connect() as connection:
        tables = {schema: inspect(connection).get_table_names(schema) for schema in ("public", "red", "blue")}
    assert {schema: sorted(names) for schema, names in tables.items()} == {
        "public": [],
        "red": ["alembic_history", "alembic_version", "t_a"],
        "blue": ["alembic_history", "alembic_version", "t_a"],
    }


def test_a_commit_inside_of_a_migration_is_carried_on_from(project: Project, database_url: str) -> None:
    env(project, database_url, SAVED["as templates do"])
    project.revision("a", None, upgrade="op.get_bind().commit()\nop.execute('CREATE TABLE t_a (id INTEGER)')")
    project.call("upgrade", "head").ok()
    assert project.applied() == ["b"]
    assert project.tables() == ["t_a", "t_b"]


def test_a_failing_commit_is_a_failure(project: Project, postgresql_url: str) -> None:
    env(project, postgresql_url, SAVED["as templates do"])
    project.revision(
        "b",
        "a",
        upgrade="""
        op.execute("CREATE TABLE p (id INTEGER PRIMARY KEY)")
        op.execute("CREATE TABLE c (id INTEGER REFERENCES p DEFERRABLE INITIALLY DEFERRED)")
        op.execute("INSERT INTO c VALUES (1)")
        """,
    )
    result = project.call("upgrade", "head")
    assert result.code != 0
    assert "violates foreign key constraint" in _words(result.stderr)
    assert project.applied() == []
    assert project.tables() == []


def _words(text: str) -> str:
    return " ".join(text.split())

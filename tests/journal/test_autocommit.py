"""Autocommit blocks on PostgreSQL: what they and the statements before them have done is not done twice."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journal.test_recovery import rows
from tests.project import Project

TABLE = 'op.execute("CREATE TABLE t (id int, n int)")\nop.execute("INSERT INTO t VALUES (1, 0), (1, 0)")'
BLOCK = "with op.get_context().autocommit_block():"
INDEXES = "SELECT c.relname, x.indisvalid FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid ORDER BY 1"


def indexes(url: str) -> list[Any]:
    return [each for each in rows(url, INDEXES) if each[0].startswith("ix_")]


def journal(url: str) -> list[Any]:
    return rows(url, "SELECT number, state FROM alembic_journal ORDER BY number")


def prepare(project: Project, url: str, upgrade: str) -> None:
    """A revision that makes the table, and one behind it."""
    project.configure(url)
    project.revision("a1", upgrade=TABLE)
    project.revision("b1", "a1", upgrade=upgrade)


def test_an_invalid_index_is_dropped_before_the_retry(project: Project, postgresql_url: str) -> None:
    """Trap 12: a column is added, a unique index can't be built; once the rows are mended both are there."""
    prepare(
        project,
        postgresql_url,
        f"""
        op.add_column("t", sa.Column("x", sa.Integer))
        op.execute("UPDATE t SET n = n + 1")
        {BLOCK}
            op.create_index("ix_id", "t", ["id"], unique=True, postgresql_concurrently=True)
        op.execute("UPDATE t SET n = n + 10")
        """,
    )
    failed = project.call("upgrade", "head")
    assert failed.code == 1 and "statements 1 to 2 took effect" in failed.stderr
    assert indexes(postgresql_url) == [("ix_id", False)]
    assert journal(postgresql_url) == [(1, "done"), (2, "done"), (3, "undone")]
    assert project.applied() == ["a1"]
    rows(postgresql_url, "SELECT 1")
    with_ids(postgresql_url)
    project.call("upgrade", "head").ok()
    assert indexes(postgresql_url) == [("ix_id", True)]
    assert rows(postgresql_url, "SELECT n, x FROM t") == [(11, None), (11, None)]
    assert journal(postgresql_url) == [] and project.applied() == ["b1"]


def with_ids(url: str) -> None:
    """Make the rows such that a unique index on their ids can be built."""
    import sqlalchemy as sa
    from sqlalchemy.pool import NullPool

    with sa.create_engine(url, poolclass=NullPool).begin() as connection:
        connection.exec_driver_sql("UPDATE t SET id = 2 WHERE ctid = (SELECT max(ctid) FROM t)")


def test_an_index_that_somebody_else_has_left(project: Project, postgresql_url: str) -> None:
    """IF NOT EXISTS would take it for the real one."""
    project.configure(postgresql_url)
    project.revision(
        "a1", upgrade=TABLE + f"\n{BLOCK}\n    op.execute('CREATE UNIQUE INDEX CONCURRENTLY ix_id ON t (id)')"
    )
    assert project.call("upgrade", "head").code == 1
    assert indexes(postgresql_url) == [("ix_id", False)]
    with_ids(postgresql_url)
    project.revision(
        "a1",
        upgrade=f"{BLOCK}\n    op.execute('CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS ix_id ON t (id)')",
    )
    project.call("resume", "--redo", "1").ok()
    assert indexes(postgresql_url) == [("ix_id", True)]


def test_rows_in_a_block(project: Project, postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each change of rows is in one transaction with its row of the journal; so is ordinary DDL."""
    prepare(
        project,
        postgresql_url,
        f"""
        import os
        {BLOCK}
            result = op.get_bind().execute(sa.text("UPDATE t SET n = n + 1"))
            assert result.rowcount == 2
            keys = op.get_bind().execute(
                sa.table("t", sa.column("id"), sa.column("n")).insert().values(id=3, n=0)
            )
            op.create_table("made", sa.Column("id", sa.Integer, primary_key=True))
            made = sa.Table("made", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True))
            op.get_bind().execute(made.insert().values())
            op.execute("VACUUM t")
            if os.environ.get("FAIL"):
                raise RuntimeError("here")
        """,
    )
    monkeypatch.setenv("FAIL", "yes")
    assert "RuntimeError: here" in project.call("upgrade", "head").stderr
    assert journal(postgresql_url) == [(1, "done"), (2, "done"), (3, "done"), (4, "done")]
    monkeypatch.delenv("FAIL")
    project.call("upgrade", "head").ok()
    assert rows(postgresql_url, "SELECT id, n FROM t ORDER BY id") == [(1, 1), (1, 1), (3, 0)]
    assert rows(postgresql_url, "SELECT id FROM made") == [(1,)]


def test_a_statement_of_a_block_that_fails(project: Project, postgresql_url: str) -> None:
    """The transaction around it is over, so that the revision may go on in spite of it."""
    prepare(
        project,
        postgresql_url,
        f"""
        {BLOCK}
            try:
                op.execute("INSERT INTO nothing VALUES (1)")
            except sa.exc.DBAPIError:
                pass
            assert op.get_bind().execute(sa.text("SELECT 1")).scalar() == 1
            op.execute("UPDATE t SET n = n + 1")
        """,
    )
    project.call("upgrade", "head").ok()
    assert rows(postgresql_url, "SELECT n FROM t") == [(1,), (1,)]


MORE = 'op.execute("UPDATE t SET n = n + 10")'
INDEX = 'op.create_index("ix_n", "t", ["n"], postgresql_concurrently=True)'


def test_a_block_in_a_later_step_keeps_the_steps_before(project: Project, postgresql_url: str) -> None:
    project.configure(postgresql_url)
    project.revision("a1", upgrade=TABLE)
    project.revision("b1", "a1", upgrade='op.execute("UPDATE t SET n = n + 1")')
    project.revision(
        "c1",
        "b1",
        upgrade=f'{MORE}\n{BLOCK}\n    op.execute("VACUUM t")\nop.execute("bad")',
    )
    assert project.call("upgrade", "head").code == 1
    assert project.applied() == ["b1"]
    assert journal(postgresql_url)[0] == (1, "done")
    assert rows(postgresql_url, "SELECT n FROM t") == [(11,), (11,)]
    project.revision("c1", "b1", upgrade=f'{MORE}\n{BLOCK}\n    op.execute("VACUUM t")')
    project.call("upgrade", "head").ok()
    assert rows(postgresql_url, "SELECT n FROM t") == [(11,), (11,)]


def test_without_blocks_there_is_no_journal(project: Project, postgresql_url: str) -> None:
    project.configure(postgresql_url)
    project.revision("a1", upgrade=TABLE)
    project.revision("b1", "a1", upgrade='op.add_column("t", sa.Column("x", sa.Integer))\nop.execute("bad")')
    assert project.call("upgrade", "head").code == 1
    assert "alembic_journal" not in project.tables()


def test_unwind(project: Project, postgresql_url: str) -> None:
    prepare(
        project,
        postgresql_url,
        f"""
        op.add_column("t", sa.Column("x", sa.Integer))
        {BLOCK}
            op.create_index("ix_n", "t", ["n"], postgresql_concurrently=True)
        op.execute("bad")
        """,
    )
    assert project.call("upgrade", "head").code == 1
    assert indexes(postgresql_url) == [("ix_n", True)]
    project.call("unwind").ok()
    assert indexes(postgresql_url) == [] and journal(postgresql_url) == []
    assert rows(postgresql_url, "SELECT * FROM t") == [(1, 0), (1, 0)]
    assert project.applied() == ["a1"]


def test_the_schema_of_a_search_path(project: Project, postgresql_url: str) -> None:
    """The second connection writes where the version table is, although it has no such search path."""
    project.configure(postgresql_url)
    env = project.directory / "migrations" / "env.py"
    source = env.read_text("utf-8")
    setting = 'connection.exec_driver_sql("CREATE SCHEMA IF NOT EXISTS tenant"); '
    setting += 'connection.exec_driver_sql("SET search_path = tenant"); connection.commit()'
    env.write_text(
        source.replace("        migrate(connection=c", f"        {setting}\n        migrate(connection=c"),
        "utf-8",
    )
    assert "search_path" in env.read_text("utf-8")
    project.revision("a1", upgrade=TABLE)
    project.revision(
        "b1",
        "a1",
        upgrade=f'{BLOCK}\n    {INDEX}\nop.execute("bad")',
    )
    assert project.call("upgrade", "head").code == 1
    assert rows(postgresql_url, "SELECT state FROM tenant.alembic_journal WHERE number = 1") == [("done",)]
    assert rows(postgresql_url, "SELECT to_regclass('public.alembic_journal') IS NULL") == [(True,)]
    project.revision("b1", "a1", upgrade=f"{BLOCK}\n    {INDEX}")
    project.call("upgrade", "head").ok()


def test_nothing_is_half_done_where_all_was_rolled_back(project: Project, postgresql_url: str) -> None:
    project.configure(postgresql_url)
    project.chain("a1")
    project.revision(
        "b1",
        "a1",
        upgrade="""
        op.execute("INSERT INTO t_a1 VALUES (1)")
        op.create_table("u", sa.Column("id", sa.Integer))
        op.add_column("nothing", sa.Column("x", sa.Integer))
        """,
    )
    failed = project.call("upgrade", "head")
    assert failed.code == 1 and "half done" not in failed.stderr
    again = project.call("upgrade", "a1").ok()
    assert "interrupted" not in again.stderr


ASYNC_ENV = """
import asyncio
from sqlalchemy import pool
from sqlalchemy.ext.asyncio import create_async_engine
from alembic import context

def migrate(connection):
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()

async def main():
    url = context.config.get_main_option("sqlalchemy.url").replace("+psycopg", "+asyncpg")
    engine = create_async_engine(url, poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()

asyncio.run(main())
"""


def test_on_an_async_engine(project: Project, postgresql_url: str) -> None:
    project.configure(postgresql_url)
    (project.directory / "migrations" / "env.py").write_text(ASYNC_ENV, "utf-8")
    project.revision("a1", upgrade=TABLE)
    body = f'{MORE}\n{BLOCK}\n    {INDEX}\n    {MORE}\nop.execute("{{sql}}")'
    project.revision("b1", "a1", upgrade=body.format(sql="bad"))
    assert project.call("upgrade", "head").code == 1
    assert [row[1] for row in journal(postgresql_url)][:3] == ["done", "done", "done"]
    project.revision("b1", "a1", upgrade=body.format(sql="UPDATE t SET n = n + 100"))
    project.call("upgrade", "head").ok()
    assert rows(postgresql_url, "SELECT n FROM t") == [(120,), (120,)]
    assert indexes(postgresql_url) == [("ix_n", True)]

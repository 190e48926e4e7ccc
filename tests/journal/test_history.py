"""Every run leaves its rows in the history: what was done, by whom, from which file; and how it ended."""

from __future__ import annotations

import getpass
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

import alembic
from alembic.journal.checksum import checksum_of
from alembic.journal.entries import Entry, applied, unfinished
from alembic.journal.table import History
from tests.project import Project

SERVERS = ["postgresql", "mariadb"]
BAD = 'op.execute("SELECT 1 FROM nowhere")'


@pytest.fixture(params=SERVERS)
def server_url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(f"{request.param}_url"))


def rows(project: Project, table: str = "alembic_history", schema: str | None = None) -> list[Entry]:
    """The history, which is in order."""
    history = History(schema, table, "alembic_version")
    with sa.create_engine(project.url, poolclass=NullPool).connect() as connection:
        assert history.problems(connection) == []
        return list(history.entries(connection))


def said(project: Project, **place: str) -> list[str]:
    """Direction, revision, outcome and what remains, of each row but those that only say of a beginning."""
    return [
        f"{row.direction} {row.revision} {row.outcome} {row.remaining}"
        for row in rows(project, **place)
        if row.outcome != "started"
    ]


def test_up_down_and_stamp(project: Project, database_url: str) -> None:
    project.configure(database_url).chain("a1", "b1", "c1")
    for argv in (["upgrade", "head"], ["downgrade", "-1"], ["stamp", "a1"], ["stamp", "base"]):
        project.call(*argv).ok()
    assert said(project) == [
        "upgrade a1 done 2",
        "upgrade b1 done 1",
        "upgrade c1 done 0",
        "downgrade c1 done 0",
        "stamp a1 done 0",
        "stamp  done 0",
    ]
    assert len({row.run_id for row in rows(project)}) == 4


def test_what_a_row_holds(project: Project, database_url: str) -> None:
    project.configure(database_url, ini="application_version = 4.2")
    path = project.revision("a1", upgrade='op.execute("SELECT 1")\nop.execute("SELECT 2")')
    project.call("upgrade", "head").ok()
    row = rows(project)[-1]
    assert (row.revision, row.direction, row.outcome, row.remaining) == ("a1", "upgrade", "done", 0)
    assert (row.user_name, row.host, row.pid) == (getpass.getuser(), socket.gethostname(), os.getpid())
    assert (row.application_version, row.tool_version) == ("4.2", alembic.__version__)
    assert row.checksum == checksum_of(str(path)) != ""
    assert row.statements == 2  # those of the version table are not the revision's
    assert row.version_table.rpartition(".")[2] == "alembic_version"
    assert row.started_at < row.ended_at and row.ended_at.endswith("Z") and row.seconds is not None


@pytest.mark.parametrize("options", ["{}", "dict(transaction_per_migration=True)"])
def test_a_failure_is_recorded_with_what_is_left(project: Project, database_url: str, options: str) -> None:
    project.configure(database_url, options=options).chain("a1", "b1")
    project.revision("c1", "b1", upgrade=BAD)
    project.call("upgrade", "a1").ok()
    assert project.call("upgrade", "head").code != 0
    failed = rows(project)[-1]
    if options == "{}" and database_url.startswith("postgresql"):
        assert said(project) == ["upgrade a1 done 0", "upgrade c1 failed 2"]
    else:
        assert said(project) == ["upgrade a1 done 0", "upgrade b1 done 1", "upgrade c1 failed 1"]
    assert "nowhere" in failed.error and "SELECT 1 FROM nowhere" in failed.error
    assert failed.statements == 1 and failed.concludes
    assert list(applied(rows(project))) == (["a1"] if "c1 failed 2" in said(project)[-1] else ["a1", "b1"])


def test_the_very_first_run_fails(project: Project, database_url: str) -> None:
    project.configure(database_url).revision("a1", upgrade=BAD)
    assert project.call("upgrade", "head").code != 0
    assert said(project) == ["upgrade a1 failed 1"]
    assert project.applied() == []


def test_no_password_is_recorded(project: Project, database_url: str) -> None:
    project.configure(database_url)
    project.revision("a1", upgrade="raise Exception('postgresql://ada:geheim@host/db: no route')")
    assert project.call("upgrade", "head").code != 0
    error = rows(project)[-1].error
    assert error == "Exception: postgresql://ada:***@host/db: no route"


def test_no_data_is_recorded(project: Project, database_url: str) -> None:
    bad = 'op.get_bind().execute(sa.text("SELECT x FROM nowhere WHERE x = :x"), {"x": "geheim"})'
    project.configure(database_url).revision("a1", upgrade=bad)
    assert project.call("upgrade", "head").code != 0
    assert "nowhere" in rows(project)[-1].error and "geheim" not in rows(project)[-1].error


def test_any_error_can_be_recorded(project: Project, database_url: str) -> None:
    r"""Servers refuse \0 and halves of characters."""
    bad = r"raise Exception('a\0b \udc80 Grüße 🐍' + 'x' * 100_000)"
    project.configure(database_url).revision("a1", upgrade=bad)
    assert project.call("upgrade", "head").code != 0
    assert rows(project)[-1].error.startswith("Exception: a\\0b \\udc80 Grüße 🐍xxx")


def test_a_small_character_set(project: Project, postgresql_url: str) -> None:
    """What the database can't hold is spelled out, instead of being lost."""
    url = sa.make_url(postgresql_url)
    name = f"{url.database}_latin1"
    with sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool).connect() as connection:
        settings = "ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
        connection.exec_driver_sql(f"CREATE DATABASE {name} {settings}")
        try:
            project.configure(url.set(database=name).render_as_string(hide_password=False)).chain("a1")
            project.revision("b1", "a1", upgrade="raise Exception('Grüße 🐍')")
            project.call("upgrade", "a1").ok()
            assert project.call("upgrade", "head").code != 0
            assert rows(project)[-1].error == "Exception: Gr\\xfc\\xdfe \\U0001f40d"
        finally:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


def test_at_head_nothing_is_written_nor_made(project: Project, database_url: str) -> None:
    project.configure(database_url, ini="history = false").chain("a1")
    project.call("upgrade", "head").ok()
    project.configure(ini="")
    project.call("upgrade", "head").ok()
    project.call("current").ok()
    with sa.create_engine(project.url, poolclass=NullPool).connect() as connection:
        assert not sa.inspect(connection).has_table("alembic_history")


def test_it_can_be_turned_off(project: Project, database_url: str) -> None:
    project.configure(database_url).chain("a1", "b1", "c1")
    off = {"ALEMBIC_HISTORY": "false"}
    project.run("upgrade", "a1", env=off).ok()
    with sa.create_engine(project.url, poolclass=NullPool).connect() as connection:
        assert not sa.inspect(connection).has_table("alembic_history")
    project.run("upgrade", "b1").ok()
    project.run("upgrade", "c1", env=off).ok()
    assert said(project) == ["upgrade b1 done 0"]


def test_another_name_and_schema(project: Project, postgresql_url: str) -> None:
    with sa.create_engine(postgresql_url, poolclass=NullPool).begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA audit")
    project.configure(postgresql_url, ini="history_schema = audit\nhistory_table = runs").chain("a1", "b1")
    project.call("upgrade", "head").ok()
    assert said(project, table="runs", schema="audit") == ["upgrade a1 done 1", "upgrade b1 done 0"]
    assert rows(project, "runs", "audit")[-1].version_table == "public.alembic_version"
    assert project.tables() == ["t_a1", "t_b1"]


def test_beside_a_version_table_of_another_name(project: Project, database_url: str) -> None:
    project.configure(database_url, options="dict(version_table='versions')").chain("a1")
    project.call("upgrade", "head").ok()
    assert said(project, table="versions_history") == ["upgrade a1 done 0"]


def test_tenants_in_schemas_of_one_search_path(project: Project, postgresql_url: str) -> None:
    """SET LOCAL ends with the transaction, a row about its failure is written after that."""
    project.configure(postgresql_url)
    switch = "        connection.exec_driver_sql('SET LOCAL search_path TO tenant')\n        migrate("
    project.env_py.write_text(project.env_py.read_text("utf-8").replace("        migrate(", switch), "utf-8")
    with sa.create_engine(postgresql_url, poolclass=NullPool).begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA tenant")
    project.revision("a1", upgrade=BAD)
    assert project.call("upgrade", "head").code != 0
    project.revision("a1")
    project.call("upgrade", "head").ok()
    assert said(project, schema="tenant") == ["upgrade a1 failed 1", "upgrade a1 done 0"]
    with sa.create_engine(project.url, poolclass=NullPool).connect() as connection:
        assert sa.inspect(connection).get_table_names("public") == []


def test_a_trial_run_that_is_rolled_back(project: Project, postgresql_url: str) -> None:
    project.configure(postgresql_url).chain("a1", "b1")
    project.call("upgrade", "a1").ok()
    text = project.env_py.read_text("utf-8")
    project.env_py.write_text(
        text.replace("context.begin_transaction():", "context.begin_transaction() as transaction:").replace(
            "context.run_migrations()", "context.run_migrations(); transaction.rollback()"
        ),
        "utf-8",
    )
    project.call("upgrade", "head").ok()
    assert project.applied() == ["a1"]
    assert said(project) == ["upgrade a1 done 0", "upgrade b1 rolled-back 1"]


def test_a_transaction_of_the_callers(project: Project, database_url: str) -> None:
    project.configure(database_url).chain("a1", "b1")
    text = project.env_py.read_text("utf-8")
    begun = text.replace(".connect() as connection", ".begin() as connection")
    project.env_py.write_text(begun, "utf-8")
    project.call("upgrade", "head").ok()
    assert said(project) == ["upgrade a1 done 1", "upgrade b1 done 0"]
    project.env_py.write_text(begun + "        connection.rollback()\n", "utf-8")
    project.revision("c1", "b1")
    project.call("upgrade", "head").ok()
    assert project.applied() == (["c1"] if database_url.startswith("mysql+") else ["b1"])
    assert said(project)[2:] == []


def test_a_failure_in_a_transaction_of_the_callers(project: Project, database_url: str) -> None:
    project.configure(database_url).chain("a1")
    project.call("upgrade", "head").ok()
    text = project.env_py.read_text("utf-8")
    project.env_py.write_text(text.replace(".connect() as connection", ".begin() as connection"), "utf-8")
    project.revision("b1", "a1", upgrade=BAD)
    assert project.call("upgrade", "head").code != 0
    if database_url.startswith("postgresql"):  # elsewhere the caller's rollback takes it away
        assert said(project) == ["upgrade a1 done 0", "upgrade b1 failed 1"]
    else:
        assert said(project) == ["upgrade a1 done 0"]


def test_an_autocommit_block(project: Project, postgresql_url: str) -> None:
    """The steps before it are saved with it, and so are their rows."""
    project.configure(postgresql_url).chain("a1")
    block = f"with op.get_context().autocommit_block():\n    {BAD}"
    project.revision("b1", "a1", upgrade=block)
    assert project.call("upgrade", "head").code != 0
    assert project.applied() == ["a1"]
    assert said(project) == ["upgrade a1 done 1", "upgrade b1 failed 1"]
    assert rows(project)[0].outcome == "started"


def test_rows_share_the_fate_of_their_steps(project: Project, postgresql_url: str) -> None:
    """A constraint that is checked at the commit fails there: nothing was applied, nothing is said to be."""
    project.configure(postgresql_url)
    project.revision(
        "a1",
        upgrade="""
        op.execute("CREATE TABLE p (id int PRIMARY KEY)")
        op.execute("CREATE TABLE c (id int REFERENCES p DEFERRABLE INITIALLY DEFERRED)")
        op.execute("INSERT INTO c VALUES (1)")
        """,
    )
    assert project.call("upgrade", "head").code != 0
    assert project.applied() == []
    (row,) = rows(project)
    assert (row.outcome, row.remaining) == ("failed", 1) and "violates foreign key" in row.error


def killed(project: Project) -> None:
    """Begin an upgrade, and end its process while b1 is running."""
    marker = project.directory / "running"
    project.revision(
        "b1", "a1", upgrade=f"import pathlib, time; pathlib.Path({str(marker)!r}).touch(); time.sleep(60)"
    )
    argv = [sys.executable, "-m", "alembic", "upgrade", "head"]
    with subprocess.Popen(argv, cwd=project.directory, stderr=subprocess.DEVNULL) as process:
        while not marker.exists():
            assert process.poll() is None
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
    project.revision("b1", "a1")


def test_who_died_is_found_by_the_next_run(project: Project, server_url: str) -> None:
    project.configure(server_url).chain("a0", "a1")
    project.call("upgrade", "a0").ok()
    killed(project)
    (open_run,) = unfinished(rows(project))
    project.call("upgrade", "head").ok()
    (died,) = [row for row in rows(project) if row.outcome == "died"]
    assert died.run_id == open_run.run_id and rows(project)[-1].run_id in died.error
    assert unfinished(rows(project)) == []
    assert said(project)[-1] == "upgrade b1 done 0"


def test_on_sqlite_the_process_is_looked_for(project: Project) -> None:
    """There is no lock that is held throughout: only a process that is gone has died."""
    project.chain("a0", "a1")
    project.call("upgrade", "a0").ok()
    killed(project)
    assert said(project) == ["upgrade a0 done 0", "upgrade a1 done 1"]
    project.call("upgrade", "head").ok()
    assert said(project)[2:] == ["upgrade  died 1", "upgrade b1 done 0"]


def test_who_may_not_create_tables_is_warned(project: Project, postgresql_url: str) -> None:
    """Nobody's migrations stop for want of a record, unless he has said that he wants one."""
    url = sa.make_url(postgresql_url)
    user = f"poor_{url.database}"
    with sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool).connect() as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_history (id int)")
        project.chain("a1", "b1")
        project.configure(postgresql_url)
        result = project.call("upgrade", "a1").ok()
        assert "no history of this run is kept" in result.stderr and "alembic_history" in result.stderr
        project.configure(ini="history = true")
        assert project.call("upgrade", "head").code != 0
        assert project.applied() == ["a1"]
        project.configure(ini="history_table = our_runs")
        project.call("upgrade", "head").ok()
        assert said(project, table="our_runs") == ["upgrade b1 done 0"]
        connection.exec_driver_sql("DROP TABLE alembic_history")
        connection.exec_driver_sql(f"CREATE ROLE {user} LOGIN PASSWORD 'x'")
        connection.exec_driver_sql(f"GRANT ALL ON alembic_version TO {user}")
        try:
            project.configure(
                url.set(username=user, password="x").render_as_string(hide_password=False), ini=""
            )
            project.revision("c1", "b1")
            result = project.call("upgrade", "head").ok()
            assert "no history of this run is kept" in result.stderr and "permission denied" in result.stderr
            assert project.applied() == ["c1"]
        finally:
            connection.exec_driver_sql(f"DROP OWNED BY {user}")
            connection.exec_driver_sql(f"DROP ROLE {user}")


def test_steps_do_not_cost_a_statement_each(project: Project, postgresql_url: str) -> None:
    """Ten steps send ten times what one sends, and the history no more than for one."""
    counts = {}
    project.configure(postgresql_url)
    text = project.env_py.read_text("utf-8")
    listener = """
    from sqlalchemy import event, Engine
    statements = []
    event.listen(Engine, "before_cursor_execute", lambda c, cursor, sql, *rest: statements.append(sql))
    """
    import textwrap

    project.env_py.write_text(
        textwrap.dedent(listener) + text + "\nprint(sum('alembic_history' in sql for sql in statements))\n",
        "utf-8",
    )
    project.revision("r0")
    for number in range(1, 21):
        project.revision(f"r{number}", f"r{number - 1}")
    project.call("upgrade", "r1").ok()
    for target in ("r2", "r20"):
        counts[target] = int(project.call("upgrade", target).ok().stdout)
    assert counts["r2"] == counts["r20"] <= 6
    assert project.call("upgrade", "r20").ok().stdout == "0\n"


def test_autogenerate_leaves_it_alone(project: Project, database_url: str) -> None:
    project.configure(database_url, options="dict(target_metadata=sa_metadata)")
    text = project.env_py.read_text("utf-8")
    project.env_py.write_text(
        "import sqlalchemy\nsa_metadata = sqlalchemy.MetaData()\n"
        "key = sqlalchemy.Column('id', sqlalchemy.Integer, primary_key=True)\n"
        "sqlalchemy.Table('t_a1', sa_metadata, key)\n" + text,
        "utf-8",
    )
    project.chain("a1")
    project.call("upgrade", "head").ok()
    assert rows(project)
    project.call("check").ok()


def test_a_script_knows_nothing_of_it(project: Project, tmp_path: Path) -> None:
    project.chain("a1")
    assert "history" not in project.call("upgrade", "head", "--sql").ok().stdout


ASYNC = """
import asyncio
from sqlalchemy.ext.asyncio import create_async_engine
from alembic import context

def migrate(connection):
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()

async def main():
    engine = create_async_engine({url!r})
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()

asyncio.run(main())
"""


def test_an_async_engine(project: Project, postgresql_url: str) -> None:
    project.configure(postgresql_url).chain("a1", "b1")
    project.env_py.write_text(ASYNC.format(url=postgresql_url.replace("+psycopg", "+asyncpg")), "utf-8")
    project.call("upgrade", "a1").ok()
    project.call("upgrade", "b1").ok()
    project.revision("c1", "b1", upgrade=BAD)
    assert project.call("upgrade", "c1").code != 0
    assert said(project) == ["upgrade a1 done 0", "upgrade b1 done 0", "upgrade c1 failed 1"]
    assert [row.outcome for row in rows(project)].count("started") == 2


def test_processes_at_once_leave_one_chain(project: Project, database_url: str) -> None:
    """Each revision is done once, by whichever of them, and none is left unfinished."""
    names = [f"r{number}" for number in range(6)]
    project.configure(database_url).chain(*names)
    argv = [sys.executable, "-m", "alembic", "upgrade", "head"]
    processes = [
        subprocess.Popen(argv, cwd=project.directory, stderr=subprocess.PIPE, text=True) for _ in range(4)
    ]
    failures = [process.communicate()[1] for process in processes if process.wait()]
    assert not failures, failures
    done = [row.revision for row in rows(project) if row.outcome == "done"]
    assert sorted(done) == names
    assert unfinished(rows(project)) == []
    assert not [row for row in rows(project) if row.outcome in ("failed", "died")]


def test_rows_are_no_statements_of_a_revision(project: Project, postgresql_url: str) -> None:
    """Before an autocommit block rows are written in the middle of a revision, which goes on afterwards."""
    project.configure(postgresql_url).chain("a1")
    block = f'op.execute("CREATE TABLE t (x int)")\nwith op.get_context().autocommit_block():\n    {BAD}'
    project.revision("b1", "a1", upgrade=block)
    for _ in range(2):
        result = project.call("upgrade", "head")
        assert "nowhere" in result.stderr and "alembic_history" not in result.stderr
    with sa.create_engine(project.url, poolclass=NullPool).begin() as connection:
        connection.exec_driver_sql("CREATE TABLE nowhere (x int)")
    project.call("upgrade", "head").ok()
    assert said(project) == [
        "upgrade a1 done 1",
        "upgrade b1 failed 1",
        "upgrade b1 failed 1",
        "upgrade b1 done 0",
    ]


def test_a_lost_connection(project: Project, postgresql_url: str) -> None:
    """The failure is recorded on another one."""
    project.configure(postgresql_url).chain("a1")
    project.call("upgrade", "head").ok()
    lose = 'op.execute("SELECT pg_terminate_backend(pg_backend_pid())")'
    project.revision("b1", "a1", upgrade=lose)
    result = project.call("upgrade", "head")
    assert result.code != 0 and "after the run" not in result.stderr
    assert said(project) == ["upgrade a1 done 0", "upgrade b1 failed 1"]
    assert "terminating connection" in rows(project)[-1].error

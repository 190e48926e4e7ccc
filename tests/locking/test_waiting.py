"""Who waits says for whom, gives up in time, and keeps nobody waiting whose database is another one."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from tests.locking.crowd import do, end, runs, start
from tests.project import Project

HELD = """
import os, time
open("first", "w").close()
while not os.path.exists("go on"):
    time.sleep(0.02)
op.execute("INSERT INTO runs VALUES ('b')")
"""


@contextmanager
def held(project: Project, url: str, ini: str = "application_version = shop 7") -> Iterator[str]:
    """A run that stands in its second revision for as long as the block lasts; its process."""
    project.configure(url, ini=ini)
    do(url, "CREATE TABLE runs (revision VARCHAR(20))")
    project.chain("a")
    project.revision("b", "a", upgrade=HELD)
    holder = start(project)
    try:
        deadline = time.monotonic() + 60
        while not (project.directory / "first").exists():
            assert holder.poll() is None, holder.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield str(holder.pid)
    finally:
        (project.directory / "go on").touch()
        assert end(holder).code == 0
    assert runs(project) == ["b"]


@pytest.fixture(params=["postgresql", "mariadb"])
def server_url(request: pytest.FixtureRequest) -> str:
    """The databases that know who holds a lock."""
    return str(request.getfixturevalue(f"{request.param}_url"))


def test_who_gives_up_names_the_holder(project: Project, server_url: str) -> None:
    with held(project, server_url) as pid:
        result = project.call("upgrade", "head", "--lock-wait", "1")
    assert result.code == 255
    first, second, *_ = result.stderr[result.stderr.index("FAILED: ") :].splitlines()
    assert first == ("FAILED: Another run of migrations holds the lock of this database; gave up after 1 s")
    assert f"held by process {pid} on {socket.gethostname()}" in second
    assert "(shop 7)" in second
    assert "for upgrade to b" in second
    assert " since 20" in second
    assert "database session " in second


@pytest.mark.parametrize("how", ["file", "environment"])
def test_how_long_is_configured(
    project: Project, database_url: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite can't name anybody, and gives up in time all the same."""
    if how == "environment":
        monkeypatch.setenv("ALEMBIC_LOCK_WAIT", "0.5")
    with held(project, database_url, ini="lock_wait = 0.5" if how == "file" else ""):
        result = project.call("upgrade", "head")
    assert result.code == 255
    assert "gave up after 0.5 s\n  held by " in result.stderr


def test_a_wait_that_is_no_number(project: Project) -> None:
    project.chain("a")
    result = project.configure(ini="lock_wait = long").call("upgrade", "head")
    assert result.code == 255
    assert "lock_wait" in result.stderr
    assert project.applied() == []


def test_lock_status_for_people_and_programs(project: Project, server_url: str) -> None:
    with held(project, server_url) as pid:
        text = project.call("lock", "status").ok().stdout
        told = json.loads(project.call("lock", "status", "--format", "json").ok().stdout)
    assert f": held by process {pid} on {socket.gethostname()} " in text
    [found] = told["databases"]
    assert told["status"] == "ok"
    assert found["holder"]["pid"] == int(pid)
    assert found["holder"]["revision"] == "upgrade to b"
    assert found["holder"]["application"] == "shop 7"
    assert project.call("lock", "status").ok().stdout.endswith(": nobody holds the lock\n")
    assert project.call("lock", "break").ok().stdout.endswith(": nobody holds the lock\n")
    told = json.loads(project.call("lock", "status", "--format", "json").ok().stdout)
    assert told["databases"][0]["holder"] is None


def test_sqlite_has_no_lock_to_show(project: Project) -> None:
    assert "can't be told of sqlite" in project.call("lock", "status").ok().stdout
    assert "no lock on sqlite" in project.call("lock", "break").ok().stdout


def sent(project: Project, *argv: str) -> list[str]:
    """The statements of a command, on whichever connection."""
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        project.call(*argv).ok()
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    return statements


@pytest.mark.parametrize("lock", [True, False])
def test_the_lock_can_be_switched_off(project: Project, server_url: str, lock: bool) -> None:
    project.configure(server_url, ini="" if lock else "lock = false")
    project.chain("a")
    about = [sql for sql in sent(project, "upgrade", "head") if "advisory" in sql or "GET_LOCK" in sql]
    assert bool(about) is lock


def test_what_is_at_head_already_isnt_locked(project: Project, database_url: str) -> None:
    """Four statements at most, none of which writes or locks anything."""
    project.configure(database_url)
    project.chain("a", "b")
    project.call("upgrade", "head").ok()
    statements = sent(project, "upgrade", "head")
    print(*statements, sep="\n")
    assert len(statements) <= 4
    assert not [sql for sql in statements if "LOCK" in sql.upper() or "CREATE" in sql or "BEGIN" in sql]


@pytest.mark.parametrize("how", ["schema", "search path", "version table"])
def test_tenants_are_migrated_side_by_side(project: Project, postgresql_url: str, how: str) -> None:
    """While one is held up, another runs through."""
    with held(project, postgresql_url):
        do(postgresql_url, "CREATE SCHEMA tenant")
        url = postgresql_url
        options = {
            "schema": "dict(version_table_schema='tenant')",
            "search path": "{}",
            "version table": "dict(version_table='versions')",
        }[how]
        if how == "search path":
            url += "?options=-csearch_path%3Dtenant"
        other = Project(project.directory / "other", url, options=options, ini="lock_wait = 0")
        other.revision("x", upgrade="op.execute('SELECT 1')")
        other.call("upgrade", "head").ok()


def test_databases_of_one_mariadb_server_are_apart(project: Project, mariadb_url: str) -> None:
    """Named locks are the server's; so the database is part of the name."""
    with held(project, mariadb_url):
        do(mariadb_url, "CREATE DATABASE alembic_other_tenant")
        try:
            url = sa.make_url(mariadb_url).set(database="alembic_other_tenant")
            other = Project(
                project.directory / "other",
                url.render_as_string(hide_password=False),
                ini="lock_wait = 0",
            )
            other.chain("x")
            other.call("upgrade", "head").ok()
        finally:
            do(mariadb_url, "DROP DATABASE alembic_other_tenant")


SHARED_ENV = """
from alembic import context
context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
"""
FOUR_THREADS = """
import sys, threading
from concurrent.futures import ThreadPoolExecutor
from sqlalchemy import create_engine, pool
from alembic import command
from alembic.config import Config

engine = create_engine(sys.argv[1], poolclass=pool.NullPool)
together = threading.Barrier(4)

def work(number):
    together.wait()
    config = Config("alembic.ini")
    with engine.{how}() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        {then}

with ThreadPoolExecutor(4) as threads:
    list(threads.map(work, range(4)))
"""


def runs_it_once(project: Project, program: str, url: str) -> None:
    """Have a program, given the database's URL, upgrade at several places at once: each runs once."""
    do(project.url, "CREATE TABLE runs (revision VARCHAR(20))")
    project.chain("a")
    project.revision("b", "a", upgrade="op.execute(\"INSERT INTO runs VALUES ('b')\")")
    project.env_py.write_text(SHARED_ENV, "utf-8")
    outcome = subprocess.run(
        [sys.executable, "-c", program, url],
        cwd=project.directory,
        capture_output=True,
        text=True,
        timeout=100,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert outcome.returncode == 0, outcome.stderr
    assert runs(project) == ["b"]
    assert project.applied() == ["b"]


@pytest.mark.parametrize("how", ["begin", "connect"])
def test_four_threads_of_one_process(project: Project, database_url: str, how: str) -> None:
    """Trap 29: each with a connection that the application shares with env.py."""
    runs_it_once(project.configure(database_url), FOUR_THREADS.format(how=how, then="pass"), database_url)


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_the_callers_transaction_keeps_the_lock_until_its_end(
    project: Project, request: pytest.FixtureRequest, kind: str
) -> None:
    """What a run in it has written isn't there for others before."""
    from alembic import command
    from alembic.config import Config

    url = request.getfixturevalue(f"{kind}_url")
    project.configure(url, ini="recovery = false\nhistory = false")
    do(url, "CREATE TABLE runs (revision VARCHAR(20))")
    project.revision("a", upgrade="op.execute(\"INSERT INTO runs VALUES ('a')\")")
    project.call("ensure_version").ok()
    usual = project.env_py.read_text("utf-8")
    project.env_py.write_text(SHARED_ENV, "utf-8")
    engine = sa.create_engine(url)
    config = Config(str(project.config_file))
    with engine.connect() as connection:
        with connection.begin():
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            project.env_py.write_text(usual, "utf-8")
            assert project.call("upgrade", "head", "--lock-wait", "0").code == 255
            waiter = start(project)
            time.sleep(1.5)
            assert waiter.poll() is None
        if kind == "postgresql":
            assert end(waiter).code == 0
    # MariaDB's lock is freed when the connection is back in its pool, where it stays open.
    assert end(waiter).code == 0
    assert runs(project) == ["a"]
    engine.dispose()


ASYNC_PROGRAM = """
import asyncio, sys
from sqlalchemy import pool
from sqlalchemy.ext.asyncio import create_async_engine
from alembic import command
from alembic.config import Config

async def migrate():
    engine = create_async_engine(sys.argv[1], poolclass=pool.NullPool)
    config = Config("alembic.ini")
    def run(connection):
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    async with engine.connect() as connection:
        await connection.run_sync(run)
    await engine.dispose()

async def all_at_once():
    await asyncio.gather(*[migrate() for _ in range(6)])

asyncio.run(all_at_once())
"""


@pytest.mark.parametrize("driver", ["asyncpg", "psycopg", "aiosqlite"])
def test_six_tasks_of_one_event_loop(project: Project, request: pytest.FixtureRequest, driver: str) -> None:
    """Nobody who waits keeps the others of the loop waiting."""
    url = request.getfixturevalue("sqlite_url" if driver == "aiosqlite" else "postgresql_url")
    scheme, _, rest = url.partition("://")
    runs_it_once(project.configure(url), ASYNC_PROGRAM, f"{scheme.partition('+')[0]}+{driver}://{rest}")


def test_who_waits_in_a_thread_lets_a_concurrent_index_be_built(
    project: Project, postgresql_url: str
) -> None:
    """CREATE INDEX CONCURRENTLY waits for every older statement; nobody in the queue is in one."""
    project.configure(postgresql_url)
    do(postgresql_url, "CREATE TABLE runs (revision VARCHAR(20))")
    project.chain("a")
    project.revision(
        "b",
        "a",
        upgrade="""
import time
with op.get_context().autocommit_block():
    open("first", "w").close()
    time.sleep(1.5)  # others come into the queue
    op.create_index("ix", "runs", ["revision"], postgresql_concurrently=True)
op.execute("INSERT INTO runs VALUES ('b')")
""",
    )
    processes = [start(project) for _ in range(5)]
    outcomes: list[int] = []
    threads = [
        threading.Thread(target=lambda process=process: outcomes.append(end(process).code))
        for process in processes
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert outcomes == [0] * 5
    assert runs(project) == ["b"]

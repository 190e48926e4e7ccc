"""What each database is asked, where no server is at hand; and connections that are none of the usual."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from alembic import command
from alembic.config import Config
from alembic.locking import mssql, oracle, postgresql
from alembic.locking.holder import Holder, told
from alembic.locking.key import Key
from alembic.locking.ways import way_of
from alembic.runtime.migration import MigrationContext
from tests.locking.crowd import ask, counted, do, end, runs, start, together
from tests.project import Project

SHARED_ENV = """
from alembic import context
context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
"""


def test_keys_tell_schemas_tables_and_parts_apart() -> None:
    keys = [Key("public", "alembic_version"), Key("tenant", "alembic_version"), Key("public", "versions")]
    numbers = {key.number(part) for key in keys for part in ("queue", "fence")}
    names = {key.name(part) for key in keys for part in ("queue", "alive")}
    assert len(numbers) == len(names) == 6
    assert all(-(2**63) <= number < 2**63 for number in numbers)
    assert {len(name) for name in names} == {32}
    assert keys[0].number() == Key("public", "alembic_version").number()


def test_a_comment_brings_everything_and_means_nothing_to_drivers() -> None:
    me = Holder(host="a%b", pid=7, user="O'Hara ?", application='x */ :y $1 \\ "z"', revision="upgrade to é")
    comment = me.comment()
    assert comment.startswith("/* ") and comment.endswith(" */") and comment.count("*/") == 1
    assert not set("%?'$é") & set(comment)
    assert told(f"SELECT 1 {comment}", Holder(session="5")) == Holder(
        session="5",
        host="a%b",
        pid=7,
        user="O'Hara ?",
        application='x */ :y $1 \\ "z"',
        revision="upgrade to é",
    )
    assert told("SELECT 1", Holder(session="5")) == told("[1]", Holder(session="5")) == Holder(session="5")


def dialect(name: str) -> sa.Dialect:
    return sa.make_url(f"{name}://").get_dialect()()


def test_sql_server_has_application_locks() -> None:
    key = Key("dbo", "alembic_version")
    assert mssql.request(key, "Session", 1000) == (
        "SET NOCOUNT ON; DECLARE @outcome int; EXEC @outcome = sp_getapplock "
        f"@Resource = N'{key.name()}', @LockMode = 'Exclusive', @LockOwner = 'Session', "
        "@LockTimeout = 1000; SELECT @outcome"
    )


def test_oracle_has_dbms_lock() -> None:
    key = Key("APP", "alembic_version")
    compiled = oracle.request(key).compile(dialect=dialect("oracle"))
    assert str(compiled) == (
        f"BEGIN :outcome := DBMS_LOCK.REQUEST(id => {oracle.number(key)}, lockmode => 6, timeout => 0, "
        "release_on_commit => FALSE); END;"
    )
    assert 0 <= oracle.number(key) < 2**30
    assert "DBMS_LOCK.RELEASE" in str(oracle.release(key).compile(dialect=dialect("oracle")))


@pytest.mark.parametrize(("name", "way"), [("mssql", mssql.MSSQL), ("oracle", oracle.Oracle)])
def test_the_way_is_found_by_the_dialect(name: str, way: type) -> None:
    assert type(way_of(MigrationContext(dialect(name), None, {}))) is way


def test_an_unknown_database_is_migrated_without_a_lock() -> None:
    unknown = dialect("oracle")
    unknown.name = "unknown"
    assert way_of(MigrationContext(unknown, None, {})) is None


@pytest.fixture
def prepared(project: Project, database_url: str) -> Project:
    project.configure(database_url, ini="lock_wait = 0")
    do(database_url, "CREATE TABLE runs (revision VARCHAR(20))")
    project.revision("a", upgrade=TRY_ANOTHER)
    return project


# While the revision runs, another run gives up.
TRY_ANOTHER = """
import subprocess, sys
if op.get_context().config.attributes:
    argv = [sys.executable, "-m", "alembic", "upgrade", "head"]
    other = subprocess.run(argv, capture_output=True, text=True)
    assert other.returncode == 255, other.stderr
    assert "gave up after 0 s" in other.stderr, other.stderr
op.execute("INSERT INTO runs VALUES ('a')")
"""


@contextmanager
def upgraded(project: Project, engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection of an engine on which the project was migrated, env.py having been given it."""
    usual = project.env_py.read_text("utf-8")
    shared = "if 'connection' in context.config.attributes:\n{}\nelse:\n{}".format(
        *("\n".join("    " + line for line in text.splitlines()) for text in (SHARED_ENV, usual))
    )
    project.env_py.write_text("from alembic import context\n" + shared, "utf-8")
    config = Config(str(project.config_file))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        yield connection


def test_an_engine_that_has_one_connection_only(prepared: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Applications' tests have such engines: the lock is then where the migrations are."""
    monkeypatch.chdir(prepared.directory)
    real = sa.create_engine(prepared.url)
    pooled = real.raw_connection()
    only = pooled.dbapi_connection
    pooled.detach()
    engine = sa.create_engine(prepared.url, creator=lambda: only)
    with upgraded(prepared, engine) as connection:
        assert connection.execute(sa.text("SELECT revision FROM runs")).scalars().all() == ["a"]
    engine.dispose()
    real.dispose()
    assert prepared.applied() == ["a"]


def test_a_connection_in_autocommit(prepared: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """No transaction holds anything then; the session has to."""
    monkeypatch.chdir(prepared.directory)
    engine = sa.create_engine(prepared.url, isolation_level="AUTOCOMMIT")
    with upgraded(prepared, engine):
        assert prepared.applied() == ["a"]
        if prepared.url.startswith("postgresql"):
            assert ask(prepared.url, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == [(0,)]
    engine.dispose()


def test_through_a_pooler_the_lock_is_a_transactions(
    project: Project, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pooler shows by the number of the session, which the driver is told by it and not by the server."""
    project.configure(postgresql_url, ini="lock_wait = 0")
    project.revision(
        "a",
        upgrade="""
import sqlalchemy as sa
found = op.get_bind().execute(sa.text(
    "SELECT a.state, a.query FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
    " WHERE locktype = 'advisory' AND a.pid <> pg_backend_pid()"
)).all()
[(state, query)] = found
assert state == "idle in transaction" and "pg_try_advisory_xact_lock" in query, found
with op.get_context().autocommit_block():
    op.execute("CREATE TABLE t (x int)")
""",
    )
    monkeypatch.setattr(postgresql, "client_side_pid", lambda driver: 1)
    project.call("upgrade", "head").ok()
    assert project.tables() == ["t"]
    assert ask(postgresql_url, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == [(0,)]


def test_the_session_keeps_nothing_of_a_lock(project: Project, postgresql_url: str) -> None:
    """The application's connection goes back to its pool as it was."""
    project.configure(postgresql_url)
    project.revision(
        "a",
        upgrade="with op.get_context().autocommit_block():\n    op.execute('CREATE TABLE t (x int)')",
    )
    engine = sa.create_engine(postgresql_url)
    settings = "SELECT name, setting FROM pg_settings ORDER BY name"
    with engine.connect() as connection:
        before = connection.execute(sa.text(settings)).all()
    with upgraded(project, engine) as connection:
        connection.rollback()
        assert connection.execute(sa.text(settings)).all() == before
        held = sa.text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        assert connection.execute(held).scalar() == 0
    engine.dispose()


@pytest.mark.parametrize("begin", ["", "BEGIN", "BEGIN IMMEDIATE"])
def test_sqlite_with_a_listener_that_begins(project: Project, sqlite_url: str, begin: str) -> None:
    """The recipe of SQLAlchemy's documentation for real transactions: eight at once."""
    project.configure(sqlite_url)
    do(sqlite_url, "CREATE TABLE runs (revision VARCHAR(20))")
    listeners = f"""
from sqlalchemy import Engine, event
@event.listens_for(Engine, "connect")
def connect(dbapi_connection, record):
    dbapi_connection.isolation_level = None
@event.listens_for(Engine, "begin")
def begin(connection):
    connection.exec_driver_sql("{begin}")
"""
    if begin:
        project.env_py.write_text(listeners + project.env_py.read_text("utf-8"), "utf-8")
    down = None
    for revision in ("a", "b", "c"):
        project.revision(revision, down, upgrade=f"op.execute(\"INSERT INTO runs VALUES ('{revision}')\")")
        down = revision
    ended = [end(process) for process in [start(project) for _ in range(8)]]
    assert [one.code for one in ended] == [0] * 8, [one.stderr for one in ended if one.code]
    assert ask(sqlite_url, "SELECT revision FROM runs ORDER BY 1") == [("a",), ("b",), ("c",)]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="sqlite3.connect(autocommit=) is of Python 3.12")
@pytest.mark.parametrize("value", [True, False])
def test_sqlite_with_the_drivers_own_ways(project: Project, sqlite_url: str, value: bool) -> None:
    """Never in a transaction of the driver's, or never outside of one: five at once."""
    project.configure(sqlite_url)
    asked = f"create_engine(url, connect_args=dict(autocommit={value}), "
    project.env_py.write_text(
        project.env_py.read_text("utf-8").replace("create_engine(url, ", asked), "utf-8"
    )
    counted(project, ["a", "b", "c"])
    ended = together(project, 5)
    assert [one.code for one in ended] == [0] * 5, [one.stderr for one in ended if one.code]
    assert runs(project) == ["a", "b", "c"]

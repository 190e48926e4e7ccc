"""On SQLite a step is one real transaction (docs/decisions/sqlite-atomic-steps.md), traps 1 and 6."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from alembic.runtime.statements import Statements
from alembic.runtime.transactions import MigrationTransaction, atomic_in_callers, autocommit


class Boom(Exception):
    pass


@pytest.fixture
def engine(sqlite_url: str) -> Engine:
    return create_engine(sqlite_url, poolclass=NullPool)


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        yield connection


def run(connection: Connection, *statements: str) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)


def tables(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return sorted(inspect(connection).get_table_names())


def traced(connection: Connection) -> list[str]:
    """Everything that SQLite itself is told from now on."""
    seen: list[str] = []
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.set_trace_callback(seen.append)
    return seen


def failing(connection: Connection, *statements: str) -> None:
    with pytest.raises(Boom), MigrationTransaction(connection, atomic=True):
        run(connection, *statements)
        raise Boom


def test_a_failure_leaves_nothing_behind(engine: Engine, connection: Connection) -> None:
    failing(
        connection,
        "CREATE TABLE a (x)",
        "INSERT INTO a VALUES (1)",
        "CREATE TABLE b (x)",
        "ALTER TABLE a ADD y",
    )
    assert tables(engine) == []


def test_the_driver_alone_would_leave_half_of_it(engine: Engine, connection: Connection) -> None:
    """The reason for all this."""
    with pytest.raises(Boom), MigrationTransaction(connection, atomic=False):
        run(connection, "CREATE TABLE a (x)", "INSERT INTO a VALUES (1)", "CREATE TABLE b (x)")
        raise Boom
    assert tables(engine) == ["a"]


def test_one_begin_and_one_commit(engine: Engine, connection: Connection) -> None:
    seen = traced(connection)
    with MigrationTransaction(connection, atomic=True):
        run(connection, "SELECT 1", "CREATE TABLE a (x)", "INSERT INTO a VALUES (1)", "UPDATE a SET x = 2")
    assert seen == [
        "SELECT 1",
        "BEGIN IMMEDIATE",
        "CREATE TABLE a (x)",
        "INSERT INTO a VALUES (1)",
        "UPDATE a SET x = 2",
        "COMMIT",
    ]


def test_the_transactions_of_a_run_share_a_listener(connection: Connection) -> None:
    def listeners() -> list[object]:
        return list(connection.dispatch.before_cursor_execute)

    seen = traced(connection)
    before = listeners()
    statements = Statements(connection)
    statements.watch()
    during = listeners()
    assert len(during) == len(before) + 1
    for number in (1, 2):
        with MigrationTransaction(connection, atomic=True, statements=statements):
            run(connection, f"CREATE TABLE a{number} (x)")
            assert listeners() == during
    run(connection, "CREATE TABLE a3 (x)")  # between two of them the driver is left alone
    statements.ignore()
    assert listeners() == before
    both = [["BEGIN IMMEDIATE", f"CREATE TABLE a{number} (x)", "COMMIT"] for number in (1, 2)]
    assert seen == [*both[0], *both[1], "CREATE TABLE a3 (x)"]


def test_a_savepoint_begins_the_transaction(engine: Engine, connection: Connection) -> None:
    """The RELEASE of a savepoint outside of a transaction would be a commit."""
    failing(connection, "SAVEPOINT s", "CREATE TABLE a (x)", "RELEASE s")
    assert tables(engine) == []
    with pytest.raises(Boom), MigrationTransaction(connection, atomic=True):
        with connection.begin_nested():
            run(connection, "CREATE TABLE a (x)")
        raise Boom
    assert tables(engine) == []


def test_reading_begins_nothing(connection: Connection) -> None:
    seen = traced(connection)
    with MigrationTransaction(connection, atomic=True):
        run(connection, "SELECT 1", "PRAGMA table_info(a)", "-- a remark\n select 2")
    assert not [statement for statement in seen if statement.startswith("BEGIN")]


def test_it_ends_with_the_block(engine: Engine, connection: Connection) -> None:
    with MigrationTransaction(connection, atomic=True):
        run(connection, "CREATE TABLE a (x)")
    seen = traced(connection)
    run(connection, "CREATE TABLE b (x)")
    assert seen == ["CREATE TABLE b (x)"]


def test_foreign_keys_off_then_on_takes_effect_and_stays_atomic(
    engine: Engine, connection: Connection
) -> None:
    run(
        connection,
        "PRAGMA foreign_keys=ON",
        "CREATE TABLE p (id INTEGER PRIMARY KEY)",
        "CREATE TABLE c (id INTEGER REFERENCES p ON DELETE CASCADE)",
        "INSERT INTO p VALUES (1)",
        "INSERT INTO c VALUES (1)",
    )
    connection.commit()
    rebuild = ("PRAGMA foreign_keys=OFF", "CREATE TABLE new (id INTEGER PRIMARY KEY)", "DROP TABLE p")
    failing(connection, *rebuild, "PRAGMA foreign_keys=ON")
    assert tables(engine) == ["c", "p"], "the frame does not break the transaction up"
    assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1, "as after a success"
    connection.rollback()

    with MigrationTransaction(connection, atomic=True):
        run(connection, *rebuild, "ALTER TABLE new RENAME TO p", "PRAGMA foreign_keys = ON")
    assert connection.scalar(text("SELECT count(*) FROM c")) == 1, "nothing was deleted by cascade"
    assert connection.scalar(text("PRAGMA foreign_keys")) == 1, "enforced again afterwards"


def test_foreign_keys_off_in_the_middle_takes_effect(engine: Engine, connection: Connection) -> None:
    run(connection, "PRAGMA foreign_keys=ON")
    connection.commit()
    with MigrationTransaction(connection, atomic=True):
        run(connection, "CREATE TABLE a (x)", "PRAGMA foreign_keys=OFF", "CREATE TABLE b (x)")
        assert connection.scalar(text("PRAGMA foreign_keys")) == 0
    failing(connection, "CREATE TABLE c (x)", "PRAGMA foreign_keys=OFF", "CREATE TABLE d (x)")
    assert tables(engine) == ["a", "b", "c"], "what came before had to be committed"


@pytest.mark.parametrize("statement", ["VACUUM", "PRAGMA journal_mode=WAL", "ATTACH ':memory:' AS other"])
def test_statements_that_need_to_be_outside_get_there(connection: Connection, statement: str) -> None:
    with MigrationTransaction(connection, atomic=True):
        run(connection, "CREATE TABLE a (x)", statement, "CREATE TABLE b (x)")


def test_an_applications_own_begin_listener_is_respected(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def no_implicit_begin(dbapi_connection: Any, record: object) -> None:
        dbapi_connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN EXCLUSIVE")

    with engine.connect() as connection:
        seen = traced(connection)
        with MigrationTransaction(connection, atomic=True):
            run(connection, "CREATE TABLE a (x)")
        assert seen == ["BEGIN EXCLUSIVE", "CREATE TABLE a (x)", "COMMIT"]
        failing(connection, "CREATE TABLE b (x)")
    assert tables(engine) == ["a"]


def test_an_engine_in_autocommit_mode_is_atomic_too(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        failing(connection, "CREATE TABLE a (x)", "INSERT INTO a VALUES (1)")
        with MigrationTransaction(connection, atomic=True):
            run(connection, "CREATE TABLE b (x)", "INSERT INTO b VALUES (1)")
    assert tables(engine) == ["b"]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="sqlite3.connect(autocommit=) is of Python 3.12")
@pytest.mark.parametrize("mode", [True, False])
def test_the_modes_of_python_312(sqlite_url: str, mode: bool) -> None:
    engine = create_engine(sqlite_url, connect_args={"autocommit": mode}, poolclass=NullPool)
    with engine.connect() as connection:
        failing(connection, "CREATE TABLE a (x)", "INSERT INTO a VALUES (1)")
        with MigrationTransaction(connection, atomic=True):
            run(connection, "CREATE TABLE b (x)", "INSERT INTO b VALUES (1)")
    assert tables(engine) == ["b"]


def test_it_works_through_an_asynchronous_driver(sqlite_url: str) -> None:
    async def migrate(work: Callable[[Connection], None]) -> None:
        engine = create_async_engine(sqlite_url.replace("sqlite:", "sqlite+aiosqlite:"))
        async with engine.connect() as connection:
            await connection.run_sync(work)
        await engine.dispose()

    def succeed(connection: Connection) -> None:
        with MigrationTransaction(connection, atomic=True):
            run(connection, "CREATE TABLE good (x)", "INSERT INTO good VALUES (1)")

    asyncio.run(migrate(lambda connection: failing(connection, "CREATE TABLE bad (x)")))
    asyncio.run(migrate(succeed))
    assert tables(create_engine(sqlite_url)) == ["good"]


def test_a_commit_by_the_migration_itself_is_followed_by_a_new_transaction(
    engine: Engine, connection: Connection
) -> None:
    failing(connection, "CREATE TABLE a (x)", "COMMIT", "CREATE TABLE b (x)")
    assert tables(engine) == ["a"]
    failing(connection, "CREATE TABLE c (x)", "BEGIN", "CREATE TABLE d (x)")
    assert tables(engine) == ["a", "c"]


def test_inside_the_callers_transaction_the_caller_ends_it(engine: Engine) -> None:
    with pytest.raises(Boom), engine.begin() as connection, atomic_in_callers(connection, None):
        run(connection, "CREATE TABLE a (x)")
        raise Boom
    assert tables(engine) == []
    with engine.begin() as connection, atomic_in_callers(connection, None):
        run(connection, "CREATE TABLE a (x)")
    assert tables(engine) == ["a"]


def test_another_writer_is_waited_for(sqlite_url: str, engine: Engine, connection: Connection) -> None:
    """BEGIN IMMEDIATE takes the lock at once: a plain BEGIN would fail at the first write after a read."""
    run(connection, "CREATE TABLE a (x)")
    other = sqlite3.connect(Path(str(connection.engine.url.database)), isolation_level=None)
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("PRAGMA busy_timeout=5000")
    other.execute("BEGIN IMMEDIATE")
    waited: list[str] = []

    def release(statement: str) -> None:
        # SQLite calls this when the statement starts, hence before it waits for the lock.
        if statement == "BEGIN IMMEDIATE" and not waited:
            waited.append(statement)
            other.execute("COMMIT")

    driver.set_trace_callback(release)
    with MigrationTransaction(connection, atomic=True):
        run(connection, "SELECT * FROM a", "INSERT INTO a VALUES (1)")
    assert waited
    other.close()


def test_an_autocommit_block_restores_the_isolation_level(connection: Connection) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    before = driver.isolation_level
    with autocommit(connection):
        assert driver.isolation_level is None
        run(connection, "CREATE TABLE a (x)", "INSERT INTO a VALUES (1)")
    assert driver.isolation_level == before
    assert not connection.in_transaction()
    with pytest.raises(Boom), autocommit(connection):
        run(connection, "INSERT INTO a VALUES (2)")
        raise Boom
    assert driver.isolation_level == before
    assert connection.scalar(text("SELECT count(*) FROM a")) == 2

"""Which transactions are the caller's (docs/decisions/whose-transaction.md)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import Session

from alembic.runtime.ownership import CallersTransaction, is_callers

SELECT = text("SELECT 1")


@pytest.fixture
def connection(sqlite_url: str) -> Iterator[Connection]:
    engine = create_engine(sqlite_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_no_transaction_is_nobodys(connection: Connection) -> None:
    assert not is_callers(connection)


def test_what_sqlalchemy_begins_is_nobodys(connection: Connection) -> None:
    connection.execute(SELECT)
    assert connection.in_transaction()
    assert not is_callers(connection)


def test_a_begun_one_that_somebody_keeps_is_his(connection: Connection) -> None:
    transaction = connection.begin()
    assert is_callers(connection)
    transaction.rollback()


def test_one_found_later_and_kept_is_his(connection: Connection) -> None:
    connection.execute(SELECT)
    transaction = connection.get_transaction()
    assert transaction is not None
    assert is_callers(connection)


def test_a_with_block_is_the_callers(connection: Connection) -> None:
    with connection.begin():
        assert is_callers(connection)
    with connection.engine.begin() as other:
        assert is_callers(other)


def test_a_sessions_connection_is_the_sessions(connection: Connection) -> None:
    with Session(connection.engine) as session:
        assert is_callers(session.connection())
    with Session(connection) as session:
        session.execute(SELECT)
        assert is_callers(connection)


def test_asynchronous_connections_are_told_apart_alike(sqlite_url: str) -> None:
    async def ask() -> list[bool]:
        engine = create_async_engine(sqlite_url.replace("sqlite:", "sqlite+aiosqlite:"))
        answers = []
        async with engine.connect() as connection:
            await connection.execute(SELECT)
            answers.append(await connection.run_sync(is_callers))
            await connection.rollback()
            transaction = await connection.begin()
            answers.append(await connection.run_sync(is_callers))
            await transaction.rollback()
        async with engine.begin() as connection:
            answers.append(await connection.run_sync(is_callers))
        await engine.dispose()
        return answers

    assert asyncio.run(ask()) == [False, True, True]


def _abandoned(url: str, ending: str) -> bool:
    engine = create_engine(url)
    connection = engine.connect()
    transaction = connection.begin()
    connection.execute(SELECT)
    watch = CallersTransaction(connection)
    if ending == "commit":
        transaction.commit()
    elif ending == "rollback":
        transaction.rollback()
    elif ending == "commit and go on":
        transaction.commit()
        connection.execute(SELECT)
    elif ending == "rollback and go on":
        transaction.rollback()
        connection.execute(SELECT)
    with engine.connect() as another:
        another.execute(SELECT)
    connection.close()
    watch.stop()
    engine.dispose()
    return watch.abandoned


@pytest.mark.parametrize("ending", ["commit", "rollback", "commit and go on", "rollback and go on"])
def test_an_ended_transaction_is_not_abandoned(sqlite_url: str, ending: str) -> None:
    assert not _abandoned(sqlite_url, ending)


def test_closing_the_connection_abandons_an_open_transaction(sqlite_url: str) -> None:
    assert _abandoned(sqlite_url, "nothing")

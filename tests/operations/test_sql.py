"""SQL of the user's own arrives as it was written, live and in a script alike."""

from __future__ import annotations

import asyncio
import warnings
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine.mock import MockConnection
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from alembic import op
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from tests.operations.migrations import Script, database, live

VALUE = '{"a":1, "b": ":c"} 100% %s %(x)s 12:30:00'


@pytest.fixture
def connection(database_url: str) -> Any:
    with database(database_url).begin() as connection:
        connection.exec_driver_sql("create table t (id int, v varchar(200))")
        yield connection


def test_a_string_goes_out_as_it_stands(connection: sa.Connection) -> None:
    live(connection).execute(f"insert into t (id, v) values (1, '{VALUE}')")
    assert connection.exec_driver_sql("select v from t").scalar() == VALUE


def test_a_string_goes_into_a_script_as_it_stands() -> None:
    for dialect in ("sqlite", "postgresql", "mysql", "mssql", "oracle"):
        script = Script(dialect)
        script.op.execute(f"insert into t (id, v) values (1, '{VALUE}')")
        assert script.lines[0].rstrip(";") == f"insert into t (id, v) values (1, '{VALUE}')"


def test_colons_escaped_for_other_versions_stay_colons(connection: sa.Connection) -> None:
    live(connection).execute(r"insert into t (id, v) values (1, 'a\:b')")
    assert connection.exec_driver_sql("select v from t").scalar() == "a:b"


def test_statements_with_parameters(connection: sa.Connection) -> None:
    operations = live(connection)
    table = sa.table("t", sa.column("id", sa.Integer), sa.column("v", sa.String))
    operations.execute(sa.text("insert into t (id, v) values (:id, :v)").bindparams(id=1, v=VALUE))
    operations.execute(table.update().where(table.c.id == 1).values(v=VALUE * 2))
    assert connection.execute(sa.select(table.c.v)).scalar() == VALUE * 2


def test_inline_literals_are_part_of_the_statement(connection: sa.Connection) -> None:
    operations = live(connection)
    table = sa.table("t", sa.column("id", sa.Integer), sa.column("v", sa.String))
    given: list[Any] = []
    sa.event.listen(connection, "before_cursor_execute", lambda *seen: given.append(seen[3]))
    operations.execute(
        table.insert().values(id=operations.inline_literal(1), v=operations.inline_literal("it's 10%"))
    )
    operations.execute(table.update().values(v=operations.inline_literal("x", sa.String())))
    assert all(not parameters for parameters in given)
    assert connection.exec_driver_sql("select id, v from t").all() == [(1, "x")]


def test_execution_options_reach_the_statement(sqlite_url: str) -> None:
    with database(sqlite_url).connect() as connection:
        seen: list[Any] = []
        sa.event.listen(
            connection,
            "before_cursor_execute",
            lambda *given: seen.append(given[4].execution_options.get("mine")),
        )
        for statement in ("select 1", sa.text("select 1")):
            live(connection).execute(statement, execution_options={"mine": 5})
        assert seen == [5, 5]


@pytest.mark.parametrize("statement", [None, ["select 1"], 5])
def test_what_is_no_statement_is_refused(statement: Any) -> None:
    with pytest.raises(TypeError, match="A string or a SQLAlchemy statement is expected, not"):
        Script().op.execute(statement)


def test_the_bind_is_the_connection(sqlite_url: str) -> None:
    with database(sqlite_url).connect() as connection:
        assert live(connection).get_bind() is connection


def test_the_bind_of_a_script_writes_to_the_script() -> None:
    script = Script()
    bind: Any = script.op.get_bind()
    assert isinstance(bind, MockConnection)
    bind.execute(sa.text("select 1"))
    assert script.lines == ["select 1;"]


def test_coroutines_need_an_asynchronous_engine(sqlite_url: str) -> None:
    async def nothing(connection: AsyncConnection) -> None: ...

    for operations in (Script().op, live(database(sqlite_url).connect())):
        with pytest.raises(ValueError) as failure:
            operations.run_async(nothing)
        assert str(failure.value).splitlines()[0] == "Cannot call run_async with a sync engine"


def test_coroutines_need_a_connection() -> None:
    async def nothing(connection: AsyncConnection) -> None: ...

    with pytest.raises(NotImplementedError, match="run_async needs a database connection"):
        Operations(
            MigrationContext.configure(dialect_name="sqlite+aiosqlite", opts={"as_sql": True})
        ).run_async(nothing)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_coroutines_run_in_the_transaction_of_the_migration(
    kind: str, request: pytest.FixtureRequest
) -> None:
    url = sa.make_url(request.getfixturevalue(f"{kind}_url"))
    driver = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}[kind]

    async def fill(connection: AsyncConnection, first: int, *, second: int) -> int:
        await connection.execute(sa.text("insert into t values (:a), (:b)"), {"a": first, "b": second})
        found = await connection.execute(sa.text("select count(*) from t"))
        return found.scalar_one()

    def migrate(connection: sa.Connection) -> int:
        with Operations.context(MigrationContext.configure(connection)):
            op.execute("create table t (id int)")
            return op.run_async(fill, 1, second=2)

    async def run() -> tuple[int, list[Any]]:
        engine = create_async_engine(url.set(drivername=driver))
        async with engine.begin() as connection:
            count = await connection.run_sync(migrate)
            inside = await connection.execute(sa.text("select id from t order by id"))
            rows = list(inside.scalars())
        await engine.dispose()
        return count, rows

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert asyncio.run(run()) == (2, [1, 2])

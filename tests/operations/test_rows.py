"""bulk_insert puts every value of every row into the table, whatever the rows look like."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from alembic.errors import CommandError
from tests.operations.migrations import Script, database, live


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ({"a": 1}, "List expected"),
        (({"a": 1},), "List expected"),
        ([1], "List of dictionaries expected"),
        ([{"a": 1}, (2,)], "List of dictionaries expected"),
    ],
)
def test_rows_are_a_list_of_dictionaries(rows: Any, message: str) -> None:
    script = Script()
    with pytest.raises(TypeError) as failure:
        script.op.bulk_insert(sa.table("t", sa.column("a")), rows)
    assert str(failure.value) == message
    assert isinstance(failure.value, CommandError)
    assert script.lines == []


@pytest.fixture
def connection(database_url: str) -> Any:
    with database(database_url).begin() as connection:
        yield connection


def _table(operations: Any) -> sa.Table:
    table: sa.Table = operations.create_table(
        "t",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("word", sa.String(40), server_default="unsaid"),
        sa.Column("day", sa.Date),
    )
    return table


DAY = datetime.date(2026, 11, 22)
AWKWARD = "it's 100% \\ :x {y}"


@pytest.mark.parametrize("multiinsert", [True, False])
def test_rows_arrive(connection: sa.Connection, multiinsert: bool) -> None:
    operations = live(connection)
    table = _table(operations)
    rows = [{"id": 1, "word": AWKWARD, "day": DAY}, {"id": 2, "word": None, "day": None}]
    operations.bulk_insert(table, rows, multiinsert=multiinsert)
    assert connection.execute(sa.select(table).order_by("id")).all() == [(1, AWKWARD, DAY), (2, None, None)]


@pytest.mark.parametrize("multiinsert", [True, False])
def test_a_column_that_a_row_leaves_out_has_its_default(connection: sa.Connection, multiinsert: bool) -> None:
    operations = live(connection)
    table = _table(operations)
    rows = [{"id": 1}, {"id": 2, "word": "b"}, {"id": 3, "word": "c", "day": DAY}, {"id": 4}]
    operations.bulk_insert(table, rows, multiinsert=multiinsert)
    assert connection.execute(sa.select(table).order_by("id")).all() == [
        (1, "unsaid", None),
        (2, "b", None),
        (3, "c", DAY),
        (4, "unsaid", None),
    ]


@pytest.mark.parametrize("multiinsert", [True, False])
def test_values_may_be_expressions(connection: sa.Connection, multiinsert: bool) -> None:
    operations = live(connection)
    table = _table(operations)
    rows = [
        {"id": 1, "word": sa.func.upper("a")},
        {"id": 2, "word": operations.inline_literal(AWKWARD)},
        {"id": 3, "word": "c"},
    ]
    operations.bulk_insert(table, rows, multiinsert=multiinsert)
    assert connection.execute(sa.select(table.c.id, table.c.word).order_by("id")).all() == [
        (1, "A"),
        (2, AWKWARD),
        (3, "c"),
    ]


def test_many_rows_are_few_statements(sqlite_url: str) -> None:
    engine = database(sqlite_url)
    statements: list[str] = []
    sa.event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    with engine.begin() as connection:
        operations = live(connection)
        table = _table(operations)
        statements.clear()
        operations.bulk_insert(table, [{"id": number, "word": str(number)} for number in range(5000)])
        assert len(statements) == 1
        assert connection.scalar(sa.select(sa.func.count()).select_from(table)) == 5000


def test_a_plain_table_will_do(connection: sa.Connection) -> None:
    operations = live(connection)
    _table(operations)
    operations.bulk_insert(
        sa.table("t", sa.column("id", sa.Integer), sa.column("day", sa.Date)), [{"id": 1, "day": DAY}]
    )
    assert connection.exec_driver_sql("select count(*) from t where day = '2026-11-22'").scalar() == 1


def test_no_rows_are_no_statement() -> None:
    script = Script()
    script.op.bulk_insert(sa.table("t", sa.column("a")), [])
    assert script.lines == []


def test_a_script_holds_the_values(database_url: str) -> None:
    """What is written for a database inserts there what would have been inserted live."""
    engine = database(database_url)
    script = Script(engine.dialect.name)
    rows = [{"id": 1, "word": AWKWARD, "day": DAY}, {"id": 2}, {"id": 3, "word": None, "day": None}]
    table = _table(script.op)
    script.op.bulk_insert(table, rows)
    with engine.begin() as connection:
        for statement in "\n".join(script.lines).split(";\n"):
            connection.exec_driver_sql(statement.rstrip(";"), execution_options={"no_parameters": True})
        assert connection.execute(sa.select(table).order_by("id")).all() == [
            (1, AWKWARD, DAY),
            (2, "unsaid", None),
            (3, None, None),
        ]

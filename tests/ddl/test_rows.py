"""bulk_insert: rows arrive as by SQLAlchemy's own insert, in few statements; a script holds literals."""

from __future__ import annotations

import datetime
import decimal
import enum
import io
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from alembic.ddl import DefaultImpl
from alembic.ddl.impl import DefaultImpl as Impl


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class Doubled(sa.TypeDecorator[int]):
    impl = sa.Integer
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:
        return None if value is None else value * 2


class Lowered(sa.types.UserDefinedType[str]):
    """Puts SQL around each value."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "VARCHAR(20)"

    def bind_expression(self, bindvalue: Any) -> Any:
        return sa.func.lower(bindvalue, type_=self)

    def literal_processor(self, dialect: sa.Dialect) -> Any:
        return lambda value: "'" + value + "'"


UTC = datetime.timezone.utc
TYPES: dict[str, tuple[Any, list[Any]]] = {
    "integer": (sa.Integer(), [1, -5, None]),
    "text": (sa.String(40), ["it's", "5% %s %(x)s", "back\\slash", ":name ?", "", "é\n\t", None]),
    "float": (sa.Float(), [0.1, 1e30, None]),
    "numeric": (sa.Numeric(10, 2), [decimal.Decimal("1.50"), None]),
    "boolean": (sa.Boolean(), [True, False, None]),
    "date": (sa.Date(), [datetime.date(2026, 1, 2), None]),
    "time": (sa.Time(), [datetime.time(3, 4, 5, 6), None]),
    "timestamp": (
        sa.DateTime(),
        [
            datetime.datetime(2026, 1, 2),
            datetime.datetime(999, 1, 2, 3, 4, 5, 678),
            datetime.datetime(2026, 1, 2, 3, 4, 5),
            None,
        ],
    ),
    "enum": (sa.Enum(Colour, native_enum=False), [Colour.RED, Colour.BLUE, None]),
    "json": (sa.JSON(), [{"a": [1, "it's"]}, [], "x", None]),
    "json_null": (sa.JSON(none_as_null=True), [None, {}]),
    "binary": (sa.LargeBinary(), [b"", b"\x00'\xff", None]),
    "uuid": (sa.Uuid(), [uuid.UUID(int=5), None]),
    "decorated": (Doubled(), [4, None]),
    "wrapped": (Lowered(), ["ABC", "x"]),
    "untyped": (None, [1, None]),
}
SAME_TEXT = sorted(set(TYPES) - {"binary"})  # literals of bytes are no matter of course in SQLAlchemy


@pytest.fixture
def connection(database_url: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(database_url)
    with engine.connect() as connection:
        yield connection
        connection.rollback()
    engine.dispose()


def impl_of(connection: sa.Connection) -> Impl:
    return DefaultImpl.get_by_dialect(connection.dialect)(
        connection.dialect, connection, False, None, None, {}
    )


def table_of(kind: str) -> sa.Table:
    stored = TYPES[kind][0] or sa.Integer()
    return sa.Table("t", sa.MetaData(), sa.Column("n", sa.Integer), sa.Column("v", stored))


def target_of(kind: str) -> sa.TableClause:
    type_ = TYPES[kind][0]
    return sa.table("t", sa.column("n", sa.Integer), sa.column("v", type_))


def rows_of(kind: str) -> list[dict[str, Any]]:
    return [{"n": number, "v": value} for number, value in enumerate(TYPES[kind][1])]


def stored(connection: sa.Connection) -> list[Any]:
    return [tuple(row) for row in connection.exec_driver_sql("SELECT n, v FROM t ORDER BY n")]


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_same_rows_as_by_sqlalchemy(connection: sa.Connection, kind: str) -> None:
    """One by one, SQLAlchemy binds every value by itself; all at once they are the same in the database."""
    table, rows = table_of(kind), rows_of(kind)
    if kind == "timestamp" and connection.dialect.name == "mysql":
        rows = [row for row in rows if row["v"] is None or row["v"].year > 1000]
    table.create(connection)
    for row in rows:
        connection.execute(target_of(kind).insert().values(**row))
    expected = stored(connection)
    connection.exec_driver_sql("DELETE FROM t")
    many = [{**row, "n": row["n"] + 100 * copy} for copy in range(80) for row in rows]
    impl_of(connection).bulk_insert(target_of(kind), many)
    assert stored(connection) == [(n + 100 * copy, v) for copy in range(80) for n, v in expected]
    table.drop(connection)


@pytest.mark.parametrize("kind", SAME_TEXT)
def test_a_script_stores_the_same(connection: sa.Connection, kind: str) -> None:
    table, rows = table_of(kind), rows_of(kind)
    if connection.dialect.name in ("mysql", "mariadb"):
        rows = [row for row in rows if not isinstance(row["v"], datetime.datetime) or row["v"].year > 1000]
    table.create(connection)
    for row in rows:
        connection.execute(target_of(kind).insert().values(**row))
    expected = stored(connection)
    connection.exec_driver_sql("DELETE FROM t")
    buffer = io.StringIO()
    impl = type(impl_of(connection))(connection.dialect, None, True, None, buffer, {})
    impl.bulk_insert(target_of(kind), rows)
    for statement in buffer.getvalue().split(";\n\n")[:-1]:
        connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
    assert stored(connection) == expected
    table.drop(connection)


def test_one_statement_for_many_rows(sqlite_url: str) -> None:
    seen = _statements(sqlite_url, [{"n": number, "v": "x"} for number in range(1000)])
    assert seen == [("INSERT INTO t (n, v) VALUES (?, ?)", 1000)]


def test_postgresql_takes_a_hundred_rows_at_a_time(postgresql_url: str) -> None:
    ((sql, count), (rest, one)) = _statements(postgresql_url, [{"n": n, "v": "x"} for n in range(1001)])
    assert (sql.count("%s"), count) == (200, 10)
    assert (rest, one) == ("INSERT INTO t (n, v) VALUES (%s::INTEGER, %s::VARCHAR)", 1)


def _statements(url: str, rows: list[dict[str, Any]]) -> list[tuple[str, int]]:
    """Each statement that the rows need, and how many sets of parameters it runs with."""
    engine = sa.create_engine(url)
    seen: list[tuple[str, int]] = []
    with engine.connect() as connection:
        table_of("text").create(connection)
        sa.event.listen(
            connection,
            "before_cursor_execute",
            lambda _c, _cursor, sql, parameters, _context, many: seen.append(
                (sql, len(parameters) if many else 1)
            ),
        )
        impl_of(connection).bulk_insert(target_of("text"), rows)
        assert len(stored(connection)) == len(rows)
    engine.dispose()
    return seen[:-1]


def test_rows_keep_their_order_and_their_columns(connection: sa.Connection) -> None:
    """Neighbours with the same keys go together; what a row leaves out gets the table's default."""
    table = sa.Table(
        "t",
        sa.MetaData(),
        sa.Column("n", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("v", sa.String(20), server_default="unsaid"),
    )
    table.create(connection)
    impl_of(connection).bulk_insert(
        table, [{"n": 1, "v": "a"}, {"n": 2}, {"n": 3}, {"v": "d", "n": 4}, {"n": 5, "v": sa.func.lower("E")}]
    )
    assert stored(connection) == [(1, "a"), (2, "unsaid"), (3, "unsaid"), (4, "d"), (5, "e")]
    table.drop(connection)


def test_defaults_of_python(connection: sa.Connection) -> None:
    """A connection calls them for each row; a script too."""
    numbers = iter(range(10))
    table = sa.Table(
        "t",
        sa.MetaData(),
        sa.Column("n", sa.Integer, default=lambda: next(numbers)),
        sa.Column("v", sa.String(20), default="x"),
        sa.Column("w", sa.Integer),
    )
    table.create(connection)
    impl_of(connection).bulk_insert(table, [{"w": 1}, {"w": 1}])
    assert stored(connection) == [(0, "x"), (1, "x")]
    buffer = io.StringIO()
    impl = type(impl_of(connection))(connection.dialect, None, True, None, buffer, {})
    impl.bulk_insert(table, [{"w": 1}, {"w": 1}])
    assert buffer.getvalue() == (
        "INSERT INTO t (n, v, w) VALUES (2, 'x', 1);\n\nINSERT INTO t (n, v, w) VALUES (3, 'x', 1);\n\n"
    )
    table.drop(connection)


def test_awkward_names(connection: sa.Connection) -> None:
    names = ["a b", "%(x)s", "5%", "a:b", "(x)", "SELECT", "VALUES ("]
    table = sa.Table("t", sa.MetaData(), *[sa.Column(name, sa.Integer) for name in names])
    table.create(connection)
    impl_of(connection).bulk_insert(
        table, [{name: number for number, name in enumerate(names)} for _ in range(250)]
    )
    counted = connection.execute(sa.select(sa.func.count(), *table.c).group_by(*table.c)).one()
    assert tuple(counted) == (250, *range(len(names)))
    table.drop(connection)


def test_one_by_one(sqlite_url: str) -> None:
    engine = sa.create_engine(sqlite_url)
    seen: list[str] = []
    with engine.connect() as connection:
        table_of("text").create(connection)
        sa.event.listen(connection, "before_cursor_execute", lambda *args: seen.append(args[2]))
        impl_of(connection).bulk_insert(target_of("text"), [{"n": 1}, {"n": 2}], multiinsert=False)
    engine.dispose()
    assert seen == ["INSERT INTO t (n) VALUES (?)"] * 2


@pytest.mark.parametrize(
    ("rows", "message"), [({"n": 1}, "List expected"), ([1], "List of dictionaries expected")]
)
def test_what_is_not_rows(connection: sa.Connection, rows: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        impl_of(connection).bulk_insert(target_of("text"), rows)


def test_nothing_to_insert(connection: sa.Connection) -> None:
    impl_of(connection).bulk_insert(sa.table("none", sa.column("n")), [])

"""Types, defaults and expressions of columns: PostgreSQL spells them otherwise, and they are the same."""

from __future__ import annotations

import datetime
import enum
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Column, text
from sqlalchemy.dialects import postgresql as pg

from .conftest import Compare
from .models import columns, create, differences


class Colour(enum.Enum):
    """Its members' names are what the database knows."""

    RED = 1
    GREEN = 2


class Money(sa.TypeDecorator[Any]):
    """A type of the application's."""

    impl = sa.Numeric(12, 2)
    cache_ok = True


TYPES: list[Any] = [
    sa.Integer,
    sa.BigInteger,
    sa.SmallInteger,
    sa.String,
    sa.String(50),
    sa.Unicode(20),
    sa.Text,
    sa.UnicodeText,
    sa.CHAR(3),
    sa.CHAR,
    sa.Numeric,
    sa.Numeric(10),
    sa.Numeric(10, 2),
    sa.DECIMAL(8, 3),
    sa.Float,
    sa.Float(10),
    sa.Float(53),
    sa.Double,
    sa.REAL,
    sa.Boolean,
    sa.Date,
    sa.DateTime,
    sa.DateTime(timezone=True),
    sa.Time,
    sa.Interval,
    sa.Interval(second_precision=3),
    sa.LargeBinary,
    sa.JSON,
    sa.Uuid,
    sa.Uuid(as_uuid=False),
    sa.Enum("a", "b", name="letters"),
    sa.Enum(Colour),
    sa.Enum("x", "y", name="n", native_enum=False),
    sa.Enum("x", "y", native_enum=False, create_constraint=True),
    sa.ARRAY(sa.Integer),
    sa.ARRAY(sa.String(5), dimensions=2),
    Money,
    sa.String(5, collation="C"),
    sa.PickleType,
    sa.Boolean(name="yes", create_constraint=True),
    sa.Text().with_variant(pg.CIDR(), "postgresql"),
    pg.JSONB,
    pg.ARRAY(pg.ENUM("on", "off", name="switch")),
    pg.INET,
    pg.MACADDR,
    pg.JSONPATH,
    pg.TSQUERY,
    pg.NUMRANGE,
    pg.REGCONFIG,
    pg.DATEMULTIRANGE,
    pg.MONEY,
    pg.TSVECTOR,
    pg.INT4RANGE,
    pg.TSTZMULTIRANGE,
    pg.BIT(3),
    pg.BIT,
    pg.BIT(5, varying=True),
    pg.OID,
    pg.REGCLASS,
    pg.TIMESTAMP(precision=0),
    pg.TIMESTAMP(timezone=True, precision=6),
    pg.TIME(precision=3, timezone=True),
    pg.INTERVAL(fields="DAY TO SECOND", precision=2),
    pg.INTERVAL(fields="YEAR"),
    pg.UUID,
    pg.BYTEA,
    pg.DOUBLE_PRECISION(53),
    pg.VARCHAR(7),
    pg.DOMAIN("positive", sa.Integer, check="VALUE > 0", not_null=True),
    pg.ENUM("q", name="Quoted Name"),
]


@pytest.mark.parametrize("type_", TYPES, ids=repr)
def test_types(engine: sa.Engine, compare: Compare, type_: Any) -> None:
    assert differences(engine, compare, Column("c", type_), Column("order", type_)) == []


DEFAULTS: list[tuple[Any, Any]] = [
    (sa.Integer, "0"),
    (sa.Integer, text("0")),
    (sa.Integer, "-1"),
    (sa.Integer, text("-1")),
    (sa.Integer, text("1 + 1")),
    (sa.BigInteger, "12345678901"),
    (sa.Numeric(12, 2), "0"),
    (sa.Numeric(12, 2), "0.00"),
    (sa.Numeric, "1e3"),
    (sa.Numeric(5, 2), text("1.5")),
    (sa.Float, "1.5"),
    (sa.Float, text("1")),
    (sa.Boolean, "true"),
    (sa.Boolean, "t"),
    (sa.Boolean, "1"),
    (sa.Boolean, sa.false()),
    (sa.Boolean, text("FALSE")),
    (sa.String(20), "draft"),
    (sa.String(20), ""),
    (sa.String(20), "it's"),
    (sa.String(20), "100%"),
    (sa.String(20), "a:b"),
    (sa.Text, "0"),
    (sa.Text, text("'x'::text")),
    (sa.String(9), text("'x'::varchar(9)")),
    (sa.Text, text("upper('x') || 'y'")),
    (sa.CHAR(3), "abc"),
    (sa.CHAR(5), "abc"),
    (sa.Text, text("E'a\\nb'")),
    (sa.Text, text("$$dollar$$")),
    (sa.DateTime, sa.func.now()),
    (sa.DateTime(timezone=True), text("CURRENT_TIMESTAMP")),
    (sa.DateTime, text("(now() at time zone 'utc')")),
    (sa.DateTime, sa.func.timezone("utc", sa.func.now())),
    (sa.DateTime, text("TIMEZONE('utc', CURRENT_TIMESTAMP)")),
    (sa.DateTime, text("clock_timestamp()")),
    (sa.DateTime, "2020-01-01"),
    (sa.DateTime, text("'epoch'::timestamp")),
    (sa.Date, text("CURRENT_DATE")),
    (sa.Date, "2020-01-01"),
    (sa.Date, text("('now'::text)::date")),
    (sa.Time, "12:00"),
    (sa.Interval, "1 day"),
    (sa.Interval, text("interval '90 minutes'")),
    (sa.Uuid, text("gen_random_uuid()")),
    (sa.Uuid, "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"),
    (sa.JSON, "{}"),
    (pg.JSONB, "{}"),
    (pg.JSONB, '{"a":1,  "b": [true]}'),
    (pg.JSONB, text("'[]'::jsonb")),
    (pg.JSONB, text("jsonb_build_object('a', 1)")),
    (sa.ARRAY(sa.Integer), "{}"),
    (sa.ARRAY(sa.Integer), text("ARRAY[1, 2]")),
    (sa.ARRAY(sa.Text), text("array[]::text[]")),
    (sa.ARRAY(sa.String(5)), "{a,b}"),
    (sa.Enum("a", "b", name="letters"), "a"),
    (sa.Enum(Colour), "RED"),
    (sa.Enum("a", name="letters"), text("'a'::letters")),
    (sa.LargeBinary, text("'\\x00'::bytea")),
    (sa.Integer, text("NULL")),
    (sa.Text, text("NULL::text")),
    (pg.INET, "127.0.0.1"),
    (pg.TSVECTOR, ""),
    (pg.BIT(3), text("B'101'")),
    (sa.Text, text("CURRENT_USER")),
    (sa.Text, text("current_setting('TimeZone')")),
    (pg.INT4RANGE, "[1,5)"),
    (sa.Text, text("coalesce(NULL, 'x')")),
    (sa.Integer, text("CASE WHEN true THEN 1 ELSE 2 END")),
    (sa.Numeric(4, 1), text("round(1.25, 1)")),
    (sa.Integer, sa.func.length("abc")),
    (sa.Integer, sa.literal(5)),
    (sa.Integer, sa.cast("5", sa.Integer)),
    (sa.Text, sa.literal("x") + "y"),
    (sa.SmallInteger, text("'7'::smallint")),
    (sa.DateTime, datetime.datetime(2020, 1, 2).isoformat()),
    (sa.Float, text("'Infinity'")),
    (sa.Float, text("1e-3")),
]


@pytest.mark.parametrize(("type_", "default"), DEFAULTS, ids=lambda value: str(value))
def test_defaults(engine: sa.Engine, compare: Compare, type_: Any, default: Any) -> None:
    assert differences(engine, compare, Column("c", type_, server_default=default)) == []


COMPUTED: list[tuple[Any, str]] = [
    (sa.Integer, "n * 2"),
    (sa.Numeric, "price * 1.2"),
    (sa.Text, "s || 'x'"),
    (sa.Text, "lower(s)"),
    (sa.Boolean, "n > 5"),
    (sa.Text, "CASE WHEN n > 0 THEN 'plus' ELSE 'minus' END"),
    (sa.Text, "data ->> 'a'"),
    (sa.Text, "coalesce(s, '') || ' ' || coalesce(s, '')"),
    (sa.Integer, "(n + 1)"),
    (sa.Float, "n / 2.0"),
    (pg.TSVECTOR, "to_tsvector('english', coalesce(s, ''))"),
    (sa.Integer, '"order" + n'),
]


@pytest.mark.parametrize(("type_", "expression"), COMPUTED)
def test_computed(engine: sa.Engine, compare: Compare, type_: Any, expression: str) -> None:
    column = Column("made", type_, sa.Computed(expression, persisted=True))
    assert differences(engine, compare, *columns(), column) == []


@pytest.mark.filterwarnings("ignore:Computed column")
@pytest.mark.parametrize("persisted", [True, False, None])
def test_how_computed(engine: sa.Engine, compare: Compare, persisted: bool | None) -> None:
    with engine.connect() as connection:
        can_be_virtual = getattr(connection.dialect, "supports_virtual_generated_columns", False)
    if persisted is False and not can_be_virtual:
        pytest.skip("this server, or this SQLAlchemy, has no virtual columns")
    column = Column("made", sa.Integer, sa.Computed("n + 5", persisted=persisted))
    assert differences(engine, compare, *columns(), column) == []


COUNTING: dict[str, Callable[[], list[Any]]] = {
    "serial": lambda: [Column("id", sa.Integer, primary_key=True)],
    "bigserial": lambda: [Column("id", sa.BigInteger, primary_key=True)],
    "not counting": lambda: [Column("id", sa.Integer, primary_key=True, autoincrement=False)],
    "identity": lambda: [Column("id", sa.Integer, sa.Identity(), primary_key=True)],
    "identity with options": lambda: [
        Column("id", sa.BigInteger, sa.Identity(always=True, start=42, increment=7, cycle=True, cache=5))
    ],
    "identity backwards": lambda: [
        Column("id", sa.SmallInteger, sa.Identity(increment=-1, minvalue=-100, maxvalue=-1))
    ],
    "one of two": lambda: [
        Column("id", sa.Integer, primary_key=True, autoincrement=True),
        Column("other", sa.Integer, primary_key=True),
    ],
    "sequence": lambda: [Column("id", sa.Integer, sa.Sequence("own_seq", start=5), primary_key=True)],
    "sequence as default": lambda: [
        Column(
            "id",
            sa.Integer,
            sa.Sequence("s1"),
            server_default=sa.Sequence("s1").next_value(),
            primary_key=True,
        )
    ],
}


@pytest.mark.parametrize("schema", [None, "other"])
@pytest.mark.parametrize("name", COUNTING)
def test_counting(engine: sa.Engine, compare: Compare, name: str, schema: str | None) -> None:
    metadata = sa.MetaData()
    sa.Table("t", metadata, *COUNTING[name](), schema=schema)
    create(engine, metadata, schema)
    assert compare(metadata) == []

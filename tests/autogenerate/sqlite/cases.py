"""Models that are made and found again, and pairs of models that differ in one thing."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, text
from sqlalchemy.dialects.sqlite import JSON
from sqlalchemy.types import NullType, TypeDecorator, UserDefinedType


class Geometry(UserDefinedType[Any]):
    cache_ok = True

    def get_col_spec(self, **kw: Any) -> str:
        return "GEOMETRY"


class Money(TypeDecorator[Any]):
    impl = sa.Numeric(12, 2)
    cache_ok = True


class Colour(enum.Enum):
    RED = "r"
    BLUE = "b"


Change = Callable[[MetaData], Any]


def _table(*parts: Any, **kw: Any) -> Change:
    return lambda metadata: Table(
        "t", metadata, Column("id", Integer, primary_key=True), *(part() for part in parts), **kw
    )


def _column(*args: Any, **kw: Any) -> Callable[[], Column[Any]]:
    return lambda: Column("c", *args, **kw)


def _referring(**options: Any) -> Callable[[], Column[Any]]:
    return lambda: Column("c", Integer, ForeignKey("t.id", **options))


def _default(default: Any, type_: Any = Integer) -> Change:
    return _table(_column(type_, server_default=default))


def _partial(metadata: MetaData) -> None:
    column = Table("t", metadata, Column("c", Integer)).c.c
    sa.Index("i", column, sqlite_where=column.is_not(None) & (column > 5))


_CONVENTION = {
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(constraint_name)s",
    "ix": "ix_%(column_0_label)s",
    "fk": "fk_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


def _named(*parts: Any) -> str:
    """The same in every process, so that several may share the tests."""
    texts = (
        repr(part) if isinstance(part, str | sa.types.TypeEngine) else getattr(part, "__name__", str(part))
        for part in parts
    )
    return " ".join(texts)


UNCHANGED: dict[str, Change] = {
    **{
        _named("type", type_): _table(_column(type_))
        for type_ in (
            Integer(),
            sa.BigInteger(),
            sa.SmallInteger(),
            String(),
            String(50),
            sa.Text(),
            sa.Unicode(20),
            sa.Numeric(10, 2),
            sa.DECIMAL(5),
            sa.Numeric(),
            sa.Float(),
            sa.Double(),
            sa.REAL(),
            sa.Boolean(),
            sa.Boolean(create_constraint=True),
            sa.Date(),
            sa.DateTime(timezone=True),
            sa.Time(),
            sa.TIMESTAMP(),
            sa.LargeBinary(),
            sa.JSON(),
            JSON(),
            sa.Uuid(),
            sa.Interval(),
            sa.PickleType(),
            sa.CHAR(3),
            sa.Enum(Colour),
            sa.Enum("a", "it's", name="e", create_constraint=True),
            sa.Enum("a", length=30),
            String(9, collation="NOCASE"),
            Money(),
            Geometry(),
            sa.VARBINARY(5),
            sa.ARRAY(Integer).with_variant(sa.JSON(), "sqlite"),
            sa.NCHAR(4),
            sa.INT(),
            sa.CLOB(),
        )
    },
    **{
        _named("default", default, type_): _default(default, type_)
        for default, type_ in (
            ("5", Integer),
            (text("5"), Integer),
            (text("-5"), Integer),
            (text("(5)"), Integer),
            ("0", sa.Numeric(12, 2)),
            ("0.00", sa.Numeric(12, 2)),
            ("x", String),
            ("it's", String),
            ("", String),
            ("5", String(9)),
            ("NULL", String),
            (text("NULL"), String),
            (sa.null(), Integer),
            (sa.true(), sa.Boolean),
            (sa.false(), sa.Boolean),
            (text("true"), sa.Boolean),
            ("1", sa.Boolean),
            (sa.func.now(), sa.DateTime),
            (text("CURRENT_DATE"), sa.Date),
            (text("(datetime('now', '-1 day'))"), sa.DateTime),
            (text("((1 + 2) * (3))"), Integer),
            (text("'a' "), String),
            (text("(lower('A') || 'b')"), String),
            ("{}", sa.JSON),
            ("a%b:c", String),
            (sa.func.random(), Integer),
            (text("x'00ff'"), sa.LargeBinary),
            (text("1.50"), sa.Float),
            (sa.literal("a"), String),
            (sa.literal_column("7"), Integer),
            (sa.cast("5", Integer), Integer),
        )
    },
    "not null": _table(_column(Integer, nullable=False)),
    "nullable key": lambda m: Table("t", m, Column("id", Integer, primary_key=True, nullable=True)),
    "text key": lambda m: Table("t", m, Column("k", String(9), primary_key=True)),
    "composite key": lambda m: Table(
        "t", m, Column("b", Integer, primary_key=True), Column("a", Integer, primary_key=True)
    ),
    "autoincrement": _table(sqlite_autoincrement=True),
    "autoincrement that SQLAlchemy leaves out": lambda m: Table(
        "t", m, Column("k", String, primary_key=True), sqlite_autoincrement=True
    ),
    "without rowid": _table(sqlite_with_rowid=False),
    "conflicts": _table(
        _column(
            Integer,
            nullable=False,
            unique=True,
            sqlite_on_conflict_not_null="FAIL",
            sqlite_on_conflict_unique="ignore",
        )
    ),
    "unique": _table(_column(Integer, unique=True)),
    "unique over several": _table(
        _column(Integer), lambda: sa.UniqueConstraint("c", "id", name="uq", sqlite_on_conflict="REPLACE")
    ),
    "unique like the key": _table(lambda: sa.UniqueConstraint("id", name="uq")),
    "quoted names": lambda m: Table(
        "T t",
        m,
        Column("select", Integer, primary_key=True),
        Column('a"b', String, unique=True),
        Column("C,(", Integer),
        sa.Index("I i", "C,(", text('lower("select")')),
        sa.CheckConstraint('"a""b" <> \'x,)\'', name="c k"),
    ),
    "index": _table(_column(Integer, index=True)),
    "unique index": _table(_column(Integer), lambda: sa.Index("i", "c", unique=True)),
    "descending index": _table(_column(Integer), lambda: sa.Index("i", sa.column("c").desc(), "id")),
    "expression index": _table(
        _column(String), lambda: sa.Index("i", text("lower(c) DESC"), text("c || 'x'"))
    ),
    "function index": lambda m: sa.Index("i", sa.func.lower(Table("t", m, Column("c", String)).c.c).desc()),
    "collated index": lambda m: sa.Index(
        "i", sa.collate(Table("t", m, Column("c", String)).c.c, "NOCASE").desc()
    ),
    "index collated as its column": lambda m: sa.Index(
        "i", sa.collate(Table("t", m, Column("c", String(collation="NOCASE"))).c.c, "NOCASE")
    ),
    "index collated unlike its column": lambda m: sa.Index(
        "i", sa.collate(Table("t", m, Column("c", String(collation="NOCASE"))).c.c, "BINARY"), text("c")
    ),
    "partial index": _table(
        _column(Integer), lambda: sa.Index("i", "c", sqlite_where=text("c > 5 AND id<>7"))
    ),
    "partial index over models": _partial,
    "computed": _table(_column(Integer, sa.Computed("id * 2"))),
    "computed and stored": _table(_column(String, sa.Computed("'a,(' || id", persisted=True))),
    "checks": _table(
        _column(Integer),
        lambda: sa.CheckConstraint("c > 0 AND (id < 5)"),
        lambda: sa.CheckConstraint("c IN (1, 2)", name="ck"),
        lambda: sa.CheckConstraint(sa.column("c") > 7, name="expression"),
    ),
    "foreign keys": lambda m: (
        Table("p", m, Column("x", Integer, primary_key=True), Column("y", Integer, primary_key=True)),
        Table(
            "t",
            m,
            Column("a", Integer, ForeignKey("t.a")),
            Column("b", Integer),
            Column("c", Integer),
            sa.ForeignKeyConstraint(
                ["b", "c"],
                ["p.x", "p.y"],
                name="fk",
                ondelete="set null",
                onupdate="NO ACTION",
                deferrable=True,
                initially="deferred",
            ),
        ),
    ),
    "foreign key to another schema": lambda m: (
        Table("p", m, Column("x", Integer, primary_key=True), schema="aux"),
        Table("t", m, Column("a", ForeignKey("aux.p.x"))),
    ),
    "comments": lambda m: Table("t", m, Column("a", Integer, comment="column"), comment="table"),
    "identity": lambda m: Table("t", m, Column("a", Integer, sa.Identity(start=5), primary_key=True)),
    "no key": lambda m: Table("t", m, Column("a", Integer)),
    "conventions": lambda m: (
        setattr(m, "naming_convention", _CONVENTION),
        Table(
            "t",
            m,
            Column("a", Integer, ForeignKey("t.a"), unique=True, index=True, primary_key=True),
            sa.CheckConstraint("a > 0", name="positive"),
        ),
    ),
}


PLAIN = _table(_column(Integer), lambda: Column("d", String(9)))
TYPED_BY_HAND = {
    "lower case": "create table t(id integer primary key,c integer,d varchar(9))",
    "other names of types": "CREATE TABLE t (id INTEGER PRIMARY KEY, c INT, d VARCHAR ( 9 ))",
    "types that SQLAlchemy has not": "CREATE TABLE t (id INTEGER PRIMARY KEY, c MEDIUMINT, d VARCHAR(9))",
    "autoindex": "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY DESC, c INTEGER, d VARCHAR(9))",
    "quotes": 'CREATE TABLE [t] ("id" INTEGER PRIMARY KEY, `c` INTEGER, [d] VARCHAR(9))',
    "defaults that say nothing": (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, c INTEGER DEFAULT NULL, d VARCHAR(9) DEFAULT (NULL))"
    ),
    "clauses that say nothing": (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, c INTEGER NULL, d VARCHAR(9) COLLATE BINARY CONSTRAINT none)"
    ),
}


DIFFERENT: dict[str, tuple[Change, Change, str]] = {
    "length": (_table(_column(String)), _table(_column(String(50))), "columns"),
    "scale": (_table(_column(sa.Numeric(10, 2))), _table(_column(sa.Numeric(10, 3))), "columns"),
    "integer and bigint": (_table(_column(Integer)), _table(_column(sa.BigInteger)), "columns"),
    "nullable": (_table(_column(Integer)), _table(_column(Integer, nullable=False)), "columns"),
    "default": (_default("1"), _default("2"), "columns"),
    "no default": (_default("1"), _default(None), "columns"),
    "default by case": (_default("a", String), _default("A", String), "columns"),
    "default by blanks": (_default("a  b", String), _default("a b", String), "columns"),
    "default that is computed": (_default(text("(1 + 2)")), _default(text("(1 + 3)")), "columns"),
    "empty default": (_default("", String), _default(None, String), "columns"),
    "default null as a string": (_default("NULL", String), _default(text("NULL"), String), "columns"),
    "collation": (_table(_column(String)), _table(_column(String(collation="NOCASE"))), "columns"),
    "computed": (
        _table(_column(Integer, sa.Computed("id * 2"))),
        _table(_column(Integer, sa.Computed("id * 3"))),
        "columns",
    ),
    "stored": (
        _table(_column(Integer, sa.Computed("id"))),
        _table(_column(Integer, sa.Computed("id", persisted=True))),
        "columns",
    ),
    "conflict": (
        _table(_column(Integer, nullable=False)),
        _table(_column(Integer, nullable=False, sqlite_on_conflict_not_null="FAIL")),
        "columns",
    ),
    "own type": (
        _table(_column(Geometry())),
        _table(_column(NullType().with_variant(Integer(), "sqlite"))),
        "columns",
    ),
    "check": (
        _table(lambda: sa.CheckConstraint("id > 0", name="c")),
        _table(lambda: sa.CheckConstraint("id > 1", name="c")),
        "checks",
    ),
    "enum values": (
        _table(_column(sa.Enum("a", "b", name="e", create_constraint=True))),
        _table(_column(sa.Enum("a", "c", name="e", create_constraint=True))),
        "checks",
    ),
    "unique": (_table(_column(Integer)), _table(_column(Integer, unique=True)), "uniques"),
    "unique conflict": (
        _table(lambda: sa.UniqueConstraint("id", name="u")),
        _table(lambda: sa.UniqueConstraint("id", name="u", sqlite_on_conflict="REPLACE")),
        "uniques",
    ),
    "index": (_table(_column(Integer)), _table(_column(Integer, index=True)), "indexes"),
    "descending": (
        _table(lambda: sa.Index("i", "id")),
        _table(lambda: sa.Index("i", sa.column("id").desc())),
        "indexes",
    ),
    "index expression": (
        _table(lambda: sa.Index("i", text("abs(id)"))),
        _table(lambda: sa.Index("i", text("-id"))),
        "indexes",
    ),
    "index collation": (
        _table(_column(String), lambda: sa.Index("i", text("c"))),
        _table(_column(String), lambda: sa.Index("i", text("c COLLATE NOCASE"))),
        "indexes",
    ),
    "predicate": (
        _table(lambda: sa.Index("i", "id")),
        _table(lambda: sa.Index("i", "id", sqlite_where=text("id > 1"))),
        "indexes",
    ),
    "foreign key": (
        _table(_referring()),
        _table(_referring(ondelete="CASCADE")),
        "foreign_keys",
    ),
    "deferrable": (
        _table(_referring()),
        _table(_referring(deferrable=True, initially="DEFERRED")),
        "foreign_keys",
    ),
    "key": (
        _table(_column(Integer)),
        lambda m: Table("t", m, Column("id", Integer), Column("c", Integer, primary_key=True)),
        "primary_key",
    ),
    "autoincrement": (_table(), _table(sqlite_autoincrement=True), "options"),
    "rowid": (_table(), _table(sqlite_with_rowid=False), "options"),
}

"""Schema pairs written by hand for PostgreSQL."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    Enum,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects import postgresql as pg

from ..storage import IS_KNOWN, storage
from .pairs import Pair, and_stays, nothing, one, table, two


def _c(*args: Any, **kw: Any) -> Column[Any]:
    return Column("c", *args, **kw)


def _index(name: str, *parts: Any, **options: Any) -> Any:
    """A text and a number column, and an index on them."""
    return [_c(Text), Column("n", Integer), Index(name, *(parts or ("c",)), **options)]


def _mood(*values: str) -> Any:
    return Enum(*values, name="mood")


def _exclude(where: str | None = None) -> Any:
    return pg.ExcludeConstraint(
        ("c", "="), ("r", "&&"), name="x", using="gist", where=text(where) if where else None
    )


def _ranges() -> list[Any]:
    return [_c(pg.INT4RANGE), Column("r", pg.TSRANGE)]


def _shared(m: MetaData, *names: str) -> None:
    mood = _mood("sad", "ok")
    for name in names:
        table(m, name, _c(mood, server_default="ok"))


ENUMS = {
    "add column of enum": one(list, lambda: [_c(_mood("sad", "ok"))]),
    "drop column of enum": one(lambda: [_c(_mood("sad", "ok"))], list),
    "add enum value at the end": one(lambda: [_c(_mood("sad"))], lambda: [_c(_mood("sad", "ok"))]),
    "add enum value in the middle": one(
        lambda: [_c(_mood("a", "z"))], lambda: [_c(_mood("a", "m1", "m2", "z", "zz"))]
    ),
    "add enum value in front": one(lambda: [_c(_mood("z"))], lambda: [_c(_mood("a", "z"))]),
    "remove enum value": one(lambda: [_c(_mood("sad", "ok"))], lambda: [_c(_mood("ok"))]),
    "reorder enum values": one(lambda: [_c(_mood("sad", "ok"))], lambda: [_c(_mood("ok", "sad"))]),
    "enum value with quote": one(lambda: [_c(_mood("a"))], lambda: [_c(_mood("a", "it's"))]),
    "remove enum value under default": one(
        lambda: [_c(_mood("sad", "ok"), server_default="ok")], lambda: [_c(_mood("ok"), server_default="ok")]
    ),
    "new enum value as default": one(
        lambda: [_c(_mood("sad"), server_default="sad")],
        lambda: [_c(_mood("sad", "ok"), server_default="sad")],
    ),
    "string to enum": one(lambda: [_c(String(9))], lambda: [_c(_mood("sad", "ok"))]),
    "enum to string": one(lambda: [_c(_mood("sad", "ok"))], lambda: [_c(String(9))]),
    "shared enum loses one user": Pair(lambda m: _shared(m, "a", "b"), lambda m: _shared(m, "a")),
    "shared enum gains a user": Pair(lambda m: _shared(m, "a"), lambda m: _shared(m, "a", "b")),
    "shared enum comes with two tables": Pair(nothing, and_stays(lambda m: _shared(m, "a", "b"))),
    "array of enum": one(list, lambda: [_c(pg.ARRAY(_mood("sad", "ok")))]),
}

INDEXES = {
    "partial index": one(lambda: _index("i"), lambda: _index("i", postgresql_where=text("n > 5"))),
    "predicate changes": one(
        lambda: _index("i", postgresql_where=text("n > 5")),
        lambda: _index("i", postgresql_where=text("n > 6")),
    ),
    "index by hash": one(lambda: _index("i"), lambda: _index("i", postgresql_using="hash")),
    "operator class": one(lambda: _index("i"), lambda: _index("i", postgresql_ops={"c": "text_pattern_ops"})),
    "include": one(lambda: _index("i"), lambda: _index("i", postgresql_include=["n"])),
    "nulls not distinct": one(
        lambda: _index("i", unique=True), lambda: _index("i", unique=True, postgresql_nulls_not_distinct=True)
    ),
    "storage of index": one(lambda: _index("i"), lambda: _index("i", postgresql_with={"fillfactor": 50})),
    "index on expression": one(lambda: _index("i"), lambda: _index("i", text("lower(c)"))),
    "expression changes": one(lambda: _index("i", text("lower(c)")), lambda: _index("i", text("upper(c)"))),
    "descending, nulls last": one(lambda: _index("i"), lambda: _index("i", text("c DESC NULLS LAST"))),
    "index on jsonb": one(
        lambda: [_c(pg.JSONB)], lambda: [_c(pg.JSONB), Index("i", "c", postgresql_using="gin")]
    ),
    "jsonb expression index": one(
        lambda: [_c(pg.JSONB)], lambda: [_c(pg.JSONB), Index("i", text("(c ->> 'a')"))]
    ),
    "coalesce index": one(
        lambda: [_c(Integer)], lambda: [_c(Integer), Index("i", text("coalesce(c, 0)"), unique=True)]
    ),
    "deferrable unique": one(
        lambda: [_c(Integer), UniqueConstraint("c", name="u")],
        lambda: [_c(Integer), UniqueConstraint("c", name="u", deferrable=True, initially="DEFERRED")],
    ),
    "unique with include": one(
        lambda: [_c(Integer), Column("n", Integer), UniqueConstraint("c", name="u")],
        lambda: [
            _c(Integer),
            Column("n", Integer),
            UniqueConstraint("c", name="u", postgresql_include=["n"]),
        ],
    ),
    "unique, nulls not distinct": one(
        lambda: [_c(Integer), UniqueConstraint("c", name="u")],
        lambda: [_c(Integer), UniqueConstraint("c", name="u", postgresql_nulls_not_distinct=True)],
    ),
}

CONSTRAINTS = {
    "add exclude": one(_ranges, lambda: [*_ranges(), _exclude()]),
    "drop exclude": one(lambda: [*_ranges(), _exclude()], _ranges),
    "change exclude": one(lambda: [*_ranges(), _exclude()], lambda: [*_ranges(), _exclude("r IS NOT NULL")]),
    "excludes without names": one(
        _ranges,
        lambda: [
            *_ranges(),
            pg.ExcludeConstraint(("r", "&&"), using="gist"),
            pg.ExcludeConstraint(("r", "-|-"), using="gist"),
            pg.ExcludeConstraint((text("int4range(id, id + 5)"), "&&"), using="gist"),
        ],
    ),
    "drop table with exclude": Pair(and_stays(lambda m: table(m, "t", *_ranges(), _exclude())), nothing),
    "deferrable foreign key": two(
        lambda: [_c(Integer, ForeignKey("p.id", name="fk"))],
        lambda: [_c(Integer, ForeignKey("p.id", name="fk", deferrable=True, initially="DEFERRED"))],
    ),
    "check in other words": one(
        lambda: [_c(Integer), CheckConstraint("c in (1,2)", name="k")],
        lambda: [_c(Integer), CheckConstraint("c in (1,2,3)", name="k")],
    ),
    "check with like": one(
        lambda: [_c(Text)], lambda: [_c(Text), CheckConstraint("c LIKE 'a%' AND c ~ '^x'", name="k")]
    ),
}

COLUMNS = {
    "string to bounded string": one(lambda: [_c(String)], lambda: [_c(String(50))]),
    "collation": one(lambda: [_c(Text)], lambda: [_c(Text(collation="C"))]),
    "collation goes": one(lambda: [_c(String(5, collation="C"))], lambda: [_c(String(5))]),
    "computed comes": one(list, lambda: [_c(Integer, Computed("id * 2", persisted=True))]),
    "computed changes": one(
        lambda: [_c(Integer, Computed("id * 2", persisted=True))],
        lambda: [_c(Integer, Computed("id * 3", persisted=True))],
    ),
    "computed with index changes": one(
        lambda: [_c(Integer, Computed("id * 2", persisted=True)), Index("i", "c")],
        lambda: [_c(Integer, Computed("id * 3", persisted=True)), Index("i", "c")],
    ),
    "identity comes": one(
        lambda: [_c(Integer, nullable=False)], lambda: [_c(Integer, Identity(start=5), nullable=False)]
    ),
    "identity changes": one(
        lambda: [_c(Integer, Identity(always=False, increment=1), nullable=False)],
        lambda: [_c(Integer, Identity(always=True, increment=2), nullable=False)],
    ),
    "integer to uuid-like text": one(lambda: [_c(pg.UUID)], lambda: [_c(Text)]),
    "text to integer with default": one(
        lambda: [_c(Text, server_default="1")], lambda: [_c(Integer, server_default="1")]
    ),
    "json to jsonb": one(
        lambda: [_c(sa.JSON, server_default="{}")], lambda: [_c(pg.JSONB, server_default="{}")]
    ),
    "time zone": one(lambda: [_c(sa.DateTime)], lambda: [_c(sa.DateTime(timezone=True))]),
    "array default": one(
        lambda: [_c(pg.ARRAY(Integer))], lambda: [_c(pg.ARRAY(Integer), server_default=text("'{1,2}'"))]
    ),
    "interval default": one(
        lambda: [_c(pg.INTERVAL)], lambda: [_c(pg.INTERVAL, server_default=text("interval '2 hours'"))]
    ),
    "interval of less precision": one(
        list, lambda: [_c(sa.Interval(second_precision=3)), Column("n", Integer)]
    ),
    "comments": one(
        lambda: [_c(Integer, comment="old")],
        lambda: [_c(Integer, comment="it's new")],
        comment="of the table",
    ),
    "comment goes": one(lambda: [_c(Integer, comment="old")], lambda: [_c(Integer)]),
}


def _with_sequence(m: MetaData) -> None:
    table(m, "t")
    sa.Sequence("counter", start=5, increment=2, metadata=m)


def _filled(fillfactor: int | None) -> Any:
    def make(m: MetaData) -> None:
        if not IS_KNOWN:
            pytest.skip("this SQLAlchemy has no word for storage parameters of tables")
        table(m, "t", **storage(fillfactor))

    return make


def _serial(kind: Any) -> Any:
    return lambda m: Table("t", m, Column("id", kind, primary_key=True))


def _in_schema(*tables: str) -> Any:
    """Tables in a schema of their own, which both sides have."""
    return lambda m: (
        nothing(m),
        *(table(m, name, _c(Integer, index=True), schema="public") for name in tables),
    )


OTHERS = {
    "sequence comes": Pair(lambda m: table(m, "t"), _with_sequence),
    "sequence goes": Pair(_with_sequence, lambda m: table(m, "t")),
    "serial grows": Pair(_serial(Integer), _serial(sa.BigInteger)),
    "storage": Pair(_filled(None), _filled(70)),
    "storage changes": Pair(_filled(70), _filled(80)),
    "storage goes": Pair(_filled(70), _filled(None)),
    "default schema by name": Pair(_in_schema("a"), _in_schema("a", "b")),
}

PAIRS: dict[str, Pair] = {**ENUMS, **INDEXES, **CONSTRAINTS, **COLUMNS, **OTHERS}

"""Checks, indexes and other constraints: PostgreSQL spells them otherwise, and they are the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Column, text
from sqlalchemy.dialects import postgresql as pg

from ..roundtrip.cycle import round_trip
from .conftest import Compare
from .models import columns, create, differences

CHECKS: list[Any] = [
    "n > 0",
    "price > 0",
    "price >= 0 AND price < 100",
    "(n > 0) OR (s IS NULL)",
    "s IN ('a', 'b')",
    "s NOT IN ('a', 'b')",
    "length(s) > 3",
    "s LIKE 'a%'",
    "s ~ '^[a-z]+$'",
    "NOT b",
    "b IS TRUE",
    "n BETWEEN 1 AND 5",
    "coalesce(s, '') <> ''",
    "lower(s) = s",
    "d > '2020-01-01'",
    "d > now()",
    "data ? 'x'",
    "data ->> 'a' = 'b'",
    "n::text = s",
    "CAST(n AS text) = s",
    "array_length(tags, 1) < 5",
    "'x' = ANY(tags)",
    "n % 2 = 0",
    "CASE WHEN n > 1 THEN s = 'x' ELSE b END",
    "num_nonnulls(n, s) = 1",
    "(n IS NULL) = (s IS NULL)",
    "EXTRACT(year FROM d) > 2000",
    "s SIMILAR TO 'a|b'",
    "s IS DISTINCT FROM 'x'",
    "n <> -1",
    "price * 1.5 > n",
    "char_length(s) <= 10",
    "position('x' in s) > 0",
    "substring(s from 1 for 2) = 'ab'",
    '"order" > 0',
    "t.n > 0",
    "s = 'it''s'",
    "s || 'x' <> 'y'",
    "m = 'a'",
    "m IN ('a','b')",
    "upper(s) != 'X'",
    "trim(s) <> ''",
]


@pytest.mark.parametrize("named", [True, False], ids=["named", "unnamed"])
@pytest.mark.parametrize("condition", CHECKS)
def test_checks(engine: sa.Engine, compare: Compare, condition: str, named: bool) -> None:
    check = sa.CheckConstraint(condition, name="ck" if named else None)
    assert differences(engine, compare, *columns(), check) == []


def test_checks_of_expressions(engine: sa.Engine, compare: Compare) -> None:
    n, s, price, *others = columns()
    checks = [
        sa.CheckConstraint(n > 5, name="c1"),
        sa.CheckConstraint(s.in_(["a", "b"]), name="c2"),
        sa.CheckConstraint(sa.and_(price > 0, price < 10.5, s.like("a%")), name="c3"),
        sa.CheckConstraint(sa.func.lower(s) == s, name="c4"),
        sa.CheckConstraint(sa.or_(n.is_(None), s.isnot(None))),
        sa.CheckConstraint(sa.func.coalesce(s, "") != "", name=sa.sql.elements.conv("c5")),
    ]
    assert differences(engine, compare, n, s, price, *others, *checks) == []


INDEXES: dict[str, Callable[[sa.Table], sa.Index]] = {
    "column": lambda t: sa.Index("i", t.c.n),
    "reserved word": lambda t: sa.Index("i", t.c.order, t.c.order.desc()),
    "descending": lambda t: sa.Index("i", t.c.n.desc(), t.c.s.asc()),
    "nulls": lambda t: sa.Index("i", t.c.n.desc().nulls_last(), t.c.s.nulls_first()),
    "nulls as they are": lambda t: sa.Index("i", t.c.n.desc().nulls_first(), t.c.s.asc().nulls_last()),
    "function": lambda t: sa.Index("i", sa.func.lower(t.c.s)),
    "function descending": lambda t: sa.Index("i", sa.func.lower(t.c.s).desc(), t.c.n),
    "text": lambda t: sa.Index("i", text("lower(s)"), _table=t),
    "text descending": lambda t: sa.Index("i", text("n DESC"), text("lower(s) desc nulls last"), _table=t),
    "text with operator class": lambda t: sa.Index("i", text("s text_pattern_ops"), _table=t),
    "operator": lambda t: sa.Index("i", t.c.n + 1, t.c.s + "x"),
    "text operator": lambda t: sa.Index("i", text("(n + 1)"), text("(s || 'x')"), _table=t),
    "json": lambda t: sa.Index("i", t.c.data["a"].astext),
    "json as integer": lambda t: sa.Index("i", t.c.data["a"].as_integer()),
    "json path": lambda t: sa.Index("i", text("((data ->> 'a'))"), _table=t),
    "coalesce": lambda t: sa.Index("i", sa.func.coalesce(t.c.s, "x"), unique=True),
    "cast": lambda t: sa.Index("i", sa.cast(t.c.n, sa.Text)),
    "extract": lambda t: sa.Index("i", sa.extract("year", t.c.d)),
    "collate": lambda t: sa.Index("i", t.c.s.collate("C"), sa.func.lower(t.c.s).collate("POSIX")),
    "label": lambda t: sa.Index(
        "i", sa.func.lower(t.c.s).label("low"), postgresql_ops={"low": "text_pattern_ops"}
    ),
    "where": lambda t: sa.Index("i", t.c.n, postgresql_where=t.c.price > 5),
    "where text": lambda t: sa.Index("i", t.c.n, postgresql_where=text("price > 5 and s = 'x'")),
    "where in": lambda t: sa.Index("i", t.c.n, unique=True, postgresql_where=t.c.s.in_(["a", "b"])),
    "where not": lambda t: sa.Index("i", t.c.n, postgresql_where=~t.c.b),
    "where enum": lambda t: sa.Index("i", t.c.n, postgresql_where=t.c.m == "a"),
    "using": lambda t: sa.Index("i", t.c.n, postgresql_using="hash"),
    "using btree": lambda t: sa.Index("i", t.c.n, postgresql_using="BTREE"),
    "gin": lambda t: sa.Index(
        "i", t.c.data, postgresql_using="gin", postgresql_ops={"data": "jsonb_path_ops"}
    ),
    "usual operator class": lambda t: sa.Index("i", t.c.s, postgresql_ops={"s": "text_ops"}),
    "gist": lambda t: sa.Index("i", t.c.r, postgresql_using="gist"),
    "full text": lambda t: sa.Index(
        "i", sa.func.to_tsvector(text("'english'"), t.c.s), postgresql_using="gin"
    ),
    "include": lambda t: sa.Index("i", t.c.n, postgresql_include=["s", t.c.price]),
    "with": lambda t: sa.Index("i", t.c.n, postgresql_with={"fillfactor": 50}),
    "brin": lambda t: sa.Index("i", t.c.d, postgresql_using="brin", postgresql_with={"pages_per_range": 16}),
    "nulls not distinct": lambda t: sa.Index("i", t.c.n, unique=True, postgresql_nulls_not_distinct=True),
    "concurrently": lambda t: sa.Index("i", sa.func.lower(t.c.s), postgresql_concurrently=True),
}


@pytest.mark.parametrize("schema", [None, "other"])
@pytest.mark.parametrize("name", INDEXES)
def test_indexes(engine: sa.Engine, compare: Compare, name: str, schema: str | None) -> None:
    metadata = sa.MetaData()
    table = sa.Table("t", metadata, *columns(), schema=schema)
    index = INDEXES[name](table)
    concurrently = index.dialect_options["postgresql"]["concurrently"]
    index.dialect_options["postgresql"]["concurrently"] = False
    create(engine, metadata, schema)
    index.dialect_options["postgresql"]["concurrently"] = concurrently
    assert compare(metadata) == []


@pytest.mark.parametrize("name", [name for name in INDEXES if name != "concurrently"])
def test_indexes_made_by_what_was_generated(engine: sa.Engine, name: str) -> None:
    before, after = sa.MetaData(), sa.MetaData()
    sa.Table("t", before, *columns())
    INDEXES[name](sa.Table("t", after, *columns(), Column("more", sa.Integer)))
    assert round_trip(engine, before, after) > 1, "the index was not found"


CONSTRAINTS: dict[str, Callable[[], list[Any]]] = {
    "unique": lambda: [sa.UniqueConstraint("n", "s")],
    "unique named": lambda: [sa.UniqueConstraint("s", "n", name="u")],
    "unique deferrable": lambda: [sa.UniqueConstraint("n", name="u", deferrable=True)],
    "unique deferred": lambda: [sa.UniqueConstraint("n", initially="DEFERRED", deferrable=True)],
    "unique nulls": lambda: [sa.UniqueConstraint("n", postgresql_nulls_not_distinct=True)],
    "unique include": lambda: [sa.UniqueConstraint("n", postgresql_include=["s"])],
    "two unnamed": lambda: [sa.UniqueConstraint("n"), sa.UniqueConstraint("s")],
    "foreign key": lambda: [sa.ForeignKeyConstraint(["n"], ["t.id"])],
    "foreign key options": lambda: [
        sa.ForeignKeyConstraint(
            ["n"], ["t.id"], "k", "cascade", "set null", deferrable=True, initially="deferred", match="FULL"
        )
    ],
    "foreign key no action": lambda: [
        sa.ForeignKeyConstraint(
            ["n"], ["t.id"], ondelete="NO ACTION", deferrable=False, initially="IMMEDIATE"
        )
    ],
    "foreign key, columns set to null": lambda: [
        sa.ForeignKeyConstraint(["n"], ["t.id"], ondelete='SET NULL ("n")')
    ],
    "exclude": lambda: [pg.ExcludeConstraint(("r", "&&"), name="x")],
    "exclude where": lambda: [
        pg.ExcludeConstraint((sa.column("r"), "&&"), using="gist", where=text("price > 0"))
    ],
    "exclude expression": lambda: [
        pg.ExcludeConstraint((text("int4range(n, n + 5)"), "&&"), name="x", using="gist", deferrable=True)
    ],
}


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_constraints(engine: sa.Engine, compare: Compare, name: str) -> None:
    key = Column("id", sa.Integer, primary_key=True)
    assert differences(engine, compare, key, *columns(), *CONSTRAINTS[name]()) == []

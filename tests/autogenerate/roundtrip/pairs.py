"""Schema pairs written by hand that make sense on every database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

Items = Callable[[], Sequence[Any]]


class Pair(NamedTuple):
    """Two schemas, each made by a function that fills a MetaData."""

    before: Callable[[MetaData], Any]
    after: Callable[[MetaData], Any]


def one(before: Items, after: Items, **options: Any) -> Pair:
    """Two forms of a table ``t`` that has a column ``id``."""
    return Pair(lambda m: table(m, "t", *before(), **options), lambda m: table(m, "t", *after(), **options))


def two(before: Items, after: Items) -> Pair:
    """Two forms of a table ``t`` beside a table ``p`` that stays."""
    return Pair(
        lambda m: (parent(m), table(m, "t", *before())), lambda m: (parent(m), table(m, "t", *after()))
    )


def table(m: MetaData, name: str, *items: Any, **options: Any) -> Table:
    """A table with a primary key ``id``."""
    return Table(name, m, Column("id", Integer, primary_key=True), *items, **options)


def parent(m: MetaData) -> Table:
    """The table that foreign keys refer to."""
    return table(
        m,
        "p",
        Column("a", Integer, nullable=False),
        Column("b", Integer, nullable=False),
        Column("code", String(10), nullable=False),
        UniqueConstraint("a", "b", name="uq_p_ab"),
        UniqueConstraint("code", name="uq_p_code"),
    )


def nothing(m: MetaData) -> None:
    """A schema of one table that has nothing to do with the change."""
    table(m, "stays")


def and_stays(*make: Callable[[MetaData], Any]) -> Callable[[MetaData], None]:
    """The same beside others."""

    def fill(m: MetaData) -> None:
        nothing(m)
        for each in make:
            each(m)

    return fill


def _cyclic(m: MetaData) -> None:
    table(
        m, "a", Column("b_id", Integer), ForeignKeyConstraint(["b_id"], ["b.id"], name="fk_a", use_alter=True)
    )
    table(m, "b", Column("a_id", Integer), ForeignKeyConstraint(["a_id"], ["a.id"], name="fk_b"))


def _chain(m: MetaData) -> None:
    table(m, "z_first")
    table(m, "m_second", Column("z", Integer, ForeignKey("z_first.id", name="fk_mz")))
    table(m, "a_third", Column("m", Integer, ForeignKey("m_second.id", name="fk_am")))


def _all_kinds(m: MetaData) -> None:
    parent(m)
    table(
        m,
        "full",
        Column("s", String(20), server_default="x", nullable=False),
        Column("n", Numeric(8, 2), server_default="0"),
        Column("p_id", Integer),
        UniqueConstraint("s", "n", name="uq_full"),
        CheckConstraint("n >= 0", name="ck_full"),
        Index("ix_full_s", "s"),
        ForeignKeyConstraint(["p_id"], ["p.id"], name="fk_full", ondelete="CASCADE"),
    )


def _users(m: MetaData) -> None:
    table(
        m,
        "users",
        Column("name", String(30), nullable=False, index=True),
        Column("mail", String(80), unique=True),
    )


def _c(*args: Any, **kw: Any) -> Column[Any]:
    return Column("c", *args, **kw)


def _empty() -> Sequence[Any]:
    return []


TABLES = {
    "add table": Pair(nothing, and_stays(_users)),
    "drop table": Pair(and_stays(_users), nothing),
    "add table with everything": Pair(nothing, and_stays(_all_kinds)),
    "drop table with everything": Pair(and_stays(_all_kinds), nothing),
    "add chain of tables against the alphabet": Pair(nothing, and_stays(_chain)),
    "drop chain of tables": Pair(and_stays(_chain), nothing),
    "add cycle of tables": Pair(nothing, and_stays(_cyclic)),
    "drop cycle of tables": Pair(and_stays(_cyclic), nothing),
    "replace table": Pair(and_stays(_users), and_stays(_chain)),
    "table named by keyword": Pair(nothing, and_stays(lambda m: table(m, "order", Column("group", Integer)))),
    "table with blank in its name": Pair(
        nothing, and_stays(lambda m: table(m, "my table", Column("my column", Integer, index=True)))
    ),
    "table in capitals": Pair(
        nothing, and_stays(lambda m: table(m, "CamelCase", Column("userName", String(5))))
    ),
    "table with percent and colon": Pair(
        nothing, and_stays(lambda m: table(m, "a%b", Column("c:d", Integer)))
    ),
    "table without primary key": Pair(nothing, and_stays(lambda m: Table("np", m, Column("a", Integer)))),
    "table that refers to itself": Pair(
        nothing,
        and_stays(lambda m: table(m, "tree", Column("up", Integer, ForeignKey("tree.id", name="fk_up")))),
    ),
    "composite primary key": Pair(
        nothing,
        and_stays(
            lambda m: Table(
                "cp",
                m,
                Column("b", Integer, primary_key=True, autoincrement=False),
                Column("a", Integer, primary_key=True, autoincrement=False),
            )
        ),
    ),
    "primary key of strings": Pair(
        nothing, and_stays(lambda m: Table("sp", m, Column("code", String(8), primary_key=True)))
    ),
}

COLUMNS = {
    "add column": one(_empty, lambda: [_c(Integer)]),
    "drop column": one(lambda: [_c(Integer)], _empty),
    "add column with default": one(_empty, lambda: [_c(Integer, server_default="5", nullable=False)]),
    "add column with text default": one(
        _empty, lambda: [_c(String(10), server_default="it's", nullable=False)]
    ),
    "add column with expression": one(_empty, lambda: [_c(Integer, server_default=text("3"))]),
    "add boolean": one(_empty, lambda: [_c(Boolean, nullable=False, server_default=sa.true())]),
    "drop boolean": one(lambda: [_c(Boolean, nullable=False, server_default=sa.false())], _empty),
    "add date": one(_empty, lambda: [_c(Date)]),
    "add two columns": one(_empty, lambda: [_c(Integer), Column("d", String(5))]),
    "drop two columns": one(lambda: [_c(Integer), Column("d", String(5))], _empty),
    "replace column": one(lambda: [_c(Integer)], lambda: [Column("d", Integer)]),
    "add column with index": one(_empty, lambda: [_c(Integer, index=True)]),
    "drop column with index": one(lambda: [_c(Integer, index=True)], _empty),
    "add unique column": one(_empty, lambda: [_c(Integer), UniqueConstraint("c", name="uq_c")]),
    "drop unique column": one(lambda: [_c(Integer), UniqueConstraint("c", name="uq_c")], _empty),
    "add column named by keyword": one(_empty, lambda: [Column("select", Integer)]),
    "column with blank": one(_empty, lambda: [Column("a b", Integer, index=True)]),
    "column with default of blanks": one(_empty, lambda: [_c(String(9), server_default="  ")]),
    "column with default percent": one(_empty, lambda: [_c(String(9), server_default="100%")]),
    "column with default colon": one(_empty, lambda: [_c(String(9), server_default="a:b")]),
    "column with default backslash": one(_empty, lambda: [_c(String(9), server_default="a\\b")]),
    "column with default quotes": one(_empty, lambda: [_c(String(9), server_default='"x"')]),
    "column with default null": one(_empty, lambda: [_c(String(9), server_default=text("NULL"))]),
    "column with unicode default": one(_empty, lambda: [_c(String(9), server_default="größe")]),
}

ALTERATIONS = {
    "not null": one(lambda: [_c(Integer)], lambda: [_c(Integer, nullable=False)]),
    "nullable": one(lambda: [_c(Integer, nullable=False)], lambda: [_c(Integer)]),
    "set default": one(lambda: [_c(Integer)], lambda: [_c(Integer, server_default="1")]),
    "drop default": one(lambda: [_c(Integer, server_default="1")], lambda: [_c(Integer)]),
    "change default": one(
        lambda: [_c(Integer, server_default="1")], lambda: [_c(Integer, server_default="2")]
    ),
    "change text default": one(
        lambda: [_c(String(9), server_default="a")], lambda: [_c(String(9), server_default="A")]
    ),
    "longer string": one(lambda: [_c(String(10))], lambda: [_c(String(20))]),
    "shorter string": one(lambda: [_c(String(20))], lambda: [_c(String(10))]),
    "string to text": one(lambda: [_c(String(10))], lambda: [_c(Text)]),
    "integer to bigint": one(lambda: [_c(Integer)], lambda: [_c(sa.BigInteger)]),
    "integer to string": one(lambda: [_c(Integer)], lambda: [_c(String(20))]),
    "string to integer": one(lambda: [_c(String(20))], lambda: [_c(Integer)]),
    "numeric precision": one(lambda: [_c(Numeric(8, 2))], lambda: [_c(Numeric(12, 2))]),
    "numeric scale": one(lambda: [_c(Numeric(8, 2))], lambda: [_c(Numeric(8, 4))]),
    "date to datetime": one(lambda: [_c(Date)], lambda: [_c(DateTime)]),
    "type, default and nullability": one(
        lambda: [_c(String(10), server_default="1")], lambda: [_c(Text, nullable=False)]
    ),
    "type with default kept": one(
        lambda: [_c(Integer, server_default="7")], lambda: [_c(sa.BigInteger, server_default="7")]
    ),
    "type of indexed column": one(lambda: [_c(String(10), index=True)], lambda: [_c(String(30), index=True)]),
    "several columns at once": one(
        lambda: [_c(Integer), Column("d", String(5)), Column("e", Date, nullable=False)],
        lambda: [_c(Integer, nullable=False), Column("d", String(6), server_default="x"), Column("e", Date)],
    ),
}

CONSTRAINTS = {
    "add index": one(lambda: [_c(Integer)], lambda: [_c(Integer, index=True)]),
    "drop index": one(lambda: [_c(Integer, index=True)], lambda: [_c(Integer)]),
    "index becomes unique": one(
        lambda: [_c(Integer), Index("i", "c")], lambda: [_c(Integer), Index("i", "c", unique=True)]
    ),
    "index over other columns": one(
        lambda: [_c(Integer), Column("d", Integer), Index("i", "c")],
        lambda: [_c(Integer), Column("d", Integer), Index("i", "d", "c")],
    ),
    "index renamed": one(lambda: [_c(Integer), Index("i", "c")], lambda: [_c(Integer), Index("j", "c")]),
    "index descending": one(
        lambda: [_c(Integer), Index("i", "c")], lambda: [c := _c(Integer), Index("i", c.desc())]
    ),
    "add unique": one(lambda: [_c(Integer)], lambda: [_c(Integer), UniqueConstraint("c", name="u")]),
    "drop unique": one(lambda: [_c(Integer), UniqueConstraint("c", name="u")], lambda: [_c(Integer)]),
    "add unnamed unique": one(lambda: [_c(Integer)], lambda: [_c(Integer, unique=True)]),
    "drop unnamed unique": one(lambda: [_c(Integer, unique=True)], lambda: [_c(Integer)]),
    "unique over other columns": one(
        lambda: [_c(Integer), Column("d", Integer), UniqueConstraint("c", name="u")],
        lambda: [_c(Integer), Column("d", Integer), UniqueConstraint("c", "d", name="u")],
    ),
    "unique becomes index": one(
        lambda: [_c(Integer), UniqueConstraint("c", name="u")], lambda: [_c(Integer), Index("u", "c")]
    ),
    "add check": one(lambda: [_c(Integer)], lambda: [_c(Integer), CheckConstraint("c > 0", name="k")]),
    "drop check": one(lambda: [_c(Integer), CheckConstraint("c > 0", name="k")], lambda: [_c(Integer)]),
    "change check": one(
        lambda: [_c(Integer), CheckConstraint("c > 0", name="k")],
        lambda: [_c(Integer), CheckConstraint("c > 1", name="k")],
    ),
    "check on new column": one(_empty, lambda: [_c(Integer), CheckConstraint("c > 0", name="k")]),
    "add foreign key": two(lambda: [_c(Integer)], lambda: [_c(Integer, ForeignKey("p.id", name="fk"))]),
    "drop foreign key": two(lambda: [_c(Integer, ForeignKey("p.id", name="fk"))], lambda: [_c(Integer)]),
    "add unnamed foreign key": two(lambda: [_c(Integer)], lambda: [_c(Integer, ForeignKey("p.id"))]),
    "add column with foreign key": two(_empty, lambda: [_c(Integer, ForeignKey("p.id", name="fk"))]),
    "drop column with foreign key": two(lambda: [_c(Integer, ForeignKey("p.id", name="fk"))], _empty),
    "foreign key cascades": two(
        lambda: [_c(Integer, ForeignKey("p.id", name="fk"))],
        lambda: [_c(Integer, ForeignKey("p.id", name="fk", ondelete="CASCADE"))],
    ),
    "foreign key to other column": two(
        lambda: [_c(String(10), ForeignKey("p.code", name="fk"))], lambda: [_c(String(10))]
    ),
    "composite foreign key": two(
        lambda: [_c(Integer), Column("d", Integer)],
        lambda: [
            _c(Integer),
            Column("d", Integer),
            ForeignKeyConstraint(["c", "d"], ["p.a", "p.b"], name="fk"),
        ],
    ),
    "foreign key with index": two(
        lambda: [_c(Integer, ForeignKey("p.id", name="fk"), index=True)], lambda: [_c(Integer)]
    ),
    "index under foreign key goes": two(
        lambda: [_c(Integer, ForeignKey("p.id", name="fk")), Index("i", "c")], lambda: [_c(Integer)]
    ),
    "drop table that others refer to": Pair(
        lambda m: (parent(m), table(m, "t", _c(Integer, ForeignKey("p.id", name="fk")))),
        lambda m: table(m, "t", _c(Integer)),
    ),
    "add table and key to it": Pair(
        lambda m: table(m, "t", _c(Integer)),
        lambda m: (parent(m), table(m, "t", _c(Integer, ForeignKey("p.id", name="fk")))),
    ),
    "primary key grows": Pair(
        lambda m: Table(
            "k",
            m,
            Column("a", Integer, nullable=False),
            Column("b", Integer, nullable=False),
            PrimaryKeyConstraint("a", name="pk_k"),
        ),
        lambda m: Table(
            "k",
            m,
            Column("a", Integer, nullable=False),
            Column("b", Integer, nullable=False),
            PrimaryKeyConstraint("a", "b", name="pk_k"),
        ),
    ),
    "primary key comes": Pair(
        lambda m: Table("k", m, Column("a", Integer, nullable=False)),
        lambda m: Table("k", m, Column("a", Integer, nullable=False, autoincrement=False, primary_key=True)),
    ),
}

COMMON: dict[str, Pair] = {**TABLES, **COLUMNS, **ALTERATIONS, **CONSTRAINTS}

"""Schema pairs written by hand for SQLite."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from .pairs import Pair, nothing, one, two


def _c(*args: Any, **kw: Any) -> Column[Any]:
    return Column("c", *args, **kw)


def _counting(**options: Any) -> Any:
    return lambda m: (nothing(m), Table("t", m, Column("id", Integer, primary_key=True), **options))


PAIRS: dict[str, Pair] = {
    "partial index": one(
        lambda: [_c(Integer), Index("i", "c")],
        lambda: [_c(Integer), Index("i", "c", sqlite_where=text("c > 5"))],
    ),
    "predicate changes": one(
        lambda: [_c(Integer), Index("i", "c", sqlite_where=text("c > 4"))],
        lambda: [_c(Integer), Index("i", "c", sqlite_where=text("c > 5"))],
    ),
    "expression index": one(lambda: [_c(Text)], lambda: [_c(Text), Index("i", text("lower(c)"))]),
    "expression changes": one(
        lambda: [_c(Text), Index("i", text("lower(c)"))], lambda: [_c(Text), Index("i", text("upper(c)"))]
    ),
    "collation": one(lambda: [_c(String(9))], lambda: [_c(String(9, collation="NOCASE"))]),
    "add computed": one(list, lambda: [_c(Integer, Computed("id * 2", persisted=False))]),
    "change computed": one(
        lambda: [_c(Integer, Computed("id * 2", persisted=False))],
        lambda: [_c(Integer, Computed("id * 3", persisted=False))],
    ),
    "add autoincrement table": Pair(nothing, _counting(sqlite_autoincrement=True)),
    "without rowid": Pair(
        nothing,
        lambda m: (
            nothing(m),
            Table("w", m, Column("k", String(5), primary_key=True), _c(Integer), sqlite_with_rowid=False),
        ),
    ),
    "strict table": Pair(
        nothing,
        lambda m: (nothing(m), Table("s", m, Column("k", Integer, primary_key=True), sqlite_strict=True)),
    ),
    "checked boolean": one(list, lambda: [_c(sa.Boolean(create_constraint=True, name="ck_bool"))]),
    "checked enum": one(list, lambda: [_c(sa.Enum("a", "b", name="ck_enum", create_constraint=True))]),
    "unique on conflict": one(
        lambda: [_c(Integer)],
        lambda: [_c(Integer), UniqueConstraint("c", name="u", sqlite_on_conflict="REPLACE")],
    ),
    "key with deferral": two(
        lambda: [_c(Integer)],
        lambda: [_c(Integer, ForeignKey("p.id", name="fk", deferrable=True, initially="DEFERRED"))],
    ),
    "default of parentheses": one(
        lambda: [_c(Text)], lambda: [_c(Text, server_default=text("('a' || 'b')"))]
    ),
    "default of time": one(
        lambda: [_c(sa.DateTime)], lambda: [_c(sa.DateTime, server_default=text("CURRENT_TIMESTAMP"))]
    ),
    "default of blob": one(
        lambda: [_c(sa.LargeBinary)], lambda: [_c(sa.LargeBinary, server_default=text("x'00'"))]
    ),
    "negative default": one(lambda: [_c(Integer)], lambda: [_c(Integer, server_default=text("-5"))]),
    "check with comma and quotes": one(
        lambda: [_c(Text)], lambda: [_c(Text), CheckConstraint("c IN ('a,b', 'it''s', ')')", name="k")]
    ),
    "unnamed check": one(lambda: [_c(Integer)], lambda: [_c(Integer), CheckConstraint("c <> 3")]),
}

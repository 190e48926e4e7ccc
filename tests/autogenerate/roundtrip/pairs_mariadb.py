"""Schema pairs written by hand for MariaDB."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, Computed, ForeignKey, Index, Integer, MetaData, String, Table, Text, text
from sqlalchemy.dialects import mysql

from .pairs import Pair, and_stays, nothing, one, table, two


def _c(*args: Any, **kw: Any) -> Column[Any]:
    return Column("c", *args, **kw)


def _options(**options: Any) -> Any:
    return lambda m: table(m, "t", _c(String(9)), **options)


def _key(**options: Any) -> Any:
    return lambda m: Table("t", m, Column("id", Integer, primary_key=True, **options))


def _sequence(m: MetaData) -> None:
    table(m, "t")
    sa.Sequence("counter", start=5, metadata=m)


_TOUCHED = "CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP"

PAIRS: dict[str, Pair] = {
    "unsigned": one(lambda: [_c(Integer)], lambda: [_c(mysql.INTEGER(unsigned=True))]),
    "unsigned goes": one(lambda: [_c(mysql.BIGINT(unsigned=True))], lambda: [_c(sa.BigInteger)]),
    "enum gains a value": one(lambda: [_c(mysql.ENUM("a"))], lambda: [_c(mysql.ENUM("a", "b"))]),
    "enum loses a value": one(lambda: [_c(mysql.ENUM("a", "b"))], lambda: [_c(mysql.ENUM("b"))]),
    "enum is reordered": one(lambda: [_c(mysql.ENUM("a", "b"))], lambda: [_c(mysql.ENUM("b", "a"))]),
    "enum of the model": one(
        lambda: [_c(sa.Enum("a", name="e"))], lambda: [_c(sa.Enum("a", "it's", name="e"))]
    ),
    "set": one(lambda: [_c(mysql.SET("a"))], lambda: [_c(mysql.SET("a", "b"))]),
    "collation": one(lambda: [_c(String(9))], lambda: [_c(String(9, collation="utf8mb4_bin"))]),
    "collation goes": one(lambda: [_c(String(9, collation="utf8mb4_bin"))], lambda: [_c(String(9))]),
    "character set": one(lambda: [_c(String(9))], lambda: [_c(mysql.VARCHAR(9, charset="latin1"))]),
    "engine": Pair(_options(mariadb_engine="InnoDB"), _options(mariadb_engine="MyISAM")),
    "default character set": Pair(
        _options(mariadb_charset="utf8mb4", mariadb_collate="utf8mb4_general_ci"),
        _options(mariadb_charset="utf8mb4", mariadb_collate="utf8mb4_unicode_ci"),
    ),
    "counter stops": Pair(_key(), _key(autoincrement=False)),
    "counter begins": Pair(_key(autoincrement=False), _key()),
    "key grows": Pair(_key(), lambda m: Table("t", m, Column("id", sa.BigInteger, primary_key=True))),
    "comment on counter": Pair(_key(), _key(comment="counts")),
    "prefix of index": one(
        lambda: [_c(String(90)), Index("i", "c", mariadb_length=10)],
        lambda: [_c(String(90)), Index("i", "c", mariadb_length=20)],
    ),
    "index on text": one(lambda: [_c(Text)], lambda: [_c(Text), Index("i", "c", mariadb_length={"c": 20})]),
    "full text": one(lambda: [_c(Text)], lambda: [_c(Text), Index("i", "c", mariadb_prefix="FULLTEXT")]),
    "decimal default in other words": one(
        lambda: [_c(sa.Numeric(12, 2), server_default="0")],
        lambda: [_c(sa.Numeric(12, 2), server_default="0.5")],
    ),
    "touched timestamp": one(
        lambda: [_c(mysql.TIMESTAMP, server_default=text("CURRENT_TIMESTAMP"), nullable=False)],
        lambda: [_c(mysql.TIMESTAMP, server_default=text(_TOUCHED), nullable=False)],
    ),
    "comment on touched timestamp": one(
        lambda: [_c(mysql.TIMESTAMP, server_default=text(_TOUCHED), nullable=False)],
        lambda: [_c(mysql.TIMESTAMP, server_default=text(_TOUCHED), nullable=False, comment="touched")],
    ),
    "precision of datetime": one(lambda: [_c(mysql.DATETIME)], lambda: [_c(mysql.DATETIME(fsp=3))]),
    "longer text": one(lambda: [_c(Text)], lambda: [_c(mysql.LONGTEXT)]),
    "json": one(lambda: [_c(Text)], lambda: [_c(sa.JSON)]),
    "boolean to integer": one(lambda: [_c(sa.Boolean)], lambda: [_c(Integer)]),
    "computed comes": one(list, lambda: [_c(Integer, Computed("3 * 2", persisted=False))]),
    "computed changes": one(
        lambda: [Column("n", Integer), _c(Integer, Computed("n * 2", persisted=True))],
        lambda: [Column("n", Integer), _c(Integer, Computed("n * 3", persisted=True))],
    ),
    "computed becomes virtual": one(
        lambda: [Column("n", Integer), _c(Integer, Computed("n * 2", persisted=True))],
        lambda: [Column("n", Integer), _c(Integer, Computed("n * 2", persisted=False))],
    ),
    "computed boolean": one(
        lambda: [Column("n", Integer)],
        lambda: [Column("n", Integer), _c(sa.Boolean, Computed("n > 2", persisted=True))],
    ),
    "own index under foreign key": two(
        lambda: [_c(Integer, ForeignKey("p.id", name="fk"))],
        lambda: [_c(Integer, ForeignKey("p.id", name="fk")), Index("own", "c")],
    ),
    "index and key go together": two(
        lambda: [_c(Integer, ForeignKey("p.id", name="fk")), Index("own", "c")], lambda: [_c(Integer)]
    ),
    "restrict is no action": two(
        lambda: [_c(Integer, ForeignKey("p.id", name="fk", ondelete="RESTRICT"))],
        lambda: [_c(Integer, ForeignKey("p.id", name="fk", ondelete="CASCADE"))],
    ),
    "table comment": Pair(_options(), _options(comment='it\'s \\ 100% "new"')),
    "column comment keeps the rest": one(
        lambda: [_c(String(9, collation="utf8mb4_bin"), server_default="x", nullable=False)],
        lambda: [_c(String(9, collation="utf8mb4_bin"), server_default="x", nullable=False, comment="new")],
    ),
    "sequence comes": Pair(lambda m: table(m, "t"), _sequence),
    "sequence goes": Pair(_sequence, lambda m: table(m, "t")),
    "table in another engine": Pair(
        nothing, and_stays(lambda m: table(m, "t", _c(String(9)), mariadb_engine="Aria"))
    ),
}

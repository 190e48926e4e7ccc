"""What Alembic 1.20.1 misses on MariaDB, or reports though nothing changed: each there, back, and quiet."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Column, Computed, Index, Integer, String, text
from sqlalchemy.dialects import mysql

from .comparing import Items, migrated, models, unchanged


def _c(*args: Any, **kw: Any) -> Column[Any]:
    return Column("c", *args, **kw)


# name: before, after, what the upgrade must say
DETECTED: dict[str, tuple[Items, Items, str]] = {
    "enum reordered": (
        lambda: [_c(sa.Enum("a", "b"))],
        lambda: [_c(sa.Enum("b", "a"))],
        'type_=sa.Enum("b", "a")',
    ),
    "enum grows": (lambda: [_c(sa.Enum("a"))], lambda: [_c(sa.Enum("a", "b"))], 'type_=sa.Enum("a", "b")'),
    "enum shrinks": (lambda: [_c(sa.Enum("a", "b"))], lambda: [_c(sa.Enum("b"))], 'type_=sa.Enum("b")'),
    "prefix length": (
        lambda: [_c(String(90)), Index("i", "c", mariadb_length=10)],
        lambda: [_c(String(90)), Index("i", "c", mariadb_length=20)],
        "mariadb_length=20",
    ),
    "full text": (
        lambda: [_c(String(90)), Index("i", "c")],
        lambda: [_c(String(90)), Index("i", "c", mariadb_prefix="FULLTEXT")],
        'mariadb_prefix="FULLTEXT"',
    ),
    "collation": (
        lambda: [_c(String(9))],
        lambda: [_c(String(9, collation="utf8mb4_bin"))],
        'type_=sa.String(length=9, collation="utf8mb4_bin")',
    ),
    "collation goes": (
        lambda: [_c(String(9, collation="utf8mb4_bin"))],
        lambda: [_c(String(9))],
        "type_=sa.String(length=9)",
    ),
    "character set": (
        lambda: [_c(mysql.VARCHAR(9))],
        lambda: [_c(mysql.VARCHAR(9, charset="latin1"))],
        'type_=mysql.VARCHAR(charset="latin1", length=9)',
    ),
    "unsigned": (
        lambda: [_c(Integer)],
        lambda: [_c(mysql.INTEGER(unsigned=True))],
        "type_=mysql.INTEGER(unsigned=True)",
    ),
    "length": (lambda: [_c(String(40))], lambda: [_c(String(50))], "type_=sa.String(length=50)"),
    "precision of time": (
        lambda: [_c(sa.DateTime)],
        lambda: [_c(mysql.DATETIME(fsp=6))],
        "type_=mysql.DATETIME(fsp=6)",
    ),
    "check appears": (
        lambda: [_c(Integer)],
        lambda: [_c(Integer), sa.CheckConstraint("c > 0", name="k")],
        'op.create_check_constraint("k", "t", "c > 0")',
    ),
    "check changes": (
        lambda: [_c(Integer), sa.CheckConstraint("c > 0", name="k")],
        lambda: [_c(Integer), sa.CheckConstraint("c > 1", name="k")],
        'op.create_check_constraint("k", "t", "c > 1")',
    ),
    "check without a name": (
        lambda: [_c(Integer)],
        lambda: [_c(Integer), sa.CheckConstraint("c in (1, 2)")],
        "op.create_check_constraint(",
    ),
    "values of an enum by check": (
        lambda: [_c(sa.Enum("a", "b", native_enum=False, create_constraint=True, name="k"))],
        lambda: [_c(sa.Enum("a", "z", native_enum=False, create_constraint=True, name="k"))],
        "op.create_check_constraint(",
    ),
    "check of a column appears": (
        lambda: [_c(Integer)],
        lambda: [_c(Integer, sa.CheckConstraint("c > 0"))],
        'check="c > 0"',
    ),
    "check of a column changes": (
        lambda: [_c(Integer, sa.CheckConstraint("c > 0"))],
        lambda: [_c(Integer, sa.CheckConstraint("c > 1"))],
        'existing_check="`c` > 0"',
    ),
    "check of a column goes": (
        lambda: [_c(Integer, sa.CheckConstraint("c > 0"))],
        lambda: [_c(Integer)],
        'check=""',
    ),
    "check of a column stays when the column is restated": (
        lambda: [_c(String(9), sa.CheckConstraint("c <> 'a%'"))],
        lambda: [_c(String(9), sa.CheckConstraint("c <> 'a%'"), comment="x", nullable=False)],
        "existing_check=",
    ),
    "check of a column goes with it": (
        lambda: [_c(String(9), sa.CheckConstraint("c <> 'a'")), Column("d", Integer)],
        lambda: [Column("d", Integer)],
        "op.drop_column(",
    ),
    "expression": (
        lambda: [Column("n", Integer), _c(Integer, Computed("n + 1"))],
        lambda: [Column("n", Integer), _c(Integer, Computed("n + 2"))],
        'sa.Computed("n + 2")',
    ),
    "stored": (
        lambda: [Column("n", Integer), _c(Integer, Computed("n + 1"))],
        lambda: [Column("n", Integer), _c(Integer, Computed("n + 1", persisted=True))],
        "persisted=True",
    ),
    "default": (
        lambda: [_c(sa.Numeric(12, 2), server_default="0")],
        lambda: [_c(sa.Numeric(12, 2), server_default="1")],
        'server_default="1"',
    ),
    "default by expression": (
        lambda: [_c(String(40))],
        lambda: [_c(String(40), server_default=text("(concat('100%', lower('A')))"))],
        "concat",
    ),
    "on update": (
        lambda: [_c(sa.DateTime, server_default=sa.func.now())],
        lambda: [_c(sa.DateTime, server_default=text("now() ON UPDATE now()"))],
        "ON UPDATE",
    ),
    "on update goes": (
        lambda: [_c(sa.DateTime, server_default=text("NULL ON UPDATE now()"))],
        lambda: [_c(sa.DateTime)],
        "server_default=None",
    ),
    "direction of index": (
        lambda: [_c(Integer), Index("i", "c")],
        lambda: [_c(Integer), Index("i", text("c DESC"))],
        "DESC",
    ),
    "action of foreign key": (
        lambda: [_c(Integer, sa.ForeignKey("p.id", name="fk"))],
        lambda: [_c(Integer, sa.ForeignKey("p.id", name="fk", ondelete="CASCADE"))],
        'ondelete="CASCADE"',
    ),
    "JSON": (lambda: [_c(sa.Text)], lambda: [_c(sa.JSON)], "type_=sa.JSON()"),
    "a long text becomes JSON": (lambda: [_c(mysql.LONGTEXT)], lambda: [_c(sa.JSON)], "type_=sa.JSON()"),
}


@pytest.mark.parametrize("case", DETECTED)
def test_detected(mariadb_url: str, case: str) -> None:
    before, after, said = DETECTED[case]
    code = migrated(mariadb_url, models(before), models(after))
    assert said in _on_one_line(code), code


# options of the table before and after, what the upgrade must say
OPTIONS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "engine": ({"mariadb_engine": "InnoDB"}, {"mariadb_engine": "MyISAM"}, "ENGINE=MyISAM"),
    "collation": (
        {"mariadb_collate": "utf8mb4_general_ci"},
        {"mariadb_collate": "utf8mb4_bin"},
        "COLLATE utf8mb4_bin",
    ),
    "character set": (
        {"mariadb_default_charset": "latin1"},
        {"mariadb_charset": "utf8mb4"},
        "COLLATE utf8mb4_",
    ),
    "character set is said": ({}, {"mariadb_charset": "latin1"}, "COLLATE latin1_swedish_ci"),
    "row format": ({}, {"mariadb_row_format": "COMPACT"}, "ROW_FORMAT=COMPACT"),
    "comment": ({"comment": "a"}, {"comment": "it's"}, "op.create_table_comment("),
}


@pytest.mark.parametrize("case", OPTIONS)
def test_options_of_the_table(mariadb_url: str, case: str) -> None:
    def items() -> list[Any]:
        own = Column("own", String(5, collation="utf8mb4_unicode_ci"))
        return [_c(String(9)), own, Column("e", sa.Enum("a")), Column("j", sa.JSON), Column("n", Integer)]

    before, after, said = OPTIONS[case]
    code = migrated(mariadb_url, models(items, **before), models(items, **after))
    assert said in _on_one_line(code), code


def test_autoincrement_goes_and_comes(mariadb_url: str) -> None:
    def key(**options: Any) -> sa.MetaData:
        metadata = sa.MetaData()
        sa.Table("t", metadata, Column("id", Integer, primary_key=True, **options), Column("n", Integer))
        return metadata

    there = _on_one_line(migrated(mariadb_url, key(), key(autoincrement=False)))
    assert "autoincrement=False, existing_autoincrement=True" in there
    back = _on_one_line(migrated(mariadb_url, key(autoincrement=False), key()))
    assert "autoincrement=True, existing_autoincrement=False" in back


def test_what_is_not_mentioned_survives_a_comment_on_a_counter(mariadb_url: str) -> None:
    def key(**options: Any) -> sa.MetaData:
        metadata = sa.MetaData()
        unsigned = mysql.BIGINT(unsigned=True)
        sa.Table("t", metadata, Column("id", unsigned, primary_key=True, **options))
        return metadata

    assert "existing_autoincrement=True" in migrated(mariadb_url, key(), key(comment="counts"))


def test_sequences(mariadb_url: str) -> None:
    def counted(**options: Any) -> sa.MetaData:
        metadata = models(list)
        if options:
            sa.Sequence("s", metadata=metadata, **options)
        return metadata

    assert "CREATE SEQUENCE s" in migrated(mariadb_url, counted(), counted(start=5))
    changed = migrated(mariadb_url, counted(start=5), counted(start=7, increment=3, cycle=True, maxvalue=99))
    assert "ALTER SEQUENCE s" in changed
    assert "DROP SEQUENCE s" in migrated(mariadb_url, counted(start=5, increment=-1, maxvalue=9), counted())


# What is written differently in the catalogue, and means the same.
UNCHANGED: dict[str, Items] = {
    "bool": lambda: [_c(sa.Boolean, server_default=sa.true(), nullable=False)],
    "bool with check": lambda: [_c(sa.Boolean(create_constraint=True, name="k"))],
    "enum of one value with check": lambda: [_c(sa.Enum("a", native_enum=False, create_constraint=True))],
    "json": lambda: [_c(sa.JSON, server_default=text("'{}'")), Column("d", sa.JSON, nullable=False)],
    "json by its other name": lambda: [_c(mysql.LONGTEXT(collation="utf8mb4_bin"))],
    "on update timestamp": lambda: [
        _c(
            sa.TIMESTAMP, server_default=text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP"), nullable=False
        ),
        Column("d", mysql.DATETIME(fsp=3), server_default=text("now(3) on update NOW(3)")),
        Column("e", sa.TIMESTAMP, nullable=True),
    ],
    "computed bool": lambda: [
        Column("n", Integer),
        _c(sa.Boolean, Computed("NOT (n > 1 AND n IN (7)) OR n IS NULL", persisted=True)),
    ],
    "now": lambda: [
        _c(sa.DateTime, server_default=sa.func.now()),
        Column("d", sa.DateTime, server_default=sa.func.current_timestamp()),
        Column("e", sa.DateTime, server_default=text("LOCALTIME")),
        Column("f", sa.Date, server_default=text("(curdate())")),
    ],
    "numbers": lambda: [
        _c(sa.Numeric(12, 2), server_default="0"),
        Column("d", Integer, server_default=text("+7")),
        Column("e", sa.Float, server_default="1.50"),
        Column("f", sa.Double, server_default=text("1e10")),
        Column("g", sa.Numeric, server_default="2.5"),
        Column("h", mysql.BIT(4), server_default=text("5")),
        Column("i", mysql.YEAR, server_default="2020"),
        Column("j", Integer, server_default=text("0x10")),
        Column("k", sa.Numeric(5, 2), server_default=text("-1.005")),
    ],
    "strings": lambda: [
        _c(String(20), server_default='it\'s \\ 100% "x" :y\n'),
        Column("d", String(20), server_default=text("5")),
        Column("e", sa.CHAR(9), server_default="x  "),
        Column("f", mysql.BINARY(3), server_default="a"),
        Column("g", String(5), server_default="NULL"),
        Column("h", String(5), server_default=text("NULL")),
        Column("i", sa.Text, server_default=text("('x')")),
        Column("k", String(30), server_default=text("(upper(concat('a', \"b\")))")),
    ],
    "moments": lambda: [
        _c(sa.DateTime, server_default="2020-1-2"),
        Column("d", mysql.DATETIME(fsp=6), server_default="2020-01-01 10:00:00.5"),
        Column("e", sa.Time, server_default="1:2"),
        Column("f", sa.Date, server_default="2020-1-2"),
    ],
    "sets and enums": lambda: [
        _c(mysql.SET("y", "x"), server_default="x,y"),
        Column("d", sa.Enum("it's", "100%", "a\\b", "é", "c,d"), server_default="it's"),
        Column("e", mysql.SET("", "a", retrieve_as_bitwise=True)),
    ],
    "types": lambda: [
        _c(sa.Uuid),
        Column("d", sa.Text(50)),
        Column("e", sa.Text(100)),
        Column("f", sa.Text(70000)),
        Column("g", sa.LargeBinary(100)),
        Column("h", sa.Float(53)),
        Column("i", sa.Interval),
        Column("k", sa.Unicode(10)),
        Column("l", mysql.NVARCHAR(10)),
        Column("m", mysql.VARCHAR(10, binary=True)),
        Column("n", mysql.TINYINT(1)),
        Column("o", mysql.INTEGER(5, zerofill=True)),
        Column("q", mysql.INTEGER(5)),
        Column("r", sa.CHAR),
        Column("s", sa.REAL),
        Column("u", mysql.DOUBLE(8, 2), server_default="1"),
        Column("v", sa.TIMESTAMP, nullable=True, server_default="2020-01-01"),
    ],
    "checks": lambda: [
        _c(Integer, sa.CheckConstraint("c > 0")),
        sa.CheckConstraint("NOT (c = 5) OR (c != 7 AND c BETWEEN 1 AND 9)", name="k1"),
        sa.CheckConstraint("c<>7"),
        sa.CheckConstraint(sa.column("c").in_([1])),
        sa.CheckConstraint("lower('A%') LIKE 'a%' and true", name="K 2"),
    ],
    "keys": lambda: [
        _c(Integer, sa.ForeignKey("p.id", ondelete="RESTRICT", onupdate="NO ACTION")),
        Column("d", Integer, sa.ForeignKey("p.id", name="fk"), unique=True),
        Column("e", sa.Text),
        sa.UniqueConstraint("c", "d"),
        Index("u", "d", "c", unique=True),
        Index("long", "e"),
        Index("whole", "c", mariadb_length={"e": 4}),
    ],
    "comments": lambda: [_c(Integer, comment='it\'s 100% \\ "x"\n:y'), Column("d", Integer, comment="")],
}


@pytest.mark.parametrize("case", UNCHANGED)
def test_unchanged(mariadb_url: str, case: str) -> None:
    sent = unchanged(mariadb_url, models(UNCHANGED[case]))
    assert len(sent) <= 9


def _on_one_line(code: str) -> str:
    joined = " ".join(line.strip() for line in code.splitlines())
    for opening in "([":
        joined = joined.replace(opening + " ", opening)
    return joined.replace(", )", ")").replace(" )", ")")

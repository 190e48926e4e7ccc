"""Types and defaults in one spelling, for both servers, without a connection."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects.mysql import pymysql
from sqlalchemy.dialects.mysql.base import MySQLTypeCompiler
from sqlalchemy.dialects.mysql.mariadb import INET6, loader

from alembic.ddl.mysql.column_types import TypeReader, base_text, definition
from alembic.ddl.mysql.compare import MySQLRules
from alembic.ddl.mysql.strings import literal, members, string_value


def rules(version: tuple[int, ...] = (8, 0, 36), mariadb: bool = False) -> MySQLRules:
    dialect = pymysql.MySQLDialect_pymysql(is_mariadb=mariadb)
    dialect.server_version_info = version
    return MySQLRules(dialect)


TYPES = [
    (sa.Integer(), "int"),
    (sa.SmallInteger(), "smallint"),
    (sa.Boolean(), "tinyint"),
    (mysql.INTEGER(unsigned=True), "int unsigned"),
    (mysql.INTEGER(display_width=5), "int(5)"),
    (mysql.BIGINT(zerofill=True), "bigint unsigned zerofill"),
    (sa.Numeric(), "decimal(10,0)"),
    (sa.Numeric(12), "decimal(12,0)"),
    (sa.Numeric(12, 2), "decimal(12,2)"),
    (sa.Float(), "float"),
    (sa.Float(24), "float"),
    (sa.Float(53), "double"),
    (sa.Double(), "double"),
    (sa.REAL(), "double"),
    (mysql.FLOAT(7, 3), "float(7,3)"),
    (sa.String(5), "varchar(5)"),
    (sa.Unicode(5), "varchar(5)"),
    (mysql.NVARCHAR(5), "varchar(5) character set utf8mb3"),
    (mysql.VARCHAR(5, charset="utf8"), "varchar(5) character set utf8mb3"),
    (mysql.VARCHAR(5, ascii=True), "varchar(5) character set latin1"),
    (mysql.VARCHAR(5, binary=True), "varchar(5) collate _bin"),
    (sa.String(5, collation="utf8_bin"), "varchar(5) collate utf8mb3_bin"),
    (sa.CHAR(), "char(1)"),
    (sa.Text(), "text"),
    (sa.Text(63), "tinytext"),
    (sa.Text(64), "text"),
    (sa.Text(16384), "mediumtext"),
    (sa.LargeBinary(), "blob"),
    (sa.LargeBinary(255), "tinyblob"),
    (mysql.BINARY(), "binary(1)"),
    (mysql.BIT(), "bit(1)"),
    (mysql.YEAR(4), "year"),
    (sa.DateTime(), "datetime"),
    (mysql.TIMESTAMP(fsp=0), "timestamp"),
    (mysql.TIME(fsp=3), "time(3)"),
    (sa.Enum("a", "it's", "100%", "b\\", " c "), "enum('a','it''s','100%','b\\\\',' c')"),
    (mysql.SET("a", "b,("), "set('a','b,(')"),
    (sa.JSON(), "json"),
]
if hasattr(MySQLTypeCompiler, "visit_INET6"):  # in SQLAlchemy 2.0 it is MariaDB's alone
    TYPES.append((INET6(), "inet6"))


@pytest.mark.parametrize(("type_", "text"), TYPES)
@pytest.mark.parametrize("mariadb", [True, False], ids=["mariadb", "mysql"])
def test_types_of_models(type_: sa.types.TypeEngine[Any], text: str, mariadb: bool) -> None:
    assert rules(mariadb=mariadb).type_text(type_) == text


def test_types_of_mariadb_alone() -> None:
    assert MySQLRules(loader("pymysql")()).type_text(INET6()) == "inet6"


STORED = [
    ("int(11)", "int", "INTEGER(display_width=11)"),
    ("int", "int", "INTEGER()"),
    ("tinyint(1)", "tinyint", "TINYINT(display_width=1)"),
    ("int(5) zerofill", "int unsigned zerofill", "INTEGER(display_width=5, unsigned=True, zerofill=True)"),
    ("decimal(12,2)", "decimal(12,2)", "DECIMAL(precision=12, scale=2)"),
    ("double unsigned", "double unsigned", "DOUBLE(asdecimal=True, unsigned=True)"),
    ("varchar(20)", "varchar(20)", "VARCHAR(length=20)"),
    ("datetime(6)", "datetime(6)", "DATETIME(fsp=6)"),
    ("year(4)", "year", "YEAR(display_width=4)"),
    ("longblob", "longblob", "LONGBLOB()"),
    ("enum('b''c','d\\\\','e\\n')", "enum('b''c','d\\\\','e\n')", "ENUM(\"b'c\", 'd\\\\', 'e\\n')"),
    ("set('','x')", "set('','x')", "SET('', 'x', retrieve_as_bitwise=True)"),
    ("uuid", "uuid", "UUID()"),
]  # fmt: skip


@pytest.mark.parametrize(("column_type", "text", "shown"), STORED)
def test_types_of_the_catalogue(column_type: str, text: str, shown: str) -> None:
    subject = rules()
    record = {"column_type": column_type, "collation": "utf8mb4_bin", "own_collation": False}
    assert subject.record_type(record) == text
    reader = TypeReader(subject.dialect)
    type_ = reader.type(column_type, None, None, False)
    assert repr(type_) == shown
    assert reader.type(column_type, None, None, False) is type_


def test_an_unknown_type_is_told_and_read_as_nothing() -> None:
    with pytest.warns(UserWarning, match="Did not recognize type 'polygon' of a column"):
        type_ = TypeReader(rules().dialect).type("polygon", None, None, False)
    assert isinstance(type_, sa.types.NullType)


def test_how_long_a_text_becomes_depends_on_the_character_set() -> None:
    parts = definition("TEXT(100)")
    assert (base_text(parts, 1), base_text(parts, 3)) == ("tinytext", "text")


# type, default as a model has it, what MariaDB stores
DEFAULTS = [
    ("decimal(12,2)", "'0'", "0.00"),
    ("decimal(12,2)", "-1.005", "-1.01"),
    ("decimal(5,2)", "'-0.001'", "0.00"),
    ("int", "'7'", "7"),
    ("int", "1.5", "2"),
    ("int", "+5", "5"),
    ("int", "0x10", "16"),
    ("tinyint", "true", "1"),
    ("tinyint", "(FALSE)", "0"),
    ("int unsigned", "(((3)))", "3"),
    ("float", "'1.50'", "1.5"),
    ("double", "1e10", "10000000000.0"),
    ("double(8,2)", "1", "1.00"),
    ("bit(8)", "5", "b'101'"),
    ("bit(8)", "b'0101'", "b'101'"),
    ("bit(8)", "'A'", "b'1000001'"),
    ("year", "'2020'", "2020"),
    ("year", "20", "2020"),
    ("varchar(9)", "5", "'5'"),
    ("varchar(9)", "5.50", "'5.50'"),
    ("varchar(9)", "TRUE", "'1'"),
    ("varchar(9)", '"d""q"', "'d\"q'"),
    ("varchar(9)", "x'6162'", "'ab'"),
    ("varchar(9)", "'a\\'b'", "'a''b'"),
    ("char(9)", "'x  '", "'x'"),
    ("binary(3)", "'a'", "'a\0\0'"),
    ("set('x','y')", "'y,x,y'", "'x,y'"),
    ("date", "'2020-1-2'", "'2020-01-02'"),
    ("datetime", "'2020-01-02'", "'2020-01-02 00:00:00'"),
    ("datetime(3)", "'2020-1-2T3:4'", "'2020-01-02 03:04:00.000'"),
    ("timestamp", "0", "'0000-00-00 00:00:00'"),
    ("time(1)", "'-1:2'", "'-01:02:00.0'"),
    ("date", "'no date'", "'no date'"),
    ("int", "'no number'", "'no number'"),
    ("datetime", "now()", "current_timestamp()"),
    ("datetime(6)", "LOCALTIMESTAMP( 6 )", "current_timestamp(6)"),
    ("datetime", "NOW(0) on update  NOW()", "current_timestamp() ON UPDATE current_timestamp()"),
    ("timestamp", "NULL ON UPDATE now()", "NULL ON UPDATE current_timestamp()"),
    ("uuid", "'ABC'", "'abc'"),
    ("json", "('{}')", "'{}'"),
    ("varchar(9)", "(UUID())", "uuid()"),
    ("int", "NULL", None),
    ("varchar(9)", "'NULL'", "'NULL'"),
    ("varchar(50)", "'a on update b'", "'a on update b'"),
]


@pytest.mark.parametrize(("type_text", "said", "stored"), DEFAULTS)
def test_defaults(type_text: str, said: str, stored: str | None) -> None:
    subject = rules((10, 11, 6), mariadb=True)
    assert subject.default(said, type_text) == stored
    assert subject.default(stored, type_text) == stored


@pytest.mark.parametrize(("value", "text"), [("it's", "'it''s'"), ("a\\b", "'a\\\\b'"), ('"', "'\"'")])
def test_strings(value: str, text: str) -> None:
    assert literal(value) == text
    assert string_value(text) == value


def test_no_strings() -> None:
    assert string_value("'a' || 'b'") is None
    assert string_value("now()") is None
    assert members("'a','b''c',\"d\",'e '") == ("a", "b'c", "d", "e")


def test_expressions_of_mysql() -> None:
    said = "concat(`s`,_utf8mb4'a',_latin1'_utf8mb4''') <> _utf8mb3 'x'"
    assert rules().expression(f"({said})") == rules().expression("concat(s, 'a', '_utf8mb4''') != 'x'")


# version of the server, is it a MariaDB, whether it tells of CHECKs
@pytest.mark.parametrize(
    ("version", "mariadb", "tells"),
    [
        ((8, 0, 15), False, False),
        ((8, 0, 16), False, True),
        ((10, 2, 8), True, False),
        ((10, 2, 22), True, True),
    ],
)
def test_checks_where_the_server_forgets_them(version: tuple[int, ...], mariadb: bool, tells: bool) -> None:
    subject = rules(version, mariadb)
    check = sa.CheckConstraint("n > 0", name="k")
    sa.Table("t", sa.MetaData(), sa.Column("n", sa.Integer), check)
    assert (subject.model_check(check) is not None) is tells


def test_descending_parts_where_the_server_forgets_them() -> None:
    table = sa.Table("t", sa.MetaData(), sa.Column("n", sa.Integer))
    index = sa.Index("i", table.c.n.desc())
    old, new = rules((5, 7, 40)).model_index(index), rules().model_index(index)
    assert old is not None and new is not None
    assert (old.elements, new.elements) == (("n",), ("n DESC",))


NOT_COUNTING: list[Callable[[], list[sa.Column[Any]]]] = [
    lambda: [sa.Column("id", sa.Integer, primary_key=True, autoincrement=False)],
    lambda: [sa.Column("id", sa.String(3), primary_key=True)],
    lambda: [sa.Column("id", sa.Integer, primary_key=True, server_default="3")],
    lambda: [sa.Column("id", sa.Integer, sa.ForeignKey("x.id"), primary_key=True)],
    lambda: [sa.Column("id", sa.Integer, primary_key=True), sa.Column("b", sa.Integer, primary_key=True)],
]


@pytest.mark.parametrize("columns", NOT_COUNTING)
def test_who_does_not_count(columns: Callable[[], list[sa.Column[Any]]]) -> None:
    table = sa.Table("t", sa.MetaData(), *columns())
    assert [rules().model_column(column).autoincrement for column in table.columns] == [False] * len(
        table.columns
    )


def test_who_counts() -> None:
    table = sa.Table("t", sa.MetaData(), sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True))
    column = rules().model_column(table.c.id)
    assert (column.autoincrement, column.identity, column.default) == (True, None, None)


def test_generated_columns_take_not_null_on_mysql_only() -> None:
    column = sa.Column("n", sa.Integer, sa.Computed("1 + 1"), nullable=False)
    assert rules().model_column(column).nullable is False
    assert rules((10, 11), mariadb=True).model_column(column).nullable is True

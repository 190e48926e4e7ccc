"""MySQL 8 tells some things differently; what its information_schema answers is recorded here.

There is no MySQL on most machines that run this suite, so the rows stand in for the server.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects.mysql import pymysql

from alembic.ddl.mysql.compare import MySQLRules
from alembic.schema.from_catalogue import from_catalogue
from alembic.schema.from_metadata import from_metadata
from alembic.schema.shapes import Schema

COLLATION = "utf8mb4_0900_ai_ci"
TEXT = ("utf8mb4", COLLATION)
PLAIN = (None, None)
TOUCHED = "on update CURRENT_TIMESTAMP"

COLUMNS = [
    # name, default, nullable, type, character set and collation, extra, comment, expression
    ("id", None, "NO", "int unsigned", *PLAIN, "auto_increment", "", ""),
    ("n", "0.00", "YES", "decimal(12,2)", *PLAIN, "", "", ""),
    ("b", "1", "NO", "tinyint(1)", *PLAIN, "", "", ""),
    ("v", "it's", "YES", "varchar(20)", *TEXT, "", "it's", ""),
    ("l", None, "YES", "varchar(20)", "latin1", "latin1_bin", "", "", ""),
    ("ts", "CURRENT_TIMESTAMP", "NO", "timestamp", *PLAIN, f"DEFAULT_GENERATED {TOUCHED}", "", ""),
    ("d", "CURRENT_TIMESTAMP(6)", "YES", "datetime(6)", *PLAIN, "DEFAULT_GENERATED", "", ""),
    ("d2", "2020-01-01 00:00:00", "YES", "datetime", *PLAIN, "", "", ""),
    ("t0", None, "YES", "timestamp", *PLAIN, TOUCHED, "", ""),
    ("u", "uuid()", "YES", "varchar(36)", *TEXT, "DEFAULT_GENERATED", "", ""),
    ("x", "concat(_utf8mb4\\'it''s\\',`v`)", "YES", "varchar(9)", *TEXT, "DEFAULT_GENERATED", "", ""),
    ("g", None, "YES", "int", *PLAIN, "STORED GENERATED", "", "(`n` + 1)"),
    ("h", None, "NO", "int", *PLAIN, "VIRTUAL GENERATED", "", "(`n` + 1)"),
    ("bt", "b'101'", "YES", "bit(3)", *PLAIN, "", "", ""),
    ("j", None, "YES", "json", *PLAIN, "", "", ""),
    ("e", "a", "YES", "enum('a','b')", *TEXT, "", "", ""),
    ("w", None, "YES", "int(5) unsigned zerofill", *PLAIN, "", "", ""),
    ("tx", None, "YES", "text", *TEXT, "", "", ""),
    ("p_id", None, "YES", "int", *PLAIN, "", "", ""),
]  # fmt: skip
PARENT = [("id", None, "NO", "int", *PLAIN, "auto_increment", "", "")]
INDEXES = [
    # table, name, not unique, column, part of it, order, kind, expression
    ("p", "PRIMARY", 0, "id", None, "A", "BTREE", None),
    ("t", "PRIMARY", 0, "id", None, "A", "BTREE", None),
    ("t", "fk", 1, "p_id", None, "A", "BTREE", None),
    ("t", "fx", 1, None, None, "D", "BTREE", "lower(`v`)"),
    ("t", "fx", 1, "n", None, "A", "BTREE", None),
    ("t", "ix", 1, "v", 5, "A", "BTREE", None),
    ("t", "ix", 1, "n", None, "D", "BTREE", None),
    ("t", "uq", 0, "e", None, "A", "BTREE", None),
]


class Rows(list[Any]):
    def all(self) -> list[Any]:
        return self


class MySQL8:
    """Answers the reader's queries; by the view that each is about."""

    def __init__(self) -> None:
        self.dialect = pymysql.MySQLDialect_pymysql(is_mariadb=False)
        self.dialect.server_version_info = (8, 0, 36)
        self.dialect.default_schema_name = "db"
        self.asked: list[str] = []

    def execute(self, clause: Any, parameters: Any = None) -> Rows:
        sql = str(clause)
        self.asked.append(sql)
        view = next(name for name in self.answers if name in sql)
        return Rows(self.answers[view])

    answers: ClassVar[dict[str, list[Any]]] = {
        "information_schema.schemata": [
            ("current", "db", "1"),
            ("database", "db", COLLATION),
            ("collation", "utf8mb4", COLLATION),
            ("collation", "latin1", "latin1_swedish_ci"),
        ],
        "information_schema.tables": [
            ("db", "p", "BASE TABLE", "InnoDB", COLLATION, "", ""),
            ("db", "t", "BASE TABLE", "InnoDB", COLLATION, "row_format=COMPACT", "it's"),
        ],
        "information_schema.columns": [
            *[("db", "p", *row) for row in PARENT],
            *[("db", "t", *row) for row in COLUMNS],
        ],
        "information_schema.statistics": [("db", *row) for row in INDEXES],
        "information_schema.check_constraints": [
            ("db", "t", "k", "Table", "((`n` > 5) or (`v` <> _utf8mb4\\'it\\\\\\'s\\'))"),
            ("db", "t", "t_chk_1", "Table", "(`n` <> 7)"),
        ],
        "information_schema.referential_constraints": [("db", "t", "fk", "NO ACTION", "CASCADE")],
        "information_schema.key_column_usage": [("db", "t", "fk", "p_id", "db", "p", "id")],
    }


def models(**change: Any) -> sa.MetaData:
    metadata = sa.MetaData()
    sa.Table("p", metadata, sa.Column("id", sa.Integer, primary_key=True))
    columns: dict[str, sa.Column[Any]] = {
        "id": sa.Column("id", mysql.INTEGER(unsigned=True), primary_key=True),
        "n": sa.Column("n", sa.Numeric(12, 2), server_default="0"),
        "b": sa.Column("b", sa.Boolean, server_default=sa.true(), nullable=False),
        "v": sa.Column("v", sa.String(20), server_default="it's", comment="it's"),
        "l": sa.Column("l", mysql.VARCHAR(20, charset="latin1", collation="latin1_bin")),
        "ts": sa.Column(
            "ts",
            sa.TIMESTAMP,
            server_default=sa.text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP"),
            nullable=False,
        ),
        "d": sa.Column("d", mysql.DATETIME(fsp=6), server_default=sa.text("now(6)")),
        "d2": sa.Column("d2", sa.DateTime, server_default="2020-01-01"),
        "t0": sa.Column("t0", sa.TIMESTAMP, server_default=sa.text("NULL ON UPDATE now()")),
        "u": sa.Column("u", sa.String(36), server_default=sa.text("(UUID())")),
        "x": sa.Column("x", sa.String(9), server_default=sa.text("(concat('it''s', v))")),
        "g": sa.Column("g", sa.Integer, sa.Computed("n + 1", persisted=True)),
        "h": sa.Column("h", sa.Integer, sa.Computed("n+1"), nullable=False),
        "bt": sa.Column("bt", mysql.BIT(3), server_default=sa.text("5")),
        "j": sa.Column("j", sa.JSON),
        "e": sa.Column("e", sa.Enum("a", "b"), server_default="a"),
        "w": sa.Column("w", mysql.INTEGER(5, unsigned=True, zerofill=True)),
        "tx": sa.Column("tx", sa.Text(200)),
        "p_id": sa.Column("p_id", sa.Integer),
    }
    columns |= change
    sa.Table(
        "t",
        metadata,
        *columns.values(),
        sa.ForeignKeyConstraint(["p_id"], ["p.id"], name="fk", ondelete="CASCADE", onupdate="RESTRICT"),
        sa.UniqueConstraint("e", name="uq"),
        sa.CheckConstraint("n > 5 OR v != 'it''s'", name="k"),
        sa.CheckConstraint("n <> 7"),
        sa.Index("ix", "v", sa.text("n DESC"), mysql_length={"v": 5}),
        sa.Index("fx", sa.func.lower(columns["v"]).desc(), "n"),
        comment="it's",
        mysql_engine="innodb",
        mysql_charset="utf8mb4",
        mysql_row_format="Compact",
    )
    return metadata


def compared(metadata: sa.MetaData) -> tuple[MySQL8, Schema, Schema]:
    server: Any = MySQL8()
    rules = MySQLRules(server.dialect)
    catalogue = rules.read(server, [None], lambda key: True)
    database = from_catalogue(catalogue, rules)
    model = from_metadata([metadata], rules, catalogue.default_schema)
    pairs = {key: rules.adjust(database.tables[key], model.tables[key]) for key in database.tables}
    database = replace(database, tables={key: pair[0] for key, pair in pairs.items()})
    return server, database, replace(model, tables={key: pair[1] for key, pair in pairs.items()})


def test_nothing_is_invented() -> None:
    server, database, model = compared(models())
    assert len(server.asked) == 7
    for key, table in database.tables.items():
        wanted = model.tables[key]
        for name, column in table.columns.items():
            assert column == wanted.columns[name]
        for field in ("primary_key", "uniques", "foreign_keys", "indexes", "checks", "comment", "options"):
            assert getattr(table, field) == getattr(wanted, field)
    assert database == model


CHANGES: dict[str, Callable[[], sa.Column[Any]]] = {
    "n": lambda: sa.Column("n", sa.Numeric(12, 2), server_default="0.5"),
    "v": lambda: sa.Column("v", sa.String(20), server_default="it is", comment="it's"),
    "l": lambda: sa.Column("l", mysql.VARCHAR(20, charset="latin1")),
    "d": lambda: sa.Column("d", mysql.DATETIME(fsp=6)),
    "t0": lambda: sa.Column("t0", sa.TIMESTAMP),
    "x": lambda: sa.Column("x", sa.String(9), server_default=sa.text("(concat('it is', v))")),
    "g": lambda: sa.Column("g", sa.Integer, sa.Computed("n + 2", persisted=True)),
    "h": lambda: sa.Column("h", sa.Integer, sa.Computed("n + 1"), nullable=True),
    "j": lambda: sa.Column("j", mysql.LONGTEXT),
    "e": lambda: sa.Column("e", sa.Enum("b", "a"), server_default="a"),
    "tx": lambda: sa.Column("tx", sa.Text(20)),
}


@pytest.mark.parametrize("name", CHANGES)
def test_nothing_is_missed(name: str) -> None:
    _, database, model = compared(models(**{name: CHANGES[name]()}))
    present, wanted = database.tables[None, "t"], model.tables[None, "t"]
    assert [each for each in present.columns if present.columns[each] != wanted.columns[each]] == [name]

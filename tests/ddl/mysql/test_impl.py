"""MySQLImpl and MariaDBImpl as classes: registered by name, overridable, and what they refuse."""

from __future__ import annotations

import pytest
from sqlalchemy import Column, Integer, MetaData, Table
from sqlalchemy.dialects.mysql.mariadb import MariaDBDialect
from sqlalchemy.dialects.mysql.pymysql import MySQLDialect_pymysql
from sqlalchemy.schema import CreateIndex, DropIndex, Index

from alembic.ddl import mysql
from alembic.ddl.base import AddColumn, ColumnNullable
from alembic.ddl.impl import DefaultImpl, _impls
from alembic.ddl.sinks import RecordingSink
from alembic.errors import CommandError


@pytest.mark.parametrize(
    ("dialect", "impl"), [(MySQLDialect_pymysql, mysql.MySQLImpl), (MariaDBDialect, mysql.MariaDBImpl)]
)
def test_registered(dialect: type, impl: type) -> None:
    assert DefaultImpl.get_by_dialect(dialect()) is impl
    assert not impl.transactional_ddl
    assert issubclass(mysql.MariaDBImpl, mysql.MySQLImpl)


def test_subclass_of_a_user_takes_over() -> None:
    try:

        class WiderVersions(mysql.MySQLImpl):
            __dialect__ = "mysql"

        assert DefaultImpl.get_by_dialect(MySQLDialect_pymysql()) is WiderVersions
        assert _impls["mariadb"] is mysql.MariaDBImpl
    finally:
        _impls["mysql"] = mysql.MySQLImpl


def test_restating_needs_a_type() -> None:
    with pytest.raises(
        CommandError, match="CHANGE/MODIFY COLUMN operations require the existing type"
    ) as raised:
        mysql.MySQLChangeColumn("t", "c")
    assert 'op.alter_column("t", "c", ..., existing_type=...)' in str(raised.value)


def test_constructs_speak_for_themselves() -> None:
    dialect = MySQLDialect_pymysql()
    modify = mysql.MySQLModifyColumn("t", "c", "s", type_=Integer, nullable=False, default="1", comment="x")
    assert (
        str(modify.compile(dialect=dialect))
        == "ALTER TABLE s.t MODIFY c INTEGER NOT NULL DEFAULT '1' COMMENT 'x'"
    )
    change = mysql.MySQLChangeColumn("t", "c", newname="d", type_=Integer(), autoincrement=True)
    assert str(change.compile(dialect=dialect)) == "ALTER TABLE t CHANGE c d INTEGER NULL AUTO_INCREMENT"
    default = mysql.MySQLAlterDefault("t", "c", None, "s")
    assert str(default.compile(dialect=dialect)) == "ALTER TABLE s.t ALTER COLUMN c DROP DEFAULT"
    with pytest.raises(
        NotImplementedError, match="MySQL restates a column as a whole: use MySQLModifyColumn"
    ):
        ColumnNullable("t", "c", True).compile(dialect=dialect)


def test_a_recording_holds_what_would_be_sent() -> None:
    """A condition is four statements on MySQL and one on MariaDB."""
    table = Table("t", MetaData(), Column("c", Integer))
    index = Index("ix", table.c.c)
    for dialect, expected in ((MySQLDialect_pymysql(), 4), (MariaDBDialect(), 1)):
        impl = DefaultImpl.get_by_dialect(dialect)(dialect, None, False, None, None, {})
        for construct in (
            AddColumn("t", table.c.c, if_not_exists=True),
            CreateIndex(index, if_not_exists=True),
            DropIndex(index, if_exists=True),
        ):
            impl.sink = sink = RecordingSink()
            impl._exec(construct)
            assert len(sink.statements) == expected

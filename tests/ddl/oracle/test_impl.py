"""OracleImpl as a class: registration, the frame of a script, constructs by themselves."""

from __future__ import annotations

import io
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, Table
from sqlalchemy.dialects.oracle.base import OracleDialect

from alembic.ddl import oracle
from alembic.ddl.base import AddColumn, ColumnComment, DropColumn
from alembic.ddl.impl import DefaultImpl
from alembic.runtime.migration import MigrationContext


def test_registered() -> None:
    assert DefaultImpl.get_by_dialect(OracleDialect()) is oracle.OracleImpl
    assert not oracle.OracleImpl.transactional_ddl
    assert (oracle.OracleImpl.command_terminator, oracle.OracleImpl.batch_separator) == ("", "/")


@pytest.mark.parametrize(
    ("opts", "expected"),
    [
        ({}, "select 1\n\n/\n\nselect 2\n\n/\n\n"),
        ({"oracle_batch_separator": "NEXT"}, "select 1\n\nNEXT\n\nselect 2\n\nNEXT\n\n"),
        (
            {"transactional_ddl": True},
            "SET TRANSACTION READ WRITE\n\n/\n\nselect 1\n\n/\n\nCOMMIT\n\n/\n\n"
            "select 2\n\n/\n\nSET TRANSACTION READ WRITE\n\n/\n\nCOMMIT\n\n/\n\n",
        ),
    ],
)
def test_frame_of_a_script(opts: dict[str, Any], expected: str) -> None:
    buffer = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="oracle", opts={"as_sql": True, "output_buffer": buffer, **opts}
    )
    with context.begin_transaction():
        context.execute("select 1")
        with context.autocommit_block():
            context.execute("select 2")
    assert buffer.getvalue() == expected


def test_constructs_speak_for_themselves() -> None:
    """Conditions included, without an impl that would translate them."""
    table = Table("t", MetaData(), Column("c", Integer))
    dialect = OracleDialect()
    added = str(AddColumn("t", table.c.c, if_not_exists=True).compile(dialect=dialect))
    assert "EXECUTE IMMEDIATE 'ALTER TABLE t ADD c INTEGER'" in added and "-1430" in added
    dropped = str(DropColumn("t", table.c.c, "s", if_exists=True).compile(dialect=dialect))
    assert "EXECUTE IMMEDIATE 'ALTER TABLE s.t DROP COLUMN c'" in dropped and "-904" in dropped
    comment = ColumnComment("A t", "A c", None, schema="A s")
    assert str(comment.compile(dialect=dialect)) == """COMMENT ON COLUMN "A s"."A t"."A c" IS ''"""

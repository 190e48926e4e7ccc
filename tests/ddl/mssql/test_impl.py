"""MSSQLImpl as a class: registration, the frame of a script, and what differs on a connection."""

from __future__ import annotations

import io
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, column, table
from sqlalchemy.dialects.mssql.base import MSDialect

from alembic.ddl import mssql
from alembic.ddl.base import ColumnComment, ColumnNullable, RenameTable
from alembic.ddl.impl import DefaultImpl
from alembic.ddl.sinks import RecordingSink
from alembic.errors import CommandError
from alembic.runtime.migration import MigrationContext


def test_registered() -> None:
    assert DefaultImpl.get_by_dialect(MSDialect()) is mssql.MSSQLImpl
    assert mssql.MSSQLImpl.transactional_ddl
    assert mssql.MSSQLImpl.batch_separator == "GO"


def _script(**opts: Any) -> str:
    buffer = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="mssql", opts={"as_sql": True, "output_buffer": buffer, **opts}
    )
    with context.begin_transaction():
        context.execute("select 1")
        with context.autocommit_block():
            context.execute("select 2")
    return buffer.getvalue()


def test_frame_of_a_script() -> None:
    """A statement ends a batch; so does COMMIT, but not BEGIN TRANSACTION."""
    assert _script() == (
        "BEGIN TRANSACTION;\n\n"
        "select 1;\n\nGO\n\nCOMMIT;\n\nGO\n\nselect 2;\n\nGO\n\nBEGIN TRANSACTION;\n\nCOMMIT;\n\nGO\n\n"
    )


def test_another_batch_separator() -> None:
    assert _script(mssql_batch_separator="NEXT", transactional_ddl=False) == (
        "select 1;\n\nNEXT\n\nselect 2;\n\nNEXT\n\n"
    )


@pytest.fixture
def live() -> mssql.MSSQLImpl:
    """As on a connection to a server whose default schema is known, but nothing is sent."""
    dialect = MSDialect()
    dialect.default_schema_name = "dbo"
    impl = mssql.MSSQLImpl(dialect, None, False, None, None, {})
    impl.sink = RecordingSink()
    return impl


def _sent(impl: mssql.MSSQLImpl) -> list[str]:
    assert isinstance(impl.sink, RecordingSink)
    constructs = [statement.construct for statement in impl.sink.statements]
    return [each if isinstance(each, str) else str(each.compile(dialect=impl.dialect)) for each in constructs]  # type: ignore[attr-defined]


def test_comment_in_the_default_schema_of_a_connection(live: mssql.MSSQLImpl) -> None:
    described = Table("t", MetaData(), Column("c", String(5), comment="column"), comment="table")
    live.create_table_comment(described)
    live.create_column_comment(described.c.c)
    live.drop_table_comment(described)
    live.alter_column("t", "c", comment="new", existing_comment="column")
    assert _sent(live) == [
        "execute sp_addextendedproperty 'MS_Description', N'table', 'schema', dbo, 'table', t",
        "execute sp_addextendedproperty 'MS_Description', N'column', 'schema', dbo, 'table', t, 'column', c",
        "execute sp_dropextendedproperty 'MS_Description', 'schema', dbo, 'table', t",
        "exec sp_updateextendedproperty 'MS_Description', N'new', 'schema', dbo, 'table', t, 'column', c",
    ]


def test_identity_insert_is_for_scripts(live: mssql.MSSQLImpl) -> None:
    """SQLAlchemy switches it by itself on a connection, and only where the table has an identity."""
    live.bulk_insert(table("t", column("a", Integer)), [{"a": 1}])
    assert not any("IDENTITY_INSERT" in sql for sql in _sent(live))


def test_constructs_speak_for_themselves() -> None:
    dialect = MSDialect()
    assert str(RenameTable("a'b", "c", "s").compile(dialect=dialect)) == "EXEC sp_rename 's.[a''b]', c"
    assert str(ColumnComment("t", "c", None, schema="s").compile(dialect=dialect)) == (
        "exec sp_dropextendedproperty 'MS_Description', 'schema', s, 'table', t, 'column', c"
    )
    with pytest.raises(CommandError, match="NULL or NOT NULL require the existing_type"):
        ColumnNullable("t", "c", True).compile(dialect=dialect)

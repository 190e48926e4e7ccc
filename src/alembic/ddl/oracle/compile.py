"""Oracle: ALTER TABLE … MODIFY and comments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.types import String

from ..base import (
    AddColumn,
    AlterColumn,
    ColumnComment,
    ColumnDefault,
    ColumnName,
    ColumnNullable,
    ColumnType,
    DropColumn,
    IdentityColumnDefault,
    RenameTable,
    alter_table,
    column_definition,
    drop_column,
    format_column_name,
    format_server_default,
    format_table_name,
    format_type,
    rule_for,
)
from .conditions import COLUMN_EXISTS, NO_SUCH_COLUMN, pass_over

if TYPE_CHECKING:
    from sqlalchemy.dialects.oracle.base import OracleDDLCompiler


@rule_for(AddColumn, "oracle")
def visit_add_column(element: AddColumn, compiler: OracleDDLCompiler, **kw: Any) -> str:
    definition = column_definition(
        compiler,
        element.column,
        inline_references=element.inline_references,
        inline_primary_key=element.inline_primary_key,
    )
    statement = f"{alter_table(compiler, element.table_name, element.schema)} ADD {definition}"
    return pass_over(statement, COLUMN_EXISTS) if element.if_not_exists else statement


@rule_for(DropColumn, "oracle")
def visit_drop_column(element: DropColumn, compiler: OracleDDLCompiler, **kw: Any) -> str:
    clause = drop_column(compiler, element.column.name)
    statement = f"{alter_table(compiler, element.table_name, element.schema)} {clause}"
    return pass_over(statement, NO_SUCH_COLUMN) if element.if_exists else statement


@rule_for(ColumnNullable, "oracle")
def visit_column_nullable(element: ColumnNullable, compiler: OracleDDLCompiler, **kw: Any) -> str:
    return f"{_modify(element, compiler)} {'NULL' if element.nullable else 'NOT NULL'}"


@rule_for(ColumnType, "oracle")
def visit_column_type(element: ColumnType, compiler: OracleDDLCompiler, **kw: Any) -> str:
    return f"{_modify(element, compiler)} {format_type(compiler, element.type_)}"


@rule_for(ColumnDefault, "oracle")
def visit_column_default(element: ColumnDefault, compiler: OracleDDLCompiler, **kw: Any) -> str:
    # There is no DROP DEFAULT.
    default = "NULL" if element.default is None else format_server_default(compiler, element.default)
    return f"{_modify(element, compiler)} DEFAULT {default}"


@rule_for(IdentityColumnDefault, "oracle")
def visit_identity_column(element: IdentityColumnDefault, compiler: OracleDDLCompiler, **kw: Any) -> str:
    if element.default is None:
        return f"{_modify(element, compiler)} DROP IDENTITY"
    return f"{_modify(element, compiler)} {compiler.process(element.default)}"


@rule_for(ColumnName, "oracle")
def visit_column_name(element: ColumnName, compiler: OracleDDLCompiler, **kw: Any) -> str:
    old, new = (format_column_name(compiler, name) for name in (element.column_name, element.newname))
    return f"{alter_table(compiler, element.table_name, element.schema)} RENAME COLUMN {old} TO {new}"


@rule_for(ColumnComment, "oracle")
def visit_column_comment(element: ColumnComment, compiler: OracleDDLCompiler, **kw: Any) -> str:
    table = format_table_name(compiler, element.table_name, element.schema)
    column = format_column_name(compiler, element.column_name)
    # An empty comment is no comment; NULL is not allowed.
    comment = compiler.sql_compiler.render_literal_value(element.comment or "", String())
    return f"COMMENT ON COLUMN {table}.{column} IS {comment}"


@rule_for(RenameTable, "oracle")
def visit_rename_table(element: RenameTable, compiler: OracleDDLCompiler, **kw: Any) -> str:
    new_name = format_table_name(compiler, element.new_table_name, None)  # a table can't leave its schema
    return f"{alter_table(compiler, element.table_name, element.schema)} RENAME TO {new_name}"


def _modify(element: AlterColumn, compiler: OracleDDLCompiler) -> str:
    column = format_column_name(compiler, element.column_name)
    return f"{alter_table(compiler, element.table_name, element.schema)} MODIFY {column}"

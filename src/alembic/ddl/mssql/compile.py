"""SQL Server: ALTER statements and system procedures in T-SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import DDLElement
from sqlalchemy.types import NVARCHAR

from ...errors.ddl import ExistingTypeRequired
from ..base import (
    AddColumn,
    AlterTable,
    ColumnComment,
    ColumnDefault,
    ColumnName,
    ColumnNullable,
    ColumnType,
    RenameTable,
    alter_column,
    alter_table,
    column_definition,
    format_column_name,
    format_server_default,
    format_table_name,
    format_type,
    rule_for,
)

if TYPE_CHECKING:
    from sqlalchemy.dialects.mssql.base import MSDDLCompiler
    from sqlalchemy.sql.type_api import TypeEngine

    from ..base import AlterColumn

SEPARATING = frozenset('.[]"')


class DropColumnConstraint(AlterTable):
    """Drops the constraint of one kind that depends on a column, whatever the server has named it.

    :param kind: ``"default"``, ``"check"`` or ``"foreign key"``.
    """

    def __init__(self, table_name: str, column_name: str, kind: str, schema: str | None = None) -> None:
        super().__init__(table_name, schema=schema)
        self.column_name = column_name
        self.kind = kind


class Description(DDLElement):
    """Adds, updates or drops the comment of a table, or of a column of it.

    :param action: ``"add"``, ``"update"`` or ``"drop"``.
    """

    def __init__(
        self, action: str, table_name: str, schema: str | None, column_name: str | None, comment: str | None
    ) -> None:
        self.action = action
        self.table_name = table_name
        self.schema = schema
        self.column_name = column_name
        self.comment = comment


# -- columns -------------------------------------------------------------------------------------------


@rule_for(AddColumn, "mssql")
def visit_add_column(element: AddColumn, compiler: MSDDLCompiler, **kw: Any) -> str:
    definition = column_definition(
        compiler,
        element.column,
        inline_references=element.inline_references,
        inline_primary_key=element.inline_primary_key,
    )
    statement = f"{_alter_table(element, compiler)} ADD {definition}"
    if not element.if_not_exists:
        return statement
    table, column = object_literal(element.table_name, element.schema), quoted(element.column.name)
    return f"IF COL_LENGTH({table}, {column}) IS NULL\n{statement}"


@rule_for(ColumnNullable, "mssql")
def visit_column_nullable(element: ColumnNullable, compiler: MSDDLCompiler, **kw: Any) -> str:
    if element.existing_type is None:
        raise nullability_needs_type(element.table_name, element.column_name)
    nullability = "NULL" if element.nullable else "NOT NULL"
    return f"{_alter_column(element, compiler, element.existing_type)} {nullability}"


@rule_for(ColumnType, "mssql")
def visit_column_type(element: ColumnType, compiler: MSDDLCompiler, **kw: Any) -> str:
    return _alter_column(element, compiler, element.type_)


@rule_for(ColumnDefault, "mssql")
def visit_column_default(element: ColumnDefault, compiler: MSDDLCompiler, **kw: Any) -> str:
    if element.default is None:
        dropped = DropColumnConstraint(element.table_name, element.column_name, "default", element.schema)
        return compiler.process(dropped)
    default = format_server_default(compiler, element.default)
    name = format_column_name(compiler, element.column_name)
    return f"{_alter_table(element, compiler)} ADD DEFAULT {default} FOR {name}"


@rule_for(ColumnName, "mssql")
def visit_rename_column(element: ColumnName, compiler: MSDDLCompiler, **kw: Any) -> str:
    table = format_table_name(compiler, element.table_name, element.schema)
    old, new = (format_column_name(compiler, name) for name in (element.column_name, element.newname))
    return f"EXEC sp_rename {quoted(f'{table}.{old}')}, {new}, 'COLUMN'"


@rule_for(RenameTable, "mssql")
def visit_rename_table(element: RenameTable, compiler: MSDDLCompiler, **kw: Any) -> str:
    old = format_table_name(compiler, element.table_name, element.schema)
    # The procedure takes the new name as it is: a schema in it would become part of the name.
    new = format_table_name(compiler, element.new_table_name, None)
    return f"EXEC sp_rename {quoted(old)}, {new}"


def nullability_needs_type(table: str, column: str) -> ExistingTypeRequired:
    """The error for NULL or NOT NULL without a type to restate."""
    return ExistingTypeRequired(
        "MS-SQL ALTER COLUMN operations with NULL or NOT NULL require the existing_type"
        " or a new type_ be passed.",
        table,
        column,
    )


# -- constraints that the server has named itself ------------------------------------------------------


_CATALOGUES = {"default": "sys.default_constraints", "check": "sys.check_constraints"}


@compiles(DropColumnConstraint, "mssql")
def _drop_column_constraint(element: DropColumnConstraint, compiler: MSDDLCompiler, **kw: Any) -> str:
    table, column = object_literal(element.table_name, element.schema), quoted(element.column_name)
    if element.kind == "foreign key":
        search = [
            "select @const_name = QUOTENAME([name]) from",
            "sys.foreign_keys fk join sys.foreign_key_columns fkc",
            "on fk.object_id=fkc.constraint_object_id",
            f"where fkc.parent_object_id = object_id({table})",
            f"and col_name(fkc.parent_object_id, fkc.parent_column_id) = {column}",
        ]
    else:
        search = [
            f"select @const_name = QUOTENAME([name]) from {_CATALOGUES[element.kind]}",
            f"where parent_object_id = object_id({table})",
            f"and col_name(parent_object_id, parent_column_id) = {column}",
        ]
    altered = format_table_name(compiler, element.table_name, element.schema)
    # Without such a constraint the name is NULL, and so is the text to execute: nothing happens.
    drop = f"exec({quoted(f'alter table {altered} drop constraint ')} + @const_name)"
    return "\n".join(["declare @const_name varchar(256)", *search, drop])


# -- comments ------------------------------------------------------------------------------------------


@rule_for(ColumnComment, "mssql")
def visit_column_comment(element: ColumnComment, compiler: MSDDLCompiler, **kw: Any) -> str:
    action = "add" if element.existing_comment is None else "update"
    if element.comment is None:
        action = "drop"
    description = Description(
        action, element.table_name, element.schema, element.column_name, element.comment
    )
    return _describe(description, compiler, execute="exec")


@compiles(Description, "mssql")
def _visit_description(element: Description, compiler: MSDDLCompiler, **kw: Any) -> str:
    return _describe(element, compiler, execute="execute")


def _describe(element: Description, compiler: MSDDLCompiler, *, execute: str) -> str:
    declaration = ""
    schema = element.schema or compiler.dialect.default_schema_name
    if schema is None:
        # A script can't know who will run it; the server does, but takes no function as an argument.
        declaration, schema_name = "declare @schema_name sysname = schema_name()\n", "@schema_name"
    else:
        schema_name = compiler.preparer.quote_schema(schema)
    arguments = ["'MS_Description'"]
    if element.action != "drop":
        arguments.append(compiler.sql_compiler.render_literal_value(element.comment, NVARCHAR()))
    arguments += ["'schema'", schema_name, "'table'", compiler.preparer.quote(element.table_name)]
    if element.column_name is not None:
        arguments += ["'column'", compiler.preparer.quote(element.column_name)]
    return f"{declaration}{execute} sp_{element.action}extendedproperty {', '.join(arguments)}"


# -- parts ---------------------------------------------------------------------------------------------


def quoted(text: str) -> str:
    """A T-SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def object_literal(name: str, schema: str | None) -> str:
    """A table's name as the string that OBJECT_ID() and its like take.

    Those split it at dots themselves, so only what would confuse them is put into brackets.
    """
    last = f"[{name.replace(']', ']]')}]" if SEPARATING.intersection(name) else name
    return quoted(f"{schema}.{last}" if schema else last)


def _alter_table(element: AlterTable, compiler: MSDDLCompiler) -> str:
    return alter_table(compiler, element.table_name, element.schema)


def _alter_column(element: AlterColumn, compiler: MSDDLCompiler, type_: TypeEngine[Any]) -> str:
    column = alter_column(compiler, element.column_name)
    return f"{_alter_table(element, compiler)} {column} {format_type(compiler, type_)}"

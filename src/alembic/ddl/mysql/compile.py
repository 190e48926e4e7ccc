"""MySQL and MariaDB: statements that restate a whole column, and how they are spelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import types as sqltypes
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CheckConstraint, Computed, Constraint, DDLElement, ForeignKeyConstraint

from ...errors import ExistingTypeRequired
from ..base import (
    AddColumn,
    AlterColumn,
    ColumnDefault,
    ColumnName,
    ColumnNullable,
    ColumnType,
    add_column,
    alter_table,
    format_column_name,
    format_server_default,
    format_type,
    rule_for,
)

if TYPE_CHECKING:
    from sqlalchemy.dialects.mysql.base import MySQLDDLCompiler
    from sqlalchemy.sql.type_api import TypeEngine


class MySQLAlterDefault(AlterColumn):
    """Sets or drops the default of a column and nothing else.

    :param name: table.
    :param column_name: column.
    :param default: the new default; ``None`` drops it.
    :param schema: schema of the table.
    """

    def __init__(self, name: str, column_name: str, default: Any, schema: str | None = None) -> None:
        super().__init__(name, column_name, schema=schema)
        self.default = default


class MySQLChangeColumn(AlterColumn):
    """Renames a column and restates everything about it: what is not said here, the server forgets.

    :param name: table.
    :param column_name: column.
    :param schema: schema of the table.
    :param newname: the name from now on; the present one if not given.
    :param type_: type; required.
    :param nullable: ``False`` for NOT NULL; otherwise NULL.
    :param default: server default; ``False`` and ``None`` both mean none.
    :param autoincrement: true for AUTO_INCREMENT.
    :param comment: comment; ``False`` and ``None`` both mean none.
    :raises ExistingTypeRequired: without a type.
    """

    def __init__(
        self,
        name: str,
        column_name: str,
        schema: str | None = None,
        newname: str | None = None,
        type_: TypeEngine[Any] | None = None,
        nullable: bool | None = None,
        default: Any = False,
        autoincrement: bool | None = None,
        comment: str | bool | None = False,
    ) -> None:
        super().__init__(name, column_name, schema=schema)
        if type_ is None:
            raise ExistingTypeRequired(
                "All MySQL CHANGE/MODIFY COLUMN operations require the existing type.", name, column_name
            )
        self.newname = column_name if newname is None else newname
        self.type_ = sqltypes.to_instance(type_)
        self.nullable = nullable
        self.default = default
        self.autoincrement = autoincrement
        self.comment = comment


class MySQLModifyColumn(MySQLChangeColumn):
    """The same without the renaming; parameters as for :class:`MySQLChangeColumn`."""


class DropConstraintIfExists(DDLElement):
    """A constraint less, if it is there; MariaDB only, and not for primary keys."""

    def __init__(self, constraint: Constraint) -> None:
        self.constraint = constraint


@compiles(DropConstraintIfExists, "mysql", "mariadb")
def _drop_constraint_if_exists(element: DropConstraintIfExists, compiler: MySQLDDLCompiler, **kw: Any) -> str:
    constraint = element.constraint
    match constraint:
        case ForeignKeyConstraint():
            kind = "FOREIGN KEY"
        case CheckConstraint():
            kind = "CONSTRAINT"
        case _:
            kind = "INDEX"
    table = compiler.preparer.format_table(constraint.table)
    return f"ALTER TABLE {table} DROP {kind} IF EXISTS {compiler.preparer.format_constraint(constraint)}"


@compiles(MySQLAlterDefault, "mysql", "mariadb")
def _alter_default(element: MySQLAlterDefault, compiler: MySQLDDLCompiler, **kw: Any) -> str:
    action = (
        "DROP DEFAULT"
        if element.default is None
        else f"SET DEFAULT {format_server_default(compiler, element.default)}"
    )
    return f"{_alter_table(element, compiler)} ALTER COLUMN {_name(element, compiler)} {action}"


@compiles(MySQLChangeColumn, "mysql", "mariadb")
def _change_column(element: MySQLChangeColumn, compiler: MySQLDDLCompiler, **kw: Any) -> str:
    new_name = format_column_name(compiler, element.newname)
    return (
        f"{_alter_table(element, compiler)} CHANGE {_name(element, compiler)} {new_name}"
        f" {column_specification(element, compiler)}"
    )


@compiles(MySQLModifyColumn, "mysql", "mariadb")
def _modify_column(element: MySQLModifyColumn, compiler: MySQLDDLCompiler, **kw: Any) -> str:
    return (
        f"{_alter_table(element, compiler)} MODIFY {_name(element, compiler)}"
        f" {column_specification(element, compiler)}"
    )


def column_specification(element: MySQLChangeColumn, compiler: MySQLDDLCompiler) -> str:
    """Everything after the column's name, in the order that both servers take."""
    words = [format_type(compiler, element.type_)]
    if isinstance(element.default, Computed):
        words.append(compiler.process(element.default))
        # MariaDB has no word for the nullability of a generated column; NULL is MySQL's default.
        if element.nullable is False and not compiler.dialect.is_mariadb:
            words.append("NOT NULL")
    else:
        # TIMESTAMP is NOT NULL on older servers unless NULL is said.
        words.append("NOT NULL" if element.nullable is False else "NULL")
    if element.autoincrement:
        words.append("AUTO_INCREMENT")
    if element.default is not None and not isinstance(element.default, (bool, Computed)):
        words.append(f"DEFAULT {format_server_default(compiler, element.default)}")
    if element.comment is not None and element.comment is not False:
        literal = compiler.sql_compiler.render_literal_value(element.comment, sqltypes.String())
        words.append(f"COMMENT {literal}")
    return " ".join(words)


@rule_for(AddColumn, "mysql", "mariadb")
def visit_add_column(element: AddColumn, compiler: MySQLDDLCompiler, **kw: Any) -> str:
    """ADD COLUMN; MySQL reads REFERENCES in a column and forgets it, so there the key is a clause."""
    own_clauses = element.inline_references and not compiler.dialect.is_mariadb
    clauses = [
        add_column(
            compiler,
            element.column,
            if_not_exists=element.if_not_exists,
            inline_references=element.inline_references and not own_clauses,
            inline_primary_key=element.inline_primary_key,
        )
    ]
    if own_clauses:
        keys = [key.constraint for key in element.column.foreign_keys if key.constraint is not None]
        clauses.extend(f"ADD {compiler.process(constraint)}" for constraint in keys)
    return f"{alter_table(compiler, element.table_name, element.schema)} {', '.join(clauses)}"


@rule_for(ColumnNullable, "mysql", "mariadb")
@rule_for(ColumnName, "mysql", "mariadb")
@rule_for(ColumnDefault, "mysql", "mariadb")
@rule_for(ColumnType, "mysql", "mariadb")
def _refuse_partial_change(element: AlterColumn, compiler: MySQLDDLCompiler, **kw: Any) -> str:
    raise NotImplementedError("Individual alter column constructs not supported by MySQL")


def _alter_table(element: AlterColumn, compiler: MySQLDDLCompiler) -> str:
    return alter_table(compiler, element.table_name, element.schema)


def _name(element: AlterColumn, compiler: MySQLDDLCompiler) -> str:
    return format_column_name(compiler, element.column_name)

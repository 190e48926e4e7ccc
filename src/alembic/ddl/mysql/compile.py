"""MySQL and MariaDB: statements that restate a whole column, and how they are spelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import types as sqltypes
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import (
    CheckConstraint,
    Computed,
    Constraint,
    DDLElement,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
)

from ...errors.ddl import ExistingTypeRequired, UnsupportedByDatabase
from ..base import (
    AddColumn,
    AlterColumn,
    ColumnDefault,
    ColumnName,
    ColumnNullable,
    ColumnType,
    alter_table,
    format_column_name,
    format_server_default,
    format_type,
    inline_foreign_keys,
    references,
    rule_for,
)

if TYPE_CHECKING:
    from sqlalchemy.dialects.mysql.base import MySQLDDLCompiler
    from sqlalchemy.engine.interfaces import Dialect
    from sqlalchemy.schema import Column
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
    :param check: condition of the CHECK that belongs to the column (MariaDB); none if empty.
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
        check: str | None = None,
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
        self.check = check


class MySQLModifyColumn(MySQLChangeColumn):
    """The same without the renaming; parameters as for :class:`MySQLChangeColumn`."""


class DropConstraintIfExists(DDLElement):
    """A constraint less, if it is there; MariaDB only."""

    def __init__(self, constraint: Constraint) -> None:
        self.constraint = constraint


@compiles(DropConstraintIfExists, "mysql", "mariadb")
def _drop_constraint_if_exists(element: DropConstraintIfExists, compiler: MySQLDDLCompiler, **kw: Any) -> str:
    constraint = element.constraint
    name = compiler.preparer.format_constraint(constraint)
    match constraint:
        case PrimaryKeyConstraint():
            # DROP PRIMARY KEY takes no condition, but the constraint has this name on every table.
            kind, name = "CONSTRAINT", compiler.preparer.quote_identifier("PRIMARY")
        case ForeignKeyConstraint():
            kind = "FOREIGN KEY"
        case CheckConstraint():
            kind = "CONSTRAINT"
        case _:
            kind = "INDEX"
    table = compiler.preparer.format_table(constraint.table)
    return f"ALTER TABLE {table} DROP {kind} IF EXISTS {name}"


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
        # NULL can't be said of a generated column on MariaDB; it is what MySQL takes for granted.
        if element.nullable is False:
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
    if element.check:
        # As in every compiled statement, a percent sign is doubled where the driver formats parameters.
        doubled = compiler.preparer._double_percents
        words.append(f"CHECK ({element.check.replace('%', '%%') if doubled else element.check})")
    return " ".join(words)


@rule_for(AddColumn, "mysql", "mariadb")
def visit_add_column(element: AddColumn, compiler: MySQLDDLCompiler, **kw: Any) -> str:
    """ADD COLUMN, and in the same statement the constraints that the server would not take inside it."""
    column = element.column
    outside = constraints_beside(element, compiler.dialect)
    words = [compiler.get_column_specification(column)]
    if element.inline_primary_key and column.primary_key:
        words.append("PRIMARY KEY")
    if element.inline_references and not any(isinstance(found, ForeignKeyConstraint) for found in outside):
        words.extend(references(compiler, column))
    words.extend(compiler.process(check) for check in _checks(column) if check not in outside)
    condition = "IF NOT EXISTS " if element.if_not_exists else ""
    clauses = [f"ADD COLUMN {condition}{' '.join(words)}"]
    clauses.extend(f"ADD {compiler.process(constraint)}" for constraint in outside)
    return f"{alter_table(compiler, element.table_name, element.schema)} {', '.join(clauses)}"


def constraints_beside(element: AddColumn, dialect: Dialect) -> list[Constraint]:
    """Those constraints of a new column that must be clauses of their own.

    MySQL reads REFERENCES in a column and forgets it; MariaDB takes a CHECK in a column only without a name.
    """
    if is_mariadb(dialect):
        return [check for check in _checks(element.column) if check.name is not None]
    if not element.inline_references:
        return []
    keys = inline_foreign_keys(element.column)
    return [key.constraint for key in keys if key.constraint is not None]


def is_mariadb(dialect: Dialect) -> bool:
    """Whether the server is a MariaDB; for a dialect "mysql" that is known once it is connected."""
    return bool(getattr(dialect, "is_mariadb", False))


def _checks(column: Column[Any]) -> list[Constraint]:
    return sorted(column.constraints, key=lambda constraint: constraint._creation_order)


@rule_for(ColumnNullable, "mysql", "mariadb")
@rule_for(ColumnName, "mysql", "mariadb")
@rule_for(ColumnDefault, "mysql", "mariadb")
@rule_for(ColumnType, "mysql", "mariadb")
def _refuse_partial_change(element: AlterColumn, compiler: MySQLDDLCompiler, **kw: Any) -> str:
    raise UnsupportedByDatabase(
        "MySQL restates a column as a whole: use MySQLModifyColumn, MySQLChangeColumn or MySQLAlterDefault"
    )


def _alter_table(element: AlterColumn, compiler: MySQLDDLCompiler) -> str:
    return alter_table(compiler, element.table_name, element.schema)


def _name(element: AlterColumn, compiler: MySQLDDLCompiler) -> str:
    return format_column_name(compiler, element.column_name)

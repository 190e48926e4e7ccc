"""How SQLite spells what it can do by ALTER TABLE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer
from sqlalchemy.schema import CheckConstraint, Column

from .. import base
from ..rules import rule_for

if TYPE_CHECKING:
    from sqlalchemy.schema import Computed
    from sqlalchemy.sql.compiler import DDLCompiler


@rule_for(base.RenameTable, "sqlite")
def visit_rename_table(element: base.RenameTable, compiler: DDLCompiler, **kw: Any) -> str:
    table = base.alter_table(compiler, element.table_name, element.schema)
    return f"{table} RENAME TO {base.format_table_name(compiler, element.new_table_name, None)}"


@rule_for(base.ColumnName, "sqlite")
def visit_column_name(element: base.ColumnName, compiler: DDLCompiler, **kw: Any) -> str:
    table = base.alter_table(compiler, element.table_name, element.schema)
    old, new = (base.format_column_name(compiler, name) for name in (element.column_name, element.newname))
    return f"{table} RENAME COLUMN {old} TO {new}"


@rule_for(base.AddColumn, "sqlite")
def visit_add_column(element: base.AddColumn, compiler: DDLCompiler, **kw: Any) -> str:
    table = base.alter_table(compiler, element.table_name, element.schema)
    condition = "IF NOT EXISTS " if element.if_not_exists else ""
    column = column_text(compiler, element.column, inline_primary_key=element.inline_primary_key)
    return f"{table} ADD COLUMN {condition}{column}"


def column_text(compiler: DDLCompiler, column: Column[Any], *, inline_primary_key: bool | None = None) -> str:
    """A column as part of a table that exists already.

    Foreign keys and CHECKs go into the column whether asked for or not: they can't be added afterwards.
    """
    definition = base.column_definition(
        compiler, column, inline_references=True, inline_primary_key=inline_primary_key
    )
    checks = [compiler.process(check) for check in checks_of_type(column) if _is_wanted(check, compiler)]
    return " ".join([definition, *checks])


def default_text(compiler: DDLCompiler, default: Any) -> str:
    """A server default as it follows DEFAULT: what is neither literal nor keyword in parentheses."""
    specification = compiler.get_column_specification(Column("x", Integer, server_default=default))
    return specification.split(" DEFAULT ", 1)[1]


def generation_text(compiler: DDLCompiler, computed: Computed) -> str:
    """``GENERATED ALWAYS AS …`` of a column."""
    return compiler.process(computed)


def _is_wanted(check: CheckConstraint, compiler: DDLCompiler) -> bool:
    return check._create_rule is None or check._create_rule(compiler)


def checks_of_type(column: Column[Any]) -> list[CheckConstraint]:
    """The CHECKs that the column's type brings with it, as Boolean and Enum can."""
    table = getattr(column, "table", None)
    return [
        constraint
        for constraint in (() if table is None else table.constraints)
        if isinstance(constraint, CheckConstraint)
        and constraint._type_bound
        and list(constraint.columns) == [column]
    ]

"""How SQLite spells what it can do by ALTER TABLE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.schema import CheckConstraint

from .. import base
from ..rules import rule_for

if TYPE_CHECKING:
    from sqlalchemy.schema import Column
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
    """Foreign keys and CHECKs go into the column whether asked for or not: they can't be added afterwards."""
    table = base.alter_table(compiler, element.table_name, element.schema)
    column = element.column
    clause = base.add_column(
        compiler,
        column,
        if_not_exists=element.if_not_exists,
        inline_references=True,
        inline_primary_key=element.inline_primary_key,
    )
    checks = [compiler.process(check) for check in checks_of_type(column) if _is_wanted(check, compiler)]
    return " ".join([table, clause, *checks])


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

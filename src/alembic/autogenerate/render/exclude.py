"""EXCLUDE constraints of PostgreSQL as generated Python has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.sql.elements import ColumnClause, TextClause

from alembic.operations import ops

from .constraints import within_table
from .expressions import _render_potential_expr, option
from .names import (
    _alembic_autogenerate_prefix,
    _ident,
    _render_gen_name,
    _sqlalchemy_autogenerate_prefix,
)
from .registry import default_renderers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.schema import MetaData

    from alembic.autogenerate.context import AutogenContext


@within_table(ExcludeConstraint, "exclude")
def _render_exclude_constraint(
    constraint: ExcludeConstraint, autogen_context: AutogenContext, namespace_metadata: MetaData | None
) -> str | None:
    autogen_context.imports.add("from sqlalchemy.dialects import postgresql")
    pairs = [(expression, operator) for expression, _, operator in constraint._render_exprs]
    arguments = [*_elements(pairs, autogen_context), *_options(constraint, autogen_context)]
    if isinstance(constraint.name, str):
        arguments.append(f"name={_render_gen_name(autogen_context, constraint.name)!r}")
    return f"postgresql.ExcludeConstraint({', '.join(arguments)})"


@default_renderers.dispatch_for(ops.CreateExcludeConstraintOp)
def _add_exclude_constraint(autogen_context: AutogenContext, op: ops.CreateExcludeConstraintOp) -> str:
    in_batch = autogen_context._has_batch
    arguments = [repr(_render_gen_name(autogen_context, op.constraint_name))]
    if not in_batch:
        arguments.append(repr(_ident(op.table_name)))
    constraint = op.to_constraint(autogen_context.migration_context)
    arguments += [*_elements(op.elements, autogen_context), *_options(constraint, autogen_context)]
    if op.schema and not in_batch:
        arguments.append(f"schema={_ident(op.schema)!r}")
    return f"{_alembic_autogenerate_prefix(autogen_context)}create_exclude_constraint({', '.join(arguments)})"


def _elements(pairs: Iterable[tuple[Any, str]], autogen_context: AutogenContext) -> list[str]:
    return [f"({_element(each, autogen_context)}, {operator!r})" for each, operator in pairs]


def _element(expression: Any, autogen_context: AutogenContext) -> str:
    prefix = _sqlalchemy_autogenerate_prefix(autogen_context)
    if isinstance(expression, str):
        return f"{prefix}column({_ident(expression)!r})"
    if isinstance(expression, ColumnClause) and not expression.is_literal:
        return f"{prefix}column({_ident(expression.name)!r})"
    return _render_potential_expr(expression, autogen_context)


def _options(constraint: ExcludeConstraint, autogen_context: AutogenContext) -> list[str]:
    where = constraint.where
    given = {
        "where": TextClause(where) if isinstance(where, str) else where,
        "deferrable": constraint.deferrable,
        "initially": constraint.initially,
        "using": constraint.using,
        "ops": dict(constraint.ops) or None,
    }
    return [f"{name}={option(value, autogen_context)}" for name, value in given.items() if value is not None]

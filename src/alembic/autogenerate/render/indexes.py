"""Operations on indexes as generated Python has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.schema import Column

from alembic.operations import ops

from .columns import _render_dialect_kwargs_items
from .expressions import _render_potential_expr
from .names import _alembic_autogenerate_prefix, _ident, _render_gen_name
from .registry import default_renderers

if TYPE_CHECKING:
    from sqlalchemy.schema import Index

    from alembic.autogenerate.context import AutogenContext


@default_renderers.dispatch_for(ops.CreateIndexOp)
def _add_index(autogen_context: AutogenContext, op: ops.CreateIndexOp) -> str:
    """``op.create_index(…)``"""
    index = op.to_index(autogen_context.migration_context)
    in_batch = autogen_context._has_batch
    arguments = [repr(_render_gen_name(autogen_context, index.name))]
    if not in_batch:
        arguments.append(repr(_ident(op.table_name)))
    arguments.append(f"[{', '.join(_get_index_rendered_expressions(index, autogen_context))}]")
    arguments.append(f"unique={bool(index.unique)!r}")
    if op.schema and not in_batch:
        arguments.append(f"schema={op.schema!r}")
    arguments += _render_dialect_kwargs_items(autogen_context, op.kw)
    if op.if_not_exists is not None:
        arguments.append(f"if_not_exists={op.if_not_exists!r}")
    return f"{_alembic_autogenerate_prefix(autogen_context)}create_index({', '.join(arguments)})"


@default_renderers.dispatch_for(ops.DropIndexOp)
def _drop_index(autogen_context: AutogenContext, op: ops.DropIndexOp) -> str:
    """``op.drop_index(…)``"""
    in_batch = autogen_context._has_batch
    arguments = [repr(_render_gen_name(autogen_context, op.index_name))]
    if not in_batch:
        arguments.append(f"table_name={_ident(op.table_name)!r}")
        if op.schema:
            arguments.append(f"schema={op.schema!r}")
    options: dict[str, Any] = {name: value for name, value in op.kw.items() if name != "unique"}
    arguments += _render_dialect_kwargs_items(autogen_context, options)
    if op.if_exists is not None:
        arguments.append(f"if_exists={op.if_exists!r}")
    return f"{_alembic_autogenerate_prefix(autogen_context)}drop_index({', '.join(arguments)})"


def _get_index_rendered_expressions(idx: Index, autogen_context: AutogenContext) -> list[str]:
    """The parts of an index: names of columns, and expressions."""
    return [
        repr(_ident(part.name))
        if isinstance(part, Column)
        else _render_potential_expr(part, autogen_context, is_index=True)
        for part in idx.expressions
    ]

"""Operations on tables as generated Python has them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from alembic.operations import ops

from .columns import _render_column
from .constraints import _render_constraint
from .expressions import option
from .names import _alembic_autogenerate_prefix, _ident
from .registry import default_renderers

if TYPE_CHECKING:
    from sqlalchemy.schema import MetaData, Table

    from alembic.autogenerate.context import AutogenContext

#: More arguments than this go in as a list; Python itself has no such limit any more, older ones had.
MAX_PYTHON_ARGS = 255


@default_renderers.dispatch_for(ops.CreateTableOp)
def _add_table(autogen_context: AutogenContext, op: ops.CreateTableOp) -> str:
    """``op.create_table(…)``, one argument a line: columns, then constraints, sorted."""
    table = op.to_table(autogen_context.migration_context)
    contents = _contents(table, autogen_context, op._namespace_metadata)
    inside = ",\n".join(contents)
    if len(contents) > MAX_PYTHON_ARGS:
        inside = f"*[{inside}]"
    arguments = [f"{_ident(op.table_name)!r}", *([inside] if inside else [])]
    if op.schema:
        arguments.append(f"schema={op.schema!r}")
    if table.comment:
        arguments.append(f"comment={table.comment!r}")
    info = {key: value for key, value in table.info.items() if _is_literal(key) and _is_literal(value)}
    if info:
        arguments.append(f"info={info!r}")
    arguments += [
        f"{name.replace(' ', '_')}={option(op.kw[name], autogen_context)}" for name in sorted(op.kw)
    ]
    if table._prefixes:
        arguments.append(f"prefixes={[str(each) for each in table._prefixes]!r}")
    if op.if_not_exists is not None:
        arguments.append(f"if_not_exists={op.if_not_exists!r}")
    prefix = _alembic_autogenerate_prefix(autogen_context)
    return f"{prefix}create_table(" + ",\n".join(arguments) + "\n)"


def _contents(table: Table, autogen_context: AutogenContext, namespace: MetaData | None) -> list[str]:
    columns = [_render_column(column, autogen_context) for column in table.columns]
    constraints = [
        _render_constraint(constraint, autogen_context, namespace)
        for constraint in sorted(table.constraints, key=lambda each: each._creation_order)
    ]
    return [*filter(None, columns), *sorted(filter(None, constraints))]


def _is_literal(value: Any) -> bool:
    """Whether the ``repr`` makes the value again; applications keep anything in ``info``."""
    try:
        return bool(ast.literal_eval(repr(value)) == value)
    except (ValueError, SyntaxError, TypeError):
        return False


@default_renderers.dispatch_for(ops.DropTableOp)
def _drop_table(autogen_context: AutogenContext, op: ops.DropTableOp) -> str:
    """``op.drop_table(…)``"""
    arguments = [repr(_ident(op.table_name))]
    if op.schema:
        arguments.append(f"schema={op.schema!r}")
    if op.if_exists is not None:
        arguments.append(f"if_exists={op.if_exists!r}")
    return f"{_alembic_autogenerate_prefix(autogen_context)}drop_table({', '.join(arguments)})"


@default_renderers.dispatch_for(ops.RenameTableOp)
def _rename_table(autogen_context: AutogenContext, op: ops.RenameTableOp) -> str:
    """``op.rename_table(…)``"""
    arguments = [repr(_ident(op.table_name)), repr(_ident(op.new_table_name))]
    if op.schema:
        arguments.append(f"schema={op.schema!r}")
    return f"{_alembic_autogenerate_prefix(autogen_context)}rename_table({', '.join(arguments)})"


@default_renderers.dispatch_for(ops.CreateTableCommentOp)
def _render_create_table_comment(autogen_context: AutogenContext, op: ops.CreateTableCommentOp) -> str:
    """``op.create_table_comment(…)``"""
    arguments: dict[str, Any] = {"existing_comment": op.existing_comment}
    return _comment_call("create_table_comment", op, [repr(op.comment)], arguments, autogen_context)


@default_renderers.dispatch_for(ops.DropTableCommentOp)
def _render_drop_table_comment(autogen_context: AutogenContext, op: ops.DropTableCommentOp) -> str:
    """``op.drop_table_comment(…)``"""
    arguments: dict[str, Any] = {"existing_comment": op.existing_comment}
    return _comment_call("drop_table_comment", op, [], arguments, autogen_context)


def _comment_call(
    directive: str,
    op: ops.AlterTableOp,
    positional: list[str],
    named: dict[str, Any],
    autogen_context: AutogenContext,
) -> str:
    if not autogen_context._has_batch:
        positional = [repr(_ident(op.table_name)), *positional]
        named = {**named, "schema": op.schema}
    lines = [*positional, *(f"{name}={value!r}" for name, value in named.items())]
    body = ",\n".join(f"    {line}" for line in lines)
    return f"{_alembic_autogenerate_prefix(autogen_context)}{directive}(\n{body}\n)"

"""Columns, and the operations on them, as generated Python has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.schema import CheckConstraint, Column, Computed, Identity
from sqlalchemy.types import TypeEngine

from alembic.operations import ops

from .expressions import _should_render_server_default_positionally, option, server_default
from .names import (
    _alembic_autogenerate_prefix,
    _ident,
    _sqlalchemy_autogenerate_prefix,
    _user_defined_render,
)
from .registry import default_renderers
from .types import _repr_type

if TYPE_CHECKING:
    from alembic.autogenerate.context import AutogenContext

_CONTINUED = ",\n" + " " * 11


def _render_column(
    column: Column[Any], autogen_context: AutogenContext, *, is_key: bool = False
) -> str | None:
    """A Column without what becomes constraints and indexes of its table; None if ``render_item`` says so.

    :param is_key: say that it is the primary key, without which it would not count by itself.
    """
    rendered = _user_defined_render("column", column, autogen_context)
    if rendered is not False:
        return rendered
    default = column.server_default and server_default(column.server_default, autogen_context)
    positional = _should_render_server_default_positionally(column.server_default)
    arguments = [
        repr(_ident(column.name)),
        _repr_type(column.type, autogen_context),
        *_own_checks(column, autogen_context),
        *([str(default)] if default and positional else []),
        *([f"server_default={default}"] if default and not positional else []),
    ]
    if is_key:
        arguments.append("primary_key=True")
    if column.autoincrement is not None and column.autoincrement != "auto":
        arguments.append(f"autoincrement={column.autoincrement!r}")
    if column.nullable is not None:
        arguments.append(f"nullable={column.nullable!r}")
    if column.system:
        arguments.append("system=True")
    if column.comment:
        arguments.append(f"comment={column.comment!r}")
    arguments += _render_dialect_kwargs_items(autogen_context, column.dialect_kwargs)
    return f"{_sqlalchemy_autogenerate_prefix(autogen_context)}Column({', '.join(arguments)})"


def _own_checks(column: Column[Any], autogen_context: AutogenContext) -> list[str]:
    """The CHECKs that were given to the column itself, of which its table knows nothing."""
    from .constraints import _render_check_constraint

    checks = [each for each in column.constraints if isinstance(each, CheckConstraint)]
    written = [_render_check_constraint(each, autogen_context, None) for each in checks]
    return sorted(filter(None, written))  # they are a set there


def _render_dialect_kwargs_items(autogen_context: AutogenContext, dialect_kwargs: Any) -> list[str]:
    """The options of single databases, as arguments."""
    return [f"{name}={option(value, autogen_context)}" for name, value in dialect_kwargs.items()]


@default_renderers.dispatch_for(ops.AddColumnOp)
def _add_column(autogen_context: AutogenContext, op: ops.AddColumnOp) -> str | list[str]:
    """``op.add_column(…)``"""
    table = getattr(op.column, "table", None)
    counts = table is not None and table._autoincrement_column is op.column
    column = _render_column(op.column, autogen_context, is_key=counts)
    if not column:
        return []
    in_batch = autogen_context._has_batch
    arguments = [] if in_batch else [repr(_ident(op.table_name))]
    arguments.append(column)
    if op.schema and not in_batch:
        arguments.append(f"schema={op.schema!r}")
    if op.if_not_exists is not None and not in_batch:
        arguments.append(f"if_not_exists={op.if_not_exists!r}")
    if counts and op.inline_primary_key:
        arguments.append("inline_primary_key=True")
    return f"{_alembic_autogenerate_prefix(autogen_context)}add_column({', '.join(arguments)})"


@default_renderers.dispatch_for(ops.DropColumnOp)
def _drop_column(autogen_context: AutogenContext, op: ops.DropColumnOp) -> str:
    """``op.drop_column(…)``"""
    in_batch = autogen_context._has_batch
    arguments = [] if in_batch else [repr(_ident(op.table_name))]
    arguments.append(repr(_ident(op.column_name)))
    if op.schema and not in_batch:
        arguments.append(f"schema={op.schema!r}")
    if op.if_exists is not None and not in_batch:
        arguments.append(f"if_exists={op.if_exists!r}")
    arguments += [f"{name}={_value(value, autogen_context)}" for name, value in op.kw.items()]
    return f"{_alembic_autogenerate_prefix(autogen_context)}drop_column({', '.join(arguments)})"


@default_renderers.dispatch_for(ops.AlterColumnOp)
def _alter_column(autogen_context: AutogenContext, op: ops.AlterColumnOp) -> str:
    """``op.alter_column(…)``, with as many ``existing_…`` arguments as are known and not modified."""
    in_batch = autogen_context._has_batch
    place = [] if in_batch else [repr(_ident(op.table_name))]
    call = f"{_alembic_autogenerate_prefix(autogen_context)}alter_column("
    arguments = _alterations(op, autogen_context)
    if op.schema and not in_batch:
        arguments.append(f"schema={op.schema!r}")
    return call + ", ".join([*place, repr(_ident(op.column_name))]) + _continued(arguments) + ")"


def _continued(arguments: list[str]) -> str:
    return "".join(_CONTINUED + each for each in arguments)


def _alterations(op: ops.AlterColumnOp, autogen_context: AutogenContext) -> list[str]:
    given: dict[str, str | None] = {}
    if op.existing_type is not None:
        given["existing_type"] = _repr_type(op.existing_type, autogen_context)
    if op.modify_server_default is not False:
        given["server_default"] = server_default(op.modify_server_default, autogen_context) or "None"
    if op.modify_name is not None:
        given["new_column_name"] = repr(_ident(op.modify_name))
    if op.modify_type is not None:
        given["type_"] = _repr_type(op.modify_type, autogen_context)
    if op.modify_nullable is not None:
        given["nullable"] = repr(op.modify_nullable)
    if op.modify_comment is not False:
        given["comment"] = repr(op.modify_comment)
    if op.existing_comment is not None:
        given["existing_comment"] = repr(op.existing_comment)
    if op.modify_nullable is None and op.existing_nullable is not None:
        given["existing_nullable"] = repr(op.existing_nullable)
    if "autoincrement" in op.kw:
        given["autoincrement"] = repr(op.kw["autoincrement"])
    if _is_wanted(op.existing_server_default, op.modify_server_default):
        given["existing_server_default"] = server_default(op.existing_server_default, autogen_context)
    for name, value in op.kw.items():
        if name != "autoincrement":
            given[name.removeprefix("modify_")] = _value(value, autogen_context)
    return [f"{name}={value}" for name, value in given.items() if value is not None]


def _is_wanted(existing: Any, modified: Any) -> bool:
    """Whether the present default is to be named.

    It is when it stays, and where an identity comes, changes or goes, which takes statements of its own.
    """
    if existing is None or existing is False:
        return False
    generates = (Identity, Computed)
    return modified is False or isinstance(existing, generates) or isinstance(modified, generates)


def _value(value: Any, autogen_context: AutogenContext) -> str:
    """The Python for an option, which may be a type."""
    if isinstance(value, TypeEngine) or (isinstance(value, type) and issubclass(value, TypeEngine)):
        return _repr_type(value, autogen_context)
    return option(value, autogen_context)

"""Statements of the user's own, and rows, as generated Python has them."""

from __future__ import annotations

import datetime
import decimal
import uuid
from typing import TYPE_CHECKING, Any

from alembic.errors.autogenerate import ValueNotWritable
from alembic.operations import ops

from .expressions import _render_potential_expr
from .names import _alembic_autogenerate_prefix, _ident, _sqlalchemy_autogenerate_prefix
from .registry import default_renderers
from .types import _repr_type

if TYPE_CHECKING:
    from alembic.autogenerate.context import AutogenContext

_SIMPLE = (bool, int, float, str, bytes)
_OF_MODULES = (datetime.date, datetime.time, datetime.timedelta, decimal.Decimal, uuid.UUID)


@default_renderers.dispatch_for(ops.ExecuteSQLOp)
def _execute_sql(autogen_context: AutogenContext, op: ops.ExecuteSQLOp) -> str:
    """``op.execute(…)`` with a string, or with the SQL of an expression in ``text()``."""
    arguments = [_render_potential_expr(op.sqltext, autogen_context)]
    if op.execution_options and not autogen_context._has_batch:
        arguments.append(f"execution_options={dict(op.execution_options)!r}")
    return f"{_alembic_autogenerate_prefix(autogen_context)}execute({', '.join(arguments)})"


@default_renderers.dispatch_for(ops.BulkInsertOp)
def _bulk_insert(autogen_context: AutogenContext, op: ops.BulkInsertOp) -> str:
    """``op.bulk_insert(…)`` into a ``table()`` of the columns that the table has.

    :raises ValueNotWritable: a NotImplementedError too: a value of a row has no Python to write it by.
    """
    prefix = _sqlalchemy_autogenerate_prefix(autogen_context)
    columns = [
        f"{prefix}column({_ident(column.name)!r}, {_repr_type(column.type, autogen_context)})"
        for column in op.table.columns
    ]
    schema = getattr(op.table, "schema", None)
    table = [
        repr(_ident(op.table.name)),
        *columns,
        *([f"schema={_ident(schema)!r}"] if schema is not None else []),
    ]
    names = {column.key: str(column.name) for column in op.table.columns}
    rows = [
        {names.get(key, key): _value(value, autogen_context) for key, value in row.items()} for row in op.rows
    ]
    written = ["{" + ", ".join(f"{name!r}: {value}" for name, value in row.items()) + "}" for row in rows]
    arguments = [f"{prefix}table({', '.join(table)})", f"[{', '.join(written)}]"]
    if not op.multiinsert:
        arguments.append("multiinsert=False")
    return f"{_alembic_autogenerate_prefix(autogen_context)}bulk_insert({', '.join(arguments)})"


def _value(value: Any, autogen_context: AutogenContext) -> str:
    if value is None or type(value) in _SIMPLE:
        return repr(value)
    if isinstance(value, _OF_MODULES) and type(value).__module__ in ("datetime", "decimal", "uuid"):
        module = type(value).__module__
        autogen_context.imports.add(f"import {module}")
        text = repr(value)
        return text if text.startswith(f"{module}.") else f"{module}.{text}"
    if isinstance(value, (list, dict)) and type(value) in (list, dict):
        if isinstance(value, list):
            return f"[{', '.join(_value(each, autogen_context) for each in value)}]"
        items = (
            f"{_value(key, autogen_context)}: {_value(of, autogen_context)}" for key, of in value.items()
        )
        return "{" + ", ".join(items) + "}"
    raise ValueNotWritable(value)

"""Primary keys of a column that counts by itself, where such a column can't be without being the key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.operations import ops

from .primary_keys import PrimaryKeyOp

if TYPE_CHECKING:
    import sqlalchemy as sa

    from ..context import AutogenContext


def counts(column: sa.Column[Any]) -> bool:
    """Whether a column of a Table counts by itself: SERIAL, AUTO_INCREMENT and the like."""
    table = getattr(column, "table", None)
    return table is not None and table._autoincrement_column is column


def inline_counting_keys(context: AutogenContext, upgrade_ops: ops.UpgradeOps) -> None:
    """Have such a column come and go together with its key, instead of one after the other."""
    if not context.migration_context.impl.changes.counting_columns_are_keys:
        return
    for container in upgrade_ops.ops:
        if isinstance(container, ops.ModifyTableOps):
            for operation in list(container.ops):
                if isinstance(operation, PrimaryKeyOp):
                    _inline(context, container, operation)


def _inline(context: AutogenContext, container: ops.ModifyTableOps, exchange: PrimaryKeyOp) -> None:
    before, after = exchange.before, exchange.after
    for operation in container.ops:
        if isinstance(operation, ops.AddColumnOp) and (operation.column.name,) == after:
            if counts(operation.column):
                operation.inline_primary_key = True
                after = ()
        elif isinstance(operation, ops.DropColumnOp) and (operation.column_name,) == before:
            original = operation._reverse
            if original is not None and counts(original.column):
                original.inline_primary_key = True
                before = ()
    if (before, after) == (exchange.before, exchange.after):
        return
    place = container.ops.index(exchange)
    rest: list[ops.MigrateOperation] = []
    if before or after:
        changes = context.migration_context.impl.changes
        statement = changes.replace_primary_key(*exchange.key, before, after)
        assert statement is not None
        rest = [PrimaryKeyOp(*statement, exchange.key, before, after)]
    container.ops[place : place + 1] = rest

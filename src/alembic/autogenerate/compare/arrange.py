"""From the differences that were found to operations that can be run one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from alembic.operations import ops

from .counting_keys import inline_counting_keys
from .dependents import release
from .facts import pair_of
from .late_keys import split
from .ordering import in_order
from .risks import note_beyond
from .supports import mind_supports

if TYPE_CHECKING:
    from ..context import AutogenContext


def restate_defaults(context: AutogenContext, upgrade_ops: ops.UpgradeOps) -> None:
    """Have a default set again that a change of the column's type would spoil."""
    changes = context.migration_context.impl.changes
    for container in upgrade_ops.ops:
        for operation in container.ops if isinstance(container, ops.ModifyTableOps) else ():
            if not isinstance(operation, ops.AlterColumnOp) or operation.modify_type is None:
                continue
            default = operation.existing_server_default
            if operation.modify_server_default is not False or not isinstance(default, sa.DefaultClause):
                continue
            before, after = map(sa.types.to_instance, (operation.existing_type, operation.modify_type))
            if changes.restates_default(before, after):
                pair = pair_of(context, operation)
                column = None
                if pair is not None and pair.model is not None:
                    column = pair.model.columns.get(operation.column_name)
                if column is not None:  # else it is somebody else's operation
                    operation.modify_server_default = column.source.server_default


def arrange(context: AutogenContext, upgrade_ops: ops.UpgradeOps) -> None:
    """Complete the operations of an upgrade with what they take, and put them in order."""
    if upgrade_ops.ops:
        restate_defaults(context, upgrade_ops)
        inline_counting_keys(context, upgrade_ops)
        split(context, upgrade_ops)
        mind_supports(context, upgrade_ops)
        release(context, upgrade_ops)
        in_order(context, upgrade_ops)
        for operation in upgrade_ops.ops:
            if isinstance(operation, ops.DropTableOp):
                pair = pair_of(context, operation)
                record = context.catalogue.tables.get(pair.key) if pair is not None else None
                note_beyond(operation, record.beyond if record is not None else [])

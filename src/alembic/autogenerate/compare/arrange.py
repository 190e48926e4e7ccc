"""From the differences that were found to operations that can be run one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations import ops

from .dependents import release
from .late_keys import split
from .ordering import in_order
from .risks import note_beyond

if TYPE_CHECKING:
    from ..context import AutogenContext


def arrange(context: AutogenContext, upgrade_ops: ops.UpgradeOps) -> None:
    """Complete the operations of an upgrade with what they take, and put them in order."""
    if upgrade_ops.ops:
        split(context, upgrade_ops)
        release(context, upgrade_ops)
        in_order(context, upgrade_ops)
        for operation in upgrade_ops.ops:
            if isinstance(operation, ops.DropTableOp):
                record = context.catalogue.tables.get(
                    context.pair(operation.schema, operation.table_name).key
                )
                note_beyond(operation, record.beyond if record is not None else [])

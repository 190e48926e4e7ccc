"""The opt-in plugin ``alembic.ext.checkconstraint_byname``: CHECK constraints, by nothing but their names.

For projects that leave ``alembic.autogenerate.checks`` out, which looks at conditions too. Where both are in
use, this one adds nothing.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from alembic.operations import ops
from alembic.runtime.plugins import DispatchPriority, PriorityDispatchResult

from .constraints import TableChanges

if TYPE_CHECKING:
    import sqlalchemy as sa

    from alembic.runtime.plugins import Plugin

    from ..context import AutogenContext

log = logging.getLogger("alembic.ext.checkconstraint_byname")


def setup(plugin: Plugin) -> None:
    """Register the comparator."""
    plugin.add_autogenerate_comparator(
        compare_check_names, "table", "checkconstraints", priority=DispatchPriority.LAST
    )


def compare_check_names(
    autogen_context: AutogenContext,
    modify_ops: ops.ModifyTableOps,
    schema: str | None,
    tname: str,
    conn_table: sa.Table | None,
    metadata_table: sa.Table | None,
) -> PriorityDispatchResult:
    """Add and drop CHECK constraints whose names one side lacks, of a table that both sides have."""
    pair = autogen_context.pair(schema, tname)
    if pair.database is None or pair.model is None:
        return PriorityDispatchResult.CONTINUE
    present = {check.name: check for check in pair.database.checks if check.name is not None}
    wanted = {check.name: check for check in pair.model.checks if check.name is not None}
    done = {str(getattr(operation, "constraint_name", "")) for operation in modify_ops.ops}
    changes = TableChanges(autogen_context, pair, modify_ops)
    for name in sorted(present.keys() - wanted.keys() - done):
        if changes.passes("check_constraint", present[name], None):
            log.info("Detected removed check constraint %r on %r", name, changes.full_name)
            changes.add(changes.drop_op(present[name]))
    for name in sorted(wanted.keys() - present.keys() - done):
        if changes.passes("check_constraint", None, wanted[name]):
            log.info("Detected added check constraint %r on %r", name, changes.full_name)
            changes.add(changes.create_op(wanted[name], []))
    return PriorityDispatchResult.CONTINUE

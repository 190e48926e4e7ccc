"""The plugin ``alembic.autogenerate.checks``: CHECK constraints, by name and condition."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from alembic.operations import ops
from alembic.runtime.plugins import PriorityDispatchResult
from alembic.schema.shapes import Check

from .constraints import TableChanges
from .facts import mentioned
from .matching import by_name

if TYPE_CHECKING:
    from alembic.runtime.plugins import Plugin

    from ..context import AutogenContext

log = logging.getLogger(__name__)


def setup(plugin: Plugin) -> None:
    """Register the comparator of CHECK constraints."""
    plugin.add_autogenerate_comparator(compare_checks, "table", "checkconstraints")


def compare_checks(
    autogen_context: AutogenContext,
    modify_ops: ops.ModifyTableOps,
    schema: str | None,
    tname: str,
    conn_table: sa.Table | None,
    metadata_table: sa.Table | None,
) -> PriorityDispatchResult:
    """Add the operations on the CHECK constraints of a table that both sides have."""
    pair = autogen_context.pair(schema, tname)
    if pair.database is None or pair.model is None or pair.database.checks == pair.model.checks:
        return PriorityDispatchResult.CONTINUE
    coming = _that_come_along(modify_ops)
    wanted = [check for check in pair.model.checks if check.source not in coming]
    difference = by_name(pair.database.checks, wanted, lambda check: (check.text, check.options))
    changes = _Checks(autogen_context, pair, modify_ops)
    for check in difference.removed:
        changes.drop(check)
    for present, check in difference.changed:
        changes.change(present, check)
    for check in (*difference.added, *difference.unnamed):
        changes.create(check)
    # Nothing is left to say for a comparator that knows names only.
    return PriorityDispatchResult.STOP


class _Checks(TableChanges):
    def drop(self, check: Check) -> None:
        if self.passes("check_constraint", check, None):
            log.info("Detected removed check constraint %r on %r", check.name, self.full_name)
            self.add(self.drop_op(check))

    def create(self, check: Check) -> None:
        if self.passes("check_constraint", None, check):
            log.info("Detected added check constraint %r on %r", check.name, self.full_name)
            self.add(self.create_op(check, self._columns(check)))

    def change(self, present: Check, wanted: Check) -> None:
        if self.passes("check_constraint", present, wanted):
            log.info(
                "Detected changed check constraint %r on %r: %s to %s",
                wanted.name,
                self.full_name,
                present.text,
                wanted.text,
            )
            self.add(self.drop_op(present), self.create_op(wanted, self._columns(wanted)))

    def _columns(self, check: Check) -> list[str]:
        return mentioned(check.text, self.pair.both[1].columns)


def _that_come_along(modify_ops: ops.ModifyTableOps) -> list[object]:
    """The CHECKs of columns that are added, and of their types (Boolean, Enum): they come with the column."""
    coming: list[object] = []
    for operation in modify_ops.ops:
        if isinstance(operation, ops.AddColumnOp):
            column = operation.column
            bound: list[Any] = [each for each in column.table.constraints if each._type_bound]
            coming += [each for each in column.constraints if isinstance(each, sa.CheckConstraint)]
            coming += [each for each in bound if [one.name for one in each.columns] == [column.name]]
    return coming

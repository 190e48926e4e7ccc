"""The plugin ``alembic.autogenerate.primary_keys``: which columns make up the primary key."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from alembic.operations import ops
from alembic.runtime.plugins import PriorityDispatchResult

from .constraints import TableChanges
from .facts import Facts, StatementOp, both_ways, primary_key_facts

if TYPE_CHECKING:
    import sqlalchemy as sa

    from alembic.runtime.plugins import Plugin
    from alembic.schema.shapes import TableKey

    from ..context import AutogenContext

log = logging.getLogger(__name__)


class PrimaryKeyOp(StatementOp):
    """Exchanges the primary key of a table by one statement.

    :param key: the table.
    :param before: columns of the old key; none if there is none. ``after``: of the new one.
    """

    def __init__(
        self, there: str, back: str, key: TableKey, before: tuple[str, ...], after: tuple[str, ...]
    ) -> None:
        old, new = (primary_key_facts(key, columns) if columns else Facts() for columns in (before, after))
        super().__init__(there, back, both_ways(old, new))
        self.key, self.before, self.after = key, before, after


def setup(plugin: Plugin) -> None:
    """Register the comparator of primary keys."""
    plugin.add_autogenerate_comparator(compare_primary_keys, "table", "primarykeys")


def compare_primary_keys(
    autogen_context: AutogenContext,
    modify_ops: ops.ModifyTableOps,
    schema: str | None,
    tname: str,
    conn_table: sa.Table | None,
    metadata_table: sa.Table | None,
) -> PriorityDispatchResult:
    """Exchange the primary key of a table that both sides have, if it consists of other columns."""
    pair = autogen_context.pair(schema, tname)
    if pair.database is None or pair.model is None:
        return PriorityDispatchResult.CONTINUE
    present, wanted = pair.database.primary_key, pair.model.primary_key
    if present == wanted:
        return PriorityDispatchResult.CONTINUE
    changes = TableChanges(autogen_context, pair, modify_ops)
    before = present.columns if present is not None else ()
    after = wanted.columns if wanted is not None else ()
    log.info("Detected changed primary key on %r: %s to %s", changes.full_name, before, after)
    statement = autogen_context.migration_context.impl.changes.replace_primary_key(*pair.key, before, after)
    if statement is not None:
        changes.add(PrimaryKeyOp(*statement, pair.key, before, after))
        return PriorityDispatchResult.CONTINUE
    if present is not None:
        changes.add(changes.drop_op(present))
        changes.taken.discard(present.name or "")
    if wanted is not None:
        changes.add(changes.create_op(wanted, after))
    return PriorityDispatchResult.CONTINUE

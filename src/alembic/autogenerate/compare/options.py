"""The plugin ``alembic.autogenerate.options``: storage parameters, engine, character set of a table."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from alembic.masking import masked
from alembic.operations import ops
from alembic.runtime.plugins import PriorityDispatchResult

if TYPE_CHECKING:
    import sqlalchemy as sa

    from alembic.runtime.plugins import Plugin

    from ..context import AutogenContext

log = logging.getLogger(__name__)


def setup(plugin: Plugin) -> None:
    """Register the comparator of table options."""
    plugin.add_autogenerate_comparator(compare_options, "table", "options")


def compare_options(
    autogen_context: AutogenContext,
    modify_ops: ops.ModifyTableOps,
    schema: str | None,
    tname: str,
    conn_table: sa.Table | None,
    metadata_table: sa.Table | None,
) -> PriorityDispatchResult:
    """Change the options of a table that both sides have; what can't be changed is left to a person."""
    pair = autogen_context.pair(schema, tname)
    if pair.database is None or pair.model is None or pair.database.options == pair.model.options:
        return PriorityDispatchResult.CONTINUE
    before, after = pair.database.options, pair.model.options
    name = ".".join(filter(None, pair.key))
    shown = masked(f"{dict(before)} to {dict(after)}")  # CONNECTION of a federated table is a URL
    log.info("Detected changed options of table %r: %s", name, shown)
    changes = autogen_context.migration_context.impl.changes
    statements = changes.table_options(*pair.key, before, after)
    if statements is None:
        modify_ops.ops.append(
            ops.ManualOp(
                f"options of table {name!r}: {dict(before)} to {dict(after)}",
                "the table would have to be built anew",
                reverse=f"options of table {name!r}: {dict(after)} to {dict(before)}",
            )
        )
    else:
        # First: a column that gets the character set of its table on MySQL gets the new one.
        modify_ops.ops[:0] = [ops.ReversibleSQLOp(there, back) for there, back in statements]
    return PriorityDispatchResult.CONTINUE

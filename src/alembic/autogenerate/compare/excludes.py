"""The plugin ``alembic.autogenerate.excludes``: EXCLUDE constraints, which PostgreSQL alone has."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from alembic.operations import ops
from alembic.runtime.plugins import PriorityDispatchResult
from alembic.schema.shapes import Exclude

from .constraints import TableChanges
from .facts import Facts, StatementOp, both_ways, mentioned
from .matching import by_name
from .objects import name_it

if TYPE_CHECKING:
    import sqlalchemy as sa

    from alembic.runtime.plugins import Plugin

    from ..context import AutogenContext

log = logging.getLogger(__name__)


def setup(plugin: Plugin) -> None:
    """Register the comparator of EXCLUDE constraints."""
    plugin.add_autogenerate_comparator(compare_excludes, "table", "excludes")


def compare_excludes(
    autogen_context: AutogenContext,
    modify_ops: ops.ModifyTableOps,
    schema: str | None,
    tname: str,
    conn_table: sa.Table | None,
    metadata_table: sa.Table | None,
) -> PriorityDispatchResult:
    """Add the operations on the EXCLUDE constraints of a table that the database has.

    Of one that goes as well: SQLAlchemy doesn't reflect them, so that the way back would miss them.
    """
    pair = autogen_context.pair(schema, tname)
    if pair.database is None:
        return PriorityDispatchResult.CONTINUE
    wanted = pair.model.excludes if pair.model is not None else ()
    difference = by_name(pair.database.excludes, wanted, lambda exclude: exclude.text)
    changes = _Excludes(autogen_context, pair, modify_ops)
    for exclude in difference.removed:
        changes.drop("removed", exclude)
    for present, exclude in difference.changed:
        changes.drop("changed", present)
        changes.add(changes.creation(exclude))
    for exclude in (*difference.added, *difference.unnamed):
        log.info("Detected added exclude constraint %r on %r", exclude.name, changes.full_name)
        changes.add(changes.creation(exclude))
    return PriorityDispatchResult.CONTINUE


class _Excludes(TableChanges):
    def drop(self, what: str, exclude: Exclude) -> None:
        """Drop it by a statement whose opposite is what the server told: nothing could say it as exactly."""
        assert exclude.name is not None and self.pair.database is not None
        log.info("Detected %s exclude constraint %r on %r", what, exclude.name, self.full_name)
        changes = self.context.migration_context.impl.changes
        back, there = changes.exclude(*self.pair.key, exclude, exclude.name)
        columns = mentioned(exclude.text, self.pair.database.columns)
        needed = Facts(
            makes={("name", self.pair.key, exclude.name)},
            needs={("column", self.pair.key, column) for column in columns},
        )
        self.add(StatementOp(there, back, both_ways(needed, Facts())))

    def creation(self, exclude: Exclude) -> ops.AddConstraintOp:
        """The operation that makes one of the models, under a name that can be dropped."""
        operation = ops.AddConstraintOp.from_constraint(exclude.source)
        columns = [column.name for column in exclude.source.columns]
        changes = self.context.migration_context.impl.changes
        name_it(operation, "exclude", self.table, columns, self.taken, changes)
        return operation

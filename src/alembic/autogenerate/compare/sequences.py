"""The plugin ``alembic.autogenerate.sequences``: sequences that belong to no column."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from alembic.operations import ops
from alembic.runtime.plugins import PriorityDispatchResult

from .facts import Facts, StatementOp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.runtime.plugins import Plugin
    from alembic.schema.shapes import Sequence

    from ..context import AutogenContext

log = logging.getLogger(__name__)


def setup(plugin: Plugin) -> None:
    """Register the comparator of sequences."""
    plugin.add_autogenerate_comparator(compare_sequences, "schema", "sequences")


def compare_sequences(
    autogen_context: AutogenContext, upgrade_ops: ops.UpgradeOps, schemas: set[str | None]
) -> PriorityDispatchResult:
    """Create, alter and drop sequences."""
    upgrade_ops.ops.extend(_operations(autogen_context, schemas))
    return PriorityDispatchResult.CONTINUE


def _operations(autogen_context: AutogenContext, schemas: set[str | None]) -> Iterator[ops.MigrateOperation]:
    pairs = autogen_context.pairs
    database, model = pairs.database.sequences, pairs.model.sequences
    changes = autogen_context.migration_context.impl.changes
    for key, wanted in model.items():
        present = database.get(key)
        if present == wanted:
            continue
        if present is None:
            log.info("Detected added sequence %r", _full_name(wanted))
            yield StatementOp(*changes.create_sequence(wanted), Facts(makes={("sequence", key)}))
            continue
        log.info(
            "Detected changed sequence %r: %s to %s",
            _full_name(wanted),
            dict(present.options),
            dict(wanted.options),
        )
        statements = changes.alter_sequence(present, wanted)
        if statements is None:
            before, after = dict(present.options), dict(wanted.options)
            yield ops.ManualOp(
                f"options of sequence {_full_name(wanted)!r}: {before} to {after}",
                "there is no statement that surely makes this change",
            )
        else:
            yield ops.ReversibleSQLOp(*statements)
    for key, present in database.items():
        if key not in model and key[0] in schemas:
            log.info("Detected removed sequence %r", _full_name(present))
            back, there = changes.create_sequence(present)
            yield StatementOp(
                there,
                back,
                Facts(drops={("sequence", key)}),
                notes=["The value that the sequence has reached is lost."],
                reverse_notes=["The sequence starts again from its beginning."],
            )


def _full_name(sequence: Sequence) -> str:
    return ".".join(filter(None, (sequence.schema, sequence.name)))

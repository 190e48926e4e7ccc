"""The comparison itself: functions registered for a target, called for both sides of everything.

Each module holds the comparators of one plugin; its ``setup(plugin)`` registers them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..reading import collector_paused
from ..registered import comparators
from .arrange import arrange
from .risks import note_risks

if TYPE_CHECKING:
    from alembic.operations.containers import MigrationScript, UpgradeOps

    from ..context import AutogenContext

__all__ = ["_populate_migration_script", "_produce_net_changes", "comparators"]


def _populate_migration_script(autogen_context: AutogenContext, migration_script: MigrationScript) -> None:
    """Fill the last pair of containers of a script with the differences, and with the way back."""
    upgrade_ops = migration_script.upgrade_ops_list[-1]
    with collector_paused():
        _produce_net_changes(autogen_context, upgrade_ops)
        downgrade_ops = upgrade_ops.reverse_into(migration_script.downgrade_ops_list[-1])
        note_risks(autogen_context, upgrade_ops)
        note_risks(autogen_context, downgrade_ops)


def _produce_net_changes(autogen_context: AutogenContext, upgrade_ops: UpgradeOps) -> None:
    """Add what makes the database like the models."""
    dialect = autogen_context.dialect
    assert dialect is not None
    autogen_context.comparators.dispatch("autogenerate", qualifier=dialect.name)(autogen_context, upgrade_ops)
    arrange(autogen_context, upgrade_ops)

"""The plugin ``alembic.autogenerate.schemas``: which schemas are compared."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from alembic.runtime.plugins import PriorityDispatchResult

if TYPE_CHECKING:
    from alembic.operations.containers import UpgradeOps
    from alembic.runtime.plugins import Plugin

    from ..context import AutogenContext

log = logging.getLogger(__name__)


def compare_schemas(autogen_context: AutogenContext, upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Have the chosen schemas compared by the comparators of the target "schema"."""
    dialect = autogen_context.dialect
    assert dialect is not None
    compare = autogen_context.comparators.dispatch("schema", qualifier=dialect.name)
    compare(autogen_context, upgrade_ops, set(autogen_context.schemas))
    return PriorityDispatchResult.CONTINUE


def setup(plugin: Plugin) -> None:
    """Register the comparators of this module."""
    plugin.add_autogenerate_comparator(compare_schemas, "autogenerate")

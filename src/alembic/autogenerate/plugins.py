"""The plugins that ship with the package: each finds one kind of difference, so that each can be left out."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING

from ..runtime.plugins import Plugin, set_up_before_others

if TYPE_CHECKING:
    from ..runtime.plugins import PriorityDispatcher

log = logging.getLogger("alembic.runtime.plugins")

DEFAULT_PLUGINS = ("alembic.autogenerate.*",)

# The name in configurations, and the module whose setup() fills the plugin. This is the order in which
# comparators of one target and priority are called.
BUILT_IN = {
    "alembic.autogenerate.schemas": "alembic.autogenerate.compare.schema",
    "alembic.autogenerate.renames": "alembic.autogenerate.renames",
    "alembic.autogenerate.enums": "alembic.autogenerate.compare.enums",
    "alembic.autogenerate.sequences": "alembic.autogenerate.compare.sequences",
    "alembic.autogenerate.tables": "alembic.autogenerate.compare.tables",
    "alembic.autogenerate.types": "alembic.autogenerate.compare.types",
    "alembic.autogenerate.constraints": "alembic.autogenerate.compare.constraints",
    "alembic.autogenerate.primary_keys": "alembic.autogenerate.compare.primary_keys",
    "alembic.autogenerate.checks": "alembic.autogenerate.compare.checks",
    "alembic.autogenerate.excludes": "alembic.autogenerate.compare.excludes",
    "alembic.autogenerate.options": "alembic.autogenerate.compare.options",
    "alembic.autogenerate.defaults": "alembic.autogenerate.compare.server_defaults",
    "alembic.autogenerate.comments": "alembic.autogenerate.compare.comments",
    "alembic.ext.checkconstraint_byname": "alembic.autogenerate.compare.check_names",
}

# The plugins that every release has had, and whose lines in the log people know.
_ANNOUNCED = frozenset(
    f"alembic.autogenerate.{name}"
    for name in ("schemas", "tables", "types", "constraints", "defaults", "comments")
) | {"alembic.ext.checkconstraint_byname"}

# Extensions that find what one of ours finds, which Alembic itself has never looked for: where a project has
# registered a comparator of theirs, it is them whose operations it wants, and not both.
LEFT_TO = {
    "alembic_autogenerate_enums": "alembic.autogenerate.enums",
    "alembic_enums": "alembic.autogenerate.enums",
    "alembic_postgresql_enum": "alembic.autogenerate.enums",
}


def populate(comparators: PriorityDispatcher, expressions: Iterable[str]) -> None:
    """Put the comparators of the chosen plugins into a dispatcher.

    :param comparators: has those that applications registered for all comparisons already.
    :param expressions: those of the option ``autogenerate_plugins``.
    :raises PluginNotFound: an expression fits no plugin.
    :raises PluginExpressionInvalid: an expression is no dotted name.
    """
    set_up_built_in()
    chosen = list(expressions)
    for package, name in LEFT_TO.items():
        if package in comparators.packages() and name not in chosen:
            log.info("leaving autogenerate plugin %s out: %s does its work", name, package)
            chosen.append(f"~{name}")
    Plugin.populate_autogenerate_priority_dispatch(comparators, chosen)


def set_up_built_in() -> None:
    """Register these plugins, once in this process; they come before those of applications."""
    set_up_before_others(BUILT_IN, import_module, _ANNOUNCED)

"""The plugins that ship with the package: each finds one kind of difference, so that each can be left out."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from ..runtime.plugins import Plugin, set_up_before_others

if TYPE_CHECKING:
    from ..runtime.plugins import PriorityDispatcher

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


def populate(comparators: PriorityDispatcher, expressions: Iterable[str]) -> None:
    """Put the comparators of the chosen plugins into a dispatcher.

    :param expressions: those of the option ``autogenerate_plugins``.
    :raises PluginNotFound: an expression fits no plugin.
    :raises PluginExpressionInvalid: an expression is no dotted name.
    """
    set_up_built_in()
    Plugin.populate_autogenerate_priority_dispatch(comparators, expressions)


def set_up_built_in() -> None:
    """Register these plugins, once in this process; they come before those of applications."""
    # Until each of them is written.
    there = {name: module for name, module in BUILT_IN.items() if find_spec(module)}
    set_up_before_others(there, import_module)

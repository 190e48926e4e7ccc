"""Plugins: named bundles of autogenerate comparators, and the priority dispatch that they are put into."""

from __future__ import annotations

import logging
import re
import threading
import warnings
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from enum import Enum, IntEnum
from importlib.metadata import entry_points
from types import ModuleType
from typing import Any, NamedTuple, TypeVar

from ..errors.runtime import PluginExpressionInvalid, PluginNotFound, PluginRegistered

log = logging.getLogger("alembic.runtime.plugins")

Function = TypeVar("Function", bound=Callable[..., Any])

GROUP = "alembic.plugins"

# The registry that users know: every plugin of this process, by name, in the order of registration.
_all_plugins: dict[str, Plugin] = {}

# Names of an earlier release that configurations still contain.
_FORMER_NAMES = {"alembic.autogenerate.checkconstraint_byname": "alembic.ext.checkconstraint_byname"}

_SEGMENT = re.compile(r"\w+|\*")


class DispatchPriority(IntEnum):
    """When a function is called relative to others for the same target; higher goes first."""

    FIRST = 50
    MEDIUM = 25
    LAST = 10


class PriorityDispatchResult(Enum):
    """What a dispatched function says about those after it."""

    CONTINUE = 1
    STOP = 2


class _Entry(NamedTuple):
    function: Callable[..., Any]
    target: str
    qualifier: str
    subgroup: str | None
    priority: DispatchPriority


class PriorityDispatcher:
    """Calls every function registered for a target, in the order of priority.

    Functions share a *subgroup* when the first of them that returns ``STOP`` keeps the rest of that subgroup
    from being called; those registered without one share a subgroup as well.
    """

    def __init__(self) -> None:
        self._entries: list[_Entry] = []

    def dispatch_for(
        self,
        target: str,
        *,
        priority: DispatchPriority = DispatchPriority.MEDIUM,
        qualifier: str = "default",
        subgroup: str | None = None,
    ) -> Callable[[Function], Function]:
        """A decorator that registers a function.

        :param target: what is compared, such as ``"table"``.
        :param qualifier: a dialect's name, for this dialect only.
        :param subgroup: whose later functions a ``STOP`` of this one skips.
        """

        def register(function: Function) -> Function:
            self._entries.append(_Entry(function, target, qualifier, subgroup, priority))
            return function

        return register

    def dispatch(self, target: str, *, qualifier: str = "default") -> Callable[..., None]:
        """One function that calls all of those for the target, handing its arguments to each.

        Those of higher priority go first; at the same priority those of the dialect, then those for any
        dialect, each in the order of registration.
        """
        wanted = {qualifier, "default"}
        chosen = [entry for entry in self._entries if entry.target == target and entry.qualifier in wanted]
        chosen.sort(key=lambda entry: (-entry.priority, entry.qualifier == "default"))

        def call(*args: Any, **kw: Any) -> None:
            stopped: set[str | None] = set()
            for entry in chosen:
                if entry.subgroup in stopped:
                    continue
                if entry.function(*args, **kw) is PriorityDispatchResult.STOP:
                    stopped.add(entry.subgroup)

        return call

    def packages(self) -> set[str]:
        """The top-level packages that have registered functions."""
        return {str(entry.function.__module__).partition(".")[0] for entry in self._entries}

    def branch(self) -> PriorityDispatcher:
        """A copy; what is registered there is not registered here."""
        copied = PriorityDispatcher()
        copied.populate_with(self)
        return copied

    def populate_with(self, other: PriorityDispatcher) -> None:
        """Register all that another dispatcher has, after what is here."""
        self._entries.extend(other._entries)


class Plugin:
    """A named bundle of autogenerate comparators; making one registers it.

    :param name: dotted, such as ``"myproject.views"``; what ``autogenerate_plugins`` refers to.
    :raises PluginRegistered: there is one of this name.
    """

    def __init__(self, name: str) -> None:
        if name in _all_plugins:
            raise PluginRegistered(name)
        log.info("setup plugin %s", name)
        self._begin(name, logging.INFO)
        _all_plugins[name] = self

    def _begin(self, name: str, level: int) -> None:
        self.name = name
        self._log_level = level
        self.autogenerate_comparators = PriorityDispatcher()

    def remove(self) -> None:
        """Forget the plugin."""
        del _all_plugins[self.name]

    def add_autogenerate_comparator(
        self,
        fn: Callable[..., PriorityDispatchResult],
        compare_target: str,
        compare_element: str | None = None,
        *,
        qualifier: str = "default",
        priority: DispatchPriority = DispatchPriority.MEDIUM,
    ) -> None:
        """Have a function called during autogenerate.

        :param compare_target: ``"autogenerate"``, ``"schema"``, ``"table"`` or ``"column"``.
        :param compare_element: the subgroup, such as ``"indexes"``: a ``STOP`` skips the rest of it.
        :param qualifier: a dialect's name, for this dialect only.
        """
        self.autogenerate_comparators.dispatch_for(
            compare_target, subgroup=compare_element, priority=priority, qualifier=qualifier
        )(fn)

    @classmethod
    def setup_plugin_from_module(cls, module: ModuleType, name: str) -> None:
        """Make a plugin and let the module's ``setup(plugin)`` fill it.

        :raises PluginRegistered: there is one of this name.
        """
        plugin = cls(name)
        try:
            module.setup(plugin)
        except BaseException:
            plugin.remove()
            raise

    @classmethod
    def populate_autogenerate_priority_dispatch(
        cls, comparators: PriorityDispatcher, include_plugins: Iterable[str]
    ) -> None:
        """Put the comparators of the chosen plugins into a dispatcher.

        :param include_plugins: dotted names; ``*`` stands for one or more segments, and a leading ``~``
            leaves out what it fits.
        :raises PluginNotFound: an expression fits no plugin.
        :raises PluginExpressionInvalid: an expression is no dotted name.
        """
        for name in chosen_names(include_plugins, _all_plugins):
            plugin = _all_plugins[name]
            log.log(plugin._log_level, "setting up autogenerate plugin %s", name)
            comparators.populate_with(plugin.autogenerate_comparators)


def chosen_names(expressions: Iterable[str], names: Iterable[str]) -> list[str]:
    """The names that the expressions choose, in the order of ``names``.

    :raises PluginNotFound: an expression fits none of them; one that leaves out may fit none.
    :raises PluginExpressionInvalid: an expression is no dotted name.
    """
    names = list(names)
    included: set[str] = set()
    excluded: set[str] = set()
    unmatched = []
    for expression in expressions:
        wanted = expression.removeprefix("~")
        fitting = _pattern(_FORMER_NAMES.get(wanted, wanted))
        found = {name for name in names if fitting.fullmatch(name)}
        if expression.startswith("~"):
            excluded |= found
        elif found:
            included |= found
        else:
            unmatched.append(expression)
    if unmatched:
        raise PluginNotFound(unmatched)
    return [name for name in names if name in included and name not in excluded]


def _pattern(expression: str) -> re.Pattern[str]:
    segments = expression.split(".")
    if not all(_SEGMENT.fullmatch(segment) for segment in segments):
        raise PluginExpressionInvalid(expression)
    return re.compile(r"\.".join(r"\w+(?:\.\w+)*" if segment == "*" else segment for segment in segments))


def set_up_before_others(
    modules: Mapping[str, str], load: Callable[[str], ModuleType], announced: Collection[str]
) -> None:
    """Register plugins that ship with the package, ahead of all others; later calls do nothing.

    Ahead, because comparators are called in the order of registration; and without a line in the log.

    :param modules: for each name the module whose ``setup(plugin)`` fills the plugin.
    :param load: imports a module.
    :param announced: those whose use is told in the log at level INFO, not DEBUG.
    """
    with _loading:
        if not modules.keys() - _built_in:
            return
        shipped: dict[str, Plugin] = {}
        for name, module in modules.items():
            plugin = Plugin.__new__(Plugin)
            plugin._begin(name, logging.INFO if name in announced else logging.DEBUG)
            load(module).setup(plugin)
            shipped[name] = plugin
        others = {name: plugin for name, plugin in _all_plugins.items() if name not in shipped}
        _all_plugins.clear()
        _all_plugins.update({**shipped, **others})
        _built_in.update(modules)


# The names of the plugins that ship with the package, once they are set up.
_built_in: set[str] = set()

_loading = threading.RLock()
_begun = _loaded = False


def load_entry_points() -> None:
    """Set up the plugins that installed distributions announce, once in this process.

    Called when a migration context is made, so that importing the package stays cheap.
    """
    global _begun, _loaded
    if _loaded:
        return
    with _loading:
        if _begun:  # by this very thread: a plugin makes a context while it is being loaded
            return
        _begun = True
        for entry_point in sorted(entry_points(group=GROUP), key=lambda found: found.name):
            _set_up(entry_point.load(), entry_point.name)
        _loaded = True


def _set_up(loaded: ModuleType | Sequence[ModuleType], name: str) -> None:
    if isinstance(loaded, ModuleType):
        if name not in _all_plugins:
            Plugin.setup_plugin_from_module(loaded, name)
        return
    warnings.warn(
        f"The entry point {name!r} of group {GROUP!r} gives a collection of modules; give each module an "
        "entry point of its own",
        DeprecationWarning,
        stacklevel=2,
    )
    for module in loaded:
        if module.__name__ not in _all_plugins:
            Plugin.setup_plugin_from_module(module, module.__name__)

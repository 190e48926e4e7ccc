"""Contract 6.5: plugins, their expressions, and dispatch by priority."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace

import pytest

from alembic.errors import CommandError
from alembic.runtime import plugins
from alembic.runtime.plugins import (
    DispatchPriority,
    Plugin,
    PriorityDispatcher,
    PriorityDispatchResult,
    chosen_names,
)

NAMES = [
    "alembic.autogenerate.tables",
    "alembic.autogenerate.types",
    "alembic.ext.checkconstraint_byname",
    "my.own",
]


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Plugin]]:
    own: dict[str, Plugin] = {}
    monkeypatch.setattr(plugins, "_all_plugins", own)
    yield own


@pytest.mark.parametrize(
    ("expressions", "chosen"),
    [
        (["alembic.autogenerate.*"], NAMES[:2]),
        (["*"], NAMES),
        (["*.types"], ["alembic.autogenerate.types"]),
        (["my.*", "alembic.*.types"], ["alembic.autogenerate.types", "my.own"]),
        (["alembic.autogenerate.*", "~alembic.autogenerate.types"], NAMES[:1]),
        (["~alembic.autogenerate.types", "alembic.autogenerate.*"], NAMES[:1]),
        (["*", "~nothing.like.it"], NAMES),
        (["alembic.autogenerate.checkconstraint_byname"], ["alembic.ext.checkconstraint_byname"]),
        ([], []),
    ],
)
def test_expressions_choose_names_in_order_of_registration(expressions: list[str], chosen: list[str]) -> None:
    assert chosen_names(expressions, NAMES) == chosen


@pytest.mark.parametrize("expression", ["a b", "", "x..y", "al*", "x-y"])
def test_an_expression_that_is_no_dotted_name_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match=f"^Invalid plugin expression '{expression.replace('*', '.')}'$"):
        chosen_names([expression], NAMES)


def test_expressions_that_fit_nothing_are_named() -> None:
    with pytest.raises(CommandError, match=r"^Did not locate plugins: nope, other$"):
        chosen_names(["nope", "my.own", "other"], NAMES)


def test_two_plugins_can_not_share_a_name(registry: dict[str, Plugin]) -> None:
    first = Plugin("a.b")
    with pytest.raises(ValueError, match=r"^A plugin named a\.b is already registered$"):
        Plugin("a.b")
    first.remove()
    assert registry == {}
    Plugin("a.b")


def test_a_module_sets_its_plugin_up(registry: dict[str, Plugin], caplog: pytest.LogCaptureFixture) -> None:
    called: list[object] = []
    module = ModuleType("views")

    def compare(*args: object) -> PriorityDispatchResult:
        called.append(args)
        return PriorityDispatchResult.CONTINUE

    module.setup = lambda plugin: plugin.add_autogenerate_comparator(compare, "table", "indexes")  # type: ignore[attr-defined]  # a module is made by hand
    caplog.set_level(logging.INFO, "alembic")
    Plugin.setup_plugin_from_module(module, "my.views")
    comparators = PriorityDispatcher()
    Plugin.populate_autogenerate_priority_dispatch(comparators, ["my.*"])
    comparators.dispatch("table")(1, 2)
    assert called == [(1, 2)]
    assert [record.getMessage() for record in caplog.records] == [
        "setup plugin my.views",
        "setting up autogenerate plugin my.views",
    ]


def test_a_plugin_whose_setup_fails_is_not_registered(registry: dict[str, Plugin]) -> None:
    with pytest.raises(AttributeError):
        Plugin.setup_plugin_from_module(ModuleType("empty"), "my.empty")
    assert registry == {}


def _called(dispatcher: PriorityDispatcher, calls: list[str], qualifier: str = "default") -> list[str]:
    calls.clear()
    dispatcher.dispatch("table", qualifier=qualifier)()
    return list(calls)


def test_order_is_priority_then_dialect_then_registration_and_stop_ends_a_subgroup() -> None:
    dispatcher, calls = PriorityDispatcher(), []

    def add(name: str, result: PriorityDispatchResult | None = None, **kw: object) -> None:
        def function() -> PriorityDispatchResult | None:
            calls.append(name)
            return result

        dispatcher.dispatch_for("table", **kw)(function)  # type: ignore[arg-type]  # keywords of one parametrised call

    stop = PriorityDispatchResult.STOP
    add("last", priority=DispatchPriority.LAST)
    add("medium")
    add("first", priority=DispatchPriority.FIRST)
    add("postgresql", qualifier="postgresql")
    assert _called(dispatcher, calls) == ["first", "medium", "last"]
    assert _called(dispatcher, calls, "postgresql") == ["first", "postgresql", "medium", "last"]

    add("stops indexes", stop, subgroup="indexes")
    add("index", subgroup="indexes")
    assert _called(dispatcher, calls) == ["first", "medium", "stops indexes", "last"]

    branch = dispatcher.branch()
    add("stops the rest", stop)
    add("never")
    assert _called(dispatcher, calls) == ["first", "medium", "stops indexes", "stops the rest"]
    assert _called(branch, calls) == ["first", "medium", "stops indexes", "last"], "a branch is a copy"


def test_entry_points_are_loaded_once(monkeypatch: pytest.MonkeyPatch, registry: dict[str, Plugin]) -> None:
    module = ModuleType("announced")
    module.setup = lambda plugin: None  # type: ignore[attr-defined]  # a module is made by hand
    looked: list[str] = []

    def entry_points(*, group: str) -> list[SimpleNamespace]:
        looked.append(group)
        return [
            SimpleNamespace(name="z.plugin", load=lambda: module),
            SimpleNamespace(name="a", load=lambda: [module]),
        ]

    monkeypatch.setattr(plugins, "entry_points", entry_points)
    monkeypatch.setattr(plugins, "_begun", False)
    monkeypatch.setattr(plugins, "_loaded", False)
    with pytest.warns(DeprecationWarning, match="gives a collection of modules"):
        plugins.load_entry_points()
    plugins.load_entry_points()
    assert looked == ["alembic.plugins"]
    assert list(registry) == ["announced", "z.plugin"]

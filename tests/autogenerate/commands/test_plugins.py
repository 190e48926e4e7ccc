"""Contract 6.5: the plugins that ship with the package, and those of applications beside them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from alembic.autogenerate import comparators, compare_metadata
from alembic.autogenerate.plugins import BUILT_IN
from alembic.ext import checkconstraint_byname
from alembic.migration import MigrationContext
from alembic.runtime import plugins
from alembic.runtime.plugins import DispatchPriority, Plugin, PriorityDispatchResult
from alembic.util import CommandError

# The names that configurations contain, in the order in which Alembic's own have always been called.
SIX = ("schemas", "tables", "types", "constraints", "defaults", "comments")
CONTRACT = [f"alembic.autogenerate.{name}" for name in SIX]


def table(*items: Any) -> sa.MetaData:
    metadata = sa.MetaData()
    sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True), *items)
    return metadata


@pytest.fixture
def connection() -> Iterator[sa.Connection]:
    with sa.create_engine("sqlite://").connect() as connection:
        yield connection


def diffs(connection: sa.Connection, metadata: sa.MetaData, *plugins: str, **opts: Any) -> list[Any]:
    if plugins:
        opts["autogenerate_plugins"] = plugins
    found: list[Any] = compare_metadata(MigrationContext.configure(connection, opts=opts), metadata)
    return found


def kinds(found: list[Any]) -> list[str]:
    return [each[0][0] if isinstance(each, list) else each[0] for each in found]


def test_the_names_of_alembic_are_there_in_their_order():
    assert [name for name in BUILT_IN if name in CONTRACT] == CONTRACT


def test_all_but_the_opt_in_one_are_set_up_by_default(connection, caplog):
    """The log has the lines that it has always had; the others are for debugging."""
    caplog.set_level(logging.DEBUG, "alembic.runtime.plugins")
    diffs(connection, sa.MetaData())
    told = [
        (record.levelno, record.getMessage().removeprefix("setting up autogenerate plugin "))
        for record in caplog.records
        if record.name == "alembic.runtime.plugins"
    ]
    built_in = [name for name in BUILT_IN if name.startswith("alembic.autogenerate.")]
    assert [name for _, name in told] == built_in
    assert [name for level, name in told if level == logging.INFO] == CONTRACT


def test_alembics_six_by_name_are_enough(connection):
    table(sa.Column("gone", sa.Integer)).create_all(connection)
    metadata = table(sa.Column("came", sa.Integer), sa.Index("ix", "came"))
    assert kinds(diffs(connection, metadata, *CONTRACT)) == ["add_column", "add_index", "remove_column"]


def test_what_is_left_out_is_not_found(connection):
    table().create_all(connection)
    metadata = table(sa.Column("came", sa.Integer), sa.Index("ix", "came"))
    left = diffs(connection, metadata, "alembic.autogenerate.*", "~alembic.autogenerate.constraints")
    assert kinds(left) == ["add_column"]


def test_one_that_does_not_exist_is_an_error(connection):
    with pytest.raises(CommandError, match=r"^Did not locate plugins: alembic\.autogenerate\.nothing"):
        diffs(connection, sa.MetaData(), "alembic.autogenerate.nothing")


@pytest.mark.parametrize(
    "name", ["alembic.ext.checkconstraint_byname", "alembic.autogenerate.checkconstraint_byname"]
)
def test_check_constraints_by_name(connection, name: str):
    table(sa.CheckConstraint("id > 1", "gone"), sa.CheckConstraint("id > 2", "stays")).create_all(connection)
    metadata = table(sa.CheckConstraint("id > 3", "stays"), sa.CheckConstraint("id > 4", "came"))
    found = diffs(connection, metadata, "alembic.autogenerate.*", "~alembic.autogenerate.checks", name)
    assert [(kind, constraint.name) for kind, constraint in found] == [
        ("remove_constraint", "gone"),
        ("add_constraint", "came"),
    ]
    both = diffs(connection, metadata, "alembic.autogenerate.*", name)
    assert sorted((kind, constraint.name) for kind, constraint in both) == [
        ("add_constraint", "came"),
        ("add_constraint", "stays"),
        ("remove_constraint", "gone"),
        ("remove_constraint", "stays"),
    ]


def test_the_module_of_that_plugin_can_be_set_up_under_another_name(connection):
    Plugin.setup_plugin_from_module(checkconstraint_byname, "mine.checks")  # type: ignore[arg-type]  # a module
    try:
        table().create_all(connection)
        metadata = table(sa.CheckConstraint("id > 4", "came"))
        assert kinds(diffs(connection, metadata, *CONTRACT, "mine.*")) == ["add_constraint"]
    finally:
        plugins._all_plugins["mine.checks"].remove()


class TestOfApplications:
    @pytest.fixture
    def calls(self) -> list[Any]:
        return []

    @pytest.fixture
    def plugin(self) -> Iterator[Plugin]:
        plugin = Plugin("mine.own")
        yield plugin
        plugin.remove()

    def test_they_come_after_those_that_ship(self, connection, plugin, calls):
        """And see what these found; those of the global register come before all."""

        def schema(context, upgrade_ops, schemas):
            calls.append((schemas, [type(each).__name__ for each in upgrade_ops.ops]))

        plugin.add_autogenerate_comparator(schema, "schema")
        diffs(connection, table(), "alembic.autogenerate.*", "mine.*")
        assert calls == [({None}, ["CreateTableOp"])]

    def test_every_target_gets_its_arguments(self, connection, plugin, calls):
        table(sa.Column("a", sa.Integer)).create_all(connection)
        for target in ("autogenerate", "schema", "table", "column"):

            def compare(context, *arguments, target=target):
                calls.append((target, [_kind(each) for each in arguments]))

            plugin.add_autogenerate_comparator(compare, target)
        diffs(connection, table(sa.Column("a", sa.Text)), "alembic.autogenerate.*", "mine.*")
        assert ("autogenerate", ["UpgradeOps"]) in calls
        assert ("schema", ["UpgradeOps", "set"]) in calls
        assert ("table", ["ModifyTableOps", "NoneType", "str", "Table", "Table"]) in calls
        columns = [given for target, given in calls if target == "column"]
        assert columns == [["AlterColumnOp", "NoneType", "str", "str", "Column", "Column"]] * 2

    def test_stop_ends_a_subgroup(self, connection, plugin):
        table(sa.Column("a", sa.Integer), sa.Column("b", sa.Integer)).create_all(connection)
        plugin.add_autogenerate_comparator(
            lambda *arguments: PriorityDispatchResult.STOP,
            "table",
            "indexes",
            priority=DispatchPriority.FIRST,
        )
        metadata = table(sa.Column("a", sa.Integer), sa.Column("b", sa.Text), sa.Index("ix", "a"))
        assert kinds(diffs(connection, metadata, "alembic.autogenerate.*", "mine.*")) == ["modify_type"]


def _kind(argument: object) -> str:
    return "str" if isinstance(argument, str) else type(argument).__name__


def test_an_extension_that_does_what_one_of_ours_does_is_left_to_do_it(connection, registered, caplog):
    """Both together write CREATE TYPE twice."""
    caplog.set_level(logging.DEBUG, "alembic.runtime.plugins")

    def compare_enums(context, upgrade_ops, schemas):
        pass

    compare_enums.__module__ = "alembic_postgresql_enum.compare_dispatch"
    comparators.dispatch_for("schema")(compare_enums)
    diffs(connection, table())
    told = [record.getMessage() for record in caplog.records]
    left_out = (
        "leaving autogenerate plugin alembic.autogenerate.enums out: alembic_postgresql_enum does its work"
    )
    assert left_out in told
    assert "setting up autogenerate plugin alembic.autogenerate.enums" not in told
    caplog.clear()
    diffs(connection, table(), "alembic.autogenerate.*", "alembic.autogenerate.enums")
    told = [record.getMessage() for record in caplog.records]
    assert "setting up autogenerate plugin alembic.autogenerate.enums" in told


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparators, "_entries", list(comparators._entries))


def test_the_global_register_comes_first(connection, registered):
    seen = []

    @comparators.dispatch_for("schema")
    def first(context, upgrade_ops, schemas):
        seen.append(len(upgrade_ops.ops))

    diffs(connection, table())
    assert seen == [0]

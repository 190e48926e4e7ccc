"""Containers keep operations in order, and turn them round in reverse order."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from alembic.operations import ops

NAMES = st.lists(st.sampled_from(["a", "b", "c", "d", "e"]), max_size=6)


def _added(container: ops.OpContainer) -> list[str]:
    return [each.column.name for each in container.ops if isinstance(each, ops.AddColumnOp)]


def _dropped(container: ops.OpContainer) -> list[str]:
    return [each.column_name for each in container.ops if isinstance(each, ops.DropColumnOp)]


@given(NAMES)
def test_reversing_reverses_order_and_members(names: list[str]) -> None:
    operations = [ops.AddColumnOp("t", sa.Column(name, sa.Integer)) for name in names]
    table = ops.ModifyTableOps("t", operations, schema="s")
    back = table.reverse()
    assert (back.table_name, back.schema) == ("t", "s")
    assert _dropped(back) == names[::-1]
    assert _added(back.reverse()) == names
    upgrade = ops.UpgradeOps(operations)
    assert isinstance(upgrade.reverse(), ops.DowngradeOps)
    assert isinstance(upgrade.reverse().reverse(), ops.UpgradeOps)
    assert _added(upgrade.reverse().reverse()) == names


def test_reverse_into_replaces_what_a_container_holds_and_keeps_the_container() -> None:
    downgrade = ops.DowngradeOps([ops.ExecuteSQLOp("old")], "mine")
    inside = downgrade.ops
    result = ops.UpgradeOps([ops.RenameTableOp("a", "b"), ops.RenameTableOp("c", "d")]).reverse_into(
        downgrade
    )
    assert result is downgrade
    assert downgrade.ops is inside
    assert [each.table_name for each in downgrade.ops] == ["d", "b"]
    assert downgrade.downgrade_token == "mine"


def test_empty_means_holding_nothing() -> None:
    assert ops.UpgradeOps().is_empty()
    assert ops.ModifyTableOps("t", []).is_empty()
    assert not ops.UpgradeOps([ops.ModifyTableOps("t", [])]).is_empty()


def test_the_list_that_was_given_is_not_shared() -> None:
    given_list: list[ops.MigrateOperation] = [ops.ExecuteSQLOp("x")]
    container = ops.UpgradeOps(given_list)
    container.ops.clear()
    assert len(given_list) == 1


def test_tokens() -> None:
    assert (ops.UpgradeOps().upgrade_token, ops.DowngradeOps().downgrade_token) == ("upgrades", "downgrades")


def test_a_script_has_one_container_for_each_direction() -> None:
    upgrade, downgrade = ops.UpgradeOps(), ops.DowngradeOps()
    script = ops.MigrationScript("abc", upgrade, downgrade, message="m", imports={"import x"}, head="h")
    assert script.upgrade_ops is upgrade
    assert script.downgrade_ops is downgrade
    assert script.upgrade_ops_list == [upgrade]
    assert (script.rev_id, script.message, script.imports, script.head) == ("abc", "m", {"import x"}, "h")
    assert (script.splice, script.branch_label, script.version_path, script.depends_on) == (None,) * 4


def test_a_script_for_several_databases_has_lists() -> None:
    script = ops.MigrationScript(None, [ops.UpgradeOps(), ops.UpgradeOps()], [ops.DowngradeOps()] * 2)
    assert len(script.upgrade_ops_list) == 2
    with pytest.raises(ValueError) as failure:
        script.upgrade_ops  # noqa: B018
    assert str(failure.value).splitlines()[0] == (
        "This MigrationScript instance has a multiple-entry list for UpgradeOps; "
        "please use the upgrade_ops_list attribute."
    )
    with pytest.raises(ValueError, match="DowngradeOps; please use the downgrade_ops_list attribute"):
        script.downgrade_ops  # noqa: B018


def test_a_script_may_have_no_containers() -> None:
    script = ops.MigrationScript("abc", [], [])
    assert script.upgrade_ops is None
    assert script.downgrade_ops is None


def test_hooks_exchange_containers() -> None:
    script = ops.MigrationScript("abc", ops.UpgradeOps(), ops.DowngradeOps())
    other = ops.UpgradeOps([ops.ExecuteSQLOp("x")])
    script.upgrade_ops = other
    assert script.upgrade_ops_list == [other]
    with pytest.raises(AssertionError):
        script.upgrade_ops = [ops.DowngradeOps()]


def test_scripts_do_not_share_imports() -> None:
    one = ops.MigrationScript("a", [], [])
    one.imports.add("import x")
    assert ops.MigrationScript("b", [], []).imports == set()
    shared = {"import y"}
    assert ops.MigrationScript("c", [], [], imports=shared).imports is shared


def test_every_operation_carries_a_dictionary_of_the_user() -> None:
    one, other = ops.ExecuteSQLOp("a"), ops.ExecuteSQLOp("b")
    one.info["mine"] = True
    assert one.info == {"mine": True}
    assert other.info == {}
    assert ops.CreateTableOp("t", [], info={"k": 1}).info == {"k": 1}


def test_no_operation_has_been_rewritten_at_first() -> None:
    assert ops.ExecuteSQLOp("a")._mutations == frozenset()

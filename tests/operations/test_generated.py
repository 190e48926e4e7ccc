"""What only autogenerate makes: statements that know their opposite, and changes left to people."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from alembic.operations import Operations, ops
from alembic.runtime.migration import MigrationContext


def _statement(text: str, back: str) -> ops.ReversibleSQLOp:
    return ops.ReversibleSQLOp(text, back, notes=["risky"], reverse_notes=["not all comes back"])


def test_a_reversible_statement_is_an_ordinary_one_that_knows_its_opposite() -> None:
    there = _statement("create sequence s", "drop sequence s")
    assert isinstance(there, ops.ExecuteSQLOp)
    assert there.to_diff_tuple() == ("execute", "create sequence s")
    back = there.reverse()
    assert isinstance(back, ops.ReversibleSQLOp)
    assert (back.sqltext, back.reverse_sqltext) == ("drop sequence s", "create sequence s")


def test_notes_change_places_on_the_way_back() -> None:
    upgrade = ops.UpgradeOps([ops.ModifyTableOps("t", [_statement("a", "b")])])
    (table,) = upgrade.reverse().ops
    assert isinstance(table, ops.ModifyTableOps)
    (back,) = table.ops
    assert (back.notes, back.reverse_notes) == (("not all comes back",), ("risky",))


def test_notes_of_any_operation_are_its_own() -> None:
    one, other = ops.DropTableOp("t"), ops.DropTableOp("t")
    one.notes += ("rows are lost",)
    assert (one.notes, other.notes) == (("rows are lost",), ())


def test_several_operations_may_undo_one() -> None:
    add = ops.ReversibleSQLOp("add", [_statement("x", "y"), _statement("z", "w")], reverse_notes=["slow"])
    downgrade = ops.UpgradeOps([_statement("1", "-1"), add]).reverse()
    assert [each.to_diff_tuple() for each in downgrade.ops] == [
        ("execute", "x"),
        ("execute", "z"),
        ("execute", "-1"),
    ]
    assert downgrade.ops[0].notes == ("slow", "risky")


def test_nothing_may_be_left_to_undo() -> None:
    assert ops.UpgradeOps([ops.ReversibleSQLOp("validate", ())]).reverse().is_empty()


@pytest.mark.parametrize(
    ("operation", "diff"),
    [("merge the rows first", ("manual", "merge the rows first")), (_statement("a", "b"), ("execute", "a"))],
)
def test_a_manual_operation_is_a_difference_but_does_nothing(
    operation: ops.MigrateOperation | str, diff: tuple[str, str]
) -> None:
    manual = ops.ManualOp(operation, "data may be lost")
    assert manual.to_diff_tuple() == diff
    with sa.create_engine("sqlite://").connect() as connection:
        Operations(MigrationContext.configure(connection)).invoke(manual)


def test_the_opposite_of_a_manual_operation_is_manual() -> None:
    back = ops.ManualOp(_statement("a", "b"), "why").reverse()
    assert (back.to_diff_tuple(), back.reason) == (("execute", "b"), "why")
    assert back.reverse().to_diff_tuple() == ("execute", "a")
    assert ops.ManualOp("text", "why", reverse="other text").reverse().to_diff_tuple() == (
        "manual",
        "other text",
    )


def test_the_way_back_may_need_more() -> None:
    index = ops.CreateIndexOp("i", "t", ["a"])
    index.reverse_before += (_statement("let go", ""),)
    index.reverse_after += (_statement("hold", ""),)
    downgrade = ops.UpgradeOps([ops.ModifyTableOps("t", [index])]).reverse()
    assert [diff[:2] for diff in downgrade.as_diffs()][::2] == [("execute", "let go"), ("execute", "hold")]

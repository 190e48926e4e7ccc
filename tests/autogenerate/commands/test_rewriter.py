"""Contract 5.6: rewriters, the rules that change operations before they are written."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from alembic.autogenerate import Rewriter
from alembic.autogenerate.rewriter import Rewriter as ByModule
from alembic.operations import ops


def script(*up: ops.MigrateOperation, down: tuple[ops.MigrateOperation, ...] = ()) -> ops.MigrationScript:
    return ops.MigrationScript("x", ops.UpgradeOps(list(up)), ops.DowngradeOps(list(down)))


def table(*operations: ops.MigrateOperation, name: str = "t") -> ops.ModifyTableOps:
    return ops.ModifyTableOps(name, list(operations))


def added(name: str) -> ops.AddColumnOp:
    return ops.AddColumnOp("t", sa.Column(name, sa.Integer))


def run(rewriter: Any, *scripts: ops.MigrationScript) -> list[ops.MigrationScript]:
    directives = list(scripts)
    rewriter("context", "revision", directives)
    return directives


def outline(operation: Any) -> Any:
    if isinstance(operation, ops.MigrationScript):
        return [outline(each) for each in (*operation.upgrade_ops_list, *operation.downgrade_ops_list)]
    if isinstance(operation, ops.OpContainer):
        return [outline(each) for each in operation.ops]
    column = getattr(operation, "column", None)
    name = getattr(operation, "column_name", None) or getattr(column, "name", "")
    return f"{type(operation).__name__} {name or getattr(operation, 'table_name', '')}".strip()


def test_the_class_is_one_by_both_paths():
    assert Rewriter is ByModule


def test_a_rule_is_given_context_revision_and_operation():
    writer, seen = Rewriter(), []

    @writer.rewrites(ops.AddColumnOp)
    def rule(context, revision, op):
        seen.append((context, revision, op.column.name))
        return op

    operation = added("c")
    [made] = run(writer, script(table(operation)))
    assert seen == [("context", "revision", "c")]
    assert made.upgrade_ops.ops[0].ops == [operation]


def test_an_operation_becomes_several_which_are_not_shown_to_other_rules_of_the_rewriter():
    writer, seen = Rewriter(), []

    @writer.rewrites(ops.AddColumnOp)
    def first_nullable(context, revision, op):
        seen.append("add")
        return [added("before"), op, ops.AlterColumnOp("t", op.column.name, modify_nullable=False)]

    @writer.rewrites(ops.AlterColumnOp)
    def never(context, revision, op):
        seen.append("alter")
        return op

    [made] = run(writer, script(table(added("c"))))
    assert outline(made) == [[["AddColumnOp before", "AddColumnOp c", "AlterColumnOp c"]], []]
    assert seen == ["add"]
    run(writer, made)  # as a second database of the same env.py does
    assert outline(made) == [[["AddColumnOp before", "AddColumnOp c", "AlterColumnOp c"]], []]


@pytest.mark.parametrize("nothing", [None, [], ()], ids=repr)
def test_an_operation_is_left_out(nothing):
    writer = Rewriter()
    writer.rewrites(ops.AddColumnOp)(lambda context, revision, op: nothing)
    [made] = run(writer, script(table(added("c"), ops.DropColumnOp("t", "d"))))
    assert outline(made) == [[["DropColumnOp d"]], []]


def test_a_rule_may_be_a_generator():
    writer = Rewriter()

    @writer.rewrites(ops.AddColumnOp)
    def twice(context, revision, op):
        yield op
        yield ops.DropColumnOp("t", "d")

    [made] = run(writer, script(table(added("c"))))
    assert outline(made) == [[["AddColumnOp c", "DropColumnOp d"]], []]


def test_the_rule_of_the_nearest_class_counts():
    writer, seen = Rewriter(), []
    writer.rewrites(ops.AlterTableOp)(lambda c, r, op: [seen.append("base"), op][1:])
    writer.rewrites(ops.AddColumnOp)(lambda c, r, op: [seen.append("exact"), op][1:])
    run(writer, script(table(added("c"), ops.DropColumnOp("t", "d")), ops.DropTableOp("z")))
    assert seen == ["exact", "base"]


def test_scripts_come_first_then_containers_then_what_is_in_them_upgrade_before_downgrade():
    writer, seen = Rewriter(), []
    writer.rewrites(ops.MigrateOperation)(lambda c, r, op: [seen.append(type(op).__name__), op][1:])
    run(writer, script(table(added("c")), down=(ops.DropTableOp("z"),)))
    assert seen == [
        "MigrationScript",
        "UpgradeOps",
        "ModifyTableOps",
        "AddColumnOp",
        "DowngradeOps",
        "DropTableOp",
    ]


def test_what_is_in_new_containers_is_visited():
    writer, seen = Rewriter(), []

    @writer.rewrites(ops.ModifyTableOps)
    def split(context, revision, op):
        return [table(*op.ops, name="u"), table(ops.DropColumnOp("v", "q"), name="v")]

    writer.rewrites(ops.AlterTableOp)(lambda c, r, op: [seen.append(outline(op)), op][1:])
    [made] = run(writer, script(table(added("c"))))
    assert outline(made) == [[["AddColumnOp c"], ["DropColumnOp q"]], []]
    assert seen == ["AddColumnOp c", "DropColumnOp q"]


def test_scripts_are_added_and_removed():
    writer, seen = Rewriter(), []
    extra = script(ops.DropTableOp("new"))
    writer.rewrites(ops.MigrationScript)(lambda c, r, op: [op, extra])
    writer.rewrites(ops.DropTableOp)(lambda c, r, op: [seen.append(op.table_name), op][1:])
    first = script(ops.DropTableOp("old"))
    assert run(writer, first) == [first, extra]
    assert seen == ["old", "new"]
    nobody = Rewriter()
    nobody.rewrites(ops.MigrationScript)(lambda c, r, op: None)
    assert run(nobody, script()) == []


@pytest.mark.parametrize("kind", [ops.UpgradeOps, ops.DowngradeOps], ids=lambda kind: kind.__name__)
@pytest.mark.parametrize(
    "wrong",
    [lambda op: None, lambda op: [], lambda op: [op, op], lambda op: ops.DropTableOp("t")],
    ids=["None", "nothing", "two", "another class"],
)
def test_a_root_container_becomes_exactly_one(kind, wrong):
    writer = Rewriter()
    writer.rewrites(kind)(lambda context, revision, op: wrong(op))
    with pytest.raises(ValueError, match=f"^Can only return single object for {kind.__name__} traverse"):
        run(writer, script())


def test_a_new_root_container_keeps_its_place_among_several():
    several = ops.MigrationScript(
        "x",
        [
            ops.UpgradeOps([ops.DropTableOp(name)], upgrade_token=f"{name}_upgrades")
            for name in ("one", "two")
        ],
        [ops.DowngradeOps([]), ops.DowngradeOps([])],
    )
    writer = Rewriter()

    @writer.rewrites(ops.UpgradeOps)
    def renamed(context, revision, op):
        return [ops.UpgradeOps([ops.DropTableOp(f"{op.ops[0].table_name}s")], upgrade_token=op.upgrade_token)]

    run(writer, several)
    assert outline(several) == [["DropTableOp ones"], ["DropTableOp twos"], [], []]
    assert [each.upgrade_token for each in several.upgrade_ops_list] == ["one_upgrades", "two_upgrades"]


def test_chained_rewriters_and_functions_run_one_after_the_other_and_leave_the_first_as_it_was():
    first, second, seen = Rewriter(), Rewriter(), []
    first.rewrites(ops.DropTableOp)(lambda c, r, op: [op, ops.DropTableOp("more")])
    second.rewrites(ops.DropTableOp)(lambda c, r, op: [seen.append(op.table_name), op][1:])
    chain = first.chain(second).chain(lambda c, r, directives: seen.append(len(directives)))
    [made] = run(chain, script(ops.DropTableOp("t")))
    assert outline(made) == [["DropTableOp t", "DropTableOp more"], []]
    assert seen == ["t", "more", 1]
    seen.clear()
    run(first, script(ops.DropTableOp("t")))
    chain.process_revision_directives("context", "revision", [script(ops.DropTableOp("t"))])
    assert seen == []


def test_two_rules_for_one_class_are_refused():
    writer = Rewriter()
    writer.rewrites(ops.DropTableOp)(lambda c, r, op: op)
    with pytest.raises(ValueError, match="key already exists"):
        writer.rewrites(ops.DropTableOp)(lambda c, r, op: op)

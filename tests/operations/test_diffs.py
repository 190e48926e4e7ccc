"""Every operation is a diff tuple as well, in the form that programs compare."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from alembic.operations import ops

COLUMN = sa.Column("x", sa.Integer)


@pytest.mark.parametrize(
    ("operation", "diff"),
    [
        (ops.AddColumnOp("t", COLUMN, schema="s"), ("add_column", "s", "t", COLUMN)),
        (ops.AddColumnOp("t", COLUMN, schema="s").reverse(), ("remove_column", "s", "t", COLUMN)),
        (ops.ExecuteSQLOp("select 1"), ("execute", "select 1")),
        (ops.RenameTableOp("a", "b", schema="s"), ("rename_table", "s", "a", "b")),
        (ops.BulkInsertOp(sa.table("t"), []), ("bulk_insert", sa.table, [])),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_the_tuple_holds_the_objects_themselves(
    operation: ops.MigrateOperation, diff: tuple[Any, ...]
) -> None:
    actual = operation.to_diff_tuple()
    assert actual[0] == diff[0]
    assert len(actual) == len(diff)
    if diff[0] != "bulk_insert":
        assert actual == diff


@pytest.mark.parametrize(
    ("operation", "kind", "type_", "name"),
    [
        (ops.CreateTableOp("t", [COLUMN._copy()], schema="s"), "add_table", sa.Table, "t"),
        (ops.DropTableOp("t", schema="s"), "remove_table", sa.Table, "t"),
        (ops.CreateIndexOp("i", "t", ["a"]), "add_index", sa.Index, "i"),
        (ops.DropIndexOp("i", "t"), "remove_index", sa.Index, "i"),
        (ops.CreateUniqueConstraintOp("u", "t", ["a"]), "add_constraint", sa.UniqueConstraint, "u"),
        (
            ops.CreateUniqueConstraintOp("u", "t", ["a"]).reverse(),
            "remove_constraint",
            sa.UniqueConstraint,
            "u",
        ),
        (ops.CreatePrimaryKeyOp("p", "t", ["a"]), "add_constraint", sa.PrimaryKeyConstraint, "p"),
        (ops.CreateCheckConstraintOp("c", "t", "a > 1"), "add_constraint", sa.CheckConstraint, "c"),
        (ops.CreateForeignKeyOp("f", "t", "p", ["a"], ["b"]), "add_fk", sa.ForeignKeyConstraint, "f"),
        (
            ops.CreateForeignKeyOp("f", "t", "p", ["a"], ["b"]).reverse(),
            "remove_fk",
            sa.ForeignKeyConstraint,
            "f",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_tuple_holds_a_schema_object(
    operation: ops.MigrateOperation, kind: str, type_: type, name: str
) -> None:
    actual_kind, item = operation.to_diff_tuple()
    assert actual_kind == kind
    assert type(item) is type_
    assert item.name == name


def test_an_index_of_a_table_keeps_what_its_columns_are() -> None:
    table = sa.Table(
        "t", sa.MetaData(), sa.Column("a", sa.Integer, index=True, server_default="1", comment="c")
    )
    (index,) = table.indexes
    for operation in (ops.CreateIndexOp.from_index(index), ops.DropIndexOp.from_index(index)):
        _, made = operation.to_diff_tuple()
        (column,) = made.columns
        assert column is not table.c.a
        assert (column.server_default.arg, column.comment) == ("1", "c")
    assert list(table.indexes) == [index]


def test_comments() -> None:
    kind, table, existing = ops.CreateTableCommentOp(
        "t", "new", schema="s", existing_comment="old"
    ).to_diff_tuple()
    assert (kind, table.name, table.schema, table.comment, existing) == (
        "add_table_comment",
        "t",
        "s",
        "new",
        "old",
    )
    kind, table = ops.DropTableCommentOp("t", existing_comment="old").to_diff_tuple()
    assert (kind, table.name, table.comment) == ("remove_table_comment", "t", None)


def test_an_altered_column_is_a_list_of_tuples_one_for_each_attribute() -> None:
    integer, string = sa.Integer(), sa.String()
    operation = ops.AlterColumnOp(
        "t",
        "x",
        schema="s",
        modify_type=integer,
        existing_type=string,
        modify_nullable=False,
        existing_nullable=True,
        modify_server_default="1",
        existing_server_default=None,
        modify_comment="new",
        existing_comment="old",
    )
    place = ("s", "t", "x")
    nullable, type_ = {"existing_nullable": True}, {"existing_type": string}
    default, comment = {"existing_server_default": None}, {"existing_comment": "old"}
    assert operation.to_diff_tuple() == [
        ("modify_type", *place, {**nullable, **default, **comment}, string, integer),
        ("modify_nullable", *place, {**type_, **default, **comment}, True, False),
        ("modify_default", *place, {**nullable, **type_, **comment}, None, "1"),
        ("modify_comment", *place, {**nullable, **type_, **default}, "old", "new"),
    ]


def test_what_is_not_modified_is_no_diff() -> None:
    operation = ops.AlterColumnOp("t", "x", existing_type=sa.Integer(), existing_nullable=True)
    assert operation.to_diff_tuple() == []
    assert not operation.has_changes()


def test_dropping_a_default_is_a_diff() -> None:
    operation = ops.AlterColumnOp("t", "x", modify_server_default=None, existing_server_default="1")
    assert [(kind, old, new) for kind, *_, old, new in operation.to_diff_tuple()] == [
        ("modify_default", "1", None)
    ]
    assert operation.has_changes()


@pytest.mark.parametrize(
    ("given", "changes"),
    [
        ({"modify_name": "y"}, True),
        ({"modify_comment": None}, True),
        ({"modify_nullable": False}, True),
        ({"modify_anything": 1, "existing_anything": 1}, True),
        ({"autoincrement": True, "existing_autoincrement": False}, False),
        ({"existing_comment": "x"}, False),
    ],
)
def test_has_changes(given: dict[str, Any], changes: bool) -> None:
    assert ops.AlterColumnOp("t", "x", **given).has_changes() is changes


def test_a_container_gives_the_tuples_of_everything_within() -> None:
    inner = ops.ModifyTableOps(
        "t", [ops.AddColumnOp("t", COLUMN), ops.AlterColumnOp("t", "y", modify_nullable=True)]
    )
    diffs = ops.UpgradeOps([inner, ops.ExecuteSQLOp("z")]).as_diffs()
    assert diffs[0] == ("add_column", None, "t", COLUMN)
    assert [each[0] for each in diffs[1]] == ["modify_nullable"]
    assert diffs[2] == ("execute", "z")
    with pytest.raises(NotImplementedError, match="ModifyTableOps has no diff tuple"):
        inner.to_diff_tuple()

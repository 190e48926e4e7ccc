"""Every operation that has an opposite names it, and the opposite of the opposite is the operation again."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from alembic.errors import CommandError
from alembic.operations import ops


def _table() -> sa.Table:
    metadata = sa.MetaData()
    sa.Table("p", metadata, sa.Column("id", sa.Integer, primary_key=True))
    return sa.Table(
        "t",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("n", sa.String(5), comment="of n", index=True),
        sa.Column("p", sa.Integer, sa.ForeignKey("p.id", name="fk", ondelete="CASCADE", deferrable=True)),
        sa.UniqueConstraint("n", name="uq", initially="DEFERRED"),
        sa.CheckConstraint("n > 1", name="ck"),
        schema="s",
        comment="of t",
        info={"a": 1},
        prefixes=["TEMPORARY"],
        mysql_engine="InnoDB",
    )


TABLE = _table()
INDEX = next(iter(TABLE.indexes))
CONSTRAINTS = {each.__visit_name__: each for each in TABLE.constraints}


def _seen(value: Any) -> Any:
    """A value as users see it: objects by their attributes, schema objects by their text."""
    if isinstance(value, ops.MigrateOperation):
        attributes = {key: _seen(each) for key, each in vars(value).items() if not key.startswith("_")}
        return type(value).__name__, attributes
    if isinstance(value, (list, tuple)):
        return [_seen(each) for each in value]
    if isinstance(value, sa.sql.elements.TextClause):
        return str(value)
    if isinstance(value, sa.schema.SchemaItem):
        kind = type(value).__name__
        return (
            kind,
            str(getattr(value, "name", None)),
            [column.name for column in getattr(value, "columns", ())],
        )
    return value


REVERSIBLE: dict[str, ops.MigrateOperation] = {
    "add column": ops.AddColumnOp("t", sa.Column("x", sa.Integer), schema="s", if_not_exists=True),
    "drop column": ops.DropColumnOp.from_column_and_tablename("s", "t", TABLE.c.n),
    "alter column": ops.AlterColumnOp(
        "t",
        "x",
        schema="s",
        existing_type=sa.Integer(),
        existing_nullable=True,
        modify_nullable=False,
        existing_server_default="1",
        modify_server_default=None,
        existing_comment="old",
        modify_comment="new",
    ),
    "rename column": ops.AlterColumnOp("t", "x", existing_type=sa.Integer(), modify_name="y"),
    "alter other attributes": ops.AlterColumnOp(
        "t", "x", autoincrement=True, existing_autoincrement=False, modify_own=1, existing_own=2
    ),
    "rename table": ops.RenameTableOp("old", "new", schema="s"),
    "create table": ops.CreateTableOp.from_table(TABLE),
    "drop table": ops.DropTableOp.from_table(TABLE),
    "create index": ops.CreateIndexOp.from_index(INDEX),
    "drop index": ops.DropIndexOp.from_index(INDEX),
    "create comment": ops.CreateTableCommentOp("t", "new", schema="s", existing_comment="old"),
    "drop comment": ops.DropTableCommentOp("t", schema="s", existing_comment="old"),
    **{f"add {name}": ops.AddConstraintOp.from_constraint(each) for name, each in CONSTRAINTS.items()},
    **{f"drop {name}": ops.DropConstraintOp.from_constraint(each) for name, each in CONSTRAINTS.items()},
}


@pytest.mark.parametrize("name", sorted(REVERSIBLE))
def test_there_and_back_again(name: str) -> None:
    operation = REVERSIBLE[name]
    opposite = operation.reverse()
    assert _seen(opposite) != _seen(operation)
    assert _seen(opposite.reverse()) == _seen(operation)


@pytest.mark.parametrize(
    ("operation", "opposite"),
    [
        (ops.AddColumnOp, ops.DropColumnOp),
        (ops.CreateTableOp, ops.DropTableOp),
        (ops.CreateIndexOp, ops.DropIndexOp),
        (ops.AddConstraintOp, ops.DropConstraintOp),
        (ops.AlterColumnOp, ops.AlterColumnOp),
        (ops.RenameTableOp, ops.RenameTableOp),
    ],
)
def test_opposites_come_in_pairs(operation: type, opposite: type) -> None:
    reversed_kinds = {type(each.reverse()) for each in REVERSIBLE.values() if isinstance(each, operation)}
    assert reversed_kinds
    assert all(issubclass(kind, opposite) for kind in reversed_kinds)


def test_a_renamed_column_is_renamed_back() -> None:
    back = ops.AlterColumnOp(
        "t", "old", modify_name="new", modify_nullable=False, existing_nullable=True
    ).reverse()
    assert (back.column_name, back.modify_name) == ("new", "old")
    assert (back.modify_nullable, back.existing_nullable) == (True, False)


def test_an_alteration_without_the_earlier_value_leaves_it_alone() -> None:
    back = ops.AlterColumnOp("t", "x", modify_type=sa.Integer(), modify_server_default="1").reverse()
    assert back.modify_type is None
    assert back.modify_server_default is False
    assert not back.has_changes()


def test_a_dropped_table_comes_back_with_all_its_columns_and_constraints() -> None:
    back = ops.DropTableOp.from_table(TABLE).reverse()
    table = back.to_table()
    assert list(table.columns.keys()) == ["id", "n", "p"]
    assert {each.name for each in table.constraints} == {None, "uq", "ck", "fk"}
    assert (table.comment, table.info, table.schema) == ("of t", {"a": 1}, "s")
    assert table.kwargs == {"mysql_engine": "InnoDB"}


def test_a_dropped_table_that_was_not_kept_comes_back_without_columns() -> None:
    assert list(ops.DropTableOp("t").reverse().columns) == []


def test_a_constraint_that_columns_imply_is_made_once() -> None:
    metadata = sa.MetaData()
    table = sa.Table(
        "t",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("u", sa.Integer, unique=True),
        sa.Column("b", sa.Boolean(create_constraint=True, name="bool")),
        sa.Column("i", sa.Integer, index=True),
    )
    again = ops.CreateTableOp.from_table(table).to_table()
    assert sorted(type(each).__name__ for each in again.constraints) == [
        "CheckConstraint",
        "PrimaryKeyConstraint",
        "UniqueConstraint",
    ]
    assert not again.indexes, "indexes are operations of their own"
    assert table.c.u.unique, "the table that it was taken from stays as it is"


def test_an_unnamed_index_is_dropped_by_the_name_that_it_got() -> None:
    assert ops.CreateIndexOp(None, "t", ["a"]).reverse().index_name == "ix_t_a"


def test_an_exclude_constraint_is_dropped_and_made_again() -> None:
    made = ops.CreateExcludeConstraintOp("e", "t", [("a", "=")], where="a > 1", schema="s", using="gist")
    dropped = made.reverse()
    assert (dropped.constraint_name, dropped.table_name, dropped.schema) == ("e", "t", "s")
    again = dropped.reverse()
    assert isinstance(again, ops.CreateExcludeConstraintOp)
    constraint = again.to_constraint()
    assert isinstance(constraint, ExcludeConstraint)
    assert (constraint.name, constraint.using, str(constraint.where)) == ("e", "gist", "a > 1")


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        (ops.DropColumnOp("t", "x"), "operation is not reversible; original column is not present"),
        (ops.DropIndexOp("i", "t"), "operation is not reversible; original index is not present"),
        (ops.DropConstraintOp("c", "t"), "constraint cannot be produced; original constraint is not present"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_was_not_kept_does_not_come_back(operation: ops.MigrateOperation, message: str) -> None:
    with pytest.raises(ValueError, match=message) as failure:
        operation.reverse()
    assert isinstance(failure.value, CommandError)


@pytest.mark.parametrize(
    "operation",
    [ops.ExecuteSQLOp("x"), ops.BulkInsertOp(TABLE, []), ops.OpContainer(), ops.MigrateOperation()],
    ids=lambda each: type(each).__name__,
)
def test_some_kinds_have_no_opposite(operation: ops.MigrateOperation) -> None:
    with pytest.raises(NotImplementedError, match=type(operation).__name__):
        operation.reverse()


def test_a_subclass_may_say_how_it_is_undone() -> None:
    class Reversible(ops.ExecuteSQLOp):
        def reverse(self) -> ops.ExecuteSQLOp:
            return ops.ExecuteSQLOp(f"undo {self.sqltext}")

    upgrade = ops.UpgradeOps([Reversible("a"), Reversible("b")])
    assert [each.sqltext for each in upgrade.reverse().ops] == ["undo b", "undo a"]

"""Every kind of operation in words, as `alembic check` prints it."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic.autogenerate.description import differences
from alembic.operations import ops


class Known(ops.MigrateOperation):
    table_name = "t"

    def to_diff_tuple(self) -> tuple[str, str]:
        return ("own_kind", "of a plugin")


class Unknown(ops.MigrateOperation):
    """Without a diff tuple."""


def altered(**changes: Any) -> ops.AlterColumnOp:
    return ops.AlterColumnOp("t", "c", schema="s", **changes)


def table(name: str = "t") -> sa.Table:
    return sa.Table(name, sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), schema="s")


CASES: list[tuple[ops.MigrateOperation, str, str]] = [
    (ops.CreateTableOp.from_table(table()), "add_table", "add table s.t"),
    (ops.DropTableOp.from_table(table()), "remove_table", "remove table s.t"),
    (ops.RenameTableOp("t", "u", schema="s"), "rename_table", "rename table s.t to u"),
    (
        ops.AddColumnOp("t", sa.Column("c", postgresql.JSONB, nullable=False)),
        "add_column",
        "add column t.c JSONB NOT NULL",
    ),
    (ops.DropColumnOp("t", "c"), "remove_column", "remove column t.c"),
    (
        altered(existing_type=sa.String(3), modify_type=sa.Text()),
        "modify_type",
        "change type of column s.t.c from VARCHAR(3) to TEXT",
    ),
    (altered(modify_nullable=False), "modify_nullable", "make column s.t.c NOT NULL"),
    (altered(modify_nullable=True), "modify_nullable", "make column s.t.c nullable"),
    (
        altered(existing_server_default=sa.DefaultClause(sa.text("now()")), modify_server_default=None),
        "modify_default",
        "change default of column s.t.c from now() to none",
    ),
    (
        altered(modify_server_default=sa.DefaultClause("x")),
        "modify_default",
        "change default of column s.t.c from none to x",
    ),
    (altered(modify_comment="it's"), "modify_comment", 'change comment of column s.t.c from none to "it\'s"'),
    (altered(modify_name="d"), "modify_name", "rename column s.t.c to d"),
    (
        altered(existing_autoincrement=True, modify_autoincrement=False),
        "modify_autoincrement",
        "change autoincrement of column s.t.c from True to False",
    ),
    (
        ops.CreateIndexOp("ix", "t", ["a", sa.text("lower(b)")], unique=True),
        "add_index",
        "add unique index ix on t (a, lower(b))",
    ),
    (ops.DropIndexOp("ix", "t", schema="s"), "remove_index", "remove index ix on s.t"),
    (ops.CreatePrimaryKeyOp(None, "t", ["a", "b"]), "add_constraint", "add primary key on t (a, b)"),
    (ops.CreateUniqueConstraintOp("uq", "t", ["a"]), "add_constraint", "add unique constraint uq on t (a)"),
    (
        ops.CreateCheckConstraintOp("ck", "t", sa.text("a > 0")),
        "add_constraint",
        "add check constraint ck on t (a > 0)",
    ),
    (
        ops.CreateForeignKeyOp("fk", "t", "p", ["a"], ["b"], source_schema="s", referent_schema="r"),
        "add_fk",
        "add foreign key fk on s.t (a) to r.p (b)",
    ),
    (ops.DropConstraintOp("uq", "t", "unique"), "remove_constraint", "remove unique constraint uq on t"),
    (ops.DropConstraintOp("fk", "t", "foreignkey"), "remove_fk", "remove foreign key fk on t"),
    (ops.DropConstraintOp("x", "t"), "remove_constraint", "remove constraint x on t"),
    (
        ops.CreateTableCommentOp("t", "new", existing_comment=None),
        "add_table_comment",
        "change comment of table t from none to 'new'",
    ),
    (ops.DropTableCommentOp("t"), "remove_table_comment", "remove comment of table t"),
    (ops.ReversibleSQLOp("ALTER TYPE e\n  ADD VALUE 'x'", ""), "execute", "run ALTER TYPE e ADD VALUE 'x'"),
    (
        ops.ManualOp(ops.DropColumnOp("t", "c"), "it is needed"),
        "remove_column",
        "by hand: remove column t.c (it is needed)",
    ),
    (ops.ManualOp("look at it", "nobody knows"), "manual", "by hand: look at it (nobody knows)"),
    (Known(), "own_kind", "own_kind of a plugin"),
    (Unknown(), "Unknown", "Unknown"),
]


@pytest.mark.parametrize(("operation", "kind", "text"), CASES, ids=[text for _, _, text in CASES])
def test_an_operation(operation: ops.MigrateOperation, kind: str, text: str):
    container = ops.UpgradeOps([ops.ModifyTableOps("t", [operation])])
    [found] = differences(container, postgresql.dialect())  # type: ignore[no-untyped-call]  # SQLAlchemy's
    assert (found.kind, found.text) == (kind, text)


def test_one_operation_may_be_several_differences():
    operation = altered(existing_type=sa.Integer(), modify_type=sa.Text(), modify_nullable=True)
    found = differences(ops.UpgradeOps([operation]), None)
    assert [(each.kind, each.schema, each.table, each.name) for each in found] == [
        ("modify_type", "s", "t", "c"),
        ("modify_nullable", "s", "t", "c"),
    ]

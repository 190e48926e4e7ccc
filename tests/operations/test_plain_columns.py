"""What is told of columns without making tables is never more than what the tables themselves say."""

from __future__ import annotations

import random
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from alembic.ddl.sqlite.written import is_used
from alembic.operations import Operations, draft
from alembic.operations.operation import MigrateOperation
from alembic.operations.plain_columns import PlainColumns
from alembic.runtime.replay import Listing, Replaying, ReplayingOperations
from tests.project import Project

NAMES = ("a", "b", "C", "d")


def _create(op: Operations, choose: random.Random) -> None:
    columns: list[Any] = [sa.Column("id", sa.Integer, primary_key=True)]
    for name in NAMES[:2]:
        given = choose.choice(
            ({}, {}, {"unique": True}, {"index": True}, {"nullable": False, "server_default": "1"})
        )
        columns.append(sa.Column(name, sa.Integer, **given))
    extra = (
        sa.UniqueConstraint("a", name="u0"),
        sa.CheckConstraint("b > 0", name="c0"),
        sa.ForeignKeyConstraint(["b"], ["o.id"], name="f0"),
        sa.UniqueConstraint("b", "a"),
        sa.Index("i0", "a"),
    )
    op.create_table("t", *columns, *choose.sample(extra, choose.randint(0, 1)))


def _batch(op: Operations, choose: random.Random) -> None:
    with op.batch_alter_table("t") as batch:
        batch.create_index("ib", [choose.choice(NAMES)])


CHANGES: tuple[Any, ...] = (
    lambda op, c: op.add_column("t", sa.Column(c.choice(NAMES), sa.Integer)),
    lambda op, c: op.add_column("t", sa.Column(c.choice(NAMES), sa.Integer, sa.ForeignKey("o.id"))),
    lambda op, c: op.add_column("t", sa.Column(c.choice(NAMES), sa.Enum("x", "y", create_constraint=True))),
    lambda op, c: op.add_column("t", sa.Column(c.choice(NAMES), sa.Integer, sa.CheckConstraint("a > 1"))),
    lambda op, c: op.add_column("t", sa.Column(c.choice(NAMES), sa.Integer, sa.Computed("a + 1"))),
    lambda op, c: op.drop_column("t", c.choice(NAMES)),
    lambda op, c: op.alter_column("t", c.choice(NAMES), new_column_name=c.choice(NAMES)),
    lambda op, c: op.alter_column("t", c.choice(NAMES), nullable=False, existing_type=sa.Integer()),
    lambda op, c: op.create_index("i1", "t", [c.choice(NAMES)]),
    lambda op, c: op.create_index("i2", "t", [sa.text("lower(a)")]),
    lambda op, c: op.create_index("i3", "t", ["a"], sqlite_where=sa.text("b > 1")),
    lambda op, c: op.drop_index("i1", "t"),
    lambda op, c: op.create_unique_constraint("u1", "t", [c.choice(NAMES)]),
    lambda op, c: op.create_check_constraint("c1", "t", f"{c.choice(NAMES)} > 3"),
    lambda op, c: op.create_foreign_key("f1", "t", "o", [c.choice(NAMES)], ["id"]),
    lambda op, c: op.rename_table("t", "gone"),
    lambda op, c: op.execute("CREATE INDEX i4 ON t (a)"),
    lambda op, c: op.execute("UPDATE t SET a = 1"),
    lambda op, c: op.get_bind().execute(sa.text("CREATE UNIQUE INDEX i5 ON T (b)")),
    _batch,
    _create,
)


@pytest.mark.parametrize("seed", range(150))
def test_what_is_plain_is_not_used_by_anything(seed: int) -> None:
    steps: list[tuple[Any, int]] = [(_create, seed)]
    choose = random.Random(seed)
    steps += [(choose.choice(CHANGES), choose.random()) for _ in range(choose.randint(1, 8))]
    full, listing = Replaying(sqlite.dialect(), {}), Listing(sqlite.dialect(), {})
    for context in (full, listing):
        with ReplayingOperations.context(context) as op:
            for step, number in steps:
                step(op, random.Random(number))
    table = full._table("t", None)
    for name in NAMES:
        if listing.plain.has("t", None, name):
            assert not is_used(table, name)


def test_most_columns_are_plain() -> None:
    plain = _after(
        lambda op: op.create_table(
            "t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.Integer), sa.Column("b")
        ),
        lambda op: op.add_column("t", sa.Column("c", sa.String(5))),
        lambda op: op.create_index("i", "t", ["B"]),
        lambda op: op.execute("CREATE TABLE other (a int)"),
        lambda op: op.execute("INSERT INTO t (a) VALUES (1)"),
    )
    found = {name: plain.has("T", None, name) for name in ("id", "a", "b", "c", "A")}
    assert found == {"id": False, "a": True, "b": False, "c": True, "A": True}


@pytest.mark.parametrize(
    "step",
    [
        lambda op: op.execute("CALL change_it()"),
        lambda op: op.execute("ALTER TABLE t ADD CHECK (a > 0)"),
        lambda op: op.invoke(MigrateOperation()),
        lambda op: op.rename_table("t", "u"),
        lambda op: op.drop_table("t"),
        lambda op: op.create_check_constraint("c", "t", "a > 0"),
    ],
)
def test_what_may_be_used_is_not_plain(step: Any) -> None:
    plain = _after(lambda op: op.create_table("t", sa.Column("a", sa.Integer)))
    assert plain.has("t", None, "a")
    plain = _after(lambda op: op.create_table("t", sa.Column("a", sa.Integer)), step)
    assert not plain.has("t", None, "a")


def _after(*steps: Any) -> PlainColumns:
    context = Listing(sqlite.dialect(), {})
    with ReplayingOperations.context(context) as op:
        for step in steps:
            try:
                step(op)
            except Exception as error:
                context.failed(str(error))
    return context.plain


def test_a_script_makes_no_tables_to_drop_plain_columns(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tables of a long history take a hundred times the time of everything else."""
    project.revision("a1", upgrade='op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True))')
    project.revision(
        "b1",
        "a1",
        upgrade='op.add_column("t", sa.Column("x", sa.Integer()))',
        downgrade='op.drop_column("t", "x")',
    )
    project.revision(
        "c1",
        "b1",
        upgrade='op.add_column("t", sa.Column("y", sa.Integer())); op.create_index("i", "t", ["y"])',
        downgrade='op.drop_column("t", "y")',
    )
    drafts: list[object] = []
    made = draft.TableDraft.__init__
    monkeypatch.setattr(
        draft.TableDraft, "__init__", lambda self, *a, **kw: (drafts.append(self), made(self, *a, **kw))[1]
    )
    script = project.call("downgrade", "b1:a1", "--sql")
    assert "ALTER TABLE t DROP COLUMN x;" in script.stdout
    assert drafts == []
    script = project.call("downgrade", "c1:b1", "--sql")  # the index is in the way, and has to be known
    assert "DROP INDEX i;" in script.stdout or "INSERT INTO" in script.stdout
    assert drafts

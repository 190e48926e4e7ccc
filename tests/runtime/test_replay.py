"""Replaying revisions gives the schema that running them gives, or says what isn't known and why."""

from __future__ import annotations

import io
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from alembic.autogenerate.pairs import settled
from alembic.ddl.impl import DefaultImpl
from alembic.operations import Operations
from alembic.operations.ops import MigrateOperation
from alembic.runtime.migration import MigrationContext
from alembic.runtime.replay import Replaying, ReplayingOperations
from alembic.schema.from_catalogue import from_catalogue
from alembic.schema.knowledge import known, why_unknown
from alembic.schema.shapes import Schema, Table


def run(engine: sa.Engine, *steps: Any) -> tuple[Schema, Schema]:
    """The schema that the database has after the steps, and the replayed one."""
    with engine.begin() as connection:
        context = MigrationContext.configure(connection)
        for step in steps:
            context.impl.begin_step()
            with Operations.context(context) as op:
                step(op)
            context.impl.end_step()
    with engine.begin() as connection:
        rules = DefaultImpl.get_by_dialect(engine.dialect)(
            engine.dialect, connection, False, None, None, {}
        ).rules
        real = from_catalogue(rules.read(connection, [None], lambda key: True), rules)
        return settled(connection, rules, real, replayed(engine.dialect, *steps))


def replayed(dialect: sa.Dialect, *steps: Any, **opts: Any) -> Schema:
    context = Replaying(dialect, opts)
    for step in steps:
        with ReplayingOperations.context(context) as op:
            step(op)
    return context.schema


def create(op: Operations) -> None:
    op.create_table("o", sa.Column("id", sa.Integer, primary_key=True))
    op.create_table(
        "t",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("a", sa.String(20), nullable=False, server_default="x"),
        sa.Column("b", sa.Integer, sa.ForeignKey("o.id", ondelete="CASCADE")),
        sa.Column("c", sa.Integer),
        sa.CheckConstraint("c > 0", name="positive"),
        sa.UniqueConstraint("a", name="only_a"),
        sa.Index("i", "b", "c"),
    )


def add_columns(op: Operations) -> None:
    op.add_column("t", sa.Column("d", sa.Numeric(8, 2), server_default="1.5"))
    op.add_column("t", sa.Column("e", sa.String(5), nullable=False, server_default="y"))
    op.create_index("j", "t", ["d"], unique=True)


def alter(op: Operations) -> None:
    with op.batch_alter_table("t") as batch:
        batch.alter_column("a", new_column_name="aa", existing_type=sa.String(20), existing_nullable=False,
                           existing_server_default="x")  # fmt: skip
        batch.alter_column("c", nullable=True, type_=sa.BigInteger, existing_type=sa.Integer)
        batch.drop_column("d")


def rename(op: Operations) -> None:
    op.rename_table("o", "owners")


def constrain(op: Operations) -> None:
    with op.batch_alter_table("t") as batch:
        batch.drop_constraint("only_a", type_="unique")
        batch.create_unique_constraint("both", ["e", "c"])
        batch.create_check_constraint("small", "c < 100")


@pytest.mark.parametrize("count", range(1, 6))
def test_the_database_has_what_was_replayed(database_url: str, count: int) -> None:
    steps = [create, add_columns, alter, rename, constrain][:count]
    engine = sa.create_engine(database_url, poolclass=sa.pool.NullPool)
    real, other = run(engine, *steps)
    assert not other.unknown and other.unknown_rest is None
    assert list(other.tables) == list(real.tables)
    for key, table in real.tables.items():
        assert _facts(other.tables[key]) == _facts(table)


def _facts(table: Table) -> dict[str, Any]:
    return {name: getattr(table, name) for name in table.__slots__ if name != "source"}


def add_unique(op: Operations) -> None:
    op.add_column("t", sa.Column("u", sa.Integer, sa.ForeignKey("o.id"), unique=True))
    op.add_column("t", sa.Column("v", sa.Integer, index=True))


def alter_plainly(op: Operations) -> None:
    op.alter_column("t", "a", nullable=True)
    op.alter_column("t", "c", type_=sa.Boolean(create_constraint=True, name="yes_or_no"))
    op.alter_column("t", "c", new_column_name="cc")
    op.drop_column("t", "v")
    op.drop_constraint("only_a", "t")
    op.create_foreign_key("to_itself", "t", "t", ["b"], ["id"])


@pytest.mark.parametrize("steps", [(create, add_unique, alter_plainly), (create, add_columns, alter, rename)])
def test_a_script_for_sqlite_makes_what_a_live_run_makes(tmp_path: Path, steps: tuple[Any, ...]) -> None:
    live = sa.create_engine(f"sqlite:///{tmp_path / 'live.db'}")
    real, _ = run(live, *steps)
    buffer = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="sqlite", opts={"as_sql": True, "output_buffer": buffer}
    )
    for step in steps:
        with Operations.context(context) as op:
            step(op)
    other = sa.create_engine(f"sqlite:///{tmp_path / 'script.db'}")
    with closing(other.raw_connection()) as connection:
        connection.executescript(buffer.getvalue())
    scripted, _ = run(other)
    assert {key: _facts(table) for key, table in scripted.tables.items()} == {
        key: _facts(table) for key, table in real.tables.items()
    }


SQLITE = sa.create_engine("sqlite://").dialect


@pytest.mark.parametrize(
    ("sql", "lost"),
    [
        ("UPDATE t SET c = 1", set()),
        ("ALTER TABLE t ADD COLUMN z INTEGER", {"t"}),
        ("CREATE INDEX k ON T (c)", {"t"}),
        ("DROP INDEX i", {"t"}),
        ("ALTER TABLE o RENAME TO p", {"o", "t"}),
    ],
)
def test_sql_makes_unknown_what_it_may_have_changed(sql: str, lost: set[str]) -> None:
    schema = replayed(SQLITE, create, lambda op: op.execute(sql))
    assert {name for name in ("o", "t") if known(schema, (None, name)) is None} == lost
    for name in lost:
        assert sql in str(why_unknown(schema, (None, name)))


def test_a_table_created_later_is_known_again() -> None:
    schema = replayed(SQLITE, create, lambda op: op.execute("CALL anything()"), _create_new)
    assert list(schema.tables) == [(None, "new")]
    assert known(schema, (None, "t")) is None


def _create_new(op: Operations) -> None:
    op.create_table("new", sa.Column("id", sa.Integer, primary_key=True))


class NobodyKnows(MigrateOperation):
    def __init__(self, table_name: str | None) -> None:
        self.table_name = table_name


@pytest.mark.parametrize(("table", "left"), [("t", ["o"]), (None, [])])
def test_an_operation_that_is_not_built_in(table: str | None, left: list[str]) -> None:
    schema = replayed(SQLITE, create)
    after = NobodyKnows(table).apply(schema, Replaying(SQLITE, {}))
    assert [name for _, name in after.tables] == left


def test_an_operation_on_what_no_revision_made_is_no_error() -> None:
    schema = replayed(SQLITE, create, lambda op: op.drop_column("t", "nothing"))
    assert "nothing" in str(why_unknown(schema, (None, "t")))


def test_inspection_is_answered_as_far_as_it_is_known() -> None:
    seen: list[Any] = []

    def look(op: Operations) -> None:
        inspector = sa.inspect(op.get_bind())
        names = inspector.get_table_names()
        seen.extend(["t" in names, "u" in names, sorted(names)])
        seen.append([column["name"] for column in inspector.get_columns("o")])

    replayed(SQLITE, create, look)
    assert seen == [True, False, ["alembic_version", "o", "t"], ["id"]]


def test_a_script_finds_a_table_as_it_is_at_this_point() -> None:
    context = MigrationContext.configure(
        dialect_name="postgresql", opts={"as_sql": True, "output_buffer": io.StringIO()}
    )
    with Operations.context(context) as op:
        create(op)
        op.alter_column("t", "a", new_column_name="aa")
        table = context.impl.known_table("t", None)
        op.execute("ALTER TABLE t ADD z int")
    assert table is not None
    assert [column.name for column in table.columns] == ["id", "aa", "b", "c"]
    assert context.impl.known_table("t", None) is None

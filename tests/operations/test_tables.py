"""Tables that operations make: whole, the same each time, and without effect on the tables of the user."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from alembic.operations import ops
from tests.operations.migrations import Script, conventional, database, live


def _described(table: sa.Table) -> Any:
    constraints = [
        (type(each).__name__, str(each.name), [column.name for column in getattr(each, "columns", ())])
        for each in table.constraints
    ]
    targets = sorted(key.target_fullname for key in table.foreign_keys)
    indexes = sorted(str(each.name) for each in table.indexes)
    return list(table.columns.keys()), sorted(constraints), targets, indexes


def _operation() -> ops.CreateTableOp:
    return ops.CreateTableOp(
        "t",
        [
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("p", sa.Integer, sa.ForeignKey("p.id", name="one")),
            sa.Column("q", sa.Integer, sa.CheckConstraint("q > 1"), unique=True),
            sa.Column("r", sa.Integer, index=True),
            sa.ForeignKeyConstraint(["q"], ["p.id"], name="two"),
            sa.CheckConstraint("q > 2", name="check"),
            sa.Index("lowered", sa.func.lower(sa.text("q"))),
        ],
        schema="s",
    )


def test_an_operation_makes_the_same_table_each_time() -> None:
    operation = _operation()
    first = _described(operation.to_table())
    assert first[2] == ["p.id", "p.id"]
    assert first[3] == ["ix_s_t_r", "lowered"]
    assert [_described(operation.to_table()) for _ in range(3)] == [first] * 3


def test_reversing_an_operation_takes_nothing_from_it() -> None:
    operation, other = _operation(), _operation()
    operation.reverse()
    operation.to_diff_tuple()
    assert _described(operation.to_table()) == _described(other.to_table())


def test_an_operation_can_be_carried_out_again() -> None:
    once, twice = Script(), Script()
    column = ops.AddColumnOp("t", sa.Column("x", sa.Integer, sa.ForeignKey("p.id", name="f"), unique=True))
    for operation in (_operation(), column):
        once.op.invoke(operation)
        twice.op.invoke(operation)
    assert twice.lines == once.lines


def test_a_new_table_takes_columns_of_another_but_not_their_keys() -> None:
    metadata = sa.MetaData()
    original = sa.Table(
        "o",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("p", sa.Integer, sa.ForeignKey("p.id")),
    )
    script = Script()
    table = script.op.create_table("new", *original.columns)
    assert not table.foreign_keys
    assert table.metadata is not metadata
    assert original.c.p.table is original


def test_the_columns_that_were_given_are_those_of_the_table() -> None:
    column = sa.Column("x", sa.Integer)
    table = Script().op.create_table("t", column)
    assert table.c.x is column


def test_a_column_of_the_user_stays_where_it_is() -> None:
    table = sa.Table("t", sa.MetaData(), sa.Column("x", sa.Integer, index=True, unique=True))
    Script().op.add_column("other", table.c.x)
    assert table.c.x.table is table
    assert len(table.indexes) == 1


def test_the_schema_of_the_metadata_is_not_applied() -> None:
    script = Script(target_metadata=sa.MetaData(schema="elsewhere"))
    script.op.create_table("t", sa.Column("x", sa.Integer))
    assert script.lines[0] == "CREATE TABLE t ("


def test_listeners_hear_of_tables() -> None:
    heard: list[str] = []

    def listener(event: str) -> tuple[str, Any]:
        return event, lambda table, connection, **kw: heard.append(f"{event} {table.name}")

    operations = conventional().op
    events = ["before_create", "after_create"]
    operations.create_table("t", sa.Column("x", sa.Integer), listeners=[listener(event) for event in events])
    assert heard == ["before_create t", "after_create t"]
    heard.clear()
    operations.drop_table("t", listeners=[listener("before_drop"), listener("after_drop")])
    assert heard == ["before_drop t", "after_drop t"]


def test_what_is_there_already_is_left_alone_as_a_whole(database_url: str) -> None:
    """IF NOT EXISTS of the database is about the table or column alone, not about what comes with it."""
    with database(database_url).connect() as connection:
        op = live(connection)
        for _ in range(2):
            op.create_table("p", sa.Column("id", sa.Integer, primary_key=True), if_not_exists=True)
            op.create_table(
                "t",
                sa.Column("a", sa.Integer, index=True, comment="c"),
                sa.Column("b", sa.Integer, sa.ForeignKey("p.id", name="late", use_alter=True)),
                if_not_exists=True,
            )
            op.add_column(
                "t",
                sa.Column("c", sa.Integer, sa.ForeignKey("p.id"), index=True),
                if_not_exists=True,
            )
        inspector = sa.inspect(connection)
        assert {"ix_t_a", "ix_t_c"} <= {found["name"] for found in inspector.get_indexes("t")}
        assert len(inspector.get_foreign_keys("t")) == 2


def test_columns_go_by_their_names_in_the_database_not_by_their_keys() -> None:
    metadata = sa.MetaData()
    sa.Table("q", metadata, sa.Column("id", sa.Integer, key="QID", primary_key=True))
    table = sa.Table(
        "t",
        metadata,
        sa.Column("a", sa.Integer, key="A", primary_key=True),
        sa.Column("b", sa.Integer, sa.ForeignKey("q.QID", name="f"), key="B", unique=True, index=True),
    )
    script = Script()
    script.op.invoke(ops.CreateTableOp.from_table(table))
    for constraint in sorted(table.constraints, key=lambda each: each._creation_order):
        script.op.invoke(ops.AddConstraintOp.from_constraint(constraint))
    for index in table.indexes:
        script.op.invoke(ops.CreateIndexOp.from_index(index))
    assert script.lines == [
        "CREATE TABLE t (",
        "    a SERIAL NOT NULL, ",
        "    b INTEGER, ",
        "    PRIMARY KEY (a), ",
        "    CONSTRAINT f FOREIGN KEY(b) REFERENCES q (id)",
        ");",
        "ALTER TABLE t ADD PRIMARY KEY (a);",
        "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY(b) REFERENCES q (id);",
        "CREATE UNIQUE INDEX ix_t_b ON t (b);",
    ]

"""Which column is meant, when columns of a table that is made anew are renamed, added and dropped at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from alembic.errors.batch import ColumnThere
from tests.operations.migrations import Script, database, live


@pytest.fixture
def connection(database_url: str) -> Iterator[sa.Connection]:
    with database(database_url).begin() as opened:
        metadata = sa.MetaData()
        table = sa.Table(
            "t",
            metadata,
            sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("a", sa.Integer, nullable=False),
            sa.Column("up", sa.Integer),
            sa.UniqueConstraint("a", name="uq_a"),
            sa.ForeignKeyConstraint(["up"], ["t.a"], name="fk_up"),
            sa.Index("ix_a", "a", "up"),
        )
        metadata.create_all(opened)
        opened.execute(table.insert(), [{"id": 1, "a": 10, "up": 10}, {"id": 2, "a": 20, "up": 10}])
        yield opened


def test_a_column_takes_over_the_name_of_a_renamed_one(connection: sa.Connection) -> None:
    with live(connection).batch_alter_table("t", recreate="always") as batch:
        batch.alter_column("a", new_column_name="b")
        batch.add_column(sa.Column("a", sa.Integer, server_default="7"))
        batch.alter_column("a", comment=None, nullable=False)
        batch.create_index("ix_new", ["a"])
    rows = connection.execute(sa.text("SELECT id, b, up, a FROM t ORDER BY id")).all()
    assert rows == [(1, 10, 10, 7), (2, 20, 10, 7)]
    inspector = sa.inspect(connection)
    assert [(each["name"], each["nullable"]) for each in inspector.get_columns("t")] == [
        ("id", False),
        ("b", False),
        ("up", True),
        ("a", False),
    ]
    indexes = {each["name"]: each["column_names"] for each in inspector.get_indexes("t")}
    assert (indexes["ix_a"], indexes["ix_new"]) == (["b", "up"], ["a"])
    assert [each["column_names"] for each in inspector.get_unique_constraints("t")] == [["b"]]
    (key,) = inspector.get_foreign_keys("t")
    assert (key["constrained_columns"], key["referred_columns"]) == (["up"], ["b"])


def test_a_primary_key_follows_the_renamed_column(connection: sa.Connection) -> None:
    with live(connection).batch_alter_table("t", recreate="always") as batch:
        batch.alter_column("id", new_column_name="old_id")
        batch.add_column(sa.Column("id", sa.Integer), insert_before="old_id")
    assert sa.inspect(connection).get_pk_constraint("t")["constrained_columns"] == ["old_id"]
    rows = connection.execute(sa.text("SELECT id, old_id, a FROM t ORDER BY old_id")).all()
    assert rows == [(None, 1, 10), (None, 2, 20)]


@pytest.mark.parametrize("place", ["insert_after", "insert_before"])
def test_a_column_that_is_to_follow_itself_stays_where_it_is(connection: sa.Connection, place: str) -> None:
    with live(connection).batch_alter_table("t", recreate="always") as batch:
        where: dict[str, Any] = {place: "a"}
        batch.alter_column("a", **where)
    assert [each["name"] for each in sa.inspect(connection).get_columns("t")] == ["id", "a", "up"]
    assert connection.execute(sa.text("SELECT count(*) FROM t")).scalar() == 2


def _table() -> sa.Table:
    return sa.Table("t", sa.MetaData(), sa.Column("id", sa.Integer), sa.Column("a", sa.Integer))


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql", "mysql"])
def test_in_a_script(dialect: str) -> None:
    script = Script(dialect)
    with script.op.batch_alter_table("t", copy_from=_table(), recreate="always") as batch:
        batch.alter_column("a", new_column_name="b")
        batch.add_column(sa.Column("a", sa.Integer))
    copy = "INSERT INTO _alembic_tmp_t (id, b) SELECT t.id, t.a "
    assert [line for line in script.lines if line.startswith("INSERT")] == [copy]


def test_a_column_is_not_replaced_by_another_of_its_name() -> None:
    """Its values would be gone."""

    def add(**options: Any) -> None:
        with Script().op.batch_alter_table("t", copy_from=_table(), recreate="always") as batch:
            batch.add_column(sa.Column("a", sa.Text), **options)

    add(if_not_exists=True)
    with pytest.raises(ColumnThere, match="'t' has a column 'a' already"):
        add()


def test_an_index_goes_with_its_column_though_another_gets_its_name() -> None:
    table = _table()
    sa.Index("ix", table.c.a)
    script = Script()
    with script.op.batch_alter_table("t", copy_from=table, recreate="always") as batch:
        batch.drop_column("a")
        batch.alter_column("id", new_column_name="a")
    assert not [line for line in script.lines if "INDEX" in line]

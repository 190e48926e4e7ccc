"""SQLite takes a name in double quotes that means nothing for a string: nothing comes to that in silence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from alembic.errors import CommandError
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext


@pytest.fixture
def op() -> Iterator[Operations]:
    with sa.create_engine("sqlite://").connect() as connection:
        connection.exec_driver_sql(
            'CREATE TABLE t (id INTEGER PRIMARY KEY, "a b" INT, c INT, d INT GENERATED ALWAYS AS ("c" + 1), '
            'e INT, CONSTRAINT k CHECK ("a b" > 0 OR c > 1))'
        )
        yield Operations(MigrationContext.configure(connection))


def _drop(op: Operations, name: str) -> Any:
    with op.batch_alter_table("t", recreate="always") as batch:
        batch.drop_column(name)


@pytest.mark.parametrize(("name", "user"), [("a b", "CHECK"), ("c", "GENERATED ALWAYS AS")])
def test_what_names_a_dropped_column_is_told(op: Operations, name: str, user: str) -> None:
    before = op.get_bind().exec_driver_sql("SELECT sql FROM sqlite_master").scalars().all()
    with pytest.raises(CommandError, match=f"Can't drop {name} .*{user}") as failure:
        _drop(op, name)
    assert failure.value.code == "column-in-use"
    assert op.get_bind().exec_driver_sql("SELECT sql FROM sqlite_master").scalars().all() == before


def test_what_nothing_names_is_dropped(op: Operations) -> None:
    _drop(op, "e")
    assert "e" not in [each["name"] for each in sa.inspect(op.get_bind()).get_columns("t")]


def test_with_the_check_the_column_goes(op: Operations) -> None:
    with op.batch_alter_table("t") as batch:
        batch.drop_constraint("k", type_="check")
        batch.drop_column("a b")
    assert [each["name"] for each in sa.inspect(op.get_bind()).get_columns("t")] == ["id", "c", "d", "e"]


def test_an_index_on_a_column_that_was_dropped(op: Operations) -> None:
    with pytest.raises(CommandError, match="'a b'"), op.batch_alter_table("t") as batch:
        batch.drop_constraint("k", type_="check")
        batch.drop_column("a b")
        batch.create_index("i", ["a b"])
    assert "i" not in [each["name"] for each in sa.inspect(op.get_bind()).get_indexes("t")]


def test_an_index_on_a_column_that_was_renamed(op: Operations) -> None:
    with op.batch_alter_table("t") as batch:
        batch.alter_column("a b", new_column_name="x y")
        batch.create_index("i", ["a b"])
        batch.create_index("j", ["x y"])
    assert {each["name"]: each["column_names"] for each in sa.inspect(op.get_bind()).get_indexes("t")} == {
        "i": ["x y"],
        "j": ["x y"],
    }

"""A foreign key with use_alter=True is added as soon as its referent is there, and is never lost."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from alembic import op
from alembic.operations import Operations
from tests.operations.migrations import Script, database, live


def _hen_and_egg(operations: Operations) -> None:
    operations.create_table(
        "hen",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("egg_id", sa.Integer, sa.ForeignKey("egg.id", name="from_egg", use_alter=True)),
    )
    operations.create_table(
        "egg",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("hen_id", sa.Integer, sa.ForeignKey("hen.id", name="of_hen")),
    )


def test_in_a_script_the_key_follows_its_referent() -> None:
    script = Script()
    _hen_and_egg(script.op)
    script.op.execute("select 1")
    assert [line for line in script.lines if "egg" in line or line == "select 1;"] == [
        "    egg_id INTEGER, ",
        "CREATE TABLE egg (",
        "ALTER TABLE hen ADD CONSTRAINT from_egg FOREIGN KEY(egg_id) REFERENCES egg (id);",
        "select 1;",
    ]


def test_in_a_script_a_referent_that_never_comes_is_taken_to_exist() -> None:
    script = Script()
    with Operations.context(script.context):
        op.create_table("hen", sa.Column("e", sa.Integer, sa.ForeignKey("egg.id", name="k", use_alter=True)))
        assert not any("FOREIGN KEY" in line for line in script.lines)
    assert script.lines[-1] == "ALTER TABLE hen ADD CONSTRAINT k FOREIGN KEY(e) REFERENCES egg (id);"


def test_the_end_of_a_step_is_the_latest() -> None:
    script = Script()
    script.op.create_table(
        "hen", sa.Column("e", sa.Integer, sa.ForeignKey("egg.id", name="k", use_alter=True))
    )
    script.context.impl.end_step()
    assert script.lines[-1] == "ALTER TABLE hen ADD CONSTRAINT k FOREIGN KEY(e) REFERENCES egg (id);"
    script.context.impl.end_step()
    assert len([line for line in script.lines if "FOREIGN KEY" in line]) == 1


def test_a_table_that_points_to_itself_needs_no_waiting() -> None:
    script = Script()
    script.op.create_table(
        "t",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("up", sa.Integer, sa.ForeignKey("t.id", name="k", use_alter=True)),
    )
    assert script.lines[-1] == "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY(up) REFERENCES t (id);"


def test_on_a_database_both_keys_exist(database_url: str) -> None:
    with database(database_url).begin() as connection:
        _hen_and_egg(live(connection))
        inspector = sa.inspect(connection)
        targets = {
            (table, key["referred_table"])
            for table in ("hen", "egg")
            for key in inspector.get_foreign_keys(table)
        }
    assert targets == {("hen", "egg"), ("egg", "hen")}


def test_on_a_database_an_existing_referent_is_seen(postgresql_url: str) -> None:
    with database(postgresql_url).begin() as connection:
        connection.exec_driver_sql("create table egg (id int primary key)")
        live(connection).create_table(
            "hen", sa.Column("e", sa.Integer, sa.ForeignKey("egg.id", use_alter=True, name="k"))
        )
        assert [key["name"] for key in sa.inspect(connection).get_foreign_keys("hen")] == ["k"]


def test_a_table_that_is_left_alone_gets_no_second_key(postgresql_url: str) -> None:
    with database(postgresql_url).begin() as connection:
        connection.exec_driver_sql("create table egg (id int primary key)")
        operations = live(connection)
        for _ in range(2):
            operations.create_table(
                "hen",
                sa.Column("e", sa.Integer, sa.ForeignKey("egg.id", use_alter=True, name="k")),
                if_not_exists=True,
            )
        assert len(sa.inspect(connection).get_foreign_keys("hen")) == 1


def test_a_referent_that_does_not_exist_is_an_error(postgresql_url: str) -> None:
    with database(postgresql_url).connect() as connection:
        operations = live(connection)
        operations.create_table(
            "hen", sa.Column("e", sa.Integer, sa.ForeignKey("egg.id", use_alter=True, name="k"))
        )
        with pytest.raises(sa.exc.ProgrammingError, match="egg"):
            operations.get_context().impl.end_step()

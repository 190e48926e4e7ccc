"""A batch collects changes to one table, and carries them out in order when it is left."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from alembic.errors import CommandError
from alembic.operations import BatchOperations, ops
from tests.operations.migrations import Script, database, live


def test_a_database_that_can_alter_the_table_does_so() -> None:
    script = Script()
    with script.op.batch_alter_table("t", schema="s") as batch:
        batch.add_column(sa.Column("x", sa.Integer, sa.ForeignKey("p.id", name="f1")))
        batch.alter_column("x", nullable=False, new_column_name="y")
        batch.create_index("i", ["y"], unique=True)
        batch.create_foreign_key("f2", "p", ["a"], ["b"], referent_schema="r", ondelete="CASCADE")
        batch.create_unique_constraint("u", ["y"])
        batch.create_check_constraint("c", "y > 1")
        batch.create_primary_key("pk", ["y"])
        batch.create_exclude_constraint("e", ("y", "="), using="gist")
        batch.create_table_comment("new")
        batch.execute("update s.t set y = 1")
        batch.drop_table_comment()
        batch.drop_index("i")
        batch.drop_constraint("u", type_="unique")
        batch.drop_column("z", if_exists=True)
        assert script.lines == [], "nothing is carried out before the end"
    assert script.lines == [
        "ALTER TABLE s.t ADD COLUMN x INTEGER;",
        "ALTER TABLE s.t ADD CONSTRAINT f1 FOREIGN KEY(x) REFERENCES p (id);",
        "ALTER TABLE s.t ALTER COLUMN x SET NOT NULL;",
        "ALTER TABLE s.t RENAME x TO y;",
        "CREATE UNIQUE INDEX i ON s.t (y);",
        "ALTER TABLE s.t ADD CONSTRAINT f2 FOREIGN KEY(a) REFERENCES r.p (b) ON DELETE CASCADE;",
        "ALTER TABLE s.t ADD CONSTRAINT u UNIQUE (y);",
        "ALTER TABLE s.t ADD CONSTRAINT c CHECK (y > 1);",
        "ALTER TABLE s.t ADD CONSTRAINT pk PRIMARY KEY (y);",
        "ALTER TABLE s.t ADD CONSTRAINT e EXCLUDE USING gist (y WITH =);",
        "COMMENT ON TABLE s.t IS 'new';",
        "update s.t set y = 1;",
        "COMMENT ON TABLE s.t IS NULL;",
        "DROP INDEX s.i;",
        "ALTER TABLE s.t DROP CONSTRAINT u;",
        "ALTER TABLE s.t DROP COLUMN IF EXISTS z;",
    ]


def test_nothing_is_carried_out_if_the_body_fails() -> None:
    script = Script()
    with pytest.raises(ZeroDivisionError), script.op.batch_alter_table("t") as batch:
        batch.drop_column("x")
        raise ZeroDivisionError
    assert script.lines == []


def test_an_unknown_way_of_recreating() -> None:
    with pytest.raises(ValueError) as failure:
        Script().op.batch_alter_table("t", recreate="sometimes").__enter__()  # type: ignore[arg-type]
    assert str(failure.value) == "recreate may be one of 'auto', 'always', or 'never'."


@pytest.mark.parametrize("place", [{"insert_before": "a"}, {"insert_after": "a"}])
def test_a_place_for_a_new_column_needs_a_rebuild(place: dict[str, str]) -> None:
    script = Script()
    with (
        pytest.raises(CommandError) as failure,
        script.op.batch_alter_table("t") as batch,
    ):
        batch.drop_column("y")
        batch.add_column(sa.Column("x", sa.Integer), **place)
    assert str(failure.value) == (
        "Can't specify insert_before or insert_after when using ALTER; please specify recreate='always'"
    )
    assert script.lines == [], "not even the changes before it"


def test_a_place_for_an_altered_column_is_pointed_out() -> None:
    script = Script()
    with (
        pytest.warns(UserWarning, match="insert_after moves no column"),
        script.op.batch_alter_table("t") as batch,
    ):
        batch.alter_column("x", nullable=True, insert_after="a")
    assert script.lines == ["ALTER TABLE t ALTER COLUMN x DROP NOT NULL;"]


def test_sqlite_alters_by_itself_what_it_can(sqlite_url: str) -> None:
    with database(sqlite_url).begin() as connection:
        connection.exec_driver_sql("create table t (id integer primary key, a text, b text)")
        connection.exec_driver_sql("insert into t values (1, 'a', 'b')")
        with live(connection).batch_alter_table("t") as batch:
            batch.add_column(sa.Column("c", sa.Integer, server_default="5"))
            batch.alter_column("a", new_column_name="z")
            batch.drop_column("b")
            batch.create_index("i", ["c"])
            batch.execute("update t set c = c + 1")
        assert connection.exec_driver_sql("select * from t").mappings().all() == [{"id": 1, "z": "a", "c": 6}]
        assert [index["name"] for index in sa.inspect(connection).get_indexes("t")] == ["i"]


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_a_script_has_to_be_told_what_a_table_is_like(dialect: str) -> None:
    script = Script(dialect)
    recreate: Any = "auto" if dialect == "sqlite" else "always"
    with (
        pytest.raises(CommandError) as failure,
        script.op.batch_alter_table("t", recreate=recreate) as batch,
    ):
        batch.alter_column("a", nullable=False)
    first, *more = str(failure.value).splitlines()
    assert first == (
        f"This operation cannot proceed in --sql mode; batch mode with dialect {dialect} requires a live "
        'database connection with which to reflect the table "t".'
    )
    assert "copy_from" in "".join(more)
    assert script.lines == []


def test_never_is_alter_or_nothing(sqlite_url: str) -> None:
    script = Script("sqlite")
    with script.op.batch_alter_table("t", recreate="never") as batch:
        batch.alter_column("a", nullable=False)
    assert script.lines == ["ALTER TABLE t ALTER COLUMN a SET NOT NULL;"]
    with database(sqlite_url).begin() as connection:
        connection.exec_driver_sql("create table t (id integer primary key, a text)")
        with (
            pytest.raises(CommandError, match="can't alter column 'a'"),
            live(connection).batch_alter_table("t", recreate="never") as batch,
        ):
            batch.alter_column("a", nullable=False)


def test_a_batch_is_about_one_table() -> None:
    for name in ("bulk_insert", "create_table", "rename_table", "drop_table"):
        assert not hasattr(BatchOperations, name)
    script = Script()
    with script.op.batch_alter_table("t") as batch:
        for operation, name in (
            (ops.BulkInsertOp(sa.table("t"), []), "bulk_insert"),
            (ops.CreateTableOp("u", []), "create_table"),
            (ops.DropTableOp("u"), "drop_table"),
        ):
            with pytest.raises(NotImplementedError) as failure:
                batch.invoke(operation)
            assert str(failure.value) == f"The {name} method does not apply to a batch table alter operation."


def test_a_batch_knows_the_migration() -> None:
    script = Script()
    with script.op.batch_alter_table("t", schema="s") as batch:
        assert batch.get_context() is script.context
        assert batch.f("x") == "x"
        assert (batch.impl.table_name, batch.impl.schema) == ("t", "s")
        assert batch.impl.dialect.name == "postgresql"

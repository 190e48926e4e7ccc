"""The traps that users of SQLite fall into, each by the number that it has in our list of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from alembic.errors import CommandError
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from tests.project import Project


@pytest.fixture
def connection() -> Iterator[sa.Connection]:
    engine = sa.create_engine("sqlite://")
    sa.event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys=ON"))
    with engine.connect() as connection:
        yield connection


def _run(connection: sa.Connection, *statements: str) -> None:
    for sql in statements:
        connection.exec_driver_sql(sql)


def _op(connection: sa.Connection) -> Operations:
    return Operations(MigrationContext.configure(connection))


def _stored(connection: sa.Connection, name: str) -> str:
    return str(
        connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).scalar_one()
    )


def _rows(connection: sa.Connection, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.exec_driver_sql(sql)]


@pytest.mark.parametrize("action", ["ON DELETE CASCADE", "ON DELETE SET NULL", "ON DELETE RESTRICT", ""])
@pytest.mark.parametrize("first", [True, False], ids=["first", "in a transaction"])
def test_trap_1_rows_that_refer_to_the_table_stay(
    connection: sa.Connection, action: str, first: bool
) -> None:
    _run(
        connection,
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)",
        f"CREATE TABLE orders (id INTEGER PRIMARY KEY, uid INTEGER REFERENCES users {action})",
        "INSERT INTO users VALUES (1, 'a'), (2, 'b')",
        "INSERT INTO orders VALUES (1, 1), (2, 1), (3, 2)",
    )
    connection.commit()
    context = MigrationContext.configure(connection)
    with context.begin_transaction(_per_migration=True):
        op = Operations(context)
        if not first:
            op.execute("UPDATE users SET name = 'c' WHERE id = 2")
        with op.batch_alter_table("users") as batch:
            batch.alter_column("name", type_=sa.String(50))
        op.execute("DELETE FROM orders WHERE id = 3")
        with pytest.raises(sa.exc.IntegrityError):
            op.execute("INSERT INTO orders VALUES (4, 99)")  # foreign keys hold in the rest of the revision
    assert _rows(connection, "SELECT * FROM orders") == [(1, 1), (2, 1)]
    assert _rows(connection, "PRAGMA foreign_key_check") == []
    assert _rows(connection, "PRAGMA foreign_keys") == [(1,)]
    assert _stored(connection, "users") == "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(50))"


def test_trap_1_by_the_command_line(project: Project, sqlite_url: str) -> None:
    engine = sa.create_engine(sqlite_url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        _run(
            connection,
            "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)",
            "CREATE TABLE orders (id INTEGER PRIMARY KEY, uid INTEGER REFERENCES users ON DELETE CASCADE)",
            "INSERT INTO users VALUES (1, 'a')",
            "INSERT INTO orders VALUES (1, 1), (2, 1), (3, 1)",
        )
    project.configure(sqlite_url)
    project.revision(
        "a1",
        upgrade="""
            op.get_bind().exec_driver_sql("PRAGMA foreign_keys=ON")
            with op.batch_alter_table("users") as batch:
                batch.alter_column("name", type_=sa.String(50))
        """,
    )
    assert project.run("upgrade", "head").code == 0
    with engine.connect() as connection:
        assert _rows(connection, "SELECT count(*) FROM orders") == [(3,)]


def test_trap_2_triggers_stay(connection: sa.Connection) -> None:
    trigger = "CREATE TRIGGER tr AFTER INSERT ON t BEGIN\n  INSERT INTO log VALUES (new.a); -- remember\nEND"
    _run(connection, "CREATE TABLE log (a)", "CREATE TABLE t (a TEXT)", trigger)
    _op(connection).alter_column("t", "a", nullable=False)
    assert _stored(connection, "tr") == trigger
    _run(connection, "INSERT INTO t VALUES ('x')")
    assert _rows(connection, "SELECT * FROM log") == [("x",)]


def test_trap_3_indexes_stay_to_the_letter(connection: sa.Connection) -> None:
    indexes = {
        "i1": "CREATE INDEX i1 ON t (name, n DESC)",
        "i2": "CREATE INDEX i2 ON t (lower(name))",
        "i3": "CREATE UNIQUE INDEX i3 ON t (name COLLATE RTRIM)  WHERE n > 5 -- few",
    }
    _run(connection, "CREATE TABLE t (name TEXT, n INT)", *indexes.values())
    _op(connection).alter_column("t", "n", nullable=False)
    assert {name: _stored(connection, name) for name in indexes} == indexes


def test_trap_4_what_reflection_does_not_see_stays(connection: sa.Connection) -> None:
    table = """CREATE TABLE t (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again
  a TEXT COLLATE NOCASE UNIQUE ON CONFLICT REPLACE,
  p INTEGER REFERENCES p ON DELETE CASCADE,
  n {} CHECK (n > 0),
  g TEXT GENERATED ALWAYS AS (a || 'x') STORED
) STRICT"""
    _run(
        connection,
        "CREATE TABLE p (id INTEGER PRIMARY KEY)",
        table.format("INTEGER"),
        "INSERT INTO t (id, a, n) VALUES (1, 'a', 1), (50, 'b', 2)",
        "DELETE FROM t WHERE id = 50",
    )
    _op(connection).alter_column("t", "n", nullable=False)
    assert _stored(connection, "t") == table.format("INTEGER NOT NULL")
    _run(connection, "INSERT INTO t (a, n) VALUES ('c', 3)")
    assert _rows(connection, "SELECT id, a, n, g FROM t") == [(1, "a", 1, "ax"), (51, "c", 3, "cx")]


def test_trap_5_generated_columns_columns_without_type_and_views(connection: sa.Connection) -> None:
    _run(
        connection,
        "CREATE TABLE t (a, b TEXT, g GENERATED ALWAYS AS (b || a) VIRTUAL)",
        "CREATE VIEW v AS SELECT * FROM t",
        "INSERT INTO t VALUES (1, 'x')",
    )
    _op(connection).alter_column("t", "b", nullable=False)
    assert _rows(connection, "SELECT * FROM v") == [(1, "x", "x1")]
    assert _stored(connection, "v") == "CREATE VIEW v AS SELECT * FROM t"


def test_trap_6_a_failure_leaves_nothing_and_a_leftover_is_cleared(
    connection: sa.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    _run(
        connection,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)",
        "INSERT INTO t VALUES (1, NULL)",
        "CREATE TABLE _alembic_tmp_t (id INTEGER NOT NULL, a TEXT NOT NULL)",  # of an older tool
    )
    connection.commit()

    def migrate() -> None:
        context = MigrationContext.configure(connection)
        with context.begin_transaction(_per_migration=True):
            op = Operations(context)
            op.create_table("early", sa.Column("id", sa.Integer))
            with op.batch_alter_table("t") as batch:
                batch.alter_column("a", nullable=False)

    with pytest.raises(sa.exc.IntegrityError):
        migrate()
    connection.rollback()
    assert sorted(sa.inspect(connection).get_table_names()) == ["_alembic_tmp_t", "t"]
    _run(connection, "UPDATE t SET a = 'x'")
    connection.commit()
    migrate()
    assert "Dropping _alembic_tmp_t" in caplog.text
    assert sorted(sa.inspect(connection).get_table_names()) == ["early", "t"]
    assert _rows(connection, "SELECT * FROM t") == [(1, "x")]


def test_trap_6_something_else_of_that_name_is_left_alone(connection: sa.Connection) -> None:
    _run(
        connection,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)",
        "CREATE TABLE _alembic_tmp_t (quite INTEGER, different INTEGER)",
    )
    with pytest.raises(CommandError, match="does not look like a copy of it"):
        _op(connection).alter_column("t", "a", nullable=False)
    assert sorted(sa.inspect(connection).get_table_names()) == ["_alembic_tmp_t", "t"]


def test_trap_31_the_default_template_needs_no_batch(project: Project, sqlite_url: str) -> None:
    project.configure(sqlite_url)
    project.revision(
        "a1",
        upgrade="""
            op.create_table("p", sa.Column("id", sa.Integer, primary_key=True))
            op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.String(5)))
            op.execute("INSERT INTO t VALUES (1, 'x')")
            op.alter_column("t", "a", type_=sa.String(50), nullable=False)
            op.add_column("t", sa.Column("p", sa.Integer))
            op.create_foreign_key("fk", "t", "p", ["p"], ["id"])
            op.create_unique_constraint("uq", "t", ["a"])
            op.drop_constraint("uq", "t", type_="unique")
        """,
        downgrade="""
            op.drop_constraint("fk", "t", type_="foreignkey")
            op.drop_column("t", "p")
            op.alter_column("t", "a", type_=sa.String(5), nullable=True)
        """,
    )
    assert project.run("upgrade", "head").code == 0
    engine = sa.create_engine(sqlite_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        assert _rows(connection, "SELECT id, a, p FROM t") == [(1, "x", None)]
        keys = sa.inspect(connection).get_foreign_keys("t")
        assert [key["name"] for key in keys] == ["fk"]
    assert project.run("downgrade", "base").code == 0
    with engine.connect() as connection:
        columns = sa.inspect(connection).get_columns("t")
        assert [(each["name"], str(each["type"]), each["nullable"]) for each in columns[1:]] == [
            ("a", "VARCHAR(5)", True)
        ]


def test_trap_34_a_renamed_column_is_renamed_wherever_it_is_spoken_of(connection: sa.Connection) -> None:
    _run(
        connection,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT UNIQUE, b INT, c INT, CONSTRAINT uq UNIQUE (a, b), "
        "CONSTRAINT ck CHECK (a > b), CONSTRAINT fk FOREIGN KEY (b) REFERENCES t (a))",
        "CREATE TABLE k (x INT, CONSTRAINT other FOREIGN KEY (x) REFERENCES t (a))",
        "CREATE INDEX i ON t (c, a DESC) WHERE a > 5",
        "CREATE VIEW v AS SELECT a FROM t",
        "CREATE TRIGGER tr AFTER UPDATE OF a ON t BEGIN INSERT INTO k VALUES (new.a); END",
        "INSERT INTO t VALUES (1, 7, NULL, 1), (2, 9, 7, 1)",
        "INSERT INTO k VALUES (7)",
    )
    with _op(connection).batch_alter_table("t") as batch:
        batch.alter_column("a", new_column_name="z")
        batch.alter_column("c", nullable=False)
        batch.create_unique_constraint("uq2", ["a", "c"])
        batch.create_index("i2", ["z"])
    assert _stored(connection, "t") == (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, z INT UNIQUE, b INT, c INT NOT NULL, CONSTRAINT uq UNIQUE "
        "(z, b), CONSTRAINT ck CHECK (z > b), CONSTRAINT fk FOREIGN KEY (b) REFERENCES t (z), "
        "CONSTRAINT uq2 UNIQUE (z, c))"
    )
    assert _stored(connection, "k").endswith("REFERENCES t (z))")
    assert _stored(connection, "i") == "CREATE INDEX i ON t (c, z DESC) WHERE z > 5"
    assert _stored(connection, "i2") == "CREATE INDEX i2 ON t (z)"
    assert _stored(connection, "v") == "CREATE VIEW v AS SELECT z FROM t"
    assert "UPDATE OF z" in _stored(connection, "tr") and "new.z" in _stored(connection, "tr")
    assert _rows(connection, "SELECT * FROM t") == [(1, 7, None, 1), (2, 9, 7, 1)]
    assert _rows(connection, "SELECT * FROM k") == [(7,)]

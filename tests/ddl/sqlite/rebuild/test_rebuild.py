"""How a table is made anew: when at all, how often, what is shown, and what if something is in the way."""

from __future__ import annotations

import io
import sqlite3
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from alembic import console
from alembic.ddl.sqlite import rebuild
from alembic.errors import CommandError
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext


@pytest.fixture
def connection() -> Iterator[sa.Connection]:
    with sa.create_engine("sqlite://").connect() as connection:
        yield connection


def _run(connection: sa.Connection, *statements: str) -> None:
    for sql in statements:
        connection.exec_driver_sql(sql)


def _traced(connection: sa.Connection) -> list[str]:
    """Every statement from now on, for SQLite itself."""
    seen: list[str] = []
    driver: Any = connection.connection.driver_connection
    driver.set_trace_callback(seen.append)
    return seen


def _rebuilds(seen: list[str]) -> int:
    return sum(sql.startswith("INSERT OR ABORT INTO") for sql in seen)


def _step(connection: sa.Connection, ask: Any) -> None:
    context = MigrationContext.configure(connection)
    with context.begin_transaction(_per_migration=True):
        context.impl.begin_step()
        ask(Operations(context))
        context.impl.end_step()


TABLE = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT, CONSTRAINT uq UNIQUE (a))"


@pytest.mark.parametrize(
    ("ask", "number"),
    [
        (lambda op: op.add_column("t", sa.Column("c", sa.Integer)), 0),
        (lambda op: op.add_column("t", sa.Column("c", sa.Integer, server_default="5")), 0),
        (lambda op: op.add_column("t", sa.Column("c", sa.Integer, server_default=sa.func.now())), 1),
        (lambda op: op.add_column("t", sa.Column("c", sa.Integer, nullable=False)), 1),
        (lambda op: op.add_column("t", sa.Column("c", sa.Integer, unique=True)), 1),
        (lambda op: op.drop_column("t", "b"), 0),
        (lambda op: op.drop_column("t", "a"), 1),
        (lambda op: op.alter_column("t", "a", new_column_name="z"), 0),
        (lambda op: op.alter_column("t", "a", new_column_name="z", nullable=False), 1),
        (lambda op: op.alter_column("t", "a", nullable=True), 0),
        (lambda op: op.rename_table("t", "u"), 0),
        (lambda op: op.create_index("i", "t", ["b"]), 0),
    ],
)
def test_alter_table_is_used_where_it_is_enough(connection: sa.Connection, ask: Any, number: int) -> None:
    _run(connection, TABLE)
    connection.commit()
    seen = _traced(connection)
    _step(connection, ask)
    assert _rebuilds(seen) == number


def test_an_old_sqlite_has_no_drop_column(connection: sa.Connection) -> None:
    _run(connection, TABLE)
    connection.commit()
    connection.dialect.server_version_info = (3, 34, 1)
    seen = _traced(connection)
    _step(connection, lambda op: op.drop_column("t", "b"))
    assert _rebuilds(seen) == 1
    assert len(sa.inspect(connection).get_columns("t")) == 2


def test_operations_that_follow_each_other_are_one_rebuild(connection: sa.Connection) -> None:
    _run(connection, TABLE, "CREATE TABLE u (x INT)")
    connection.commit()
    seen = _traced(connection)

    def ask(op: Operations) -> None:
        op.alter_column("t", "a", nullable=False)
        op.add_column("t", sa.Column("c", sa.Integer))
        op.create_check_constraint("ck", "t", "c > 1")
        op.drop_constraint("uq", "t")
        op.create_index("i", "t", ["c"])
        op.drop_index("i", "t")
        op.alter_column("u", "x", nullable=False)
        op.alter_column("t", "b", type_=sa.String(9))

    _step(connection, ask)
    assert _rebuilds(seen) == 3
    sql = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 't'").scalar()
    assert sql == (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b VARCHAR(9), c INTEGER, "
        "CONSTRAINT ck CHECK (c > 1))"
    )


def test_whoever_looks_sees_what_was_asked_for(connection: sa.Connection) -> None:
    _run(connection, TABLE)

    def ask(op: Operations) -> None:
        op.alter_column("t", "a", nullable=False)
        assert sa.inspect(op.get_bind()).get_columns("t")[1]["nullable"] is False
        op.alter_column("t", "b", nullable=False)
        with pytest.raises(sa.exc.IntegrityError), op.get_bind().begin_nested():
            op.execute("INSERT INTO t (a) VALUES ('x')")

    _step(connection, ask)


def test_an_autocommit_block_comes_after_what_was_said_before_it(sqlite_url: str) -> None:
    with sa.create_engine(sqlite_url, poolclass=sa.NullPool).connect() as connection:
        _run(connection, TABLE)
        connection.commit()
        context = MigrationContext.configure(connection, opts={"transaction_per_migration": True})
        with context.begin_transaction(_per_migration=True):
            context.impl.begin_step()
            op = Operations(context)
            op.alter_column("t", "a", nullable=False)
            with context.autocommit_block(), sqlite3.connect(connection.engine.url.database or "") as other:
                assert other.execute("PRAGMA table_info(t)").fetchall()[1][3] == 1
            context.impl.end_step()


def test_without_leave_to_edit_definitions_foreign_keys_are_switched_off_meanwhile(
    connection: sa.Connection,
) -> None:
    _run(
        connection,
        "PRAGMA foreign_keys=ON",
        TABLE,
        "CREATE TABLE k (t INT REFERENCES t ON DELETE CASCADE)",
        "INSERT INTO t VALUES (1, 'x', 2)",
        "INSERT INTO k VALUES (1)",
    )
    connection.commit()
    driver: Any = connection.connection.driver_connection
    denied = {("writable_schema",)}
    driver.set_authorizer(
        lambda action, name, *rest: sqlite3.SQLITE_DENY if (name,) in denied else sqlite3.SQLITE_OK
    )
    try:
        _step(connection, lambda op: op.alter_column("t", "a", nullable=False))
        assert connection.exec_driver_sql("SELECT * FROM k").all() == [(1,)]
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1

        def late(op: Operations) -> None:
            op.execute("UPDATE t SET b = 3")
            op.alter_column("t", "a", nullable=True)

        with pytest.raises(CommandError, match=r"k refer to it[\s\S]*first of its revision"):
            _step(connection, late)
        connection.rollback()
        assert connection.exec_driver_sql("SELECT b FROM t").all() == [(2,)]
    finally:
        driver.set_authorizer(lambda *_: sqlite3.SQLITE_OK)  # None is of Python 3.11


def test_a_new_key_must_hold_and_an_old_one_need_not(connection: sa.Connection) -> None:
    _run(
        connection,
        "CREATE TABLE p (id INTEGER PRIMARY KEY)",
        "CREATE TABLE t (a INT REFERENCES p, b INT)",
        "INSERT INTO t VALUES (5, 6)",
    )
    connection.commit()
    _step(connection, lambda op: op.alter_column("t", "b", nullable=False))
    with pytest.raises(CommandError, match="foreign keys would be broken: 1 of t to p"):
        _step(connection, lambda op: op.create_foreign_key("fk", "t", "p", ["b"], ["id"]))
    assert connection.exec_driver_sql("SELECT * FROM t").all() == [(5, 6)]


def test_a_key_may_be_put_together_again_in_several_changes(connection: sa.Connection) -> None:
    _run(
        connection,
        "PRAGMA foreign_keys=ON",
        "CREATE TABLE p (id INTEGER NOT NULL, CONSTRAINT pk PRIMARY KEY (id))",
        "CREATE TABLE k (id INT, CONSTRAINT fk FOREIGN KEY (id) REFERENCES p (id) ON DELETE CASCADE)",
        "INSERT INTO p VALUES (5)",
        "INSERT INTO k VALUES (5)",
    )
    connection.commit()

    def ask(op: Operations) -> None:
        with op.batch_alter_table("p") as batch:
            batch.add_column(sa.Column("space", sa.Integer, server_default="1", nullable=False))
            batch.create_primary_key("pk", ["space", "id"])
        with op.batch_alter_table("k") as batch:
            batch.add_column(sa.Column("space", sa.Integer, server_default="1"))
            batch.drop_constraint("fk", type_="foreignkey")
            batch.create_foreign_key("fk", "p", ["space", "id"], ["space", "id"], ondelete="CASCADE")

    _step(connection, ask)
    assert connection.exec_driver_sql("SELECT * FROM k").all() == [(5, 1)]
    _run(connection, "DELETE FROM p")
    assert connection.exec_driver_sql("SELECT * FROM k").all() == []


def test_rows_are_not_lost_to_on_conflict(connection: sa.Connection) -> None:
    _run(
        connection,
        "CREATE TABLE t (a INT UNIQUE ON CONFLICT IGNORE, b INT)",
        "INSERT INTO t VALUES (1, 1), (2, NULL)",
    )
    connection.commit()
    with pytest.raises(sa.exc.IntegrityError):
        _step(connection, lambda op: op.alter_column("t", "b", nullable=False))
    assert connection.exec_driver_sql("SELECT count(*) FROM t").scalar() == 2


def test_a_comment_at_the_end_of_a_line_keeps_it(connection: sa.Connection) -> None:
    """SQLite's own DROP COLUMN takes a comma in a comment for one of its own."""
    _run(connection, "CREATE TABLE t (a INT, -- one, two\n b INT)")
    _step(connection, lambda op: op.drop_column("t", "b"))
    sql = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 't'").scalar()
    assert sql == "CREATE TABLE t (a INT -- one, two\n)"


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("without_rowid", [False, True])
def test_a_person_sees_how_far_it_is(
    connection: sa.Connection, monkeypatch: pytest.MonkeyPatch, without_rowid: bool
) -> None:
    monkeypatch.setattr(rebuild, "_MANY", 50)
    option = " WITHOUT ROWID" if without_rowid else ""
    _run(
        connection,
        f"CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT){option}",
        "WITH RECURSIVE n (i) AS (SELECT -40 UNION ALL SELECT i + 3 FROM n WHERE i < 2000) "
        "INSERT INTO t SELECT i, 'x' FROM n",
    )
    connection.commit()
    before = connection.exec_driver_sql("SELECT * FROM t").all()
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    seen = _traced(connection)
    _step(connection, lambda op: op.alter_column("t", "a", nullable=False))
    assert connection.exec_driver_sql("SELECT * FROM t").all() == before
    assert (_rebuilds(seen) > 50, "Table t" in terminal.getvalue()) == (not without_rowid, not without_rowid)


def test_nobody_looks_and_nothing_is_loaded(capsys: pytest.CaptureFixture[str]) -> None:
    with console.progress("work", 10) as advance:
        advance(10)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    "user",
    [
        "CREATE VIEW w AS SELECT a FROM t",
        "CREATE TRIGGER w AFTER INSERT ON t BEGIN UPDATE u SET x = new.a; END",
        "CREATE TRIGGER w AFTER UPDATE ON u BEGIN UPDATE t SET a = 'x'; END",
    ],
)
def test_what_a_view_or_trigger_needs_is_not_dropped(connection: sa.Connection, user: str) -> None:
    _run(connection, TABLE, "CREATE TABLE u (x)", "CREATE VIEW broken AS SELECT a FROM nowhere", user)
    connection.commit()
    with pytest.raises(CommandError, match=r"Can't drop a of table 't': needed by (view|trigger) w\n"):
        _step(connection, lambda op: op.drop_column("t", "a"))
    assert len(sa.inspect(connection).get_columns("t")) == 3


def test_a_string_of_the_same_text_is_no_column(connection: sa.Connection) -> None:
    _run(
        connection,
        TABLE,
        "CREATE INDEX i ON t (b) WHERE b <> 'a'",
        "CREATE VIEW v AS SELECT 'a' AS a FROM t",
        "CREATE TRIGGER tr AFTER INSERT ON t BEGIN UPDATE t SET b = 'a' WHERE id = new.id; END",
    )
    _step(connection, lambda op: op.drop_column("t", "a"))
    assert [each["name"] for each in sa.inspect(connection).get_indexes("t")] == ["i"]
    assert connection.exec_driver_sql("SELECT count(*) FROM v").scalar() == 0

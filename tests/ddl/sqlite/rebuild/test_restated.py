"""What a batch says about its table has an effect, and nothing gets lost by what it does not say."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from alembic.errors import CommandError
from alembic.operations import BatchOperations, Operations
from alembic.runtime.migration import MigrationContext


@pytest.fixture
def connection() -> Iterator[sa.Connection]:
    with sa.create_engine("sqlite://").connect() as connection:
        yield connection


def _stored(connection: sa.Connection, name: str = "t") -> str:
    sql = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).scalar()
    return " ".join(str(sql).split())


def _batch(connection: sa.Connection, **options: Any) -> Any:
    return Operations(MigrationContext.configure(connection)).batch_alter_table("t", **options)


def _not_null(batch: BatchOperations) -> None:
    batch.alter_column("a", nullable=False)


def test_copy_from_stands_in_the_place_of_the_definition(
    connection: sa.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    connection.exec_driver_sql(
        "CREATE TABLE t "
        "(id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT CHECK (a <> ''), b INT, kept INT DEFAULT 7)"
    )
    connection.exec_driver_sql("CREATE INDEX there ON t (b DESC)")
    connection.exec_driver_sql("INSERT INTO t (a, b) VALUES ('x', 1)")
    table = sa.Table(
        "t",
        sa.MetaData(),
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("a", sa.String(9)),
        sa.Column("b", sa.Integer, index=True),
        sa.UniqueConstraint("a", name="uq"),
    )
    with caplog.at_level(logging.WARNING), _batch(connection, copy_from=table) as batch:
        batch.alter_column("a", nullable=False, new_column_name="z")
        batch.alter_column("b", new_column_name="c")
    assert _stored(connection) == (
        "CREATE TABLE t ( id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, z VARCHAR(9) NOT NULL, c INTEGER, "
        "kept INT DEFAULT 7, CONSTRAINT uq UNIQUE (z) )"
    )
    assert _stored(connection, "there") == "CREATE INDEX there ON t (c DESC)"
    assert _stored(connection, "ix_t_b") == "CREATE INDEX ix_t_b ON t (c)"
    assert connection.exec_driver_sql("SELECT * FROM t").all() == [(1, "x", 1, 7)]
    assert "copy_from lacks column kept" in caplog.text


def test_table_args_are_added_where_they_are_not_there(connection: sa.Connection) -> None:
    connection.exec_driver_sql(
        "CREATE TABLE t "
        "(id INTEGER PRIMARY KEY, a TEXT, b INT CHECK ( B>0 ), c INT CHECK (c > 1), UNIQUE (a))"
    )
    arguments = (
        sa.CheckConstraint("b > 0"),
        sa.CheckConstraint("c > 2"),
        sa.UniqueConstraint("a"),
        sa.UniqueConstraint("b", name="uq"),
        sa.Index("ix", "c"),
    )
    with _batch(connection, table_args=arguments) as batch:
        _not_null(batch)
    assert _stored(connection) == (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b INT CHECK ( B>0 ), c INT, UNIQUE (a), "
        "CHECK (c > 2), CONSTRAINT uq UNIQUE (b))"
    )
    assert _stored(connection, "ix") == "CREATE INDEX ix ON t (c)"


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (
            {"sqlite_autoincrement": True},
            "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, a TEXT NOT NULL)",
        ),
        (
            {"sqlite_with_rowid": False},
            "CREATE TABLE t (id INTEGER NOT NULL, a TEXT NOT NULL, PRIMARY KEY (id)) WITHOUT ROWID",
        ),
        (
            {"sqlite_strict": True, "mysql_engine": "InnoDB"},
            "CREATE TABLE t (id INTEGER NOT NULL, a TEXT NOT NULL, PRIMARY KEY (id)) STRICT",
        ),
    ],
)
def test_table_kwargs(connection: sa.Connection, options: dict[str, Any], text: str) -> None:
    connection.exec_driver_sql("CREATE TABLE t (id INTEGER NOT NULL, a TEXT, PRIMARY KEY (id))")
    connection.exec_driver_sql("INSERT INTO t VALUES (5, 'x'), (7, 'y')")
    with _batch(connection, table_kwargs=options) as batch:
        _not_null(batch)
    assert _stored(connection) == text
    assert connection.exec_driver_sql("SELECT * FROM t").all() == [(5, "x"), (7, "y")]
    if "AUTOINCREMENT" in text:
        assert connection.exec_driver_sql("SELECT * FROM sqlite_sequence").all() == [("t", 7)]


def test_reflect_args_change_what_they_speak_of(connection: sa.Connection) -> None:
    connection.exec_driver_sql("CREATE TABLE t (a TEXT, b VARCHAR(5) NOT NULL COLLATE NOCASE, f BOOLEAN)")
    columns: tuple[sa.Column[Any], ...] = (
        sa.Column("b", sa.String(50)),
        sa.Column("f", sa.Boolean(create_constraint=True, name="ck_f"), nullable=False),
    )
    with _batch(connection, reflect_args=columns) as batch:
        _not_null(batch)
    assert _stored(connection) == (
        "CREATE TABLE t (a TEXT NOT NULL, b VARCHAR(50) NOT NULL COLLATE NOCASE, f BOOLEAN NOT NULL, "
        "CONSTRAINT ck_f CHECK (f IN (0, 1)))"
    )


def test_listeners_of_reflection_are_heard(connection: sa.Connection) -> None:
    connection.exec_driver_sql("CREATE TABLE t (a TEXT, b BOGUS DEFAULT 5)")

    def listen(inspector: Any, table: Any, column: dict[str, Any]) -> None:
        if column["name"] == "b":
            column["type"] = sa.Integer()

    with _batch(connection, reflect_kwargs={"listeners": [("column_reflect", listen)]}) as batch:
        _not_null(batch)
    assert _stored(connection) == "CREATE TABLE t (a TEXT NOT NULL, b INTEGER DEFAULT 5)"


def test_a_naming_convention_finds_constraints_without_names(connection: sa.Connection) -> None:
    connection.exec_driver_sql(
        "CREATE TABLE t "
        "(a TEXT UNIQUE, b INT REFERENCES p (id), UNIQUE (a, b), FOREIGN KEY (b) REFERENCES q (id))"
    )
    names = {
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    }
    with _batch(connection, naming_convention=names) as batch:
        batch.drop_constraint("uq_t_a", type_="unique")
        batch.drop_constraint("fk_t_b_q", type_="foreignkey")
    assert _stored(connection) == "CREATE TABLE t (a TEXT, b INT REFERENCES p (id), UNIQUE (a, b))"


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (lambda batch: batch.alter_column("x", nullable=False), KeyError, "No such column in table 't': 'x'"),
        (lambda batch: batch.drop_constraint("x", type_="unique"), ValueError, "No such constraint: 'x'"),
        (lambda batch: batch.drop_index("x"), ValueError, "No such index: 'x'"),
    ],
    ids=["column", "constraint", "index"],
)
def test_what_is_not_there(connection: sa.Connection, ask: Any, error: type[Exception], message: str) -> None:
    connection.exec_driver_sql("CREATE TABLE t (a TEXT, CONSTRAINT uq UNIQUE (a))")
    with pytest.raises(error) as failure, _batch(connection, recreate="always") as batch:
        batch.create_index("early", ["a"])
        ask(batch)
    assert isinstance(failure.value, CommandError)
    first, *more = str(failure.value).splitlines()
    assert first == message
    assert more, "it says what there is"
    assert sa.inspect(connection).get_indexes("t") == []


def test_a_statement_runs_where_it_stands(connection: sa.Connection) -> None:
    connection.exec_driver_sql("CREATE TABLE t (a TEXT, b INT)")
    connection.exec_driver_sql("INSERT INTO t VALUES (NULL, 1)")
    with _batch(connection) as batch:
        batch.add_column(sa.Column("c", sa.Integer))
        batch.execute("UPDATE t SET a = 'was ' || b, c = 2 * b")
        batch.alter_column("a", nullable=False)
        batch.drop_column("b")
    assert connection.exec_driver_sql("SELECT * FROM t").all() == [("was 1", 2)]
    assert _stored(connection) == "CREATE TABLE t (a TEXT NOT NULL, c INTEGER)"


def test_columns_swap_their_names(connection: sa.Connection) -> None:
    connection.exec_driver_sql("CREATE TABLE t (a TEXT, b INT)")
    connection.exec_driver_sql("CREATE INDEX i ON t (a)")
    connection.exec_driver_sql("INSERT INTO t VALUES ('a', 1)")
    with _batch(connection) as batch:
        batch.alter_column("a", new_column_name="b")
        batch.alter_column("b", new_column_name="a", nullable=False)
    assert _stored(connection) == 'CREATE TABLE t ("b" TEXT, a INT NOT NULL)'.replace('"b"', "b")
    assert _stored(connection, "i") == "CREATE INDEX i ON t (b)"
    assert connection.exec_driver_sql("SELECT b, a FROM t").all() == [("a", 1)]


def test_a_batch_for_several_databases_may_have_comments(connection: sa.Connection) -> None:
    connection.exec_driver_sql("CREATE TABLE t (a TEXT)")
    with _batch(connection) as batch:
        batch.create_table_comment("what it is for")
        batch.alter_column("a", comment="x", nullable=False)
        batch.drop_table_comment()
    assert _stored(connection) == "CREATE TABLE t (a TEXT NOT NULL)"


def test_a_type_takes_its_check_along(connection: sa.Connection) -> None:
    connection.exec_driver_sql("CREATE TABLE t (f BOOLEAN, CHECK (f IN (0, 1)))")
    boolean = sa.Boolean(create_constraint=True)
    enum = sa.Enum("x", "y", name="e", create_constraint=True)
    with _batch(connection) as batch:
        batch.alter_column("f", type_=enum, existing_type=boolean)
    assert _stored(connection) == "CREATE TABLE t (f VARCHAR(1), CONSTRAINT e CHECK (f IN ('x', 'y')))"


def test_a_column_that_is_added_again_keeps_what_is_on_it(connection: sa.Connection) -> None:
    """Batches that change a generated column are written in this way."""
    connection.exec_driver_sql(
        "CREATE TABLE t (a INT, g INT GENERATED ALWAYS AS (a + 1) STORED, b INT, UNIQUE (a, g))"
    )
    connection.exec_driver_sql("CREATE INDEX i ON t (b, g)")
    connection.exec_driver_sql("INSERT INTO t (a, b) VALUES (1, 5)")
    with _batch(connection) as batch:
        batch.drop_column("g")
        batch.drop_column("b")
        batch.add_column(sa.Column("b", sa.Integer))
        batch.add_column(sa.Column("g", sa.Integer, sa.Computed("a + 2", persisted=True)), insert_before="a")
    assert _stored(connection) == (
        "CREATE TABLE t (g INTEGER GENERATED ALWAYS AS (a + 2) STORED, a INT, b INTEGER, UNIQUE (a, g))"
    )
    assert _stored(connection, "i") == "CREATE INDEX i ON t (b, g)"
    assert connection.exec_driver_sql("SELECT a, g, b FROM t").all() == [(1, 3, None)]

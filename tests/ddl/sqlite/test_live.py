"""Every directive of the golden files runs on SQLite, or is refused there with an error of ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from alembic.ddl.sqlite import SQLiteImpl
from alembic.errors import CommandError
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from tests.ddl.golden import read, run_live

HERE = Path(__file__).parent
ONLY_SCRIPT = "only_script"
NAMES = sorted({path.stem for path in HERE.glob("*.golden")} - {ONLY_SCRIPT})


@pytest.fixture
def connection() -> Iterator[sa.Connection]:
    with sa.create_engine("sqlite://").connect() as connection:
        yield connection


@pytest.mark.parametrize("name", NAMES)
def test_every_directive_runs(name: str) -> None:
    file = read(HERE / f"{name}.golden")
    for case in file.cases:
        with sa.create_engine("sqlite://").connect() as connection:
            for sql in (*file.given, *case.given):
                connection.exec_driver_sql(sql)
            if case.fails:
                with pytest.raises((CommandError, sa.exc.CompileError)):
                    run_live(case, connection)
            else:
                run_live(case, connection)


def test_what_only_a_script_says_is_refused(connection: sa.Connection) -> None:
    """A connection gets an error before anything is sent, not the server's "syntax error"."""
    connection.exec_driver_sql("CREATE TABLE t (a INTEGER)")
    for case in read(HERE / f"{ONLY_SCRIPT}.golden").cases:
        if "exists=True" not in case.directive:
            with pytest.raises(NotImplementedError, match=r"SQLite (can't alter|has no comments)"):
                run_live(case, connection)
    assert [column["name"] for column in sa.inspect(connection).get_columns("t")] == ["a"]


def test_refusals_say_what_they_always_said(connection: sa.Connection) -> None:
    op = Operations(MigrationContext.configure(connection))
    with pytest.raises(NotImplementedError) as raised:
        op.create_unique_constraint("uq", "t", ["a"])
    assert isinstance(raised.value, CommandError)
    assert str(raised.value) == (
        "No support for ALTER of constraints in SQLite dialect. Please refer to the batch mode feature which "
        "allows for SQLite migrations using a copy-and-move strategy."
    )


def test_conditions_are_looked_up(connection: sa.Connection) -> None:
    """SQLite has no IF [NOT] EXISTS for columns."""
    connection.exec_driver_sql("CREATE TABLE t (a INTEGER, b INTEGER)")
    op = Operations(MigrationContext.configure(connection))
    op.add_column("t", sa.Column("a", sa.Integer), if_not_exists=True)
    op.add_column("t", sa.Column("c", sa.Integer), if_not_exists=True)
    op.drop_column("t", "b", if_exists=True)
    op.drop_column("t", "b", if_exists=True)
    assert [column["name"] for column in sa.inspect(connection).get_columns("t")] == ["a", "c"]


def test_added_foreign_keys_and_checks_hold(connection: sa.Connection) -> None:
    connection.exec_driver_sql("PRAGMA foreign_keys = ON")
    connection.exec_driver_sql("CREATE TABLE u (id INTEGER PRIMARY KEY)")
    connection.exec_driver_sql("CREATE TABLE t (id INTEGER)")
    op = Operations(MigrationContext.configure(connection))
    op.add_column("t", sa.Column("u", sa.Integer, sa.ForeignKey("u.id", name="fk", ondelete="CASCADE")))
    op.add_column("t", sa.Column("k", sa.Boolean(create_constraint=True, name="ck")))
    op.add_column("t", sa.Column("n", sa.Integer, sa.CheckConstraint("n > 5", name="five")))
    (key,) = connection.exec_driver_sql("PRAGMA foreign_key_list('t')").mappings()
    assert (key["table"], key["from"], key["to"], key["on_delete"]) == ("u", "u", "id", "CASCADE")
    for values in ("u) VALUES (1", "k) VALUES (2", "n) VALUES (5"):
        with pytest.raises(sa.exc.IntegrityError):
            connection.exec_driver_sql(f"INSERT INTO t ({values})")


class Queue:
    """What a batch looks like to an impl."""

    def __init__(self, *batch: tuple[str, tuple[object, ...], dict[str, object]]) -> None:
        self.batch = batch


@pytest.mark.parametrize(
    ("operation", "rebuilds"),
    [
        (("create_index", ("ix",), {}), False),
        (("drop_column", ("t", sa.Column("a")), {"schema": None}), False),
        (("add_column", ("t", sa.Column("a", sa.Integer)), {}), False),
        (("add_column", ("t", sa.Column("a", sa.Integer, server_default="5")), {}), False),
        (("add_column", ("t", sa.Column("a", sa.Integer, server_default=sa.func.now())), {}), True),
        (("add_column", ("t", sa.Column("a", sa.Integer, sa.Computed("b", persisted=True))), {}), True),
        (("add_column", ("t", sa.Column("a", sa.Integer, sa.Computed("b"))), {}), False),
        (("add_column", ("t", sa.Column("a", sa.Integer, unique=True)), {}), True),
        (("alter_column", ("t", "a"), {"name": "b", "server_default": False, "comment": False}), False),
        (("alter_column", ("t", "a"), {"nullable": True}), True),
        (("alter_column", ("t", "a"), {"server_default": None}), True),
        (("add_constraint", (sa.UniqueConstraint("a"),), {}), True),
        (("drop_constraint", (sa.UniqueConstraint("a"),), {}), True),
    ],
)
def test_batches_that_need_a_rebuild(
    connection: sa.Connection, operation: tuple[str, tuple[object, ...], dict[str, object]], rebuilds: bool
) -> None:
    impl = SQLiteImpl(connection.dialect, connection, False, None, None, {})
    assert impl.requires_recreate_in_batch(Queue(operation)) is rebuilds

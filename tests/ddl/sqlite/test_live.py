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
from tests.ddl.golden import NAMES as NAMES_OF_GOLDEN
from tests.ddl.golden import read, run_live
from tests.operations.migrations import Script

HERE = Path(__file__).parent
ONLY_SCRIPT = "only_script"
NAMES = sorted({path.stem for path in HERE.glob("*.golden")} - {ONLY_SCRIPT, "constraints"})


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


def test_what_a_script_cannot_say_is_done(connection: sa.Connection) -> None:
    """Trap 31. A connection can look what the table is like, and make it anew."""
    connection.exec_driver_sql("CREATE TABLE u (id INTEGER PRIMARY KEY)")
    op = Operations(MigrationContext.configure(connection))
    for stem in (ONLY_SCRIPT, "constraints"):
        for case in read(HERE / f"{stem}.golden").cases:
            connection.exec_driver_sql("DROP TABLE IF EXISTS t")
            connection.exec_driver_sql("CREATE TABLE t (id INTEGER, a INTEGER, CONSTRAINT ck CHECK (a < 9))")
            if "comment" in case.directive or "Identity" in case.directive or "exists=" in case.directive:
                continue
            before = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 't'").scalar()
            directive = case.directive.replace(', schema="s"', "")
            eval(directive, {**NAMES_OF_GOLDEN, "op": op})
            after = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 't'").scalar()
            nothing = "server_default=None" in directive or "nullable=True" in directive
            assert (after == before) is nothing, directive


@pytest.mark.parametrize("what", ["comment='x'", "server_default=Identity()"])
def test_what_sqlite_has_not_is_refused(connection: sa.Connection, what: str) -> None:
    connection.exec_driver_sql("CREATE TABLE t (a INTEGER)")
    op = Operations(MigrationContext.configure(connection))
    with pytest.raises(CommandError, match=r"SQLite (has no comments|has no identity)"):
        eval(f"op.alter_column('t', 'a', {what})", {**NAMES_OF_GOLDEN, "op": op})


def test_in_a_script_refusals_say_what_they_always_said() -> None:
    with pytest.raises(NotImplementedError) as raised:
        Script("sqlite").op.create_unique_constraint("uq", "t", ["a"])
    assert isinstance(raised.value, CommandError)
    first, *more = str(raised.value).splitlines()
    assert first == (
        "No support for ALTER of constraints in SQLite dialect. Please refer to the batch mode feature which "
        "allows for SQLite migrations using a copy-and-move strategy."
    )
    assert "copy_from" in "".join(more)


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

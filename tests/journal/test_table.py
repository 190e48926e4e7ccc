"""The history table: rows are added to a chain in which every change and every gap shows."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateTable

from alembic.errors.journal import HistoryTableForeign
from alembic.journal import entries as e
from alembic.journal.entries import Entry, Tip
from alembic.journal.table import History, now


@contextmanager
def begun(url: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        yield connection


def draft(revision: str, **values: object) -> Entry:
    blank = e.anchor(Tip(), "alembic_version", now())
    blank = blank._replace(run_id="run", revision=revision, direction=e.UPGRADE, outcome=e.DONE)
    return blank._replace(ended_at=now(), **values)  # type: ignore[arg-type]  # as the test says


HISTORY = History(None, "alembic_history", "alembic_version")


def made(url: str, *revisions: str) -> list[Entry]:
    with begun(url) as connection:
        HISTORY.ensure(connection, spoils=False)
        HISTORY.append(connection, None, [draft(revision) for revision in revisions])
    with begun(url) as connection:
        assert HISTORY.problems(connection) == []
        return list(HISTORY.entries(connection))


def test_rows_come_back_as_they_were_written(database_url: str) -> None:
    strange = "Ünïcödé 🐍 'quoted' \\ \n\ttab"
    with begun(database_url) as connection:
        HISTORY.ensure(connection, spoils=False)
        tip = HISTORY.append(connection, None, [draft("a", error=strange, host="höst"), draft("b" * 300)])
        HISTORY.append(connection, tip, [draft("c")])
    with begun(database_url) as connection:
        rows = HISTORY.entries(connection)
        assert [(row.seq, row.revision) for row in rows] == [(1, "a"), (2, "b" * 300), (3, "c")]
        assert (rows[0].error, rows[0].host) == (strange, "höst")
        assert HISTORY.problems(connection) == []
        ending = HISTORY.ending(connection)
        assert ending is not None and ending.last == rows[-1] and ending.tip == Tip(3, rows[-1].hash)


def test_a_database_without_the_table_has_no_rows(database_url: str) -> None:
    with begun(database_url) as connection:
        assert HISTORY.entries(connection) == ()
        assert HISTORY.problems(connection) == []


def test_who_knows_an_old_end_continues_the_new_one(database_url: str) -> None:
    made(database_url, "a")
    with begun(database_url) as connection:
        HISTORY.append(connection, Tip(), [draft("b")])
        assert [row.revision for row in HISTORY.entries(connection)] == ["a", "b"]
        assert HISTORY.problems(connection) == []


def test_processes_that_write_at_once_continue_one_chain(database_url: str) -> None:
    if database_url.startswith("sqlite"):
        pytest.skip("there is one writer at a time")
    made(database_url, "a")
    barrier = threading.Barrier(4)

    def write(number: int) -> None:
        with begun(database_url) as connection:
            barrier.wait()
            HISTORY.append(connection, Tip(1, "0" * 64), [draft(f"{number}.{k}") for k in range(3)])

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with begun(database_url) as connection:
        assert len(HISTORY.entries(connection)) == 13
        assert HISTORY.problems(connection) == []


CHANGES = {
    "edit": (["UPDATE alembic_history SET error = 'none' WHERE seq = 2"], ["row 2 was changed"]),
    "edit of who": (["UPDATE alembic_history SET user_name = 'eve' WHERE seq = 3"], ["row 3 was changed"]),
    "edit of the hash": (["UPDATE alembic_history SET hash = 'x' WHERE seq = 4"], ["row 4 was changed"]),
    "delete in the middle": (
        ["DELETE FROM alembic_history WHERE seq IN (2, 3)"],
        ["rows 2 to 3 are missing"],
    ),
    "delete the first": (["DELETE FROM alembic_history WHERE seq = 1"], ["row 1 is missing"]),
    "delete the last": (["DELETE FROM alembic_history WHERE seq = 4"], ["row 4 is missing at the end"]),
    "delete all": (["DELETE FROM alembic_history WHERE seq > 0"], ["rows 1 to 4 are missing at the end"]),
    "delete row 0": (["DELETE FROM alembic_history WHERE seq = 0"], ["row 0, which holds"]),
    "delete and renumber": (
        ["DELETE FROM alembic_history WHERE seq = 2", "UPDATE alembic_history SET seq = 2 WHERE seq = 3"],
        ["row 2 was changed", "row 3 is missing"],
    ),
    "swap": (
        [
            "UPDATE alembic_history SET seq = 9 WHERE seq = 2",
            "UPDATE alembic_history SET seq = 2 WHERE seq = 3",
            "UPDATE alembic_history SET seq = 3 WHERE seq = 9",
        ],
        ["row 2 was changed", "row 3 was changed"],
    ),
    "count fewer": (
        [
            "DELETE FROM alembic_history WHERE seq = 4",
            "UPDATE alembic_history SET remaining = 3 WHERE seq = 0",
        ],
        ["row 0 does not fit row 3"],
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_changed_is_found(sqlite_url: str, change: str) -> None:
    statements, expected = CHANGES[change]
    made(sqlite_url, "a", "b", "c", "d")
    with begun(sqlite_url) as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
        texts = [problem.text for problem in HISTORY.problems(connection)]
    for text in expected:
        assert any(found.startswith(text) for found in texts), texts


def test_a_row_put_in_by_hand_is_found(sqlite_url: str) -> None:
    rows = made(sqlite_url, "a", "b")
    forged = rows[-1]._replace(seq=3, revision="c")
    forged = forged._replace(previous_hash=rows[-1].hash)
    forged = forged._replace(hash=e.hash_of(forged))
    with begun(sqlite_url) as connection:
        connection.execute(sa.insert(HISTORY.table), [forged._asdict()])
        assert [problem.text for problem in HISTORY.problems(connection)] == ["row 3 is not counted in row 0"]


def test_a_row_exchanged_for_one_that_fits_itself_is_found(sqlite_url: str) -> None:
    rows = made(sqlite_url, "a", "b", "c")
    forged = rows[1]._replace(revision="x")
    forged = forged._replace(hash=e.hash_of(forged))
    with begun(sqlite_url) as connection:
        connection.execute(sa.update(HISTORY.table).where(HISTORY.table.c.seq == 2).values(forged._asdict()))
        assert [problem.seq for problem in HISTORY.problems(connection)] == [3]


def test_a_missing_row_0_is_remembered(database_url: str) -> None:
    made(database_url, "a", "b")
    with begun(database_url) as connection:
        connection.execute(sa.delete(HISTORY.table).where(HISTORY.table.c.seq == 0))
    with begun(database_url) as connection:
        HISTORY.append(connection, None, [draft("c")])
    with begun(database_url) as connection:
        assert [row.outcome for row in HISTORY.entries(connection)] == [e.DONE, e.DONE, e.REPAIRED, e.DONE]
        (problem,) = HISTORY.problems(connection)
        assert problem.seq == 3 and "row 0 was missing" in problem.text


def test_a_table_of_the_users_is_named(database_url: str) -> None:
    with begun(database_url) as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_history (id INTEGER)")
    with begun(database_url) as connection, pytest.raises(HistoryTableForeign, match="alembic_history"):
        HISTORY.entries(connection)


@pytest.mark.parametrize("dialect", ["oracle", "mssql"])
def test_no_name_has_to_be_quoted_anywhere(dialect: str) -> None:
    """Not even where ``user``, ``start`` or ``comment`` are words of the language."""
    made = sa.make_url(f"{dialect}://").get_dialect()()
    for statement in (
        CreateTable(HISTORY.table),
        sa.select(HISTORY.table),
        HISTORY._insert,
        HISTORY._advance,
    ):
        text = str(statement.compile(dialect=made))
        assert '"' not in text and "[" not in text.replace("[alembic_history]", "")

"""A change leaves everything alone that it does not speak of: whatever the table, the data, the change."""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
from typing import Any

import pytest
import sqlalchemy as sa

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from .changes import Change, pick
from .tables import Maker, World

CASES = int(os.environ.get("ALEMBIC_TEST_REBUILDS", "2000"))
CHUNK = 100


@pytest.mark.parametrize("first", range(0, CASES, CHUNK))
def test_nothing_else_changes(first: int) -> None:
    for seed in range(first, min(first + CHUNK, CASES)):
        try:
            _one(seed)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error


def _one(seed: int) -> None:
    maker = Maker(seed)
    world = maker.world()
    change = pick(maker, world.model)
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    sa.event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys=ON"))
    raw = engine.raw_connection().driver_connection
    assert isinstance(raw, sqlite3.Connection)
    _fill(raw, world)
    before = _look(raw)
    in_transaction = maker.chance(0.4)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection)
            with context.begin_transaction(_per_migration=True):
                op = Operations(context)
                if in_transaction:
                    op.execute("INSERT INTO p VALUES (77, 'in a transaction')")
                context.impl.begin_step()
                change.ask(op)
                context.impl.end_step()
    except sa.exc.IntegrityError:
        assert _look(raw) == before, "a failure left something behind"
        return
    finally:
        assert raw.execute("PRAGMA foreign_keys").fetchone() == (1,)
        assert raw.execute("PRAGMA legacy_alter_table").fetchone() == (0,)
    if in_transaction:
        raw.execute("DELETE FROM p WHERE id = 77")
        raw.commit()
    _compare(world, change, before, _look(raw), raw)
    engine.dispose()


def _fill(raw: sqlite3.Connection, world: World) -> None:
    for sql in (*world.before, world.model.sql(), *world.after):
        raw.execute(sql)
    for row in world.rows:
        names = ", ".join(f'"{name}"' for name in row)
        with contextlib.suppress(sqlite3.IntegrityError):  # a row that the constraints don't allow
            raw.execute(f"INSERT INTO t ({names}) VALUES ({', '.join('?' * len(row))})", list(row.values()))
            raw.execute("INSERT INTO k VALUES (?, ?)", ("child", row["id"]))
    if "AUTOINCREMENT" in world.model.sql() and world.rows:
        with contextlib.suppress(sqlite3.IntegrityError):  # others refer to the row
            raw.execute("DELETE FROM t WHERE id = (SELECT max(id) FROM t)")
    raw.commit()


def _look(raw: sqlite3.Connection) -> dict[str, Any]:
    """Everything in the database."""
    master = raw.execute(
        "SELECT name, type, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL"
    ).fetchall()
    tables = [row[0] for row in master if row[1] == "table"]
    return {
        "master": {row[0]: row[1:] for row in master},
        "rows": {name: _rows(raw, name) for name in tables},
    }


def _rows(raw: sqlite3.Connection, table: str) -> dict[str, dict[str, str]]:
    """The rows by their number, or key; a value as text that tells its type too."""
    if table == "sqlite_sequence":
        return {
            name: {"seq": repr(seq)} for name, seq in raw.execute("SELECT name, seq FROM sqlite_sequence")
        }
    try:
        cursor = raw.execute(f"SELECT rowid AS row_number, * FROM {table}")
    except sqlite3.OperationalError:
        cursor = raw.execute(f"SELECT id AS row_number, * FROM {table}")
    names = [each[0] for each in cursor.description]
    return {str(row[0]): dict(zip(names, map(repr, row), strict=True)) for row in cursor}


def _compare(
    world: World, change: Change, before: dict[str, Any], after: dict[str, Any], raw: sqlite3.Connection
) -> None:
    masters = (before["master"], after["master"])
    assert _words(masters[1]["t"][2]) == _words(change.model.sql()), (
        f"\n{masters[1]['t'][2]}\n{change.model.sql()}"
    )
    for name in masters[0].keys() | masters[1].keys():
        if name != "t":
            assert masters[1].get(name) == masters[0].get(name), f"{name} is not as it was"
    for table, rows in before["rows"].items():
        if table == "t":
            _compare_rows(rows, after["rows"]["t"], change)
        else:
            assert after["rows"][table] == rows, f"rows of {table}"
    assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert raw.execute("PRAGMA foreign_key_check").fetchall() == []


def _compare_rows(before: dict[str, Any], after: dict[str, Any], change: Change) -> None:
    assert before.keys() == after.keys()
    for key, row in before.items():
        for name, value in row.items():
            type_ = change.retyped.get(name)
            wanted = value if type_ is None else _as_type(value, type_)
            generated = (
                change.retyped and change.model.column(name).is_generated if name != "row_number" else False
            )
            assert generated or after[key][name] == wanted, f"row {key}, column {name}"


def _as_type(value: str, type_: str) -> str:
    """What SQLite stores of a value in a column of a type."""
    with sqlite3.connect(":memory:") as scratch:
        scratch.execute(f"CREATE TABLE s (v {type_})")
        scratch.execute("INSERT INTO s VALUES (?)", (eval(value),))  # a repr of ours
        stored = scratch.execute("SELECT v FROM s").fetchone()[0]
    scratch.close()
    return repr(stored)


def _words(sql: str) -> list[str]:
    """The text without what white space there is."""
    return re.findall(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/|\w+|\S", sql, re.S)

"""A change leaves everything alone that it does not speak of: whatever the table, the data, the change."""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
from collections import Counter
from typing import Any

import pytest
import sqlalchemy as sa

from alembic.errors.sqlite import ReferencesInForce
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from .asking import Asker, InBatch, OneByOne
from .changes import Change, pick
from .tables import Maker, World

CASES = int(os.environ.get("ALEMBIC_TEST_REBUILDS", "2000"))
FIRST = int(os.environ.get("ALEMBIC_TEST_REBUILDS_FROM", "0"))
CHUNK = 100


@pytest.mark.parametrize("first", range(FIRST, FIRST + CASES, CHUNK))
def test_nothing_else_changes(first: int) -> None:
    for seed in range(first, min(first + CHUNK, FIRST + CASES)):
        try:
            _one(seed)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error


def _one(seed: int) -> None:
    maker = Maker(seed)
    world = maker.world()
    change = pick(maker, world.model)
    in_transaction, in_batch, defensive = maker.chance(0.4), maker.chance(0.6), maker.chance(0.1)
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    raw = engine.raw_connection().driver_connection
    assert isinstance(raw, sqlite3.Connection)
    _fill(raw, world)
    before = _look(raw, world)
    raw.execute(f"PRAGMA foreign_keys={int(world.enforced)}")
    if defensive:
        raw.set_authorizer(_defend)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection)
            with context.begin_transaction(_per_migration=True):
                op = Operations(context)
                if in_transaction:
                    op.execute("INSERT INTO p VALUES (77, 'in a transaction')")
                context.impl.begin_step()
                _ask(change, op, world, in_batch)
                context.impl.end_step()
    except (sa.exc.IntegrityError, sa.exc.OperationalError, ReferencesInForce) as error:
        assert not isinstance(error, ReferencesInForce) or (defensive and world.enforced)
        assert not isinstance(error, sa.exc.OperationalError) or _cannot_rename(error.orig)
        assert _look(raw, world) == before, "a failure left something behind"
        return
    finally:
        raw.set_authorizer(lambda *_: sqlite3.SQLITE_OK)  # None is of Python 3.11
        assert raw.execute("PRAGMA foreign_keys").fetchone() == (int(world.enforced),)
        assert raw.execute("PRAGMA legacy_alter_table").fetchone() == (0,)
        assert raw.execute("PRAGMA writable_schema").fetchone() == (0,)
    if in_transaction:
        raw.execute("DELETE FROM p WHERE id = 77")
        raw.commit()
    try:
        _compare(_Outcome(world, change, before, _look(raw, world)))
    except sqlite3.OperationalError as error:
        assert _cannot_rename(error)  # the standard that ours is compared with
    if "WITHOUT ROWID" not in change.model.tail:  # where SQLite 3.40 mistakes columns if the key is not first
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    engine.dispose()


def _cannot_rename(error: BaseException | None) -> bool:
    """SQLite 3.40 overlooks a column of a primary key in a UNIQUE of a table without row numbers."""
    return "after rename: no such column" in str(error)


def _defend(action: int, name: str | None, *rest: Any) -> int:
    """As SQLITE_DBCONFIG_DEFENSIVE: sqlite_master can't be written to."""
    hidden = action == sqlite3.SQLITE_PRAGMA and name == "writable_schema"
    return sqlite3.SQLITE_IGNORE if hidden else sqlite3.SQLITE_OK


def _ask(change: Change, op: Operations, world: World, in_batch: bool) -> None:
    asker: Asker
    if not in_batch:
        asker = OneByOne(op, world.name, world.schema)
        change.ask(asker)
        return
    order: list[tuple[str, ...]] = []
    with op.batch_alter_table(world.name, schema=world.schema, partial_reordering=order) as batch:
        change.ask(InBatch(batch, order))


def _fill(raw: sqlite3.Connection, world: World) -> None:
    if world.schema:
        raw.execute(f"ATTACH ':memory:' AS {world.schema}")
    raw.execute("PRAGMA foreign_keys=ON")
    for sql in world.statements(world.model):
        raw.execute(sql)
    raw.commit()
    table = f'"{world.name}"'
    for row in world.rows:
        names = ", ".join(f'"{name}"' for name in row)
        try:
            raw.execute(
                f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(row))})", list(row.values())
            )
            raw.execute("INSERT INTO k VALUES (?, ?)", ("child", row["id"]))
            raw.commit()
        except sqlite3.IntegrityError:  # a row that the constraints don't allow
            raw.rollback()
    if "AUTOINCREMENT" in world.model.sql() and world.rows:
        try:
            raw.execute(f"DELETE FROM {table} WHERE id = (SELECT max(id) FROM {table})")
            raw.commit()
        except sqlite3.IntegrityError:  # others refer to the row
            raw.rollback()
    raw.execute("PRAGMA foreign_keys=OFF")
    for sql in world.orphans:
        with contextlib.suppress(sqlite3.IntegrityError):
            raw.execute(world.sql(sql))
    if world.analysed:
        raw.execute("ANALYZE")
    raw.commit()


def _look(raw: sqlite3.Connection, world: World) -> dict[str, Any]:
    """Everything in the database."""
    schema = world.schema or "main"
    master = raw.execute(
        f"SELECT name, type, tbl_name, sql FROM {schema}.sqlite_master WHERE sql IS NOT NULL"
    ).fetchall()
    tables = [row[0] for row in master if row[1] == "table"]
    return {
        "master": {row[0]: row[1:] for row in master},
        "rows": {name: _rows(raw, schema, name) for name in tables},
        "broken": sorted(
            map(repr, (row[:3] for row in raw.execute(f"PRAGMA {schema}.foreign_key_check").fetchall()))
        ),
    }


def _rows(raw: sqlite3.Connection, schema: str, table: str) -> dict[str, dict[str, str]]:
    """The rows by their number, or key; a value as text that tells its type too."""
    if table == "sqlite_sequence":
        return {
            name: {"seq": repr(seq)}
            for name, seq in raw.execute(f"SELECT name, seq FROM {schema}.sqlite_sequence")
        }
    (key,) = [row[1] for row in raw.execute(f'PRAGMA {schema}.table_info("{table}")') if row[5]] or ["rowid"]
    try:
        cursor = raw.execute(f'SELECT rowid, * FROM {schema}."{table}"')
    except sqlite3.OperationalError:
        cursor = raw.execute(f'SELECT "{key}" AS rowid, * FROM {schema}."{table}"')
    names = [each[0] for each in cursor.description[1:]]
    return {str(row[0]): dict(zip(names, map(repr, row[1:]), strict=True)) for row in cursor}


class _Outcome:
    """What is compared."""

    def __init__(self, world: World, change: Change, before: dict[str, Any], after: dict[str, Any]) -> None:
        self.world, self.change, self.before, self.after = world, change, before, after

    def wanted(self) -> dict[str, Any]:
        """What sqlite_master has for a table that was like this from the beginning."""
        with contextlib.closing(sqlite3.connect(":memory:")) as scratch:
            if self.world.schema:
                scratch.execute(f"ATTACH ':memory:' AS {self.world.schema}")
            for sql in self.world.before:
                scratch.execute(self.world.sql(sql))
            scratch.execute(self.world.sql(self.change.model.sql()))
            for sql in self.world.after:
                # Views and triggers speak of the key only, and indexes of columns that are gone are gone too.
                if not any(re.search(rf"\b{name}\b", sql) for name in self.change.lost):
                    scratch.execute(self.world.sql(sql))
            for sql in self.change.native:
                scratch.execute(self.world.sql(sql))
            master: dict[str, Any] = _look(scratch, self.world)["master"]
            return master


def _compare(it: _Outcome) -> None:
    wanted, got = it.wanted(), it.after["master"]
    for name in ("sqlite_stat1", "sqlite_stat4"):
        if name in it.before["master"]:
            wanted[name] = it.before["master"][name]
    assert wanted.keys() == got.keys()
    for name in wanted:
        assert got[name][:2] == wanted[name][:2]
        texts = (got[name][2], wanted[name][2])
        if not it.change.lost:
            assert sorted(_COMMENT.findall(texts[0])) == sorted(_COMMENT.findall(texts[1]))
        if it.change.is_loose:
            texts = (_COMMENT.sub(" ", texts[0]), _COMMENT.sub(" ", texts[1]))
        assert _words(texts[0]) == _words(texts[1]), "\n".join(("", *texts))
        if name in it.before["master"] and name != it.world.name and not it.change.native:
            assert got[name] == it.before["master"][name], f"{name} is not as it was, to the letter"
    for table, rows in it.before["rows"].items():
        if table == it.world.name:
            _compare_rows(rows, it.after["rows"][table], it.change)
        else:
            assert it.after["rows"][table] == rows, f"rows of {table}"
    assert not Counter(it.after["broken"]) - Counter(it.before["broken"])


def _compare_rows(before: dict[str, Any], after: dict[str, Any], change: Change) -> None:
    assert before.keys() == after.keys()
    new_names = {old: new for new, old in change.renamed.items()}
    for key, row in before.items():
        for old, value in row.items():
            name = new_names.get(old, old)
            if old in change.lost or name in change.computed:
                continue
            type_ = change.retyped.get(name)
            wanted = value if type_ is None else _as_type(value, type_)
            follows = change.retyped and change.model.column(old).is_generated
            assert follows or after[key][name] == wanted, f"row {key}, column {name}"


def _as_type(value: str, type_: str) -> str:
    """What SQLite stores of a value in a column of a type."""
    with contextlib.closing(sqlite3.connect(":memory:")) as scratch:
        scratch.execute(f"CREATE TABLE s (v {type_})")
        scratch.execute("INSERT INTO s VALUES (?)", (eval(value),))  # a repr of ours
        return repr(scratch.execute("SELECT v FROM s").fetchone()[0])


_COMMENT = re.compile(r"-- it's, a comment\n|/\* \(of, a kind\) \*/")


def _words(sql: str) -> list[str]:
    """The text without what white space there is."""
    return re.findall(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/|\w+|\S", sql, re.S)

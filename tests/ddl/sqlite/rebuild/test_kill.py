"""kill -9 at any moment of a rebuild leaves the old table or the new one, and a second run completes."""

from __future__ import annotations

import contextlib
import random
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROWS = 6_000
# It kills itself: after so many steps of SQLite's virtual machine, or so many microseconds into the commit.
PROGRAM = """
import os, signal, sys, threading, time
import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

def migrate(path, ticks, commit):
    counted = 0

    def tick():
        nonlocal counted
        counted += 1
        if counted == ticks:
            os.kill(os.getpid(), signal.SIGKILL)

    def die():
        time.sleep(commit / 1e6)
        os.kill(os.getpid(), signal.SIGKILL)

    def said(sql):
        if sql == "COMMIT" and commit >= 0:
            threading.Thread(target=die, daemon=True).start()

    with sa.create_engine("sqlite:///" + path).connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        connection.exec_driver_sql("PRAGMA cache_size=-300")  # much of it is written before the commit
        connection.commit()
        driver = connection.connection.driver_connection
        driver.set_progress_handler(tick, 1000)
        driver.set_trace_callback(said)
        context = MigrationContext.configure(connection)
        with context.begin_transaction(_per_migration=True):
            with Operations(context).batch_alter_table("t") as batch:
                batch.alter_column("a", new_column_name="z")
                batch.alter_column("b", type_=sa.String(99), nullable=False)
    return counted

if sys.argv[1] == "count":
    print(migrate(sys.argv[2], -1, -1))
else:
    for path, ticks, commit in zip(sys.argv[1::3], sys.argv[2::3], sys.argv[3::3]):
        if os.fork() == 0:
            migrate(path, int(ticks), int(commit))
            os._exit(0)
        os.wait()
"""


def _program(*arguments: object) -> str:
    command = [sys.executable, "-c", PROGRAM, *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _make(path: Path, mode: str) -> None:
    with contextlib.closing(sqlite3.connect(path)) as raw:
        raw.execute(f"PRAGMA journal_mode={mode}")
        raw.execute("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT, b TEXT)")
        raw.execute("CREATE TABLE k (t INT REFERENCES t ON DELETE CASCADE)")
        raw.execute("CREATE INDEX i ON t (a)")
        raw.execute("CREATE TRIGGER tr AFTER DELETE ON t BEGIN DELETE FROM k; END")
        raw.executemany("INSERT INTO t (a, b) VALUES (?, ?)", ((f"a {n}", "b" * 200) for n in range(ROWS)))
        raw.execute("INSERT INTO k SELECT id FROM t WHERE id % 100 = 0")
        raw.commit()


def _look(path: Path) -> dict[str, Any]:
    with contextlib.closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
        return {
            "master": raw.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall(),
            "rows": raw.execute("SELECT count(*), sum(id), sum(length(b)) FROM t").fetchone(),
            "children": raw.execute("SELECT count(*), sum(t) FROM k").fetchone(),
            "counter": raw.execute("SELECT * FROM sqlite_sequence").fetchall(),
        }


@pytest.mark.skipif(sys.platform == "win32", reason="it forks")
@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_it_is_the_old_table_or_the_new_one(tmp_path: Path, mode: str) -> None:
    chance = random.Random(mode)
    start = tmp_path / "start.db"
    _make(start, mode)
    done = shutil.copy(start, tmp_path / "done.db")
    steps = int(_program("count", done))
    old, new = _look(start), _look(Path(done))
    assert old != new and old["rows"] == new["rows"] and steps > 100

    moments = [(chance.randint(1, steps), -1) for _ in range(10)]
    moments += [(-1, chance.randint(0, 4000)) for _ in range(6)]
    copies = [Path(shutil.copy(start, tmp_path / f"{number}.db")) for number in range(len(moments))]
    _program(*(each for path, moment in zip(copies, moments, strict=True) for each in (path, *moment)))
    assert [_look(path) in (old, new) for path in copies] == [True] * len(copies)
    assert [_look(path) for path in copies[:10]] == [old] * 10, "it had not come to the end"
    for path in copies[:4]:
        _program(path, -1, -1)
        assert _look(path) == new

"""A change to a table of SQLite with many rows, timed around it: `python alteration.py WORK PATH ROWS`.

WORK is `rebuild` (another type, within a batch), `rename` (of a column), or `bare-rebuild` and `bare-rename`
(the statements that do the same, by the driver alone). PATH keeps the database for the next run.
Runs in either environment, so it imports nothing of this checkout.
"""

import json
import os
import shutil
import sqlite3
import sys
import time

import sqlalchemy as sa

from alembic.migration import MigrationContext
from alembic.operations import Operations

TABLE = "(id INTEGER NOT NULL PRIMARY KEY, name {}, amount INTEGER, note TEXT)"
BARE = {
    "bare-rebuild": [
        "BEGIN",
        f"CREATE TABLE new {TABLE.format('VARCHAR(99)')}",
        "INSERT INTO new (id, name, amount, note) SELECT id, name, amount, note FROM t",
        "DROP TABLE t",
        "ALTER TABLE new RENAME TO t",
        "CREATE INDEX ix ON t (amount)",
        "COMMIT",
    ],
    "bare-rename": ["BEGIN", "ALTER TABLE t RENAME COLUMN name TO title", "COMMIT"],
}


def make(path: str, count: int) -> None:
    connection = sqlite3.connect(path)
    connection.execute(f"CREATE TABLE t {TABLE.format('VARCHAR(50)')}")
    rows = ((number, f"name {number}", number % 1000, "x" * 40) for number in range(count))
    connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?)", rows)
    connection.execute("CREATE INDEX ix ON t (amount)")
    connection.commit()
    connection.close()


def main(work: str, kept: str, count: int) -> None:
    if not os.path.exists(kept):
        make(kept, count)
    path = shutil.copy(kept, f"{kept}.work")
    engine = sa.create_engine(f"sqlite:///{path}")
    bare = sqlite3.connect(path, isolation_level=None)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        operations = Operations(context)
        cpu, wall = time.process_time(), time.perf_counter()
        if work in BARE:
            for statement in BARE[work]:
                bare.execute(statement)
        else:
            change = {"type_": sa.String(99)} if work == "rebuild" else {"new_column_name": "title"}
            with context.begin_transaction(_per_migration=True), operations.batch_alter_table("t") as batch:
                batch.alter_column("name", **change)
        print(json.dumps({"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}))
    (found,) = sqlite3.connect(path).execute("SELECT count(*), max(id) FROM t").fetchall()
    assert found == (count, count - 1), found
    os.unlink(path)


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))

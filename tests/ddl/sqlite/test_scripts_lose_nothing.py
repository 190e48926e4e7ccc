"""A script that makes a table anew keeps views, triggers, rows that refer to it, and the numbers it gave."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.project import Project

FIRST = """
op.create_table(
    "t",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("x", sa.String(5)),
    sqlite_autoincrement=True,
)
op.create_table(
    "child",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("t_id", sa.Integer, sa.ForeignKey("t.id", ondelete="CASCADE")),
)
op.create_table("log", sa.Column("i", sa.Integer))
op.execute("CREATE VIEW v AS SELECT id, x FROM t")
op.execute("CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.id); END")
op.execute("CREATE TRIGGER gone AFTER DELETE ON t BEGIN SELECT 1; END")
op.execute("CREATE TRIGGER other AFTER DELETE ON log BEGIN SELECT 1; END")
op.execute("DROP TRIGGER gone")
"""
ROWS = """
INSERT INTO t (x) VALUES ('a'), ('b'), ('c');
DELETE FROM t WHERE id = 3;
INSERT INTO child (t_id) VALUES (1), (2);
"""


@pytest.fixture
def database(tmp_path: Path) -> Any:
    connection = sqlite3.connect(tmp_path / "script.db")
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys=ON")
    yield connection
    connection.close()


def script(project: Project, *, upgrade: str) -> tuple[str, str]:
    project.revision("a1", upgrade=FIRST)
    project.revision("b1", "a1", upgrade=upgrade)
    return tuple(project.run("upgrade", part, "--sql").ok().stdout for part in ("a1", "a1:b1"))  # type: ignore[return-value]


def test_nothing_is_lost(project: Project, database: sqlite3.Connection) -> None:
    first, second = script(project, upgrade='op.alter_column("t", "x", nullable=False)')
    database.executescript(first + ROWS)
    before = _everything(database)
    database.executescript(second)
    after = _everything(database)
    assert "x VARCHAR(5) NOT NULL" in after.pop("t") and before.pop("t")
    assert after == before
    assert database.execute("SELECT id, x FROM v").fetchall() == [(1, "a"), (2, "b")]
    assert database.execute("SELECT t_id FROM child").fetchall() == [(1,), (2,)]
    assert database.execute("INSERT INTO t (x) VALUES ('d') RETURNING id").fetchall() == [(4,)]
    assert database.execute("SELECT max(i) FROM log").fetchall() == [(4,)]
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_failure_leaves_the_table_as_it_was(project: Project, database: sqlite3.Connection) -> None:
    first, second = script(project, upgrade='op.alter_column("t", "x", nullable=False)')
    database.executescript(first + ROWS + "UPDATE t SET x = NULL;")
    before = _everything(database)
    with pytest.raises(sqlite3.IntegrityError):
        database.executescript(second)
    database.rollback()
    assert _everything(database) == before


@pytest.mark.parametrize(
    "between",
    [
        'op.drop_table("log"); op.create_table("log", sa.Column("i", sa.Integer))',
        'op.alter_column("log", "i", new_column_name="j")',
        'op.rename_table("log", "log2"); op.rename_table("log2", "log")',
    ],
)
def test_a_trigger_that_may_say_something_else_now_is_not_made(project: Project, between: str) -> None:
    _, second = script(project, upgrade=f'{between}\nop.create_check_constraint("c", "log", "1 < 2")')
    assert "_alembic_tmp_log" in second
    assert "CREATE TRIGGER" not in second


def _everything(database: sqlite3.Connection) -> dict[str, str]:
    return dict(database.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))

"""Revisions of the kinds that people write, interrupted on MariaDB, and gone on with."""

from __future__ import annotations

import pytest

from tests.journal.test_recovery import ACCOUNTS, journal, rows
from tests.project import Project

FAIL = 'import os\nif os.environ.get("FAIL"): raise RuntimeError("here")\n'


def interrupted(
    project: Project, url: str, monkeypatch: pytest.MonkeyPatch, upgrade: str, first: str = ACCOUNTS
) -> str:
    """What is said when a revision that has failed half-way runs once more, its file being the same."""
    project.configure(url)
    project.revision("a1", upgrade=first)
    project.call("upgrade", "head").ok()
    project.revision("b1", "a1", upgrade=upgrade)
    monkeypatch.setenv("FAIL", "yes")
    failed = project.call("upgrade", "head")
    assert "RuntimeError: here" in failed.stderr
    monkeypatch.delenv("FAIL")
    result = project.call("upgrade", "head")
    if result.code == 0:
        assert journal(url) == [] and project.applied() == ["b1"]
    return result.stderr


def test_values_by_chance(project: Project, mariadb_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade = """
    import uuid
    op.execute("CREATE TABLE t (id char(36), at datetime(6))")
    op.bulk_insert(sa.table("t", sa.column("id")), [{"id": str(uuid.uuid4())}])
    op.execute(f"INSERT INTO t (id) VALUES ('{uuid.uuid4()}')")
    op.add_column("t", sa.Column("x", sa.Integer))
    """
    interrupted(project, mariadb_url, monkeypatch, upgrade + FAIL.replace("\n", "\n    "))
    assert rows(mariadb_url, "SELECT COUNT(*) FROM t") == [(2,)]


MANY = ACCOUNTS + 'op.execute("INSERT INTO acc VALUES (2, 0), (3, 0), (4, 0), (5, 0)")'


def test_a_loop_until_nothing_is_left(
    project: Project, mariadb_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The counts of rows that a loop goes by are those of the statements when they were carried out."""
    upgrade = """
    import os
    rounds = 0
    with op.get_context().autocommit_block():
        while op.get_bind().execute(sa.text("UPDATE acc SET n = n + 1 WHERE n = 0 LIMIT 2")).rowcount:
            rounds += 1
            if rounds == 2 and os.environ.get("FAIL"):
                raise RuntimeError("here")
    assert rounds == 3, rounds
    """
    interrupted(project, mariadb_url, monkeypatch, upgrade, MANY)
    assert rows(mariadb_url, "SELECT n, COUNT(*) FROM acc GROUP BY n") == [(1, 5)]


def test_a_loop_over_what_is_left_is_asked_about(
    project: Project, mariadb_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same text with other values, after a SELECT: the rest of the rows, or the same rows once more?"""
    upgrade = """
    import os
    bind = op.get_bind()
    with op.get_context().autocommit_block():
        for (id,) in bind.execute(sa.text("SELECT id FROM acc WHERE n = 0 ORDER BY id")).all():
            bind.execute(sa.text("UPDATE acc SET n = n + 1 WHERE id = :id"), {"id": id})
            if id == 2 and os.environ.get("FAIL"):
                raise RuntimeError("here")
    """
    told = interrupted(project, mariadb_url, monkeypatch, upgrade, MANY)
    assert "now sends another statement than statement 1, which took effect: its values differ" in told
    assert rows(mariadb_url, "SELECT SUM(n) FROM acc") == [(2,)]
    project.call("resume", "--redo", "1").ok()
    assert rows(mariadb_url, "SELECT n, COUNT(*) FROM acc GROUP BY n") == [(1, 5)]


def test_a_revision_that_looks_first(
    project: Project, mariadb_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is there already isn't sent again, and that is no reason to stop."""
    upgrade = """
    def lacks(column):
        return column not in {each["name"] for each in sa.inspect(op.get_bind()).get_columns("acc")}
    if lacks("x"):
        op.add_column("acc", sa.Column("x", sa.Integer))
    if lacks("y"):
        op.add_column("acc", sa.Column("y", sa.Integer))
    op.execute("UPDATE acc SET y = n + 1")
    """
    told = interrupted(
        project,
        mariadb_url,
        monkeypatch,
        upgrade + FAIL.replace("\n", "\n    ") + 'op.execute("UPDATE acc SET n = n + 1")',
    )
    assert "FAILED" not in told
    assert rows(mariadb_url, "SELECT n, x, y FROM acc") == [(1, None, 1)]


def test_an_error_that_a_revision_expects(
    project: Project, mariadb_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade = """
    for name in ("ix_none", "ix_nothing"):
        try:
            op.drop_index(name, "acc")
        except sa.exc.DBAPIError:
            pass
    op.add_column("acc", sa.Column("x", sa.Integer))
    op.execute("UPDATE acc SET n = n + 1")
    try:
        op.execute("INSERT INTO acc (id) VALUES (1)")
    except sa.exc.DBAPIError:
        pass
    op.drop_column("acc", "x")
    """
    told = interrupted(project, mariadb_url, monkeypatch, upgrade + FAIL.replace("\n", "\n    "))
    assert "FAILED" not in told
    assert rows(mariadb_url, "SELECT * FROM acc") == [(1, 1)]


def test_a_savepoint_that_was_gone_back_to(
    project: Project, mariadb_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade = """
    bind = op.get_bind()
    nested = bind.begin_nested()
    bind.execute(sa.text("UPDATE acc SET n = n + 100"))
    nested.rollback()
    bind.execute(sa.text("UPDATE acc SET n = n + 1"))
    op.add_column("acc", sa.Column("x", sa.Integer))
    """
    told = interrupted(project, mariadb_url, monkeypatch, upgrade + FAIL.replace("\n", "\n    "))
    assert "FAILED" not in told
    assert rows(mariadb_url, "SELECT n FROM acc") == [(1,)]


def test_tables_without_transactions(
    project: Project, mariadb_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MyISAM keeps what was done when the rest is rolled back."""
    first = ACCOUNTS + 'op.execute("ALTER TABLE acc ENGINE=MyISAM")'
    told = interrupted(
        project, mariadb_url, monkeypatch, 'op.execute("UPDATE acc SET n = n + 1")\n' + FAIL, first
    )
    assert "FAILED" not in told
    assert rows(mariadb_url, "SELECT n FROM acc") == [(1,)]


def test_temporary_tables_are_made_again(
    project: Project, mariadb_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade = """
    op.execute("CREATE TEMPORARY TABLE old AS SELECT id, n FROM acc")
    op.execute("UPDATE old SET n = n + 5")
    op.add_column("acc", sa.Column("x", sa.Integer))
    """
    told = interrupted(
        project,
        mariadb_url,
        monkeypatch,
        upgrade
        + FAIL.replace("\n", "\n    ")
        + 'op.execute("UPDATE acc, old SET acc.x = old.n WHERE acc.id = old.id")',
    )
    assert "FAILED" not in told
    assert rows(mariadb_url, "SELECT n, x FROM acc") == [(0, 5)]


def test_keys_that_wait_for_their_table(
    project: Project, mariadb_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once both tables are there the key comes earlier than it did the first time."""
    upgrade = """
    op.create_table("a", sa.Column("id", sa.Integer, primary_key=True), sa.Column("b", sa.Integer),
        sa.ForeignKeyConstraint(["b"], ["b.id"], name="fk_b", use_alter=True))
    op.create_table("b", sa.Column("id", sa.Integer, primary_key=True))
    """
    told = interrupted(project, mariadb_url, monkeypatch, upgrade + FAIL.replace("\n", "\n    "))
    assert "FAILED" not in told
    assert "fk_b" in rows(mariadb_url, "SHOW CREATE TABLE a")[0][1]


def test_locked_tables(project: Project, mariadb_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the output of mysqldump; nothing else can be written on that connection then."""
    upgrade = """
    op.execute("LOCK TABLES acc WRITE")
    op.execute("INSERT INTO acc VALUES (2, 2)")
    op.execute("ALTER TABLE acc ADD x INT")
    op.execute("INSERT INTO acc VALUES (3, 3, 3)")
    op.execute("UNLOCK TABLES")
    """
    told = interrupted(project, mariadb_url, monkeypatch, upgrade + FAIL.replace("\n", "\n    "))
    assert "FAILED" not in told
    assert rows(mariadb_url, "SELECT id, x FROM acc ORDER BY id") == [(1, None), (2, None), (3, 3)]


def test_an_edited_statement_stops_the_run(
    project: Project, mariadb_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.configure(mariadb_url)
    project.revision("a1", upgrade=ACCOUNTS)
    body = 'op.execute("ALTER TABLE acc ADD x {type}")\nop.execute("{sql}")'
    project.revision("b1", "a1", upgrade=body.format(type="INT", sql="bad"))
    assert project.call("upgrade", "head").code == 1
    project.revision("b1", "a1", upgrade=body.format(type="BIGINT", sql="ALTER TABLE acc ADD y INT"))
    stopped = project.call("upgrade", "head")
    assert stopped.code == 255
    assert "1. ALTER TABLE acc ADD x INT" in stopped.stderr
    assert "now: ALTER TABLE acc ADD x BIGINT" in stopped.stderr
    assert rows(mariadb_url, "SHOW COLUMNS FROM acc LIKE 'y'") == []
    project.call("resume", "--done", "1").ok()
    assert rows(mariadb_url, "SHOW COLUMNS FROM acc LIKE 'x'")[0][1].startswith("int")
    assert rows(mariadb_url, "SHOW COLUMNS FROM acc LIKE 'y'") != []


def test_the_callers_transaction(project: Project, mariadb_url: str) -> None:
    """DDL commits it; the journal of each revision is emptied without waiting for itself."""
    project.configure(mariadb_url)
    env = project.directory / "migrations" / "env.py"
    source = env.read_text("utf-8")
    env.write_text(
        source.replace(
            "        migrate(connection=connection)",
            "        with connection.begin():\n            migrate(connection=connection)",
        ),
        "utf-8",
    )
    assert "connection.begin()" in env.read_text("utf-8")
    project.chain("a1", "b1", "c1")
    project.call("upgrade", "head").ok()
    assert journal(mariadb_url) == [] and project.applied() == ["c1"]


def test_turned_off(project: Project, mariadb_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    project.configure(mariadb_url, ini="recovery = false\n")
    project.chain("a1")
    project.call("upgrade", "head").ok()
    assert "alembic_journal" not in project.tables()

"""A revision that was interrupted where DDL can't be rolled back is gone on with behind what took effect."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from tests.project import Project


def rows(url: str, sql: str) -> list[Any]:
    with sa.create_engine(url, poolclass=NullPool).connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql)]


def journal(url: str) -> list[Any]:
    return rows(url, "SELECT number, state, statement FROM alembic_journal ORDER BY number")


ACCOUNTS = """
op.execute("CREATE TABLE acc (id int primary key, n int)")
op.execute("INSERT INTO acc VALUES (1, 0)")
"""


def test_a_failed_revision_goes_on_behind_what_took_effect(project: Project, mariadb_url: str) -> None:
    """Trap 11: add a column, update, bad SQL; once the SQL is mended nothing is done twice."""
    project.configure(mariadb_url)
    project.revision("a1", upgrade=ACCOUNTS)
    body = """
    op.add_column("acc", sa.Column("x", sa.Integer))
    op.execute("UPDATE acc SET n = n + 1")
    op.execute("{sql}")
    """
    project.revision("b1", "a1", upgrade=body.format(sql="ALTER TABLE nothing ADD y int"))
    failed = project.call("upgrade", "head")
    assert failed.code == 1
    assert "upgrade of revision b1 is half done: statements 1 to 2 took effect" in failed.stderr
    assert rows(mariadb_url, "SELECT n FROM acc") == [(1,)]
    assert [row[:2] for row in journal(mariadb_url)] == [(1, "done"), (2, "done"), (3, "undone")]
    again = project.call("upgrade", "head")
    assert again.code == 1
    assert rows(mariadb_url, "SELECT n FROM acc") == [(1,)]
    project.revision("b1", "a1", upgrade=body.format(sql="ALTER TABLE acc ADD y int"))
    result = project.call("upgrade", "head").ok()
    assert "2 of its statements took effect and are not run again" in result.stderr
    assert rows(mariadb_url, "SELECT id, n, x, y FROM acc") == [(1, 1, None, None)]
    assert journal(mariadb_url) == []
    assert project.applied() == ["b1"]


CRASHING = """
import os
if os.environ.get("CRASH"):
    from alembic.journal.recovery import Recovery
    Recovery._complete = lambda self, sent: os._exit(9)
"""


def prepare(project: Project, url: str, upgrade: str) -> None:
    """A revision that makes the accounts, and one behind it."""
    project.configure(url)
    project.revision("a1", upgrade=ACCOUNTS)
    project.revision("b1", "a1", upgrade=upgrade)


def interrupt(project: Project, *, upgrade: str, down: str) -> None:
    """A revision b1 whose process is killed, so to say, after its first statement that is written ahead."""
    project.revision("b1", down, upgrade=CRASHING + upgrade)
    result = project.run("upgrade", "head", env={"CRASH": "yes"})
    assert result.code == 9, result.stderr


def test_a_statement_whose_end_nobody_heard_of_is_looked_for(project: Project, mariadb_url: str) -> None:
    """The process dies before it can say in the journal that the statement ran: the table shows it."""
    project.configure(mariadb_url)
    project.revision("a1", upgrade=ACCOUNTS)
    interrupt(
        project,
        down="a1",
        upgrade="""
op.execute("UPDATE acc SET n = n + 1")
op.alter_column("acc", "n", new_column_name="m", existing_type=sa.Integer)
op.execute("UPDATE acc SET m = m + 10")
""",
    )
    assert [row[:2] for row in journal(mariadb_url)] == [(1, "done"), (2, "begun")]
    result = project.call("upgrade", "head").ok()
    assert "statement 2 was carried out before the interruption" in result.stderr
    assert rows(mariadb_url, "SELECT id, m FROM acc") == [(1, 11)]
    assert journal(mariadb_url) == []


PROCEDURE = "CREATE PROCEDURE more() BEGIN UPDATE acc SET n = n + 1; END"


@pytest.mark.parametrize(("choice", "n"), [("--done", 1), ("--redo", 2)])
def test_what_can_not_be_known_is_asked(project: Project, mariadb_url: str, choice: str, n: int) -> None:
    project.configure(mariadb_url)
    project.revision("a1", upgrade=ACCOUNTS + f'op.execute("{PROCEDURE}")')
    interrupt(
        project,
        down="a1",
        upgrade='op.execute("UPDATE acc SET n = n")\nop.execute("CALL more()")',
    )
    # The procedure has committed nothing, so its work is lost; it might have, and who knows.
    assert rows(mariadb_url, "SELECT n FROM acc") == [(0,)]
    stopped = project.call("upgrade", "head")
    assert stopped.code == 255
    assert "interrupted at statement 2, and it can't be told whether that was carried out" in stopped.stderr
    assert "alembic resume --done 2" in stopped.stderr and "alembic resume --redo 2" in stopped.stderr
    assert rows(mariadb_url, "SELECT n FROM acc") == [(0,)]
    assert "no statement 3" in project.call("resume", choice, "3").stderr
    with sa.create_engine(mariadb_url, poolclass=NullPool).begin() as connection:
        connection.exec_driver_sql("UPDATE acc SET n = n + 1")  # a person sees to it
    project.call("resume", choice, "2").ok()
    assert rows(mariadb_url, "SELECT n FROM acc") == [(n,)]
    assert project.applied() == ["b1"] and journal(mariadb_url) == []


def test_a_statement_that_failed_may_be_done_by_hand(project: Project, mariadb_url: str) -> None:
    prepare(
        project,
        mariadb_url,
        """
        op.add_column("acc", sa.Column("x", sa.Integer))
        op.execute("UPDATE acc SET x = nothing_of_this_name")
        op.add_column("acc", sa.Column("y", sa.Integer))
        """,
    )
    assert project.call("upgrade", "head").code == 1
    assert [row[:2] for row in journal(mariadb_url)] == [(1, "done"), (2, "undone")]
    with sa.create_engine(mariadb_url, poolclass=NullPool).begin() as connection:
        connection.exec_driver_sql("UPDATE acc SET x = 7")
    project.call("resume", "--done", "2").ok()
    assert rows(mariadb_url, "SELECT x, y FROM acc") == [(7, None)]
    assert project.applied() == ["b1"] and journal(mariadb_url) == []


def test_there_may_be_nothing_to_resume(project: Project, mariadb_url: str) -> None:
    project.configure(mariadb_url)
    project.chain("a1")
    project.call("upgrade", "head").ok()
    for command in ("resume", "unwind"):
        result = project.call(command)
        assert result.code == 255 and "No revision is half done" in result.stderr


def test_another_command_stops_at_a_half_done_revision(project: Project, mariadb_url: str) -> None:
    project.configure(mariadb_url)
    project.chain("a1")
    project.revision(
        "b1", "a1", upgrade='op.add_column("t_a1", sa.Column("x", sa.Integer))\nop.execute("bad")'
    )
    assert project.call("upgrade", "head").code == 1
    result = project.call("downgrade", "base")
    assert result.code == 255
    assert "upgrade of revision b1 was interrupted and is half done" in result.stderr
    assert "this command would begin with downgrade a1 -> <base>\n" in result.stderr
    assert "1. ALTER TABLE t_a1 ADD COLUMN x INTEGER\n     took effect" in result.stderr
    assert "2. bad\n     had no effect" in result.stderr
    assert project.applied() == ["a1"]
    project.call("unwind").ok()
    project.call("downgrade", "base").ok()
    assert "t_a1" not in project.tables()


def test_unwind_takes_the_operations_back(project: Project, mariadb_url: str) -> None:
    project.configure(mariadb_url)
    project.revision("a1", upgrade=ACCOUNTS)
    project.call("upgrade", "a1").ok()
    before = rows(mariadb_url, "SHOW CREATE TABLE acc")
    project.revision(
        "b1",
        "a1",
        upgrade="""
        op.create_table("more", sa.Column("id", sa.Integer, primary_key=True), sa.Index("ix", "id"))
        op.add_column("acc", sa.Column("x", sa.Integer))
        op.alter_column("acc", "n", new_column_name="m", existing_type=sa.Integer)
        with op.batch_alter_table("acc") as batch:
            batch.add_column(sa.Column("y", sa.Integer))
            batch.create_index("ix_y", ["y"])
        op.execute("bad")
        """,
    )
    assert project.call("upgrade", "head").code == 1
    assert rows(mariadb_url, "SHOW CREATE TABLE acc") != before
    project.call("unwind").ok()
    assert rows(mariadb_url, "SHOW CREATE TABLE acc") == before
    assert "more" not in project.tables()
    assert journal(mariadb_url) == [] and project.applied() == ["a1"]


def test_unwind_names_what_it_can_not_take_back(project: Project, mariadb_url: str) -> None:
    prepare(
        project,
        mariadb_url,
        """
        op.add_column("acc", sa.Column("x", sa.Integer))
        op.execute("UPDATE acc SET n = 5")
        op.drop_column("acc", "n")
        op.execute("bad")
        """,
    )
    assert project.call("upgrade", "head").code == 1
    told = project.call("unwind")
    assert told.code == 255 and "Revision b1 can't be taken back" in told.stderr
    assert "2. UPDATE acc SET n = 5: nothing says what undoes it" in told.stderr
    assert "3. ALTER TABLE acc DROP COLUMN n: drop_column: what was in there is gone" in told.stderr
    assert [row[:2] for row in journal(mariadb_url)] == [(1, "done"), (2, "done"), (3, "done"), (4, "undone")]


def test_unwind_that_is_interrupted_goes_on(project: Project, mariadb_url: str) -> None:
    """What was taken back isn't taken back twice, and nothing else runs before it is finished."""
    project.configure(mariadb_url)
    project.revision("a1", upgrade=ACCOUNTS)
    project.call("upgrade", "head").ok()
    before = rows(mariadb_url, "SHOW CREATE TABLE acc")
    project.revision(
        "b1",
        "a1",
        upgrade="""
        import os
        if os.environ.get("CRASH"):
            from alembic.journal.statements import JournalTable
            JournalTable.forget = lambda *arguments: os._exit(9)
        op.add_column("acc", sa.Column("x", sa.Integer))
        op.add_column("acc", sa.Column("y", sa.Integer))
        op.execute("bad")
        """,
    )
    assert project.call("upgrade", "head").code == 1
    assert project.run("unwind", env={"CRASH": "yes"}).code == 9
    assert [row[:2] for row in journal(mariadb_url)] == [(1, "done"), (2, "unwinding"), (3, "undone")]
    assert len(rows(mariadb_url, "SHOW COLUMNS FROM acc")) == 3
    stopped = project.call("upgrade", "head")
    assert stopped.code == 255 and "was being taken back by `alembic unwind`" in stopped.stderr
    result = project.call("unwind").ok()
    assert "was taken back before the interruption" in result.stderr
    assert rows(mariadb_url, "SHOW CREATE TABLE acc") == before
    assert journal(mariadb_url) == []


def test_a_server_that_allows_one_connection(
    project: Project, mariadb_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the journal is written on it: DDL commits anyway what stands before it."""
    url = sa.make_url(mariadb_url)
    with sa.create_engine(mariadb_url, poolclass=NullPool).begin() as connection:
        connection.exec_driver_sql("CREATE OR REPLACE USER lonely@'%%' WITH MAX_USER_CONNECTIONS 1")
        connection.exec_driver_sql(f"GRANT ALL ON {url.database}.* TO lonely@'%%'")
    try:
        project.configure(str(url.set(username="lonely", password="").render_as_string(hide_password=False)))
        for setting in ("ALEMBIC_LOCK", "ALEMBIC_HISTORY"):
            monkeypatch.setenv(setting, "false")
        body = 'op.execute("UPDATE acc SET n = n + 1")\nop.add_column("acc", sa.Column("x", sa.Integer))\n'
        project.revision("a1", upgrade=ACCOUNTS)
        project.revision("b1", "a1", upgrade=body + 'op.execute("bad")')
        assert project.call("upgrade", "head").code == 1
        assert [row[:2] for row in journal(mariadb_url)] == [(1, "done"), (2, "done"), (3, "undone")]
        project.revision("b1", "a1", upgrade=body)
        project.call("upgrade", "head").ok()
        assert rows(mariadb_url, "SELECT n, x FROM acc") == [(1, None)]
    finally:
        with sa.create_engine(mariadb_url, poolclass=NullPool).begin() as connection:
            connection.exec_driver_sql("DROP USER lonely@'%%'")

"""After a failed run one screen says what is committed, what is not, and what to do next."""

from __future__ import annotations

import pytest

from tests.project import Project

SCREEN = 24

FAILING = """\
op.execute("INSERT INTO t VALUES (1)")
op.create_table("u", sa.Column("id", sa.Integer))
op.execute("INSERT INTO t VALUES (2)")
op.add_column("nope", sa.Column("b", sa.Integer))
"""


def three(project: Project, second: str = FAILING) -> Project:
    project.chain("a1")
    project.revision("b1", "a1", upgrade=second.replace("INTO t ", "INTO t_a1 "))
    project.revision("c1", "b1")
    return project


def screen(project: Project, *argv: str) -> list[str]:
    """The lines of the failure, from its headline on."""
    result = project.call(*(argv or ("upgrade", "head")))
    assert result.code != 0
    text = result.stderr[result.stderr.index("FAILED: ") :]
    assert "Traceback" not in text
    lines = text.splitlines()
    assert len(lines) <= SCREEN
    return [line.strip() for line in lines]


def test_one_transaction_for_all(project: Project, postgresql_url: str) -> None:
    lines = screen(three(project.configure(postgresql_url)))
    assert lines[0] == 'FAILED: (psycopg.errors.UndefinedTable) relation "nope" does not exist'
    assert lines[1:] == [
        "in revision b1:",
        "migrations/versions/b1_.py, line 15, in upgrade",
        'op.add_column("nope", sa.Column("b", sa.Integer))',
        "operation: add_column nope, b",
        "statement:",
        "ALTER TABLE nope ADD COLUMN b INTEGER",
        "committed: nothing",
        "rolled back: a1, b1",
        "not begun: c1",
        "the database is at base, as before",
        "next: mend the cause and run the command again",
        "--raiseerr shows the whole traceback",
    ]
    assert project.applied() == [] and project.tables() == []


def test_a_transaction_for_each_step(project: Project, postgresql_url: str) -> None:
    project.configure(postgresql_url, options="dict(transaction_per_migration=True)")
    lines = screen(three(project))
    assert lines[-6:-2] == ["committed: a1", "rolled back: b1", "not begun: c1", "the database is at a1"]
    assert project.applied() == ["a1"]
    lines = screen(project)
    assert "committed: nothing" in lines and "the database is at a1, as before" in lines


def test_sqlite_is_atomic(project: Project) -> None:
    lines = screen(three(project))
    assert lines[-6:-2] == ["committed: a1", "rolled back: b1", "not begun: c1", "the database is at a1"]


def test_where_ddl_commits(project: Project, mariadb_url: str) -> None:
    """The second INSERT is rolled back: nothing has committed it."""
    lines = screen(three(project.configure(mariadb_url)))
    assert lines[-5:-1] == [
        "committed: a1, and the first 2 statements of b1, up to CREATE TABLE u ( id INTEGER )",
        "not begun: c1",
        "the database is at a1",
        "next: mend the cause and run the command again: it goes on in b1 behind that statement",
    ]
    assert project.tables() == ["t_a1", "u"]


def test_where_ddl_commits_and_nobody_keeps_record(project: Project, mariadb_url: str) -> None:
    lines = screen(three(project.configure(mariadb_url, ini="recovery = false\n")))
    said = "next: do the rest of b1 by hand and stamp it, or undo what is committed; then run again"
    assert lines[-2] == said


AUTOCOMMIT = """\
op.add_column("t", sa.Column("b", sa.Integer))
with op.get_context().autocommit_block():
    op.create_index("ix", "t", ["b"], postgresql_concurrently=True)
op.execute("INSERT INTO t VALUES (3)")
op.drop_table("nope")
"""


def test_autocommit_block(project: Project, postgresql_url: str) -> None:
    project.configure(postgresql_url)
    project.chain("a1")
    project.revision("b1", "a1", upgrade=AUTOCOMMIT.replace('"t"', '"t_a1"').replace("INTO t ", "INTO t_a1 "))
    lines = screen(project)
    said = "committed: a1, and the first 2 statements of b1, up to CREATE INDEX CONCURRENTLY ix ON t_a1 (b)"
    assert lines[-4:-2] == [said, "the database is at a1"]


def test_in_the_callers_transaction(project: Project, postgresql_url: str) -> None:
    three(project.configure(postgresql_url))
    text = project.env_py.read_text()
    assert "as connection:" in text
    project.env_py.write_text(text.replace("as connection:", "as connection, connection.begin():"))
    lines = screen(project)
    assert "committed: nothing by alembic; the transaction is the caller's" in lines


def test_a_long_list_is_cut(project: Project, postgresql_url: str) -> None:
    project.configure(postgresql_url)
    names = [f"r{number:02}" for number in range(40)]
    project.chain(*names)
    project.revision("z1", names[-1], upgrade="raise ValueError")
    assert "rolled back: r00, r01 … r39, z1 (41 revisions)" in screen(project)


def test_what_env_py_does_afterwards(project: Project, postgresql_url: str) -> None:
    """The run is done, and its transaction rolled back nevertheless."""
    project.configure(postgresql_url).chain("a1", "b1")
    text = project.env_py.read_text()
    project.env_py.write_text(text.replace("context.run_migrations()", "context.run_migrations(); 1 / 0"))
    lines = screen(project)
    assert "committed: nothing" in lines and "rolled back: a1, b1" in lines


def test_a_failed_downgrade(project: Project, mariadb_url: str) -> None:
    project.configure(mariadb_url)
    project.chain("a1")
    project.revision("b1", "a1", downgrade='op.drop_table("t_a1")\nop.drop_table("nope")')
    project.call("upgrade", "head").ok()
    lines = screen(project, "downgrade", "base")
    assert "committed: the first statement of b1, up to DROP TABLE t_a1" in lines
    assert "the database is at b1" in lines


@pytest.mark.parametrize("argv", [("upgrade", "nope"), ("current",), ("upgrade", "head")])
def test_nothing_is_said_where_nothing_ran(project: Project, argv: tuple[str, ...]) -> None:
    project.chain("a1")
    project.env_py.write_text("raise ValueError('env.py')")
    text = project.call(*argv).stderr
    assert "committed" not in text

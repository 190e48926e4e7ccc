"""PostgreSQL: what is in force for which statement, and what is undone and run again."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError, OperationalError

from tests.limits.sessions import SEES, SHARED, Upgrade, holding, prepare, rows, session
from tests.project import Project

RETRIES = {"lock_timeout": "300ms", "lock_retries": 50, "lock_backoff": "200ms"}
ONCE = {**RETRIES, "lock_retries": 1}
ADD = 'op.add_column("t", sa.Column("b", sa.Integer))'
COUNT = 'op.execute("UPDATE counter SET n = n + 1")'


@pytest.fixture
def url(project: Project, postgresql_url: str) -> str:
    prepare(
        postgresql_url,
        "CREATE TABLE t (a int)",
        "CREATE TABLE counter (n int)",
        "INSERT INTO counter VALUES (0)",
    )
    project.configure(postgresql_url)
    return postgresql_url


def shared(project: Project) -> None:
    project.env_py.write_text(SHARED)


def upgraded(upgrade: Upgrade) -> None:
    upgrade.run()
    assert upgrade.error is None, upgrade.error


def test_each_kind_of_statement_has_its_limits(project: Project, url: str) -> None:
    shared(project)
    body = f"""\
{SEES}
op.execute("CREATE TABLE x (a int)")
see("SHOW lock_timeout"); see("SHOW statement_timeout")
op.execute("INSERT INTO x VALUES (1)")
see("SHOW lock_timeout"); see("SHOW statement_timeout")
with op.get_context().autocommit_block():
    op.create_index("ix", "x", ["a"], postgresql_concurrently=True)
    see("SHOW lock_timeout"); see("SHOW statement_timeout")
    op.create_index("iy", "x", ["a"])
    see("SHOW lock_timeout"); see("SHOW statement_timeout")
see("SHOW lock_timeout")
"""
    project.revision("a1", upgrade=body)
    project.revision("b1", "a1", upgrade=f"{SEES}\n{ADD}\nsee('SHOW lock_timeout')")
    (project.versions / "b1_.py").open("a").write("\nlock_timeout = '5s'\n")
    seen: list[Any] = []
    with session(url) as connection:
        connection.exec_driver_sql("SET lock_timeout = '7s'")
        connection.commit()
        upgraded(
            Upgrade(
                project,
                attributes={"connection": connection, "seen": seen},
                lock_timeout="2s",
                ddl_statement_timeout="1min",
                dml_statement_timeout="2min",
            )
        )
        assert seen == ["2s", "1min", "2s", "2min", "0", "0", "2s", "1min", "7s", "5s"]
        assert connection.exec_driver_sql("SHOW lock_timeout").scalar() == "7s"
        assert connection.exec_driver_sql("SHOW statement_timeout").scalar() == "0"


def test_a_session_is_left_as_it_was_after_a_failure_in_an_autocommit_block(
    project: Project, url: str
) -> None:
    shared(project)
    project.revision(
        "a1", upgrade='with op.get_context().autocommit_block():\n    op.execute("DROP TABLE nope")'
    )
    with session(url) as connection:
        upgrade = Upgrade(project, attributes={"connection": connection}, lock_timeout="2s")
        upgrade.run()
        assert isinstance(upgrade.error, DBAPIError)
        assert connection.exec_driver_sql("SHOW lock_timeout").scalar() == "0"


def test_in_a_transaction_of_the_callers(project: Project, url: str) -> None:
    """It goes on after us, with its own settings; what it did before us is not undone by an attempt."""
    shared(project)
    project.revision("a1", upgrade=f"{COUNT}\n{ADD}")
    with session(url) as connection, connection.begin():
        connection.exec_driver_sql("SET LOCAL lock_timeout = '9s'")
        connection.exec_driver_sql("UPDATE counter SET n = n + 10")
        with holding(url, "SELECT * FROM t") as release:
            upgrade = Upgrade(project, attributes={"connection": connection}, **RETRIES)
            upgrade.start()
            upgrade.wait_for_message()
            release()
            assert upgrade.ended().error is None
        assert connection.exec_driver_sql("SHOW lock_timeout").scalar() == "9s"
    assert rows(url, "SELECT n FROM counter") == [(11,)]
    assert project.applied() == ["a1"]


def test_limits_that_a_migration_sets_itself_are_let_alone(project: Project, url: str) -> None:
    shared(project)
    own = "op.execute(\"SET LOCAL lock_timeout = '4s'\")"
    project.revision("a1", upgrade=f"{SEES}\n{own}\n{ADD}\nsee('SHOW lock_timeout')")
    project.revision("b1", "a1", upgrade=f"{SEES}\n{COUNT}\nsee('SHOW lock_timeout')")
    seen: list[Any] = []
    with session(url) as connection:
        upgraded(Upgrade(project, attributes={"connection": connection, "seen": seen}, lock_timeout="2s"))
    assert seen == ["4s", "2s"]


def test_a_savepoint_takes_settings_with_it(project: Project, url: str) -> None:
    shared(project)
    body = f"""\
{SEES}
nested = op.get_bind().begin_nested()
{ADD}
nested.rollback()
{ADD}
see("SHOW lock_timeout")
"""
    project.revision("a1", upgrade=body)
    seen: list[Any] = []
    with session(url) as connection:
        upgraded(Upgrade(project, attributes={"connection": connection, "seen": seen}, lock_timeout="2s"))
    assert seen == ["2s"]


def test_a_statement_that_takes_too_long(project: Project, url: str) -> None:
    project.revision("a1", upgrade='op.execute("SELECT pg_sleep(30)")')
    upgrade = Upgrade(project, dml_statement_timeout="200ms", lock_retries=5)
    upgrade.run()
    assert isinstance(upgrade.error, OperationalError)
    assert upgrade.error.__notes__ == ["It took longer than 200 ms, see dml_statement_timeout."]
    assert upgrade.messages == []


def test_what_is_online_may_wait(project: Project, url: str) -> None:
    """CREATE INDEX CONCURRENTLY waits for the writers there are; a timeout would leave an invalid index."""
    create = 'op.create_index("ix", "t", ["a"], postgresql_concurrently=True)'
    project.revision("a1", upgrade=f"with op.get_context().autocommit_block():\n    {create}")
    with holding(url, "INSERT INTO t VALUES (1)") as release:
        upgrade = Upgrade(project, lock_timeout="200ms", statement_timeout="200ms")
        upgrade.start()
        upgrade.join(2)
        assert upgrade.is_alive(), upgrade.error
        release()
    assert upgrade.ended().error is None
    assert rows(url, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix'::regclass") == [(True,)]


def test_outside_of_transactions_the_statement_is_sent_again(project: Project, url: str) -> None:
    shared(project)
    project.revision(
        "a1",
        upgrade=f"{SEES}\nsee('SELECT 1')\nwith op.get_context().autocommit_block():\n    {ADD}",
    )
    seen: list[Any] = []
    with session(url) as connection, holding(url, "SELECT * FROM t") as release:
        upgrade = Upgrade(project, attributes={"connection": connection, "seen": seen}, **RETRIES)
        upgrade.start()
        upgrade.wait_for_message(2)
        release()
        assert upgrade.ended().error is None
    assert seen == [1]
    assert project.applied() == ["a1"]


def test_what_is_half_committed_is_not_run_again(project: Project, url: str) -> None:
    """Nor does it wait in a transaction that holds locks."""
    project.revision(
        "a1",
        upgrade=f"{COUNT}\nwith op.get_context().autocommit_block():\n    {COUNT}\n{COUNT}\n{ADD}",
    )
    with holding(url, "SELECT * FROM t"):
        upgrade = Upgrade(project, **ONCE)
        upgrade.run()
    assert isinstance(upgrade.error, OperationalError)
    assert upgrade.messages == []
    assert rows(url, "SELECT n FROM counter") == [(2,)]


@pytest.mark.parametrize("statement", ["COMMIT", "ROLLBACK"])
def test_a_migration_that_ends_its_transaction_is_not_run_again(
    project: Project, url: str, statement: str
) -> None:
    project.revision("a1", upgrade=f'{COUNT}\nop.execute("{statement}")\n{ADD}')
    with holding(url, "SELECT * FROM t"):
        upgrade = Upgrade(project, **ONCE)
        upgrade.run()
    assert isinstance(upgrade.error, OperationalError)
    assert upgrade.messages == []
    assert rows(url, "SELECT n FROM counter") == [(1 if statement == "COMMIT" else 0,)]


def test_with_a_transaction_for_each_step_only_the_last_is_undone(project: Project, url: str) -> None:
    project.configure(options="dict(transaction_per_migration=True)")
    project.revision("a1", upgrade=COUNT)
    project.revision("b1", "a1", upgrade=f"{COUNT}\n{ADD}")
    project.revision("c1", "b1", upgrade=COUNT)
    with holding(url, "SELECT * FROM t") as release:
        upgrade = Upgrade(project, **RETRIES)
        upgrade.start()
        assert "revisions are undone" not in upgrade.wait_for_message()
        assert rows(url, "SELECT n FROM counter") == [(1,)]
        assert project.applied() == ["a1"]
        release()
    assert upgrade.ended().error is None
    assert rows(url, "SELECT n FROM counter") == [(3,)]


def test_what_env_py_has_set_before_stays(project: Project, url: str) -> None:
    """A search_path that is set in the same transaction: another attempt must not run in another schema."""
    prepare(url, "CREATE SCHEMA tenant", "CREATE TABLE tenant.t (a int)")
    env = project.env_py.read_text()
    set_path = "connection.exec_driver_sql('SET search_path TO tenant'); migrate("
    project.env_py.write_text(env.replace("migrate(connection", f"{set_path}connection"))
    project.revision("a1", upgrade=ADD)
    with holding(url, "SELECT * FROM tenant.t") as release:
        upgrade = Upgrade(project, **RETRIES)
        upgrade.start()
        upgrade.wait_for_message()
        release()
    assert upgrade.ended().error is None
    found = "SELECT table_schema FROM information_schema.columns WHERE table_name = 't' AND column_name = 'b'"
    assert rows(url, found) == [("tenant",)]


def test_what_is_put_off_to_the_end_of_a_step_is_done_once(project: Project, url: str) -> None:
    """Foreign keys between new tables, and a type that is dropped with its last column."""
    body = f"""\
kind = sa.Enum("x", "y", name="kind")
op.add_column("t", sa.Column("k", kind))
op.create_table("p", sa.Column("id", sa.Integer, primary_key=True), sa.Column("q", sa.Integer),
    sa.ForeignKeyConstraint(["q"], ["q.id"], name="pq", use_alter=True))
op.create_table("q", sa.Column("id", sa.Integer, primary_key=True), sa.Column("p", sa.Integer),
    sa.ForeignKeyConstraint(["p"], ["p.id"], name="qp", use_alter=True))
op.drop_column("t", "k")
{COUNT}
op.add_column("locked", sa.Column("b", sa.Integer))
"""
    prepare(url, "CREATE TABLE locked (a int)")
    project.revision("a1", upgrade=body)
    with holding(url, "SELECT * FROM locked") as release:
        upgrade = Upgrade(project, **RETRIES)
        upgrade.start()
        upgrade.wait_for_message(2)
        release()
    assert upgrade.ended().error is None
    assert rows(url, "SELECT conname FROM pg_constraint WHERE contype = 'f' ORDER BY 1") == [("pq",), ("qp",)]
    assert rows(url, "SELECT typname FROM pg_type WHERE typname = 'kind'") == []
    assert rows(url, "SELECT n FROM counter") == [(1,)]


def test_the_history_has_each_revision_once(project: Project, url: str) -> None:
    project.revision("a1", upgrade=COUNT)
    project.revision("b1", "a1", upgrade=f"{COUNT}\n{ADD}")
    with holding(url, "SELECT * FROM t") as release:
        upgrade = Upgrade(project, **RETRIES)
        upgrade.start()
        upgrade.wait_for_message(2)
        release()
    assert upgrade.ended().error is None
    done = "SELECT revision FROM alembic_history WHERE outcome = 'done' ORDER BY seq"
    assert rows(url, done) == [("a1",), ("b1",)]
    assert project.call("log", "--verify").ok()


def test_the_deadlock_of_two_runs_is_undone_in_one_of_them(project: Project, url: str) -> None:
    """Another session takes the same locks in the opposite order."""
    prepare(url, "CREATE TABLE u (a int)")
    project.revision("a1", upgrade=f'{ADD}\nop.execute("SELECT pg_sleep(0.5)")\n{ADD.replace("t", "u", 1)}')
    project.revision(
        "a1",
        upgrade=f'{ADD}\nop.execute("SELECT pg_sleep(1)")\nop.add_column("u", sa.Column("b", sa.Integer))',
    )
    with session(url) as other:
        other.exec_driver_sql("SET deadlock_timeout = '20s'")
        other.exec_driver_sql("LOCK TABLE u IN ACCESS EXCLUSIVE MODE")
        upgrade = Upgrade(project, lock_timeout="20s", lock_retries=3, lock_backoff="100ms")
        upgrade.start()
        while not rows(url, "SELECT 1 FROM pg_locks WHERE relation = 't'::regclass AND granted"):
            assert upgrade.is_alive()
        other.exec_driver_sql("LOCK TABLE t IN ACCESS EXCLUSIVE MODE")
        other.rollback()
    assert upgrade.ended().error is None
    assert len(upgrade.messages) == 1
    assert project.applied() == ["a1"]

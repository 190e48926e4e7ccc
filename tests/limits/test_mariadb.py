"""MariaDB: what is in force for which statement, and which statements are sent again."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from tests.limits.sessions import SEES, SHARED, Upgrade, holding, prepare, rows, session
from tests.project import Project

RETRIES = {"lock_timeout": 1, "lock_retries": 50, "lock_backoff": "200ms"}
ONCE = {**RETRIES, "lock_retries": 1}
COUNT = 'op.execute("UPDATE counter SET n = n + 1")'
ADD = 'op.add_column("t", sa.Column("b", sa.Integer))'


@pytest.fixture
def url(project: Project, mariadb_url: str) -> str:
    prepare(
        mariadb_url,
        "CREATE TABLE t (a int)",
        "CREATE TABLE counter (n int)",
        "INSERT INTO counter VALUES (0)",
        "CREATE TABLE other (n int)",
        "INSERT INTO other VALUES (0)",
    )
    project.configure(mariadb_url)
    return mariadb_url


def test_each_kind_of_statement_has_its_limits(project: Project, url: str) -> None:
    project.env_py.write_text(SHARED)
    three = "".join(
        f"see('SELECT @@SESSION.{name}')\n"
        for name in ("lock_wait_timeout", "innodb_lock_wait_timeout", "max_statement_time")
    )
    body = f"""\
{SEES}
op.execute("CREATE TABLE x (a int)")
{three}
op.execute("CREATE INDEX ix ON x (a) ALGORITHM=INPLACE LOCK=NONE")
{three}
"""
    # What looks at the variables is a statement, too, and one that reads: so it is limited like the others.
    project.revision("a1", upgrade=body)
    seen: list[Any] = []
    with session(url) as connection:
        connection.exec_driver_sql("SET SESSION lock_wait_timeout = 77, max_statement_time = 55")
        connection.commit()
        upgrade = Upgrade(
            project,
            attributes={"connection": connection, "seen": seen},
            lock_timeout="1500ms",
            ddl_statement_timeout="1min",
            dml_statement_timeout="2.5s",
        )
        upgrade.run()
        assert upgrade.error is None
        assert seen == [2, 2, 2.5] * 2
        left = connection.exec_driver_sql("SELECT @@SESSION.lock_wait_timeout, @@SESSION.max_statement_time")
        assert left.one() == (77, 55)


def test_what_is_online_may_wait(project: Project, url: str) -> None:
    """An index that is built with LOCK=NONE waits for the transactions there are."""
    project.revision("a1", upgrade='op.execute("CREATE INDEX ix ON t (a) ALGORITHM=INPLACE LOCK=NONE")')
    with holding(url, "SELECT * FROM t") as release:
        upgrade = Upgrade(project, lock_timeout=1, statement_timeout=1)
        upgrade.start()
        upgrade.join(3)
        assert upgrade.is_alive(), upgrade.error
        release()
    assert upgrade.ended().error is None


def test_a_statement_that_takes_too_long(project: Project, url: str) -> None:
    forever = "INSERT INTO counter SELECT a.seq + b.seq FROM seq_1_to_1000000 a, seq_1_to_1000000 b"
    project.revision("a1", upgrade=f'op.execute("{forever}")')
    upgrade = Upgrade(project, dml_statement_timeout="200ms", lock_retries=5)
    upgrade.run()
    assert isinstance(upgrade.error, OperationalError)
    assert upgrade.error.__notes__ == ["It took longer than 200 ms, see dml_statement_timeout."]
    assert upgrade.messages == []


def test_the_first_change_of_rows_is_sent_again(project: Project, url: str) -> None:
    project.revision("a1", upgrade=f"{ADD}\n{COUNT}")
    with holding(url, "UPDATE counter SET n = 10") as release:
        upgrade = Upgrade(project, **RETRIES)
        upgrade.start()
        assert upgrade.wait_for_message(1).startswith("Lock not available: UPDATE counter")
        release()
    assert upgrade.ended().error is None
    assert rows(url, "SELECT n FROM counter") == [(1,)]
    assert project.applied() == ["a1"]


def test_a_later_one_is_not(project: Project, url: str) -> None:
    """It would keep the rows that the one before has locked from others, while it waits."""
    project.revision("a1", upgrade=f'op.execute("UPDATE other SET n = n + 1")\n{COUNT}')
    with holding(url, "UPDATE counter SET n = 10"):
        upgrade = Upgrade(project, **ONCE)
        upgrade.run()
        assert isinstance(upgrade.error, OperationalError)
        assert upgrade.messages == []
        prepare(url, "SET innodb_lock_wait_timeout = 1", "UPDATE other SET n = 20")
    assert rows(url, "SELECT n FROM other") == [(20,)]


def test_ddl_between_the_two_makes_it_the_first(project: Project, url: str) -> None:
    project.revision("a1", upgrade=f'op.execute("UPDATE other SET n = n + 1")\n{ADD}\n{COUNT}')
    with holding(url, "UPDATE counter SET n = 10") as release:
        upgrade = Upgrade(project, **RETRIES)
        upgrade.start()
        upgrade.wait_for_message()
        release()
    assert upgrade.ended().error is None
    assert rows(url, "SELECT n FROM counter") == [(1,)]
    assert rows(url, "SELECT n FROM other") == [(1,)]


def test_ddl_is_sent_again_whatever_came_before(project: Project, url: str) -> None:
    project.revision("a1", upgrade=f'op.execute("UPDATE other SET n = n + 1")\n{ADD}')
    with holding(url, "SELECT * FROM t") as release:
        upgrade = Upgrade(project, **RETRIES)
        upgrade.start()
        upgrade.wait_for_message(2)
        # The rows changed before are free: DDL has committed them, though it has failed.
        prepare(url, "SET innodb_lock_wait_timeout = 1", "UPDATE other SET n = n + 20")
        release()
    assert upgrade.ended().error is None
    assert rows(url, "SELECT n FROM other") == [(21,)]
    assert project.applied() == ["a1"]
    assert project.call("log", "--verify").ok()


def test_many_rows_are_not_sent_again(project: Project, url: str) -> None:
    """The driver sends them in several statements, some of which may have been carried out."""
    many = 'op.get_bind().exec_driver_sql("UPDATE counter SET n = n + %s", [(1,), (2,)])'
    project.revision("a1", upgrade=many)
    with holding(url, "UPDATE counter SET n = 10"):
        upgrade = Upgrade(project, **ONCE)
        upgrade.run()
    assert isinstance(upgrade.error, OperationalError)
    assert upgrade.messages == []
    assert rows(url, "SELECT n FROM counter") == [(0,)]

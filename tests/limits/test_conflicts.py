"""A second session holds a conflicting lock: what a migration does then, and what it means for others."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import DBAPIError, OperationalError

from tests.limits.sessions import Upgrade, holding, prepare, rows, session
from tests.project import Project

ADD = 'op.add_column("{}", sa.Column("b", sa.Integer))'
COUNT = 'op.execute("UPDATE counter SET n = n + 1")'
# Where a lock is waited for at most this long, a reader behind it who waits for longer gets through.
SHORT, LONGER = 0.4, 8


@pytest.fixture(params=["postgresql", "mariadb"])
def url(request: pytest.FixtureRequest) -> str:
    url = str(request.getfixturevalue(f"{request.param}_url"))
    prepare(
        url,
        "CREATE TABLE first (a int)",
        "CREATE TABLE second (a int)",
        "CREATE TABLE counter (n int)",
        "INSERT INTO counter VALUES (0)",
    )
    return url


def read(url: str, table: str, patience: float = LONGER) -> None:
    """Read a table as an application does; an error, if that had to wait for longer."""
    with session(url) as connection:
        variable = "lock_timeout" if url.startswith("postgresql") else "SESSION lock_wait_timeout"
        value = f"'{patience}s'" if url.startswith("postgresql") else patience
        connection.exec_driver_sql(f"SET {variable} = {value}")
        connection.exec_driver_sql(f"SELECT count(*) FROM {table}").all()


def test_it_gives_up_and_readers_go_on(project: Project, url: str) -> None:
    project.configure(url).revision("a1", upgrade=ADD.format("first"))
    with holding(url, "SELECT * FROM first"):
        upgrade = Upgrade(project, lock_timeout=SHORT)
        upgrade.start()
        for _ in range(5):
            read(url, "first")
        assert isinstance(upgrade.ended().error, OperationalError)
        read(url, "first")
    assert project.applied() == []
    assert any("lock_retries" in note for note in upgrade.error.__notes__)
    # The same again, once the other session is done.
    assert Upgrade(project, lock_timeout=SHORT).run() is None
    assert project.call("upgrade", "head").ok()
    assert project.applied() == ["a1"]


def test_without_a_limit_readers_wait_as_long_as_the_migration(project: Project, url: str) -> None:
    """What the limit is good for; and proof that these tests notice a reader that waits."""
    project.configure(url).revision("a1", upgrade=ADD.format("first"))
    with holding(url, "SELECT * FROM first") as release:
        upgrade = Upgrade(project)
        upgrade.start()
        with pytest.raises(DBAPIError):
            while True:
                read(url, "first", 1)
        release()
    assert upgrade.ended().error is None


def test_it_tries_again_until_the_lock_is_free(project: Project, url: str) -> None:
    project.configure(url).revision("a1", upgrade=ADD.format("first"))
    with holding(url, "SELECT * FROM first") as release:
        upgrade = Upgrade(project, lock_timeout=SHORT, lock_retries=50, lock_backoff="200ms")
        upgrade.start()
        assert upgrade.wait_for_message(1).startswith("Lock not available: ALTER TABLE first ADD COLUMN b")
        assert "attempt 3 of 51 to follow in 400 ms" in upgrade.wait_for_message(2)
        read(url, "first")
        release()
    assert upgrade.ended().error is None
    assert project.applied() == ["a1"]
    assert rows(url, "SELECT b FROM first") == []


def test_it_gives_up_after_so_many_attempts(project: Project, url: str) -> None:
    project.configure(url).revision("a1", upgrade=ADD.format("first"))
    with holding(url, "SELECT * FROM first"):
        upgrade = Upgrade(project, lock_timeout=SHORT, lock_retries=2, lock_backoff="50ms")
        upgrade.start()
        assert isinstance(upgrade.ended().error, OperationalError)
    assert len(upgrade.messages) == 2
    assert upgrade.error.__notes__[0] == "The lock was not to be had after 3 attempts of up to 400 ms each."
    assert project.applied() == []


def test_earlier_steps_of_the_transaction_give_their_locks_up(project: Project, postgresql_url: str) -> None:
    """The second step waits; the table that the first one has changed can be read meanwhile, and what the
    first one did is done once in the end."""
    url = postgresql_url
    prepare(url, "CREATE TABLE first (a int)", "CREATE TABLE second (a int)", "CREATE TABLE counter (n int)")
    prepare(url, "INSERT INTO counter VALUES (0)")
    project.configure(url)
    project.revision("a1", upgrade=f"{ADD.format('first')}\n{COUNT}")
    project.revision("b1", "a1", upgrade=f"{COUNT}\n{ADD.format('second')}")
    with holding(url, "SELECT * FROM second") as release:
        upgrade = Upgrade(project, lock_timeout=SHORT, lock_retries=50, lock_backoff="4s")
        upgrade.start()
        said = upgrade.wait_for_message()
        assert "2 revisions are undone and run again; attempt 2 of 51 to follow in 4 s" in said
        assert "held by session" in said and "idle in transaction" in said
        # It waits for four seconds now; nobody else has to.
        read(url, "first", 1)
        prepare(url, "UPDATE counter SET n = n + 10")
        release()
    assert upgrade.ended().error is None
    assert project.applied() == ["b1"]
    assert rows(url, "SELECT n FROM counter") == [(12,)]

"""A runner that dies or is stopped: another takes over, and what wakes up late writes nothing (trap 9)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.locking.crowd import ask, do, end, runs, start
from tests.project import Project

LONG = {"postgresql": "SELECT pg_sleep(100)", "mariadb": "SELECT SLEEP(100)"}
# The first run leaves a sign and does what takes long; another one writes down when it has come so far.
FIRST = """
import os, time
op.execute("INSERT INTO runs VALUES ('b')")
if os.path.exists("first"):
    with open("taken", "w") as file:
        file.write(str(time.time()))
else:
    open("first", "w").close()
{long}
op.execute("INSERT INTO runs VALUES ('late')")
"""
IN_STATEMENT = "    op.execute({long!r})"
IN_BLOCK = "    with op.get_context().autocommit_block():\n        op.execute({long!r})"
IN_PYTHON = "    while not os.path.exists('go on'):\n        time.sleep(0.02)"
IN_PYTHON_IN_BLOCK = """\
    with op.get_context().autocommit_block():
        while not os.path.exists('go on'):
            time.sleep(0.02)
        op.execute("INSERT INTO runs VALUES ('late in the block')")
"""


def until(condition: Callable[[], object], *processes: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        for process in processes:
            assert process.poll() is None, f"it ended by itself: {process.communicate()}"
        assert time.monotonic() < deadline
        time.sleep(0.02)


def waiting(project: Project) -> bool:
    """Whether a second run is in the queue."""
    if project.url.startswith("mariadb"):
        found = ask(
            project.url, "SELECT 1 FROM information_schema.processlist WHERE info LIKE '%GET_LOCK(%.5)'"
        )
    else:
        found = ask(
            project.url,
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle'"
            " AND query LIKE '%pg_try_advisory_lock%' OFFSET 1",
        )
    return bool(found)


@contextmanager
def holder_and_waiter(
    project: Project, url: str, body: str
) -> Iterator[tuple[subprocess.Popen[str], subprocess.Popen[str], Path]]:
    """Two runs of the same project: one inside of its revision, one that waits for it."""
    project.configure(url)
    kind = url.partition("+")[0]
    do(url, "CREATE TABLE runs (revision VARCHAR(20))")
    project.chain("a")
    project.revision("b", "a", upgrade=FIRST.format(long=body.format(long=LONG[kind])))
    holder = start(project)
    waiter = None
    try:
        until((project.directory / "first").exists, holder)
        waiter = start(project)
        until(lambda: waiting(project), holder, waiter)
        yield holder, waiter, project.directory
    finally:
        for process in filter(None, (holder, waiter)):
            if process.poll() is None:
                process.kill()
            process.communicate()


def taken_at(directory: Path) -> float:
    until((directory / "taken").exists)
    until(lambda: (directory / "taken").read_text())
    return float((directory / "taken").read_text())


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
@pytest.mark.parametrize("body", [IN_STATEMENT, IN_PYTHON, IN_BLOCK], ids=["statement", "python", "block"])
def test_a_killed_runner_is_followed_within_three_seconds(
    project: Project, request: pytest.FixtureRequest, kind: str, body: str
) -> None:
    """Its sessions are ended although a long statement of it goes on."""
    url = request.getfixturevalue(f"{kind}_url")
    with holder_and_waiter(project, url, body) as (holder, waiter, directory):
        killed = time.time()
        os.kill(holder.pid, signal.SIGKILL)
        takeover = taken_at(directory) - killed
        ended = end(waiter)
    print(f"takeover after {takeover:.2f} s")
    assert ended.code == 0, ended.stderr
    assert takeover < 3
    assert runs(project) == ["b", "late"]
    assert project.applied() == ["b"]


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
@pytest.mark.parametrize("how", ["break", "side"])
@pytest.mark.parametrize("body", [IN_PYTHON, IN_PYTHON_IN_BLOCK], ids=["transaction", "block"])
def test_a_stopped_runner_writes_nothing_once_its_lock_is_gone(
    project: Project, request: pytest.FixtureRequest, kind: str, how: str, body: str
) -> None:
    """A person breaks the lock; or the network ends the connection that it hangs on, and that alone."""
    url = request.getfixturevalue(f"{kind}_url")
    with holder_and_waiter(project, url, body) as (holder, waiter, directory):
        os.kill(holder.pid, signal.SIGSTOP)
        if how == "break":
            project.call("lock", "break").ok()
        else:
            lose_side(project)
        ended = end(waiter)
        before = runs(project)
        (directory / "go on").touch()
        os.kill(holder.pid, signal.SIGCONT)
        late = end(holder)
    assert ended.code == 0, ended.stderr
    assert late.code == 255, late.stderr
    assert "FAILED: The lock of this run was lost" in late.stderr
    assert runs(project) == before
    assert before == ["b", "late"]


def lose_side(project: Project) -> None:
    """End the one session of the holder that doesn't write."""
    if project.url.startswith("postgresql"):
        [found] = json.loads(project.call("lock", "status", "--format", "json").stdout)["databases"]
        do(project.url, f"SELECT pg_terminate_backend({found['holder']['session']})")
        return
    [found] = json.loads(project.call("lock", "status", "--format", "json").stdout)["databases"]
    main = int(found["holder"]["session"])
    others = ask(
        project.url,
        f"SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id > {main} ORDER BY id",
    )
    do(project.url, f"KILL {others[0][0]}")  # the next that was made after the one that writes


def test_a_connection_that_was_made_anew_has_no_lock(project: Project, postgresql_url: str) -> None:
    """SQLAlchemy makes a lost one anew for whoever uses it next; the lock stays lost."""
    project.configure(postgresql_url)
    do(postgresql_url, "CREATE TABLE runs (revision VARCHAR(20))")
    project.revision(
        "a",
        upgrade="""
import sqlalchemy as sa
side = op.get_context()._company.side.get()
pid = side.exec_driver_sql("SELECT pg_backend_pid()").scalar()
with sa.create_engine(op.get_bind().engine.url).connect() as other:
    other.exec_driver_sql(f"SELECT pg_terminate_backend({pid})")
try:
    side.exec_driver_sql("SELECT 1")
except sa.exc.DBAPIError:
    side.rollback()
assert side.exec_driver_sql("SELECT pg_backend_pid()").scalar() != pid
op.execute("INSERT INTO runs VALUES ('a')")
""",
    )
    result = project.call("upgrade", "head")
    assert result.code == 255, result.stderr
    assert "The lock of this run was lost" in result.stderr
    assert runs(project) == []

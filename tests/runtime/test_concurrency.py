"""Several runs at once, in one process and in several (traps 9, 10, 29)."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from alembic import command
from alembic.config import Config
from tests.project import Project

ASYNC_ENV = """\
import asyncio
from sqlalchemy import pool
from sqlalchemy.ext.asyncio import create_async_engine
from alembic import context

def run(connection):
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()

async def main():
    engine = create_async_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(run)
    await engine.dispose()

{start}
"""

OWN_TABLE = """
from alembic import context
name = op.get_bind().engine.url.database.rpartition("/")[2].partition(".")[0]
assert context.config.get_main_option("sqlalchemy.url").endswith(name + ".db")
op.create_table("only_in_" + name, sa.Column("id", sa.Integer))
"""


def eight(tmp_path: Path, start: str | None = None) -> list[Project]:
    projects = []
    for number in range(8):
        folder = tmp_path / f"p{number}"
        scheme = "sqlite" if start is None else "sqlite+aiosqlite"
        project = Project(folder, f"{scheme}:///{folder / f'n{number}.db'}")
        if start is not None:
            project.env_py.write_text(ASYNC_ENV.format(start=start), "utf-8")
        down: str | None = None
        for revision in ("a", "b", "c", "d"):
            body = OWN_TABLE.replace("only_in_", f"{revision}_only_in_")
            project.revision(revision, down, upgrade=body)
            down = revision
        projects.append(project)
    return projects


def check(projects: list[Project]) -> None:
    for number, project in enumerate(projects):
        project.url = project.url.replace("+aiosqlite", "")
        assert project.applied() == ["d"]
        assert project.tables() == [f"{revision}_only_in_n{number}" for revision in "abcd"]


def upgrade(project: Project) -> None:
    command.upgrade(Config(project.config_file), "head")


def test_eight_threads_upgrade_eight_databases(tmp_path: Path) -> None:
    projects = eight(tmp_path)
    together = threading.Barrier(8)

    def work(project: Project) -> None:
        together.wait(30)
        upgrade(project)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, projects))
    check(projects)


def test_eight_threads_with_an_event_loop_each(tmp_path: Path) -> None:
    projects = eight(tmp_path, "asyncio.run(main())")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(upgrade, projects))
    check(projects)


def test_eight_tasks_upgrade_eight_databases(tmp_path: Path) -> None:
    """Each task runs its command through `run_sync`, on a connection of its own; all share one loop."""
    from sqlalchemy.ext.asyncio import create_async_engine

    projects = eight(tmp_path)
    shared = """\
from alembic import context
context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
"""

    async def migrate(project: Project) -> None:
        engine = create_async_engine(project.url.replace("sqlite:", "sqlite+aiosqlite:"), poolclass=NullPool)
        config = Config(project.config_file)

        def run(connection: object) -> None:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

        async with engine.connect() as connection:
            await connection.run_sync(run)
        await engine.dispose()

    async def all_at_once() -> None:
        await asyncio.gather(*map(migrate, projects))

    for project in projects:
        project.env_py.write_text(shared, "utf-8")
    asyncio.run(all_at_once())
    check(projects)


def test_an_event_loop_in_a_thread_that_env_py_starts(tmp_path: Path) -> None:
    """What projects do whose command is called inside of a running loop."""
    [project, *_] = eight(
        tmp_path,
        "import threading\nt = threading.Thread(target=lambda: asyncio.run(main()))\nt.start()\nt.join()",
    )
    upgrade(project)
    check([project])


COUNT = "op.execute('UPDATE counter SET n = n + 1')"


def processes(project: Project, number: int) -> list[tuple[int, str]]:
    """The exit codes and errors of several upgrades, started together."""
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "alembic", "upgrade", "head"],
            cwd=project.directory,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(number)
    ]
    return [
        (process.returncode, error) for process in running for _, error in [process.communicate(timeout=120)]
    ]


def counter(project: Project) -> int:
    engine = create_engine(project.url, poolclass=NullPool)
    with engine.connect() as connection:
        return int(connection.scalar(text("SELECT n FROM counter")) or 0)


def make_counter(project: Project) -> None:
    with create_engine(project.url, poolclass=NullPool).begin() as connection:
        connection.execute(text("CREATE TABLE counter (n INTEGER)"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))


@pytest.mark.parametrize("options", ["{}", "dict(transaction_per_migration=True)"])
def test_a_first_run_by_four_processes_at_once(project: Project, postgresql_url: str, options: str) -> None:
    """Trap 10: whoever loses the race for the version table goes on from what the winner left."""
    project.configure(postgresql_url, options=options)
    make_counter(project)
    project.revision("a", None, upgrade=COUNT + "\nop.execute('SELECT pg_sleep(0.5)')")
    ended = processes(project, 4)
    assert [code for code, _ in ended] == [0, 0, 0, 0], ended
    assert counter(project) == 1
    assert project.applied() == ["a"]


def test_a_first_run_by_four_processes_on_sqlite(project: Project, sqlite_url: str) -> None:
    project.configure(sqlite_url)
    make_counter(project)
    project.revision("a", None, upgrade=COUNT + "\nimport time; time.sleep(0.3)")
    ended = processes(project, 4)
    assert [code for code, _ in ended] == [0, 0, 0, 0], ended
    assert counter(project) == 1
    assert project.applied() == ["a"]


def test_run_async_works_on_the_same_transaction(tmp_path: Path) -> None:
    """Contract 7.7: the coroutine gets the AsyncConnection of the migration; a failure undoes its work."""
    [project, *_] = eight(tmp_path, "asyncio.run(main())")
    body = """
    async def work(connection, value):
        await connection.execute(sa.text("INSERT INTO made VALUES (:v)"), {"v": value})
        return (await connection.execute(sa.text("SELECT x FROM made"))).scalar_one()

    op.create_table("made", sa.Column("x", sa.Integer))
    assert op.run_async(work, 5) == 5
    """
    project.revision("e", "d", upgrade=body + "raise RuntimeError('stop here')\n")
    with pytest.raises(RuntimeError, match="stop here"):
        upgrade(project)
    project.revision("e", "d", upgrade=body)
    upgrade(project)
    project.url = project.url.replace("+aiosqlite", "")
    assert project.applied() == ["e"]
    with create_engine(project.url).connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM made")) == 1

"""Asynchronous engines: while a migration waits before its next attempt, other tasks of its loop go on."""

from __future__ import annotations

import asyncio

from alembic import command
from alembic.config import Config
from tests.limits.sessions import SHARED, holding, prepare, rows
from tests.project import Project


def test_other_tasks_go_on(project: Project, postgresql_url: str) -> None:
    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import NullPool

    prepare(postgresql_url, "CREATE TABLE t (a int)")
    project.configure(postgresql_url).env_py.write_text(SHARED)
    project.revision("a1", upgrade='op.add_column("t", sa.Column("b", sa.Integer))')
    url = postgresql_url.replace("+psycopg", "+asyncpg")

    async def migrate() -> None:
        engine = create_async_engine(url, poolclass=NullPool)
        config = Config(project.config_file)
        for key, value in (("lock_timeout", "200ms"), ("lock_retries", "50"), ("lock_backoff", "100ms")):
            config.set_main_option(key, value)

        def run(connection: object) -> None:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

        async with engine.connect() as connection:
            await connection.run_sync(run)
        await engine.dispose()

    async def both() -> int:
        with holding(postgresql_url, "SELECT * FROM t") as release:
            migration = asyncio.create_task(migrate())
            ticks = 0
            while ticks < 100:
                await asyncio.sleep(0.01)
                ticks += 1
                assert not migration.done(), migration.exception()
            release()
            await asyncio.wait_for(migration, 30)
        return ticks

    assert asyncio.run(both()) == 100
    assert rows(postgresql_url, "SELECT b FROM t") == []
    assert project.applied() == ["a1"]

"""The commands of this folder with an env.py of an asynchronous engine."""

from __future__ import annotations

import json

import pytest

from tests.project import Project

from .terminal import on_terminal

ENV = """\
import asyncio
from logging.config import fileConfig

from sqlalchemy import pool
from sqlalchemy.ext.asyncio import create_async_engine

from alembic import context

fileConfig(context.config.config_file_name, disable_existing_loggers=False)


def migrate(connection):
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()


async def run():
    engine = create_async_engine({url!r}, poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


asyncio.run(run())
"""


@pytest.fixture(params=["asyncpg", "aiosqlite"])
def asynchronous(request: pytest.FixtureRequest, project: Project) -> Project:
    url = request.getfixturevalue("sqlite_url" if request.param == "aiosqlite" else "postgresql_url")
    scheme, _, rest = url.partition("://")
    project.configure(url)
    project.env_py.write_text(ENV.format(url=f"{scheme.partition('+')[0]}+{request.param}://{rest}"), "utf-8")
    project.chain("a1", "b2")
    return project


def test_everything(asynchronous: Project) -> None:
    project = asynchronous
    assert project.call("status").code == 3
    events = project.call("upgrade", "head", "--format", "json").ok().stdout.splitlines()
    assert [json.loads(event)["event"] for event in events][-2:] == ["run_done", "done"]
    project.call("status").ok()
    project.call("stamp", "--verify", "head").ok()
    assert project.run("downgrade", "-1", env={"ALEMBIC_PROTECT": "true"}).code == 255
    assert project.call("stamp", "--verify", "a1").code == 255
    project.call("downgrade", "-1", "--yes").ok()
    assert project.applied() == ["a1"]
    (project.versions / "b2_.py").unlink()
    project.call("upgrade", "head", "--allow-ahead").ok()


def test_on_a_terminal(asynchronous: Project) -> None:
    project = asynchronous
    project.revision("c3", "b2", message="third", upgrade="import time\ntime.sleep(1)")
    shown = on_terminal(project, "upgrade", "head", COLUMNS="200")
    assert (shown.code, "3/3 upgrade c3 third  0:0" in shown.text) == (0, True)
    project.configure(ini="protect = true\n").env_py.write_text(_env(project), "utf-8")
    shown = on_terminal(project, "downgrade", "a1", answer="y")
    assert (shown.code, shown.text.count("Go on?"), project.applied()) == (0, 1, ["a1"])


def _env(project: Project) -> str:
    scheme, _, rest = project.url.partition("://")
    dialect = scheme.partition("+")[0]
    return ENV.format(url=f"{dialect}+{'aiosqlite' if dialect == 'sqlite' else 'asyncpg'}://{rest}")

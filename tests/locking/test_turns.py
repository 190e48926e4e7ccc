"""On SQLite another run may come between two revisions; each revision runs once all the same."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from alembic import command
from alembic.command.company import companions
from alembic.config import Config
from alembic.errors.locking import RunOvertaken, VersionsOutdated
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.events import StepDone
from alembic.script import ScriptDirectory
from tests.locking.crowd import ask, counted, do, runs
from tests.project import Project

REVISIONS = ["a1", "b2", "c3", "d4"]


def upgrade(project: Project, listener: Any) -> None:
    config = Config(str(project.config_file))
    script = ScriptDirectory.from_config(config)
    environment = EnvironmentContext(
        config,
        script,
        fn=lambda rows, context: script._upgrade_revs("head", rows),
        companions=companions(config),
        listeners=[listener],
    )
    with environment, sa.create_engine(project.url).connect() as connection:
        environment.configure(connection)
        with environment.begin_transaction():
            environment.run_migrations()


@pytest.mark.parametrize("recorded", [True, False])
def test_two_runs_take_turns(project: Project, sqlite_url: str, recorded: bool) -> None:
    """The second comes when the first has done one step, and does two."""
    project.configure(sqlite_url, ini="" if recorded else "history = false\nrecovery = false")
    counted(project, REVISIONS)
    came: list[str] = []

    def come_in_between(event: object) -> None:
        if isinstance(event, StepDone) and not came:
            came.append("once")
            project.run("upgrade", "c3").ok()

    upgrade(project, come_in_between)
    assert runs(project) == REVISIONS
    assert project.applied() == ["d4"]
    if recorded:
        rows = ask(
            sqlite_url, "SELECT revision, outcome FROM alembic_history WHERE revision <> '' ORDER BY seq"
        )
        assert [row for row in rows if row[1] == "done"] == [(name, "done") for name in REVISIONS]
        project.call("log", "--verify").ok()
        assert "died" not in project.call("log").ok().stdout


# PRAGMA foreign_keys is nothing inside of a transaction, so that what was done before it is committed.
OUTSIDE = """
op.execute("INSERT INTO runs VALUES ('before')")
op.execute("PRAGMA foreign_keys = OFF")
if len(op.get_context().environment_context.listeners):
    op.get_context().environment_context.listeners[0]("outside")
op.execute("INSERT INTO runs VALUES ('behind')")
"""


def test_a_run_that_is_overtaken_half_way_says_so(project: Project, sqlite_url: str) -> None:
    """Part of the revision is committed, so that it can't be planned anew."""
    project.configure(sqlite_url, ini="recovery = false")
    do(sqlite_url, "CREATE TABLE runs (revision VARCHAR(20))")
    project.revision("a1", upgrade=OUTSIDE)

    def overtake(event: object) -> None:
        if event == "outside":
            do(
                sqlite_url,
                "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"
                if not ask(sqlite_url, "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'")
                else "SELECT 1",
                "INSERT INTO alembic_version VALUES ('z9')",
            )

    with pytest.raises(RunOvertaken, match="from base to z9"):
        upgrade(project, overtake)
    assert runs(project) == ["before"]


def test_a_transaction_that_sees_old_versions_runs_nothing(
    project: Project, mariadb_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The caller's snapshot was made before another run; in it the revision seems not to have run."""
    monkeypatch.chdir(project.directory)
    project.configure(mariadb_url)
    project.call("ensure_version").ok()
    do(mariadb_url, "CREATE TABLE runs (revision VARCHAR(20))")
    project.revision("a", upgrade="op.execute(\"INSERT INTO runs VALUES ('a')\")")
    usual = project.env_py.read_text("utf-8")
    with sa.create_engine(mariadb_url).connect() as connection, connection.begin():
        connection.execute(sa.text("SELECT * FROM alembic_version")).all()
        project.call("upgrade", "head").ok()
        project.env_py.write_text(
            "from alembic import context\n"
            "context.configure(connection=context.config.attributes['connection'])\n"
            "with context.begin_transaction():\n    context.run_migrations()\n",
            "utf-8",
        )
        config = Config(str(project.config_file))
        config.attributes["connection"] = connection
        with pytest.raises(VersionsOutdated, match="from base to a"):
            command.upgrade(config, "head")
    project.env_py.write_text(usual, "utf-8")
    assert runs(project) == ["a"]

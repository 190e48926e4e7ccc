"""Point 3 of issue 5: ``alembic status``, the truth about a database, with an exit status for each case."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from alembic import command
from alembic.command.past import entries_of
from alembic.config import Config
from alembic.journal.checksum import checksum_of
from alembic.journal.entries import DONE, DOWNGRADE, FAILED, STAMP, STARTED, UPGRADE, Entry
from alembic.journal.table import History
from alembic.runtime.migration import MigrationContext
from tests.project import Project, _restored_process

BLANK = Entry(
    seq=0,
    version_table="",
    run_id="run",
    revision="",
    direction=UPGRADE,
    outcome=DONE,
    started_at="2026-11-22T15:20:00.000000Z",
    ended_at="2026-11-22T15:20:01.500000Z",
    error="",
    user_name="bob",
    host="web1",
    pid=7,
    application_version="1.2",
    tool_version="2",
    checksum="",
    statements=3,
    remaining=0,
    previous_hash="",
    hash="",
)


def _write(project: Project, *drafts: Entry) -> None:
    """Give the database a history."""
    with create_engine(project.url, poolclass=NullPool).connect() as connection:
        history = History.of(MigrationContext.configure(connection))
        history.ensure(connection, spoils=False)
        named = [draft._replace(version_table=history.version_table) for draft in drafts]
        history.append(connection, None, named)
        connection.commit()


def _without_history(project: Project) -> Project:
    return project.configure(ini="history = false\nlock = false")


def _told(project: Project) -> tuple[int, dict[str, Any]]:
    result = project.call("status", "--format", "json")
    document = json.loads(result.stdout)
    assert document.get("exit_status") == result.code, result
    (database,) = document["databases"]
    return result.code, database


class TestCases:
    def test_at_the_head(self, project: Project, database_url: str) -> None:
        _without_history(project.configure(database_url)).chain("a1", "b2")
        project.call("upgrade", "head").ok()
        result = project.call("status").ok()
        assert result.stdout.splitlines()[1] == "at:           b2 (head)"
        code, told = _told(project)
        assert (code, told["cases"], told["rows"], told["heads"]) == (0, [], ["b2"], ["b2"])

    def test_nothing_at_all(self, project: Project) -> None:
        assert _told(project)[0] == 0

    def test_pending_is_3(self, project: Project, database_url: str) -> None:
        _without_history(project.configure(database_url)).chain("a1", "b2", "c3")
        assert _told(project)[1]["pending"] == ["a1", "b2", "c3"]
        project.call("upgrade", "a1").ok()
        result = project.call("status")
        assert result.code == 3
        assert "pending:      2 revisions\n  b2, revision b2\n  c3, revision c3\n" in result.stdout
        assert project.applied() == ["a1"]

    def test_nothing_is_written(self, project: Project) -> None:
        project.chain("a1")
        project.call("status")
        with create_engine(project.url).connect() as connection:
            assert not connection.dialect.has_table(connection, "alembic_version")

    def test_ahead_is_4(self, project: Project) -> None:
        _without_history(project).chain("a1", "b2")
        project.call("upgrade", "head").ok()
        (project.versions / "b2_.py").unlink()
        result = project.call("status")
        assert (result.code, "ahead:        b2: no revision file has it" in result.stdout) == (4, True)
        assert _told(project)[1]["pending"] == [], "a1 is below what is unknown"

    def test_ahead_says_when_and_with_which_version(self, project: Project) -> None:
        _without_history(project).chain("a1", "b2")
        project.call("upgrade", "head").ok()
        _write(project, BLANK._replace(revision="a1"), BLANK._replace(revision="b2"))
        (project.versions / "b2_.py").unlink()
        told = project.call("status").stdout
        assert "applied at 2026-11-22 15:20:01 UTC by bob@web1 with version 1.2" in told

    def test_ahead_and_behind(self, project: Project) -> None:
        """What the history doesn't know was applied with what is unknown, is pending."""
        _without_history(project).chain("a1", "b2", "c3")
        project.call("upgrade", "head").ok()
        _write(project, *(BLANK._replace(revision=each) for each in ("a1", "c3")))
        (project.versions / "c3_.py").unlink()
        code, told = _told(project)
        assert (code, told["cases"], told["pending"]) == (4, ["ahead", "pending"], ["b2"])

    def test_changed_is_6(self, project: Project) -> None:
        _without_history(project).chain("a1", "b2")
        project.call("upgrade", "head").ok()
        path = project.versions / "a1_.py"
        checksum = checksum_of(str(path))
        assert checksum
        _write(project, BLANK._replace(revision="a1", checksum=checksum))
        path.write_text(f"# a comment\n{path.read_text('utf-8')}", "utf-8")
        assert _told(project)[0] == 0
        path.write_text(path.read_text("utf-8").replace("t_a1", "t_other"), "utf-8")
        code, told = _told(project)
        assert (code, told["cases"]) == (6, ["changed"])
        assert (told["changed"][0]["revision"], told["changed"][0]["path"]) == ("a1", str(path))

    def test_a_stamp_accepts_changed_files(self, project: Project, database_url: str) -> None:
        project.configure(database_url).chain("a1", "b2")
        project.call("upgrade", "head").ok()
        path = project.versions / "a1_.py"
        path.write_text(path.read_text("utf-8") + "\nNEW = 1\n", "utf-8")
        assert _told(project)[1]["cases"] == ["changed"]
        project.call("stamp", "--purge", "--verify", "head").ok()
        assert _told(project)[0] == 0

    def test_the_gravest_case_counts(self, project: Project) -> None:
        _without_history(project).chain("a1", "b2")
        project.call("upgrade", "a1").ok()
        _write(project, BLANK._replace(revision="a1", checksum="other"))
        code, told = _told(project)
        assert (code, told["cases"]) == (6, ["changed", "pending"])

    def test_a_failure_has_the_status_of_failures(self, project: Project) -> None:
        project.env_py.write_text("1 / 0", "utf-8")
        result = project.call("status", "--format", "json")
        assert (result.code, json.loads(result.stdout)["status"]) == (1, "failed")
        project.chain("a1")
        project.revision("b2", "nope")
        assert project.configure().call("status").code == 255


class TestNeverRan:
    """Trap 21: a revision put below applied ones is never applied, and nobody notices."""

    def _inserted(self, project: Project) -> None:
        _without_history(project).chain("a1", "c3")
        project.call("upgrade", "head").ok()
        project.revision("b2", "a1")
        project.revision("c3", "b2")

    def test_the_history_knows(self, project: Project) -> None:
        self._inserted(project)
        assert _told(project)[0] == 0, "nothing tells: neither dates nor a history"
        _write(project, BLANK._replace(revision="a1"), BLANK._replace(revision="c3"))
        code, told = _told(project)
        assert (code, told["cases"]) == (7, ["never-ran"])
        assert told["never_ran"] == [
            {
                "revision": "b2",
                "path": str(project.versions / "b2_.py"),
                "why": "it counts as applied, but revisions before and after it have run, the history says, "
                "and it has not",
            }
        ]

    def test_a_stamp_says_that_it_is_there(self, project: Project) -> None:
        self._inserted(project)
        entries = [BLANK._replace(revision="a1"), BLANK._replace(revision="c3", direction=STAMP)]
        _write(project, *entries)
        assert _told(project)[0] == 0

    def test_back_and_forth_again_runs_it(self, project: Project) -> None:
        self._inserted(project)
        steps = [("a1", UPGRADE), ("c3", UPGRADE), ("c3", DOWNGRADE), ("b2", UPGRADE), ("c3", UPGRADE)]
        _write(project, *(BLANK._replace(revision=name, direction=way) for name, way in steps))
        assert _told(project)[0] == 0

    def test_what_ran_before_the_history_began_is_trusted(self, project: Project) -> None:
        self._inserted(project)
        _write(project, BLANK._replace(revision="c3"))
        assert _told(project)[0] == 0

    def test_dates_tell_without_a_history_and_the_history_knows_better(self, project: Project) -> None:
        _without_history(project)
        days = {"a1": 1, "b2": 9, "c3": 3}
        for down, name in ((None, "a1"), ("a1", "b2"), ("b2", "c3")):
            date = f"2026-01-0{days[name]} 10:00:00+00:00"
            project.revision(name, down, message=f"x\n\nRevision ID: {name}\nCreate Date: {date}\n")
        project.call("upgrade", "head").ok()
        code, told = _told(project)
        assert (code, told["never_ran"][0]["revision"]) == (7, "b2")
        _write(project, *(BLANK._replace(revision=name) for name in days))
        assert _told(project)[0] == 0


class TestRuns:
    def test_the_last_run(self, project: Project) -> None:
        _without_history(project).chain("a1", "b2")
        project.call("upgrade", "head").ok()
        assert _told(project)[1]["last_run"] is None
        _write(
            project,
            BLANK._replace(run_id="one", revision="a1"),
            BLANK._replace(run_id="two", outcome=STARTED, ended_at="", remaining=1),
            BLANK._replace(run_id="two", revision="b2", outcome=FAILED, error="no such table: x\nmore"),
        )
        result = project.call("status").ok()
        assert result.stdout.splitlines()[-1] == (
            "last run:     upgrade b2, failed: no such table: x; 2026-11-22 15:20:00 UTC, 0 revisions in 1.50"
            " s, by bob@web1, version 1.2"
        )
        last = _told(project)[1]["last_run"]
        assert (last["outcome"], last["seconds"], last["revisions"]) == ("failed", 1.5, [])

    def test_a_run_that_never_said_how_it_ended(self, project: Project) -> None:
        _without_history(project).chain("a1")
        project.call("upgrade", "head").ok()
        _write(project, BLANK._replace(outcome=STARTED, ended_at="", remaining=4))
        result = project.call("status").ok()
        assert (
            "unfinished:   upgrade of 2026-11-22 15:20:00 UTC by bob@web1, 4 steps were left: it has died, "
            "or goes on"
        ) in result.stdout

    def test_another_version_tables_rows_are_not_ours(self, project: Project) -> None:
        _without_history(project).chain("a1")
        project.call("upgrade", "head").ok()
        _write(project, BLANK._replace(revision="a1", checksum="other"))
        with create_engine(project.url).begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_history SET version_table = 'tenants'")
        assert _told(project)[0] == 0


class TestHalfApplied:
    def test_half_applied_is_5(self, project: Project, mariadb_url: str) -> None:
        path = project.configure(mariadb_url).revision(
            "a1", upgrade='op.execute("CREATE TABLE t (n INT)")\nop.execute("nonsense")'
        )
        assert project.call("upgrade", "head").code == 1
        result = project.call("status")
        assert result.code == 5
        assert "half-applied: a1: its upgrade was interrupted; 1 statement took effect\n" in result.stdout
        code, told = _told(project)
        assert (code, told["cases"], told["running"]) == (5, ["half-applied", "pending"], None)
        assert told["half_applied"][0]["path"] == str(path)
        path.write_text(path.read_text("utf-8").replace("nonsense", "SELECT 1"), "utf-8")
        project.call("upgrade", "head").ok()
        assert _told(project)[0] == 0

    def test_tables_that_are_made_while_it_looks(self, project: Project, mariadb_url: str) -> None:
        """MariaDB reads no table that is younger than what the transaction has read before."""
        project.configure(mariadb_url).chain("a1")
        project.call("upgrade", "head").ok()
        with create_engine(mariadb_url, poolclass=NullPool).connect() as connection:
            connection.exec_driver_sql("RENAME TABLE alembic_history TO kept")
            context = MigrationContext.configure(connection)
            assert context.get_current_heads() == ("a1",)
            with create_engine(mariadb_url, poolclass=NullPool).connect() as other:
                other.exec_driver_sql("CREATE TABLE alembic_history LIKE kept")
            assert entries_of(context) == []

    def test_not_where_ddl_is_transactional(self, project: Project, postgresql_url: str) -> None:
        project.configure(postgresql_url).revision(
            "a1", upgrade='op.execute("CREATE TABLE t (n INT)")\nop.execute("nonsense")'
        )
        assert project.call("upgrade", "head").code == 1
        assert _told(project)[1]["cases"] == ["pending"]

    @pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
    def test_a_run_that_goes_on_is_no_half_applied_one(
        self, project: Project, request: pytest.FixtureRequest, kind: str
    ) -> None:
        sleep = {"postgresql": "SELECT pg_sleep(30)", "mariadb": "SELECT sleep(30)"}[kind]
        project.configure(request.getfixturevalue(f"{kind}_url"))
        project.revision("a1", upgrade=f'op.execute("CREATE TABLE t (n INT)")\nop.execute("{sleep}")')
        run = subprocess.Popen([sys.executable, "-m", "alembic", "upgrade", "head"], cwd=project.directory)
        try:
            told = _once_running(project)
            assert told["cases"] == ["pending"]
            assert f"process {run.pid} on " in told["running"]
            shown = project.call("status")
            assert (shown.code, f"running:      process {run.pid} on " in shown.stdout) == (3, True)
        finally:
            run.kill()
            run.wait()


def _once_running(project: Project) -> dict[str, Any]:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        told = _told(project)[1]
        # MariaDB: for a moment the lock is held already, and the table doesn't say yet by whom.
        if told["running"] is not None and "process " in told["running"]:
            return told
        time.sleep(0.2)
    raise AssertionError(f"the run was never seen with its name, last: {told['running']}")


def test_several_databases(project: Project, tmp_path: Path) -> None:
    other = f"sqlite:///{tmp_path / 'other.db'}"
    env = project.env_py.read_text("utf-8").replace(
        "    with create_engine(url, poolclass=pool.NullPool).connect() as connection:\n"
        "        migrate(connection=connection)",
        f"    for each in [url, {other!r}]:\n"
        "        with create_engine(each, poolclass=pool.NullPool).connect() as connection:\n"
        "            migrate(connection=connection)",
    )
    project.chain("a1")
    project.call("upgrade", "head").ok()
    project.env_py.write_text(env, "utf-8")
    result = project.call("status", "--format", "json")
    told = json.loads(result.stdout)
    assert (result.code, told["status"]) == (3, "pending")
    assert [each["cases"] for each in told["databases"]] == [[], ["pending"]]


def test_tenants_in_schemas_are_told_apart(project: Project, postgresql_url: str) -> None:
    project.configure(postgresql_url)
    project.env_py.write_text(
        project.env_py.read_text("utf-8").replace(
            "        migrate(connection=connection)",
            "        for each in ('one', 'two'):\n"
            "            connection.exec_driver_sql(f'CREATE SCHEMA IF NOT EXISTS {each}')\n"
            "            connection.commit()\n"
            "            migrate(connection=connection, version_table_schema=each)",
        ),
        "utf-8",
    )
    project.revision("a1")
    assert (
        project.call("status").stdout.count("\nversions:     one.alembic_version\nat:           base\n") == 1
    )
    project.call("upgrade", "head").ok()
    result = project.call("status", "--format", "json").ok()
    tables = [each["version_table"] for each in json.loads(result.stdout)["databases"]]
    assert tables == ["one.alembic_version", "two.alembic_version"]
    result = project.call("downgrade", "base", "--format", "json").ok()
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert [each["version_table"] for each in told if each["event"] == "plan"] == tables


def test_from_python(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.chain("a1", "b2")
    with _restored_process(project.directory):
        found = command.status(Config(str(project.config_file)))
    assert (found.exit_status, found.cases) == (3, ["pending"])
    assert found.databases[0].pending == ("a1", "b2")
    assert "at:           base\n" in capsys.readouterr().out

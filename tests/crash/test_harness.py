"""The harness itself, on SQLite: what it counts, where it strikes, what it finds."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection

from alembic.testing.crash import Action, CommandFailed, Moment, Point, SQLiteFile
from alembic.testing.crash.forks import Command
from alembic.testing.pytest_plugin import PytestCrashTest, SharedForks
from tests.project import Project

Make = Callable[..., PytestCrashTest]

TABLE = """
op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer))
op.execute("INSERT INTO t (n) VALUES (1), (2)")
"""
# The numbers here are those of the migrations alone.
ALONE = {"ALEMBIC_LOCK": "false", "ALEMBIC_HISTORY": "false", "ALEMBIC_RECOVERY": "false"}
COMMITS = "op.get_bind().connection.driver_connection.commit()"


@pytest.fixture
def test_of(project: Project, crash_test: Make) -> Make:
    """A crash test of the project on its own SQLite file."""

    def make(**options: object) -> PytestCrashTest:
        database = SQLiteFile(project.directory / "database.db", prepare=options.pop("prepare", None))  # type: ignore[arg-type]
        return crash_test(database, directory=project.directory, environment=ALONE, **options)

    return make


def test_it_counts_what_may_change_something(project: Project, test_of: Make) -> None:
    project.revision("a", upgrade=f'{TABLE}op.get_bind().execute(sa.text("SELECT 1"))')
    actions = test_of().reference().actions
    assert [action.text.split()[:3] for action in actions] == [
        ["CREATE", "TABLE", "alembic_version"],
        ["CREATE", "TABLE", "t"],
        ["INSERT", "INTO", "t"],
        ["INSERT", "INTO", "alembic_version"],
        ["COMMIT"],
    ]
    assert [action.changes("alembic_version") for action in actions] == [False, False, False, True, False]


def test_every_point_of_ordinary_revisions_converges(project: Project, test_of: Make) -> None:
    project.revision("a", upgrade=TABLE)
    project.revision(
        "b",
        "a",
        upgrade="""
        with op.batch_alter_table("t") as batch:
            batch.alter_column("n", nullable=False, server_default="5")
        op.execute("UPDATE t SET n = n + 1")
        op.create_index("ix", "t", ["n"])
        """,
    )
    test = test_of()
    report = test.check()
    assert {outcome.point.moment for outcome in report.outcomes} == set(Moment)
    assert len(report.outcomes) == len(test.points()) > 2 * len(report.actions)


def test_what_commits_halfway_is_caught(project: Project, test_of: Make) -> None:
    project.revision("a", upgrade=f'{TABLE}{COMMITS}\nop.execute("UPDATE t SET n = n + 1")')
    report = test_of().run()
    # The version table and t are committed before the UPDATE, the version is not.
    failed = {(one.point.action.number, one.point.moment) for one in report.failures}
    expected = {(4, moment) for moment in Moment} | {(5, moment) for moment in Moment} | {(6, Moment.BEFORE)}
    assert failed == expected
    with pytest.raises(AssertionError, match=r"7 were not recovered from\n.*before 4: UPDATE t") as caught:
        report.check()
    assert "table t already exists" in str(caught.value)
    assert "-row of alembic_version: version_num='a'" in str(caught.value)


def test_data_that_is_changed_twice_is_caught(project: Project, test_of: Make) -> None:
    project.revision("a", upgrade=TABLE)
    project.revision("b", "a", upgrade=f'op.execute("UPDATE t SET n = n * 3")\n{COMMITS}')
    failures = test_of(start="a").run().failures
    assert [failure.statuses for failure in failures] == [(0,)] * len(failures)
    assert "-row of t: id=1, n=3" in failures[0].difference
    assert "+row of t: id=1, n=9" in failures[0].difference


def test_rows_from_before_are_there_each_time(project: Project, test_of: Make) -> None:
    def prepare(connection: Connection) -> None:
        connection.exec_driver_sql("CREATE TABLE old (n INTEGER)")
        connection.exec_driver_sql("INSERT INTO old VALUES (41)")

    project.revision("a", upgrade='op.execute("UPDATE old SET n = n + 1")')
    test = test_of(prepare=prepare)
    assert test.reference().dump.rows["old"].values == (("42",),)
    test.check()


def test_values_that_are_new_each_time_are_not_compared(project: Project, test_of: Make) -> None:
    project.revision("a", upgrade=f'{TABLE}op.execute("UPDATE t SET n = abs(random())")')
    test = test_of()
    assert test.reference().unstable == {"t": ("n",)}
    test.check()


def test_a_history_that_does_something_else_each_time_cannot_be_tested(
    project: Project, test_of: Make
) -> None:
    project.revision(
        "a", upgrade='import uuid\nop.create_table("t" + uuid.uuid4().hex, sa.Column("id", sa.Integer))'
    )
    with pytest.raises(CommandFailed, match="two uninterrupted runs do not make the same database"):
        test_of().reference()


def test_a_history_that_fails_cannot_be_tested(project: Project, test_of: Make) -> None:
    project.revision("a", upgrade='op.drop_table("missing")')
    with pytest.raises(CommandFailed, match=r"(?s)exit status 1.*no such table: missing"):
        test_of().reference()


def test_a_place_that_is_not_reached_is_no_success(project: Project, test_of: Make) -> None:
    project.revision("a", upgrade=TABLE)
    outcome = test_of().crash(Point(Action(99, "UPDATE"), Moment.AFTER))
    assert not outcome.reached and not outcome.converged
    assert "ended before that" in str(outcome)


def test_a_run_that_hangs_is_ended(project: Project, test_of: Make) -> None:
    project.revision("a", upgrade="import time\ntime.sleep(600)")
    with pytest.raises(CommandFailed, match="exit status -9"):
        test_of(timeout=1.5).reference()


def test_other_commands_can_be_tested(project: Project, test_of: Make) -> None:
    project.chain("a", "b")
    test = test_of(start="b", command=("downgrade", "base"))
    assert test.reference().dump.rows.keys() == {"alembic_version"}
    test.check()


def test_the_sample_is_of_the_size_asked_for_and_has_the_version_changes(
    project: Project, test_of: Make
) -> None:
    project.chain("a", "b", "c")
    test = test_of()
    some = test.points(at_most=7)
    assert 5 <= len(some) <= 7
    assert sum(p.action.changes("alembic_version") and p.moment is Moment.BEFORE for p in some) >= 3
    assert some == test.points(at_most=7)
    assert set(test.points((Moment.BEFORE,))) < set(test.points())


@pytest.mark.parametrize("moment", Moment)
def test_nothing_happens_after_the_blow(
    moment: Moment, project: Project, crash_forks: SharedForks, tmp_path: Path
) -> None:
    project.revision("a", upgrade=f'{TABLE}open("after", "w").close()')
    forks, record = crash_forks.for_database(project.url), tmp_path / "record"
    # In the middle of the third action, the INSERT.
    command = Command(
        ("upgrade", "head"),
        str(project.directory),
        str(tmp_path / "output"),
        record=str(record),
        strike=(3, moment.value, 5.0),
        environment=ALONE,
    )
    assert forks.wait(forks.start(command), 60) == -9
    lines = [json.loads(line) for line in record.read_text().splitlines()]
    done = [line[1].split()[0] for line in lines[:-1]]
    assert lines[-1] == "struck"
    assert done == ["CREATE", "CREATE"] + ["INSERT"] * (moment is Moment.AFTER)
    assert not (project.directory / "after").exists()
    assert project.tables() == []


def test_connections_beside_the_main_one_are_watched(project: Project, test_of: Make) -> None:
    project.revision(
        "a",
        upgrade="""
        beside = sa.create_engine("sqlite:///beside.db").connect()
        beside.exec_driver_sql("CREATE TABLE IF NOT EXISTS b (n)")
        op.create_table("t", sa.Column("n", sa.Integer))
        """,
    )
    actions = test_of().reference().actions
    assert [action.connection for action in actions] == [1, 2, 1, 1, 1]


def test_an_async_engine_is_watched(project: Project, test_of: Make) -> None:
    project.env_py.write_text(
        """
import asyncio
from sqlalchemy.ext.asyncio import create_async_engine
from alembic import context

def run(connection):
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()

async def main():
    url = context.config.get_main_option("sqlalchemy.url").replace("sqlite:", "sqlite+aiosqlite:")
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        await connection.run_sync(run)
    await engine.dispose()

asyncio.run(main())
"""
    )
    project.revision("a", upgrade=TABLE)
    report = test_of(points=8).check()
    assert [action.text.split()[0] for action in report.actions[:4]] == [
        "CREATE",
        "CREATE",
        "INSERT",
        "INSERT",
    ]


def test_functions_are_called_in_each_process_first(project: Project, test_of: Make, tmp_path: Path) -> None:
    (tmp_path / "first.py").write_text(
        f"def note():\n    open({str(tmp_path / 'noted')!r}, 'a').write('x')\n"
    )
    project.revision("a", upgrade=TABLE)
    test = test_of(before=[f"{tmp_path / 'first.py'}:note"], rivals=1)
    test.run(test.points()[:1])
    assert (tmp_path / "noted").read_text() == "xxxx"  # twice to compare with, the crash, and once more

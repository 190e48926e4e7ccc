"""What accompanies a run is told of everything in order, and of its end however that comes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from alembic.config import Config
from alembic.runtime.companions import Companion
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.runtime.statements import Call
from alembic.script import ScriptDirectory
from alembic.script.steps import MigrationStep
from tests.project import Project


class Boom(Exception):
    pass


class Diary(Companion):
    """Writes down what it is told."""

    entries: list[Any]

    def __init__(self, context: MigrationContext) -> None:
        super().__init__(context)
        self.entries = context.opts["diary"]

    def acquire(self, steps: Sequence[MigrationStep]) -> None:
        self.entries.append(("acquire", len(steps)))
        if self.context.opts.get("waits"):
            self.context.give_way()
            self.context.opts["waits"]()

    def begin(self, steps: Sequence[MigrationStep]) -> None:
        self.entries.append(("begin", len(steps)))

    def step_begins(self, step: MigrationStep) -> None:
        self.entries.append("step begins")

    def step_applied(self, step: MigrationStep, heads: tuple[str, ...]) -> None:
        self.entries.append(("applied", heads))

    def step_done(self, step: MigrationStep, heads: tuple[str, ...]) -> None:
        self.entries.append(("done", heads))

    def transaction_begun(self) -> None:
        self.entries.append("begun")

    def before_commit(self) -> None:
        self.entries.append("commit")

    def autocommit_begins(self) -> None:
        self.entries.append("autocommit")

    def autocommit_ends(self) -> None:
        self.entries.append("autocommit over")

    def failed(self, step: MigrationStep | None, error: BaseException) -> None:
        in_transaction = self.connection.in_transaction()
        self.entries.append(
            ("failed", step and step.info.up_revision_id, type(error).__name__, in_transaction)
        )

    def release(self) -> None:
        self.entries.append("release")

    def before(self, call: Call) -> None:
        if call.sql.startswith("CREATE TABLE t"):
            self.entries.append(call.sql.split(" (")[0].strip())

    def after(self, call: Call) -> None:
        if call.sql.startswith("CREATE TABLE t"):
            self.entries.append("created")


@contextmanager
def connected(url: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


def upgrade(
    project: Project, url: str, *, outer: bool = True, target: str = "head", **opts: Any
) -> list[Any]:
    diary: list[Any] = []
    script = ScriptDirectory(str(project.directory / "migrations"))
    environment = EnvironmentContext(
        Config(),
        script,
        fn=lambda rows, context: script._upgrade_revs(target, rows),
        companions=[Diary],
    )
    with environment, connected(url) as connection:
        environment.configure(connection, diary=diary, **opts)
        try:
            if outer:
                with environment.begin_transaction():
                    environment.run_migrations()
            else:
                environment.run_migrations()
        except Boom:
            diary.append("raised")
    return diary


def chain(project: Project, second: str = "") -> None:
    project.revision("a1", upgrade='op.execute("CREATE TABLE t1 (x int)")')
    project.revision("b1", "a1", upgrade=f'op.execute("CREATE TABLE t2 (x int)")\n{second or "pass"}')


STEP_1 = ["step begins", "CREATE TABLE t1", "created", ("applied", ("a1",))]
STEP_2 = ["step begins", "CREATE TABLE t2", "created", ("applied", ("b1",))]
DONE_1, DONE_2 = ("done", ("a1",)), ("done", ("b1",))
FAIL = "from tests.runtime.test_companions import Boom; raise Boom"


@pytest.mark.parametrize("outer", [True, False])
def test_one_transaction_for_all(project: Project, postgresql_url: str, outer: bool) -> None:
    chain(project)
    assert upgrade(project, postgresql_url, outer=outer) == [
        *(("acquire", 2), ("begin", 2)),
        *(*STEP_1, DONE_1, *STEP_2, DONE_2),
        *("commit", "release"),
    ]


@pytest.mark.parametrize("outer", [True, False])
def test_a_transaction_for_each_step(project: Project, database_url: str, outer: bool) -> None:
    chain(project)
    assert upgrade(project, database_url, outer=outer, transaction_per_migration=True) == [
        *(("acquire", 2), ("begin", 2)),
        *("begun", *STEP_1, "commit", DONE_1),
        *("begun", *STEP_2, "commit", DONE_2),
        "release",
    ]


def test_nothing_to_do_is_done_alone(project: Project, database_url: str) -> None:
    chain(project)
    upgrade(project, database_url)
    assert upgrade(project, database_url) == []


@pytest.mark.parametrize("outer", [True, False])
def test_a_failure_is_told_after_the_rollback(project: Project, postgresql_url: str, outer: bool) -> None:
    chain(project, FAIL)
    entries = upgrade(project, postgresql_url, outer=outer)
    assert entries[-3:] == [("failed", "b1", "Boom", False), "release", "raised"]
    assert "commit" not in entries


def test_a_failure_between_steps_with_transactions(project: Project, database_url: str) -> None:
    chain(project, FAIL)
    entries = upgrade(project, database_url, transaction_per_migration=True)
    assert entries[-3:] == [("failed", "b1", "Boom", False), "release", "raised"]
    assert entries.count("commit") == 1


def test_an_autocommit_block(project: Project, postgresql_url: str) -> None:
    chain(project, "with op.get_context().autocommit_block(): op.execute('CREATE TABLE t3 (x int)')")
    assert upgrade(project, postgresql_url)[len(STEP_1) + 3 :] == [
        *("step begins", "CREATE TABLE t2", "created", "commit"),
        *("autocommit", "CREATE TABLE t3", "created", "autocommit over", "begun"),
        *(("applied", ("b1",)), DONE_2, "commit", "release"),
    ]


def test_the_plan_is_made_anew_after_waiting(project: Project, database_url: str) -> None:
    """Another runner has gone on in the meantime: what it did isn't done again."""
    chain(project)

    def wait() -> None:
        assert upgrade(project, database_url, target="a1")[-1] == "release"

    entries = upgrade(project, database_url, waits=wait, transaction_per_migration=True)
    told = [entry for entry in entries if entry != "begun"]
    assert told == [("acquire", 2), ("begin", 1), *STEP_2, "commit", DONE_2, "release"]


def test_another_runner_has_done_it_all(project: Project, database_url: str) -> None:
    chain(project)
    entries = upgrade(project, database_url, waits=lambda: upgrade(project, database_url))
    assert [entry for entry in entries if entry not in ("begun", "commit")] == [("acquire", 2), "release"]


def test_a_transaction_of_the_callers(project: Project, postgresql_url: str) -> None:
    chain(project, FAIL)
    diary: list[Any] = []
    script = ScriptDirectory(str(project.directory / "migrations"))
    environment = EnvironmentContext(
        Config(), script, fn=lambda rows, _: script._upgrade_revs("head", rows), companions=[Diary]
    )
    with connected(postgresql_url) as connection, pytest.raises(Boom), environment, connection.begin():
        environment.configure(connection, diary=diary)
        with environment.begin_transaction():
            environment.run_migrations()
    assert diary[-2:] == [("failed", "b1", "Boom", True), "release"]
    assert "commit" not in diary and "begun" not in diary


def test_the_side_connection_is_apart(project: Project, database_url: str) -> None:
    """It sees nothing of an open transaction, saves what it does at once, and is closed with the run."""
    if database_url.startswith("sqlite"):
        pytest.skip("where one connection writes, another can't")
    seen: list[Any] = []

    class Side(Companion):
        def begin(self, steps: Sequence[MigrationStep]) -> None:
            self.side = self.context._company.side.get()
            self.side.exec_driver_sql("CREATE TABLE aside (x int)")

        def release(self) -> None:
            seen.append(self.side)

    chain(project, FAIL)
    script = ScriptDirectory(str(project.directory / "migrations"))
    environment = EnvironmentContext(
        Config(), script, fn=lambda rows, _: script._upgrade_revs("head", rows), companions=[Side]
    )
    engine = sa.create_engine(database_url, pool_size=1, max_overflow=0, pool_timeout=1)
    with engine.connect() as connection, environment:
        environment.configure(connection)
        with pytest.raises(Boom), environment.begin_transaction():
            environment.run_migrations()
    assert [side.closed for side in seen] == [True]
    with engine.connect() as connection:
        assert sa.inspect(connection).has_table("aside")
    engine.dispose()

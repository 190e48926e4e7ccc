"""Published histories end in the same schema and give the same scripts as under the genuine package."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.project import INI, Result
from tests.real import applications, dumps
from tests.real.applications import APPLICATIONS, Application, Journey
from tests.servers import Unavailable, lease

OFFLINE = Path(__file__).with_name("offline.py")
JOURNEYS = [(a.name, kind) for a in APPLICATIONS.values() for kind in a.journeys]

# Scripts that differ from the genuine package's on purpose: (what was asked for, dialect) → the reason.
ACCEPTED: dict[tuple[str, str], str] = {}

# Lines of a schema that ours has and the genuine package's has not: (pattern, the reason).
ACCEPTED_LINES = (
    (
        r"COMMENT ON TYPE .* IS 'Created by a migration .*",
        "marks the enum types that a migration made, so that they are dropped with their last user",
    ),
)


class Bench:
    """One application's history, run by one interpreter on databases of its own."""

    def __init__(self, application: Application, python: Path, path: list[Path], directory: Path) -> None:
        self.application = application
        self.python = python
        self.directory = directory
        directory.mkdir()
        self._path = os.pathsep.join(map(str, path))
        self._scripts = path[0] / application.scripts

    def configure(self, url: str) -> Path:
        ini = INI.format(url=url, extra="").replace("%(here)s/migrations", str(self._scripts))
        path = self.directory / "alembic.ini"
        path.write_text(ini, "utf-8")
        return path

    def python_run(self, *argv: str) -> Result:
        environment = {**os.environ, "PYTHONPATH": self._path, "PYTHONDONTWRITEBYTECODE": "1"}
        argv = (str(self.python), *argv)
        outcome = subprocess.run(argv, cwd=self.directory, env=environment, capture_output=True, text=True)
        return Result(outcome.stdout, outcome.stderr, outcome.returncode)

    def alembic(self, *argv: str) -> Result:
        return self.python_run("-m", "alembic", *argv)

    def start(self, url: str, journey: Journey) -> None:
        """What the first revision expects to find."""
        self.configure(url)
        with create_engine(url, poolclass=NullPool).begin() as connection:
            for statement in self.application.initial_tables:
                connection.execute(text(statement))
        if self.application.initial_models:
            models = self.application.initial_models
            program = f"import sqlalchemy; from {models} import Base; "
            program += f"Base.metadata.create_all(sqlalchemy.create_engine({url!r}))"
            self.python_run("-c", program).ok()
        if journey.stamped:
            self.alembic("stamp", journey.stamped).ok()


@pytest.fixture(scope="module")
def path() -> list[Path]:
    try:
        return applications.unpacked()
    except Unavailable as error:
        pytest.skip(f"applications: left out: {error}")


@pytest.fixture
def both(
    request: pytest.FixtureRequest, genuine: Path, path: list[Path], tmp_path: Path
) -> tuple[Bench, Bench]:
    application = APPLICATIONS[request.param]
    ours = Bench(application, Path(sys.executable), path, tmp_path / "ours")
    return ours, Bench(application, genuine, path, tmp_path / "theirs")


@pytest.fixture
def kind(request: pytest.FixtureRequest) -> str:
    """The kind of database; its server runs."""
    name = str(request.param)
    if name != "sqlite":
        request.getfixturevalue(f"{name}_url")
    return name


@pytest.fixture
def two_databases(kind: str, tmp_path: Path) -> Iterator[tuple[str, str]]:
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'ours.db'}", f"sqlite:///{tmp_path / 'theirs.db'}"
        return
    with ExitStack() as stack:
        yield stack.enter_context(lease(kind).database()), stack.enter_context(lease(kind).database())


@pytest.mark.parametrize("both", sorted(APPLICATIONS), indirect=True)
@pytest.mark.parametrize("command", ["heads", "history", "history -v"])
def test_reading_commands_print_the_same(both: tuple[Bench, Bench], command: str) -> None:
    ours, theirs = (bench.configure("sqlite://") and bench.alembic(*command.split()).ok() for bench in both)
    assert ours.stdout == theirs.stdout


@pytest.mark.parametrize(("both", "kind"), JOURNEYS, indirect=True)
def test_a_journey_ends_at_the_same_schema(
    both: tuple[Bench, Bench], kind: str, two_databases: tuple[str, str]
) -> None:
    journey = both[0].application.journeys[kind]
    for bench, url in zip(both, two_databases, strict=True):
        bench.start(url, journey)
    _same_after(both, two_databases, "upgrade", journey.to)
    if journey.back:
        _same_after(both, two_databases, "downgrade", journey.back)
        _same_after(both, two_databases, "upgrade", journey.to)


def _same_after(both: tuple[Bench, Bench], urls: tuple[str, str], *command: str) -> None:
    ours, theirs = (bench.alembic(*command).ok() for bench in both)
    assert _steps(ours) == _steps(theirs)
    assert dumps.versions(urls[0]) == dumps.versions(urls[1])
    assert _without_accepted(dumps.schema(urls[0])) == dumps.schema(urls[1])
    assert both[0].alembic("current").ok().stdout == both[1].alembic("current").ok().stdout


def _without_accepted(schema: str) -> str:
    lines = schema.splitlines()
    return "\n".join(line for line in lines if not any(re.match(p, line) for p, _ in ACCEPTED_LINES))


def _steps(result: Result) -> list[str]:
    """The steps that were logged; an application may have silenced the log, then there are none on either side."""
    return re.findall(r"Running (?:up|down)grade .*", result.stderr)


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql+psycopg", "mariadb+pymysql", "mssql", "oracle"])
@pytest.mark.parametrize("both", sorted(APPLICATIONS), indirect=True)
def test_scripts_are_the_same_text(both: tuple[Bench, Bench], dialect: str) -> None:
    scripts = []
    for bench in both:
        url = f"{dialect}://"
        ini = bench.configure(url)
        scripts.append(json.loads(bench.python_run(str(OFFLINE), str(ini), url).ok().stdout.splitlines()[-1]))
    ours, theirs = scripts
    assert ours.keys() == theirs.keys()
    able = {name for name, script in theirs.items() if not script.startswith("failed: ")}
    assert len(able) > 3
    differing = {name for name in able if ours[name] != theirs[name]}
    accepted = {name for name, where in ACCEPTED if where == dialect}
    assert differing == accepted, "\n\n".join(
        f"== {name}\n-- ours:\n{ours[name]}\n-- theirs:\n{theirs[name]}"
        for name in sorted(differing - accepted)
    )

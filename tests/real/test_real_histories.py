"""Published histories end in the same schema and give the same scripts as under the genuine package."""

from __future__ import annotations

import difflib
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
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from tests.absence import absent
from tests.project import INI, Result
from tests.real import applications, dumps
from tests.real.applications import APPLICATIONS, Application, Journey
from tests.servers import Unavailable, lease

OFFLINE = Path(__file__).with_name("offline.py")
JOURNEYS = [(a.name, kind) for a in APPLICATIONS.values() for kind in a.journeys]

Table = tuple[tuple[str, str, str], ...]

OLD_CHECK = "the CHECK that came with a type goes with it, as elsewhere; it would forbid the new values"

NOT_FORGOTTEN = "what MODIFY doesn't repeat is lost; here NOT NULL and the default stay as the history says"

# How our scripts may differ, line by line: (dialect, pattern of a line of the difference, the reason).
# A line that is only ours begins with "+", one that is only in the genuine package's with "-".
ACCEPTED_IN_SCRIPTS: Table = (
    (
        "postgresql",
        r"\+(DO \$\$ BEGIN )?CREATE TYPE ",
        "an enum type is made before a column that needs it is added or altered, where it doesn't exist",
    ),
    (
        "postgresql",
        r"\+(DO \$\$ .*)?DROP TYPE ",
        "an enum type goes with the last column that uses it",
    ),
    (
        "postgresql",
        r"\+(DO \$\$ .*)?COMMENT ON TYPE ",
        "marks the enum types that a migration made, so that no other is ever dropped",
    ),
    ("mariadb", r"\+ALTER TABLE runs DROP CONSTRAINT IF EXISTS status;", OLD_CHECK),
    ("mariadb", r"-ALTER TABLE \w+ (MODIFY|CHANGE \w+) \w+ \w+\(.*\) NULL;", NOT_FORGOTTEN),
    ("mariadb", r"\+ALTER TABLE \w+ (MODIFY|CHANGE \w+) \w+ \w+\(.*\) NOT NULL;", NOT_FORGOTTEN),
)

# The same for schemas; "+" and "-" as above.
WIDER = "holds identifiers of 255 characters"

ACCEPTED_IN_SCHEMAS: Table = (
    ("sqlite", r"[-+]\tversion_num VARCHAR\((32|255)\) NOT NULL", WIDER),
    ("postgresql", r"[-+]    version_num character varying\((32|255)\) NOT NULL", WIDER),
    ("mariadb", r"[-+]  `version_num` varchar\((32|255)\) NOT NULL", WIDER),
    (
        "postgresql",
        r"\+COMMENT ON TYPE .* IS 'Created by a migration ",
        "marks the enum types that a migration made, so that no other is ever dropped",
    ),
    ("mariadb", r"-  CONSTRAINT `status` CHECK \(`status` in \(", OLD_CHECK),
    ("mariadb", r"-  `(state|job_name|function_fullname)` .* DEFAULT NULL", NOT_FORGOTTEN),
    ("mariadb", r"\+  `(state|job_name|function_fullname)` .* NOT NULL", NOT_FORGOTTEN),
    ("mariadb", r"-  `is_nan` tinyint\(1\) NOT NULL,?$", NOT_FORGOTTEN),
    ("mariadb", r"\+  `is_nan` tinyint\(1\) NOT NULL DEFAULT 0,?$", NOT_FORGOTTEN),
)

# What the genuine package appends to the INSERT of a version row: a script has nobody to read it, and
# Oracle's is not even valid.
RETURNING = re.compile(
    r" RETURNING (alembic_version\.)?version_num( INTO :ret_0)?| OUTPUT inserted\.version_num"
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

    def scripts(self, url: str) -> dict[str, str]:
        """Each revision's upgrade and downgrade on that dialect, or "failed: …"."""
        result = self.python_run(str(OFFLINE), str(self.configure(url)), url).ok()
        found: dict[str, str] = json.loads(result.stdout.splitlines()[-1])
        return {name: _comparable(script) for name, script in found.items()}

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
        absent("applications", error)


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
    ours, theirs = (bench.alembic("current").ok() for bench in both)
    assert ours.stdout == theirs.stdout


def _same_after(both: tuple[Bench, Bench], urls: tuple[str, str], *command: str) -> None:
    ours, theirs = (bench.alembic(*command).ok() for bench in both)
    assert _steps(ours) == _steps(theirs)
    assert dumps.versions(urls[0]) == dumps.versions(urls[1])
    schemas = (dumps.schema(url) for url in urls)
    assert _unaccepted(*schemas, make_url(urls[0]).get_backend_name(), ACCEPTED_IN_SCHEMAS) == []


def _unaccepted(
    ours: str, theirs: str, dialect: str, accepted: tuple[tuple[str, str, str], ...]
) -> list[str]:
    """The lines of the difference that no entry of the table allows."""
    difference = difflib.unified_diff(theirs.splitlines(), ours.splitlines(), n=0, lineterm="")
    changed = [
        line for line in difference if line[:1] in "+-" and line[:3] not in ("+++", "---") and line[1:]
    ]
    patterns = [pattern for where, pattern, _ in accepted if where == dialect]
    return [line for line in changed if not any(re.match(pattern, line) for pattern in patterns)]


def _steps(result: Result) -> list[str]:
    """The steps that were logged; where an application has silenced the log, none on either side."""
    return re.findall(r"Running (?:up|down)grade .*", result.stderr)


SCRIPTS = [
    (name, dialect)
    for name, dialects in {
        "optuna": ("sqlite", "postgresql+psycopg", "mariadb+pymysql", "mssql", "oracle"),
        "jupyterhub": ("sqlite", "postgresql+psycopg", "mariadb+pymysql", "mssql", "oracle"),
        "mlflow": ("postgresql+psycopg", "mariadb+pymysql"),
    }.items()
    for dialect in dialects
]


@pytest.mark.parametrize(("both", "dialect"), SCRIPTS, indirect=["both"])
def test_scripts_are_the_same_text(both: tuple[Bench, Bench], dialect: str) -> None:
    ours, theirs = (bench.scripts(f"{dialect}://") for bench in both)
    assert ours.keys() == theirs.keys()
    able = [name for name, script in theirs.items() if not script.startswith("failed: ")]
    assert able
    backend = dialect.partition("+")[0]
    differences = {
        name: lines
        for name in able
        if (lines := _unaccepted(ours[name], theirs[name], backend, ACCEPTED_IN_SCRIPTS))
    }
    assert differences == {}


def _comparable(script: str) -> str:
    """The script without RETURNING, and with neighbouring CREATE INDEX statements sorted.

    The genuine package writes the indexes of a table in the order of a set, another one in each run.
    """
    paragraphs = RETURNING.sub("", script).split("\n\n")
    for start in range(len(paragraphs)):
        end = start
        while end < len(paragraphs) and paragraphs[end].startswith("CREATE INDEX "):
            end += 1
        paragraphs[start:end] = sorted(paragraphs[start:end])
    return "\n\n".join(paragraphs)

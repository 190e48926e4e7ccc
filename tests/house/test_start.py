"""What a command loads: those that only read files stay clear of SQLAlchemy and all else that is slow."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from sqlalchemy import make_url

from tests.project import Project

PROBE = """
import sys
before = set(sys.modules)
from alembic.config import main
try:
    main({argv!r}, prog="alembic")
except SystemExit as leaving:
    assert not leaving.code, leaving.code
import json
print("\\n" + json.dumps(sorted(set(sys.modules) - before)))
"""
HEAVY = {"sqlalchemy", "mako", "rich", "logging.config", "inspect", "asyncio", "typing_extensions"}


def loaded(project: Project, *argv: str) -> set[str]:
    """The modules that a command added to those of a bare interpreter."""
    program = PROBE.format(argv=list(argv))
    outcome = subprocess.run(
        [sys.executable, "-c", program], cwd=project.directory, capture_output=True, text=True
    )
    assert outcome.returncode == 0, outcome.stderr
    return set(json.loads(outcome.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    "argv",
    [
        ("--help",),
        ("--version",),
        ("heads",),
        ("heads", "-v"),
        ("heads", "--resolve-dependencies"),
        ("history",),
        ("history", "-v"),
        ("history", "-r", "a1:c3"),
        ("branches",),
        ("show", "b2"),
        ("list_templates",),
    ],
    ids=" ".join,
)
def test_reading_commands_load_nothing_heavy(project: Project, argv: tuple[str, ...]) -> None:
    project.chain("a1", "b2", "c3")
    modules = loaded(project, *argv)
    assert "alembic.command" in modules or argv[0].startswith("--")
    assert not {name for name in modules if name in HEAVY or name.split(".")[0] in HEAVY}
    assert not {name for name in modules if name.startswith(("alembic.ddl", "alembic.operations"))}
    assert len(modules) < 110, sorted(modules)


def test_a_run_loads_the_dialect_of_its_database_alone(project: Project, database_url: str) -> None:
    project.configure(database_url).chain("a1", "b2")
    loaded_parts = [name.split(".") for name in loaded(project, "upgrade", "head")]
    packages = {name[2] for name in loaded_parts if name[:2] == ["sqlalchemy", "dialects"] and len(name) > 3}
    assert packages == {make_url(database_url).get_backend_name().replace("mariadb", "mysql")}


def test_import_alembic_loads_nothing(project: Project) -> None:
    program = "import sys; b = set(sys.modules); import alembic; print(*sorted(set(sys.modules) - b))"
    outcome = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "sqlalchemy" not in outcome.stdout
    assert len(outcome.stdout.split()) < 15, outcome.stdout


def test_reading_does_not_run_revision_files(project: Project) -> None:
    path = project.revision("a1")
    path.write_text(path.read_text() + "\nraise SystemExit('a revision file was run')\n")
    assert project.run("history").ok().stdout == "<base> -> a1 (head), revision a1\n"
    assert project.run("heads").ok().stdout == "a1 (head)\n"
    assert "a revision file was run" in project.run("upgrade", "head").stderr

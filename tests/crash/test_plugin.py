"""What a project's own tests see: the fixture, the option, and the text of a failure."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project import Project

TEST = """
import os
import pytest
from alembic.testing.crash import SQLiteFile

@pytest.fixture
def project(tmp_path, crash_test):
    database = SQLiteFile({database!r})
    return crash_test(database, directory={directory!r}, points=4)

def test_upgrades_survive_crashes(project):
    report = project.check()
    print("struck at", len(report.outcomes))
"""


@pytest.fixture
def users(project: Project, tmp_path: Path) -> Path:
    """A folder with a user's tests of the project."""
    folder = tmp_path / "users"
    folder.mkdir()
    (folder / "conftest.py").write_text('pytest_plugins = ["alembic.testing.pytest_plugin"]\n')
    database = str(project.directory / "database.db")
    (folder / "test_upgrades.py").write_text(TEST.format(database=database, directory=str(project.directory)))
    return folder


def _pytest(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "pytest", "-s", "-p", "no:cacheprovider", *options]
    environment = {**os.environ, "ALEMBIC_LOCK": "false", "ALEMBIC_HISTORY": "false"}
    return subprocess.run(argv, cwd=folder, capture_output=True, text=True, env=environment)


@pytest.mark.parametrize(
    ("options", "number"), [((), 4), (("--crash-points", "6"), 6), (("--crash-points=all",), 11)]
)
def test_so_many_points(users: Path, project: Project, options: tuple[str, ...], number: int) -> None:
    project.chain("a")
    outcome = _pytest(users, *options)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    found = int(outcome.stdout.partition("struck at ")[2].split()[0])
    assert abs(found - number) <= 1


def test_a_failure_is_told_in_full(users: Path, project: Project) -> None:
    commit = "op.get_bind().connection.driver_connection.commit()"
    project.revision("a", upgrade=f'op.create_table("t", sa.Column("id", sa.Integer))\n{commit}')
    outcome = _pytest(users, "--crash-points=all")
    assert outcome.returncode == 1
    assert "were not recovered from" in outcome.stdout
    assert "process killed before 3: INSERT INTO alembic_version" in outcome.stdout
    assert "table t already exists" in outcome.stdout

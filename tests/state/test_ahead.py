"""Point 3 of issue 5: a database that a newer version of the application has migrated."""

from __future__ import annotations

from pathlib import Path

import pytest

from alembic.journal.entries import DONE, STAMP, UPGRADE
from tests.project import Project

from .test_status import BLANK, _without_history, _write

FAILED = "FAILED: Can't locate revision identified by 'c3'"


def _without(path: Path) -> None:
    path.unlink()


def test_allow_ahead_succeeds_and_runs_nothing(project: Project) -> None:
    project.chain("a1", "b2", "c3")
    project.call("upgrade", "head").ok()
    _without(project.versions / "c3_.py")
    result = project.call("upgrade", "head")
    assert (result.code, FAILED in result.stderr) == (255, True)
    result = project.call("upgrade", "head", "--allow-ahead").ok()
    assert "WARNING: the database is ahead: it is at c3, which no revision file has" in result.stderr
    assert "Running" not in result.stderr
    assert project.applied() == ["c3"]


def test_a_setting_does_the_same(project: Project) -> None:
    project.chain("a1", "b2")
    project.call("upgrade", "head").ok()
    _without(project.versions / "b2_.py")
    project.run("upgrade", "head", env={"ALEMBIC_ALLOW_AHEAD": "true"}).ok()
    project.configure(ini="allow_ahead = true").call("upgrade", "head").ok()


def test_a_database_that_is_not_ahead_is_upgraded(project: Project) -> None:
    project.chain("a1", "b2")
    project.call("upgrade", "head", "--allow-ahead").ok()
    assert project.applied() == ["b2"]


def test_ahead_in_one_branch_and_behind_in_another(project: Project) -> None:
    project.chain("a1", "b2")
    project.chain("x1", "y2")
    project.call("upgrade", "b2").ok()
    project.call("upgrade", "x1").ok()
    _without(project.versions / "b2_.py")
    result = project.call("upgrade", "heads", "--allow-ahead")
    assert result.code == 255
    assert (
        "FAILED: The database is ahead by b2, which no revision file has, and yet lacks y2" in result.stderr
    )
    assert project.applied() == ["b2", "x1"]


def test_the_branch_that_is_ahead_is_not_run_again(project: Project) -> None:
    """Of the unknown revision's branch the files have the beginning, which the version table doesn't name."""
    project.chain("a1", "b2", "c3")
    project.chain("x1")
    project.call("upgrade", "heads").ok()
    _without(project.versions / "c3_.py")
    project.call("upgrade", "heads", "--allow-ahead").ok()
    assert project.applied() == ["c3", "x1"]


@pytest.mark.parametrize(
    ("entries", "missing"),
    [
        ((), None),
        ((("a1", UPGRADE), ("c3", UPGRADE)), "b2"),
        ((("a1", UPGRADE), ("b2", UPGRADE), ("c3", UPGRADE)), None),
        ((("b2", UPGRADE), ("c3", UPGRADE)), None),
        ((("c3", UPGRADE),), None),
        ((("a1", UPGRADE), ("c3", STAMP)), None),
        ((("a1", UPGRADE),), None),
    ],
    ids=["none", "all but b2", "all", "since b2", "since c3", "c3 was stamped", "c3 left no trace"],
)
def test_what_the_history_knows_to_be_missing(
    project: Project, entries: tuple[tuple[str, str], ...], missing: str | None
) -> None:
    """b2 is in a branch that is not the one of c3, of which nothing is known but that it is applied."""
    _without_history(project).chain("a1", "b2", "c3")
    project.call("upgrade", "head").ok()
    if entries:
        _write(project, *(BLANK._replace(revision=a, direction=b, outcome=DONE) for a, b in entries))
    _without(project.versions / "c3_.py")
    result = project.call("upgrade", "head", "--allow-ahead")
    assert (result.code, project.applied()) == (255 if missing else 0, ["c3"])
    assert ("and yet lacks b2" in result.stderr) == bool(missing)

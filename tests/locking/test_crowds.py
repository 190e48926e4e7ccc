"""Sixteen at once: all succeed, and every migration ran exactly once (traps 9, 10)."""

from __future__ import annotations

import os

import pytest

from tests.locking.crowd import counted, runs, together
from tests.project import Project

ROUNDS = int(os.environ.get("ALEMBIC_TEST_ROUNDS", "1"))
CROWD = 16
REVISIONS = ["a1", "b2", "c3", "d4"]


@pytest.mark.parametrize("start", ["empty", "half-way"])  # half-way: a transaction for each revision
@pytest.mark.parametrize("round_", range(ROUNDS))
def test_each_migration_runs_once(project: Project, database_url: str, start: str, round_: int) -> None:
    options = "{}" if start == "empty" else "dict(transaction_per_migration=True)"
    project.configure(database_url, options=options)
    counted(project, REVISIONS)
    if start == "half-way":
        project.call("upgrade", "b2").ok()
    ended = together(project, CROWD)
    assert {one.code for one in ended} == {0}, [one.stderr for one in ended if one.code]
    assert runs(project) == REVISIONS
    assert project.applied() == ["d4"]

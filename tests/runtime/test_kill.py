"""kill -9 in the middle of an upgrade leaves a state from which the same command completes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.project import Project

# The middle revision announces itself, then waits to be killed, on its first run only.
WAITS = """
import os, time
op.create_table("t_b", sa.Column("id", sa.Integer))
op.execute("INSERT INTO t_b VALUES (1)")
if not os.path.exists("killed"):
    open("killed", "w").close()
    time.sleep(60)
op.create_table("t_b2", sa.Column("id", sa.Integer))
"""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("options", ["{}", "dict(transaction_per_migration=True)"])
def test_the_same_command_completes(
    project: Project, request: pytest.FixtureRequest, kind: str, options: str
) -> None:
    project.configure(request.getfixturevalue(f"{kind}_url"), options=options)
    project.chain("a")
    project.revision("b", "a", upgrade=WAITS)
    project.revision("c", "b", upgrade="op.create_table('t_c', sa.Column('id', sa.Integer))")
    upgrade = subprocess.Popen(
        [sys.executable, "-m", "alembic", "upgrade", "head"],
        cwd=project.directory,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while not (project.directory / "killed").exists():
        assert upgrade.poll() is None, "it ended by itself"
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.kill(upgrade.pid, signal.SIGKILL)
    upgrade.wait(30)

    kept = ["a"] if kind == "sqlite" or "per_migration" in options else []
    assert project.applied() == kept
    assert project.tables() == [f"t_{name}" for name in kept]
    project.call("upgrade", "head").ok()
    assert project.applied() == ["c"]
    assert project.tables() == ["t_a", "t_b", "t_b2", "t_c"]

"""`make demo` tells the whole story without an error."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

DEMO = Path(__file__).parents[2] / "demo" / "run.py"


def test_the_demonstration_runs_to_its_end() -> None:
    outcome = subprocess.run([sys.executable, str(DEMO)], capture_output=True, text=True)
    told = outcome.stdout
    assert outcome.returncode == 0, told + outcome.stderr
    assert "c1 (branchpoint)" in told
    assert "n1, p1 -> m1 (newsletter) (head) (mergepoint), purchases and newsletter" in told
    assert "tables alembic_history, alembic_version, customer, purchase; version m1" in told
    assert "tables alembic_history, alembic_version; version none" in told
    assert "INSERT INTO alembic_version (version_num) VALUES ('c1')" in told
    assert told.rstrip().endswith("The directory is removed again.")
    assert "Running upgrade n1, p1 -> m1, purchases and newsletter" in outcome.stderr

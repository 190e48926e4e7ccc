"""The public functions have the types that the files beside this one say; mypy reads them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FILES = sorted(path for path in HERE.glob("*.py") if path.name not in ("__init__.py", Path(__file__).name))


def test_what_type_checkers_know() -> None:
    pytest.importorskip("mypy", reason="mypy: left out: not installed")
    assert FILES
    run = subprocess.run(
        [sys.executable, "-m", "mypy", *map(str, FILES)], cwd=HERE.parents[1], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout + run.stderr

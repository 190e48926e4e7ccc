"""The two formatters that generated Python has to satisfy, with their default settings."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def black(source: str) -> str:
    """What black makes of it."""
    import black as formatter

    return formatter.format_str(source, mode=formatter.Mode())


def ruff(source: str) -> str:
    """What ``ruff format`` makes of it."""
    command = [
        str(Path(sys.executable).with_name("ruff")),
        "format",
        "--isolated",
        "--stdin-filename",
        "x.py",
    ]
    run = subprocess.run([*command, "-"], input=source, capture_output=True, text=True, check=True)
    return run.stdout


def function(body: str) -> str:
    """A module with a function of this body, which is indented but for its first line."""
    return f"def upgrade() -> None:\n    {body}\n"

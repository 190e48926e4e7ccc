"""One process measured from outside: CPU of the whole process, wall time, peak memory."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

LAUNCH = Path(__file__).with_name("launch.py")
HIDDEN = {"ALEMBIC_CONFIG", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONUNBUFFERED"}


class Sample(NamedTuple):
    """One run; `cpu` is user and system time in seconds, `memory` the peak resident size in MiB."""

    cpu: float
    wall: float
    memory: float


class Failed(Exception):
    """A measured command did not succeed: what it measured would mean nothing."""


def run(argv: Sequence[str], directory: Path, *, inside: bool = False) -> Sample:
    """Run one process and measure it.

    With `inside` the process measures itself and prints `{"cpu": …, "wall": …}` as its last line: the start
    of the interpreter and the making of data are then left out; of memory too, if it prints a `"memory"`.
    """
    environment = {name: value for name, value in os.environ.items() if name not in HIDDEN}
    environment["PYTHONHASHSEED"] = "0"
    out, err = directory / "measured.out", directory / "measured.err"
    launcher = [sys.executable, "-I", "-S", str(LAUNCH), str(out), str(err)]
    report = subprocess.run(
        [*launcher, *argv], cwd=directory, env=environment, capture_output=True, text=True, check=True
    )
    code, cpu, wall, memory = map(float, report.stdout.split())
    if code:
        tails = err.read_text()[-2000:] + out.read_text()[-500:]
        raise Failed(f"{' '.join(argv)} in {directory}: exit status {code:.0f}\n{tails}")
    if inside:
        own = json.loads(out.read_text().splitlines()[-1])
        return Sample(own["cpu"], own["wall"], own.get("memory", memory))
    return Sample(cpu, wall, memory)


def median(samples: Sequence[Sample]) -> Sample:
    """The median of each figure by itself; of memory the largest."""
    return Sample(
        statistics.median(s.cpu for s in samples),
        statistics.median(s.wall for s in samples),
        max(s.memory for s in samples),
    )

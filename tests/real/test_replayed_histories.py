"""Replaying published histories gives, revision by revision, the schema of a database that runs them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.real import applications
from tests.real.applications import APPLICATIONS
from tests.real.test_real_histories import Bench, kind, path  # noqa: F401  # the fixtures
from tests.servers import lease

PROGRAM = Path(__file__).with_name("replayed.py")

# What isn't replayed reads rows, or asks the Inspector for more than names. So many tables at least are known
# and the same, over all revisions.
KNOWN = [
    ("optuna", "postgresql", 40),
    ("optuna", "mariadb", 18),
    ("jupyterhub", "sqlite", 27),
    ("jupyterhub", "postgresql", 90),
    ("jupyterhub", "mariadb", 90),
    ("mlflow", "postgresql", 1900),
    ("mlflow", "mariadb", 1700),
]


@pytest.mark.parametrize(("name", "kind", "least"), KNOWN, indirect=["kind"])
def test_the_database_has_what_was_replayed(
    name: str,
    kind: str,  # noqa: F811
    least: int,
    path: list[Path],  # noqa: F811
    tmp_path: Path,
) -> None:
    application = APPLICATIONS[name]
    journey = application.journeys[kind]
    bench = Bench(application, Path(sys.executable), path, tmp_path / "bench")
    if kind == "sqlite":
        found = _replayed(bench, f"sqlite:///{tmp_path / 'a.db'}", journey)
    else:
        with lease(kind).database() as url:
            found = _replayed(bench, url, journey)
    unknown = [each for each in found if each[2].startswith("unknown: revision ")]
    assert [each for each in found if each[2] != "same" and each not in unknown] == []
    assert len(found) - len(unknown) >= least


def _replayed(bench: Bench, url: str, journey: applications.Journey) -> list[list[str]]:
    bench.start(url, journey)
    result = bench.python_run(
        str(PROGRAM),
        str(bench.configure(url)),
        url,
        journey.stamped or "",
        journey.to,
        bench.application.initial_models or "",
    ).ok()
    found: list[list[str]] = json.loads(result.stdout.splitlines()[-1])
    return found

"""Diff tuples and log lines, compared with those of the genuine package on the same databases."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from . import cases

# Cases in which this package says something else, and why; see docs/differences.md.
REASONS = {
    "computed: changed": "the column is made anew instead of a warning only",
    "key: added without a name": "the name that the server would give is written out",
    "key: removed with its column": "a removed column names its foreign key once",
    "types not compared": "the existing type is told even so",
    "index: text": "an index over text, such as 'x DESC', is recognised",
    "default: quoted": "quotes within defaults are understood",
    "default: empty": "an empty string is a default",
    "default: same boolean": "DEFAULT true is found again",
    "default: now": "DEFAULT now() is found again",
    "default: decimals": "DEFAULT 0 of NUMERIC(10, 2) is found again",
    "default: same expression": "the server spells expressions before they are compared",
    "unique: changed": "MariaDB's unique constraints are its unique indexes",
    "key: removed": "the index that MariaDB made for a key goes with it",
    "index: columns": "the log line lists the parts",
    "drop tables that refer to each other": "the index that MariaDB made for a key",
}


@pytest.mark.parametrize("address", ["sqlite_url", "postgresql_url", "mariadb_url"])
def test_diff_tuples_and_log_lines(address: str, genuine: Path, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue(address)
    run = subprocess.run(
        [str(genuine), cases.__file__, url], capture_output=True, text=True, check=True, cwd="/"
    )
    theirs = json.loads(run.stdout)
    ours = cases.results(url)
    assert list(ours) == list(theirs)
    assert len(ours) > 55
    different = {name for name in ours if _sorted(ours[name]) != _sorted(theirs[name])}
    unexplained = {name: (theirs[name], ours[name]) for name in sorted(different - set(REASONS))}
    assert unexplained == {}


def _sorted(result: dict[str, list[str]]) -> list[list[str]]:
    # The genuine package goes through sets: its order differs from run to run.
    return [sorted(result["diffs"]), sorted(result["log"])]

"""Directives and the scripts that they become; the cases are in files under golden/."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.ddl.golden import check, read

GOLDEN = Path(__file__).parent / "golden"

GENUINE = """
import io, json, sys, warnings
import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

warnings.simplefilter("ignore")
scripts = []
for directive in json.load(sys.stdin):
    buffer = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql", opts={"as_sql": True, "output_buffer": buffer}
    )
    eval(directive, {**vars(sa), "sa": sa, "op": Operations(context)})
    scripts.append([line for line in buffer.getvalue().splitlines() if line])
json.dump(scripts, sys.stdout)
"""


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.golden")), ids=lambda path: path.stem)
def test_directives_become_scripts(path: Path) -> None:
    check(path, "postgresql")


def test_the_genuine_package_writes_the_same(genuine: Path) -> None:
    file = read(GOLDEN / "as_before.golden")
    directives = json.dumps([case.directive for case in file.cases])
    run = subprocess.run(
        [str(genuine), "-c", GENUINE], input=directives, capture_output=True, text=True, check=True
    )
    theirs = json.loads(run.stdout)
    assert [(case.directive, list(case.expected)) for case in file.cases] == [
        (case.directive, script) for case, script in zip(file.cases, theirs, strict=True)
    ]

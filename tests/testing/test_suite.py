"""The suite for dialects runs as one of them would run it, with SQLAlchemy's plugin."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = "from sqlalchemy.testing.plugin.pytestplugin import *\n"
SETUP = "[sqla_testing]\nrequirement_cls = needs:Requirements\nprofile_file = profiles.txt\n"
NEEDS = """
from alembic.testing.requirements import SuiteRequirements
from sqlalchemy.testing import exclusions
from sqlalchemy.testing.requirements import SuiteRequirements as SQLAlchemyRequirements

class Requirements(SuiteRequirements, SQLAlchemyRequirements):
    {open} = property(lambda self: exclusions.open())
"""
OPEN = {
    "sqlite": ("fk_ondelete_is_reflected", "computed_columns"),
    "mariadb": ("fk_ondelete_is_reflected", "computed_columns"),
    "postgresql": ("fk_ondelete_is_reflected", "computed_columns", "identity_columns"),
}


@pytest.mark.parametrize("kind", OPEN)
def test_our_own_dialects_pass(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    url = request.getfixturevalue(f"{kind}_url")
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "setup.cfg").write_text(SETUP)
    (tmp_path / "needs.py").write_text(NEEDS.format(open=" = ".join(OPEN[kind])))
    (tmp_path / "test_suite.py").write_text("from alembic.testing.suite import *  # noqa\n")
    argv = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    argv += ["--dburi", url]
    outcome = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, env=_environment(tmp_path))
    assert outcome.returncode == 0, outcome.stdout[-6000:] + outcome.stderr[-2000:]
    passed = re.search(r"(\d+) passed", outcome.stdout)
    assert passed is not None and int(passed[1]) >= 25, outcome.stdout[-2000:]


def _environment(place: Path) -> dict[str, str]:
    import os

    return {**os.environ, "PYTHONPATH": str(place)}

"""Published applications: after `create_all` of their models there is nothing for autogenerate to find."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from tests.absence import absent
from tests.autogenerate.published import applications
from tests.autogenerate.published.applications import MODELS
from tests.servers import Unavailable

ROOT = Path(__file__).parents[3]
COMPARE = Path(__file__).with_name("compare.py")


@pytest.fixture(scope="module")
def path() -> list[Path]:
    try:
        return applications.unpacked()
    except Unavailable as error:
        absent("applications", error)


@pytest.fixture
def url(request: pytest.FixtureRequest) -> str:
    kind = str(request.param)
    fixture = "mariadb_url" if kind == "mysql" else f"{kind}_url"
    found = make_url(request.getfixturevalue(fixture))
    if kind == "mysql":
        found = found.set(drivername="mysql+pymysql")
    return found.render_as_string(hide_password=False)


@pytest.mark.parametrize(
    ("name", "url"), [(name, kind) for name in MODELS for kind in MODELS[name].on], indirect=["url"]
)
def test_nothing_is_found_after_create_all(name: str, url: str, path: list[Path], tmp_path: Path) -> None:
    """Server defaults included; whatever is found is explained where the applications are listed."""
    models = MODELS[name]
    if models.charset and url.startswith("mysql"):
        with create_engine(url, poolclass=NullPool).connect() as connection:
            connection.exec_driver_sql(f"ALTER DATABASE CHARACTER SET {models.charset}")
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, (ROOT, *path))),
        "PYTHONDONTWRITEBYTECODE": "1",
        "RUCIO_CONFIG": str(path[0] / "rucio.cfg"),
        # What an application keeps in the user's directory when it is imported stays here.
        "HOME": str(tmp_path),
        "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache")),
    }
    argv = [sys.executable, "-W", "ignore", str(COMPARE), name, url]
    outcome = subprocess.run(argv, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert outcome.returncode == 0, outcome.stderr[-3000:]
    tables, statements, found = json.loads(outcome.stdout.splitlines()[-1])
    assert tables == models.tables
    assert found == models.differences.get(make_url(url).get_backend_name(), [])
    assert statements <= 20

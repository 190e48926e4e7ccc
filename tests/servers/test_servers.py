"""The suite's own servers: each test gets an empty database, and nothing outlives the run."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.pool import NullPool

from tests.project import Project

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_has_an_empty_database(database_url: str, turn: int) -> None:
    engine = create_engine(database_url, poolclass=NullPool)
    with engine.begin() as connection:
        assert inspect(connection).get_table_names() == []
        connection.execute(text(f"CREATE TABLE turn_{turn} (id INTEGER)"))


def test_postgresql_is_version_18(postgresql_url: str) -> None:
    with create_engine(postgresql_url, poolclass=NullPool).connect() as connection:
        assert connection.dialect.server_version_info is not None
        assert connection.dialect.server_version_info[0] == 18


def test_mariadb_is_mariadb(mariadb_url: str) -> None:
    with create_engine(mariadb_url, poolclass=NullPool).connect() as connection:
        assert connection.dialect.name == "mariadb"


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_a_server_ends_with_a_killed_test_run(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    if sys.platform != "linux":
        pytest.skip("the kernel ends orphans on Linux only")
    request.getfixturevalue(f"{kind}_url")
    started = tmp_path / "started"
    program = textwrap.dedent(
        f"""
        import time
        from pathlib import Path
        from tests.servers import lease
        lease("{kind}").admin_url()
        child = lease("{kind}")._child
        Path("{started}").write_text(f"{{child._process.pid}} {{child._directory}}")
        time.sleep(600)
        """
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith("ALEMBIC_TEST_")}
    run = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, env=environment)
    try:
        _until(started.exists)
        _until(lambda: started.read_text() != "")
    finally:
        run.send_signal(signal.SIGKILL)
        run.wait()
    server, directory = started.read_text().split()
    _until(lambda: not _alive(int(server)))
    shutil.rmtree(directory)


def test_an_absent_server_fails_only_where_it_is_required(tmp_path: Path) -> None:
    case = ROOT / "tests" / "servers" / "test_servers.py"
    argv = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        f"{case}::test_mariadb_is_mariadb",
    ]
    # An empty PATH is not enough, the program is looked for in Debian's place too: hide the driver instead.
    (tmp_path / "pymysql.py").write_text("raise ImportError('hidden by a test')")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("ALEMBIC_TEST_")}
    environment["PYTHONPATH"] = str(tmp_path)

    optional = subprocess.run(argv, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert optional.returncode == 0
    assert "LEFT OUT mariadb: the Python package pymysql is not installed" in optional.stdout

    environment["ALEMBIC_TEST_REQUIRE"] = "postgresql,mariadb"
    required = subprocess.run(argv, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert required.returncode == 1
    assert "mariadb is required" in required.stdout


def test_the_project_runs_under_the_genuine_package(project: Project, genuine: Path) -> None:
    project.chain("a1", "b2")
    result = project.run("upgrade", "head", python=genuine).ok()
    assert "Running upgrade a1 -> b2, revision b2" in result.stderr
    assert project.applied() == ["b2"]
    assert project.tables() == ["t_a1", "t_b2"]


def _until(question: object, seconds: float = 60.0) -> None:
    assert callable(question)
    give_up = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < give_up, "did not happen in time"
        time.sleep(0.05)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return state != "Z"

"""An environment of its own with the genuine Alembic, as a black box to compare with."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.servers.process import Unavailable

VERSION = "1.20.1"
PACKAGES = (f"alembic=={VERSION}", "psycopg[binary]", "pymysql")


def cache_directory() -> Path:
    """Where the suite keeps what it downloaded between runs."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "alembic-test"


def genuine_python() -> Path:
    """The interpreter named by ALEMBIC_TEST_GENUINE, else one in the user's cache, made at the first demand.

    Its SQLAlchemy has the version that this interpreter has: what differs must come from Alembic.
    """
    given = os.environ.get("ALEMBIC_TEST_GENUINE")
    if given:
        return Path(given)
    import sqlalchemy

    tag = f"{sys.version_info.major}.{sys.version_info.minor}-sqlalchemy{sqlalchemy.__version__}"
    python = make_environment(
        f"genuine-{VERSION}-py{tag}", [*PACKAGES, f"SQLAlchemy=={sqlalchemy.__version__}"]
    )
    _check(python)
    return python


def make_environment(name: str, packages: Sequence[str]) -> Path:
    """The interpreter of the cached environment of that name, installed now if need be."""
    directory = cache_directory() / name
    python = directory / "bin" / "python"
    directory.parent.mkdir(parents=True, exist_ok=True)
    with _exclusive(directory.with_suffix(".lock")):
        # Its python may be a link into the environment that made it, which can be gone meanwhile.
        if (directory / "complete").exists() and python.exists():
            return python
        _command([sys.executable, "-m", "venv", "--clear", str(directory)])
        pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--no-input"]
        _command([*pip, "install", "--quiet", *packages])
        (directory / "complete").touch()
    return python


class _exclusive:
    """Workers of one run, or two runs, must not install into the same place at once."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        import fcntl

        self._file = self._path.open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _check(python: Path) -> None:
    version = _command([str(python), "-c", "import alembic; print(alembic.__version__)"]).strip()
    if version != VERSION:
        raise Unavailable(f"{python} has alembic {version}, not {VERSION}")


def _command(argv: list[str]) -> str:
    try:
        # PYTHONPATH may lead to our package, which must not be found in the other's place.
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        outcome = subprocess.run(
            argv, capture_output=True, text=True, timeout=600, stdin=subprocess.DEVNULL, env=environment
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{argv[0]}: {error}") from error
    if outcome.returncode:
        last = (outcome.stderr.strip() or outcome.stdout.strip() or "no output").splitlines()[-1]
        raise Unavailable(f"{' '.join(argv[:6])} … failed: {last}")
    return outcome.stdout

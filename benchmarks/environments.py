"""The two environments: both installed in the ordinary way, with the same SQLAlchemy and drivers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tests.servers.genuine import VERSION, cache_directory, genuine_python, make_environment

ROOT = Path(__file__).parents[1]
DRIVERS = ("psycopg[binary]", "pymysql", "Mako", "typing-extensions", "rich")


class Environment(NamedTuple):
    """An interpreter and how it calls its `alembic`."""

    name: str
    python: Path

    @property
    def alembic(self) -> list[str]:
        """The start of a command line: the console script, as people run it."""
        return [str(self.python), str(self.python.parent / "alembic")]


def ours(python: Path | None) -> Environment:
    """Our package, built from this checkout and installed anew: an editable install starts more slowly."""
    if python is not None:
        return Environment("ours", python)
    import sqlalchemy

    tag = f"{sys.version_info.major}.{sys.version_info.minor}-sqlalchemy{sqlalchemy.__version__}"
    made = make_environment(f"bench-ours-py{tag}", [f"SQLAlchemy=={sqlalchemy.__version__}", *DRIVERS])
    pip = [str(made), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps"]
    subprocess.run([*pip, "--force-reinstall", str(ROOT)], check=True)
    return Environment("ours", made)


def genuine(python: Path | None) -> Environment:
    """The genuine package, as the tests compare with it too."""
    return Environment("genuine", python or genuine_python())


def description(environments: list[Environment]) -> list[str]:
    """The lines that say what was compared with what, and where."""
    lines = []
    for environment in environments:
        program = (
            "import sys, sqlalchemy; from importlib.metadata import version; "
            "print('alembic', version('alembic'), '· SQLAlchemy', sqlalchemy.__version__, "
            "'· Python', sys.version.split()[0])"
        )
        outcome = subprocess.run([str(environment.python), "-c", program], capture_output=True, text=True)
        lines.append(f"{environment.name}: {outcome.stdout.strip()}")
    return lines


def cache() -> Path:
    """Where generated histories are kept between runs."""
    return cache_directory() / f"bench-{VERSION}"

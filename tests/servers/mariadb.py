"""MariaDB as Debian installs it, on a data directory of its own; no system service is touched."""

from __future__ import annotations

import getpass
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from tests.servers.process import Child, Unavailable, free_port, private_directory, run

SETTINGS = (
    "--bind-address=127.0.0.1",
    "--skip-name-resolve",
    "--skip-log-bin",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
    "--innodb-buffer-pool-size=32M",
    "--innodb-log-file-size=16M",
    "--performance-schema=off",
    "--character-set-server=utf8mb4",
)


# What is committed then outlives the server, if not the machine.
SURVIVES_A_KILL = ("--innodb-flush-log-at-trx-commit=2",)


def start(settings: Sequence[str] = ()) -> tuple[Child, str]:
    """The running server and the SQLAlchemy URL of its administrative database.

    :param settings: on top of the usual ones.
    """
    try:
        import pymysql
    except ImportError as error:
        raise Unavailable("the Python package pymysql is not installed") from error
    server, installer = _program("mariadbd"), _program("mariadb-install-db")
    directory = private_directory("alembic-test-mariadb-")
    data, temporary = directory / "data", directory / "tmp"
    # A server that starts deletes the temporary files of all others in the same place.
    temporary.mkdir()
    identity = f"--user={getpass.getuser()}"
    try:
        run(
            [
                installer,
                "--no-defaults",
                f"--datadir={data}",
                identity,
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                "--innodb-log-file-size=16M",
            ]
        )
        port = free_port()
        argv: list[str | Path] = [server, "--no-defaults", f"--datadir={data}", identity, f"--port={port}"]
        argv += [
            f"--socket={directory / 'mariadb.sock'}",
            f"--pid-file={directory / 'mariadb.pid'}",
            f"--tmpdir={temporary}",
            *SETTINGS,
            *settings,
        ]
        child = Child(argv, directory)
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        raise
    child.wait_until(lambda: pymysql.connect(host="127.0.0.1", port=port, user="root").close())
    return child, f"mariadb+pymysql://root@127.0.0.1:{port}/mysql"


def _program(name: str) -> str:
    places = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])
    found = shutil.which(name, path=places)
    if found is None:
        raise Unavailable(f"{name} is not installed (Debian: apt-get install mariadb-server)")
    return found

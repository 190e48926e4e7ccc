"""Applications from PyPI whose packages hold their whole migration history; downloaded when the tests run."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import NamedTuple

from tests.servers import Unavailable
from tests.servers.genuine import _exclusive, cache_directory

PACKAGES = ("optuna==5.0.0", "jupyterhub==6.1.1", "mlflow==3.18.0")

REQUIREMENTS = Path(__file__).with_name("requirements.txt")


class Journey(NamedTuple):
    """How far a history goes on one kind of database, with the genuine package too.

    `stamped` is a revision that is taken as applied before the start; `back` is None when nothing can be
    undone.
    """

    to: str = "head"
    back: str | None = None
    stamped: str | None = None


class Application(NamedTuple):
    """One history: where its scripts are, what it starts from, how far it goes where, and why not further."""

    name: str
    scripts: str
    journeys: dict[str, Journey]
    initial_models: str | None = None
    initial_tables: tuple[str, ...] = ()


JUPYTERHUB_1_0 = (
    "CREATE TABLE servers (id INTEGER NOT NULL PRIMARY KEY, port INTEGER)",
    "CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(255) UNIQUE, created TIMESTAMP NULL)",
    "CREATE TABLE groups (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(255))",
    "CREATE TABLE services (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(255) UNIQUE, pid INTEGER)",
    "CREATE TABLE spawners (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER, name VARCHAR(255), "
    "FOREIGN KEY (user_id) REFERENCES users (id))",
    "CREATE TABLE oauth_clients (id INTEGER NOT NULL PRIMARY KEY, identifier VARCHAR(255) UNIQUE)",
    "CREATE TABLE oauth_codes (id INTEGER NOT NULL PRIMARY KEY, client_id VARCHAR(255))",
    "CREATE TABLE oauth_access_tokens (id INTEGER NOT NULL PRIMARY KEY, client_id VARCHAR(255))",
    "CREATE TABLE api_tokens (id INTEGER NOT NULL PRIMARY KEY, prefix VARCHAR(16))",
    "INSERT INTO users (id, name) VALUES (1, 'ada')",
    "INSERT INTO services (id, name) VALUES (1, 'announcements')",
    "INSERT INTO spawners (id, user_id, name) VALUES (1, 1, '')",
)

APPLICATIONS = {
    application.name: application
    for application in (
        Application(
            "optuna",
            "optuna/storages/_rdb/alembic",
            {
                # v1.2.0.a changes a type: SQLite needs the table rebuilt, which comes with batch mode.
                "sqlite": Journey(to="v0.9.0.a", back="base"),
                # The downgrade of v3.0.0.c uses a name that its own module doesn't have.
                "postgresql": Journey(back="v3.0.0.c"),
                # v2.4.0.a drops a column that is part of a key, which MariaDB refuses.
                "mariadb": Journey(to="v1.3.0.a", back="v0.9.0.a"),
            },
        ),
        Application(
            "jupyterhub",
            "jupyterhub/alembic",
            # 99a28a4418e1 hands a string to Connection.execute(), which SQLAlchemy 2 refuses: the history
            # starts behind it.
            {
                # The next one adds a foreign key, for which SQLite needs the table rebuilt; the downgrade of
                # 4dc2d5a8c53c hands over a Column in place of its name.
                "sqlite": Journey(stamped="99a28a4418e1", to="4dc2d5a8c53c"),
                "postgresql": Journey(stamped="99a28a4418e1", back="3c2384c5aae1"),
                "mariadb": Journey(stamped="99a28a4418e1", back="3c2384c5aae1"),
            },
            initial_tables=JUPYTERHUB_1_0,
        ),
        Application(
            "mlflow",
            "mlflow/store/db_migrations",
            {
                "postgresql": Journey(back="b7e2c1a4d9f3"),
                # The next revision makes an index that is too long for MariaDB.
                "mariadb": Journey(to="b7e2c1a4d9f3"),
            },
            initial_models="mlflow.store.tracking.dbmodels.initial_models",
        ),
    )
}


def unpacked() -> list[Path]:
    """The directories to be put on PYTHONPATH: the applications, and what they import."""
    home = cache_directory() / f"real-py{sys.version_info.major}.{sys.version_info.minor}"
    home.mkdir(parents=True, exist_ok=True)
    with _exclusive(home.with_suffix(".lock")):
        if not (home / "complete").exists():
            shutil.rmtree(home)
            home.mkdir()
            pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
            _run([*pip, "download", "--quiet", "--no-deps", "--dest", str(home / "wheels"), *PACKAGES])
            for wheel in sorted((home / "wheels").glob("*.whl")):
                with zipfile.ZipFile(wheel) as archive:
                    archive.extractall(home / "applications")
            _run(
                [
                    *pip,
                    "install",
                    "--quiet",
                    "--no-deps",
                    "--target",
                    str(home / "needed"),
                    "-r",
                    str(REQUIREMENTS),
                ]
            )
            (home / "complete").touch()
    return [home / "applications", home / "needed"]


def _run(argv: list[str]) -> None:
    outcome = subprocess.run(argv, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=900)
    if outcome.returncode:
        last = (outcome.stderr.strip() or "no output").splitlines()[-1]
        raise Unavailable(f"{' '.join(argv[1:7])} … failed: {last}")

"""Fixtures that every part of the suite shares: databases, a migration project, the genuine package.

A database that this machine cannot offer skips its tests, and the last lines of the run say so; the ones
named in ALEMBIC_TEST_REQUIRE (comma separated) fail instead.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.project import Project
from tests.servers import Unavailable, lease
from tests.servers.genuine import genuine_python

LEFT_OUT = pytest.StashKey[dict[str, str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[LEFT_OUT] = {}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    left_out = config.stash[LEFT_OUT]
    for report in terminalreporter.getreports("skipped"):  # those of xdist's workers arrive only as reports
        reason = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else ""
        if ": left out: " in reason:
            what, _, why = reason.removeprefix("Skipped: ").partition(": left out: ")
            left_out[what] = why
    terminalreporter.section("databases and tools", sep="-")
    for what in ("postgresql", "mariadb", "genuine"):
        if what in left_out:
            terminalreporter.line(f"LEFT OUT {what}: {left_out[what]}", yellow=True)
    if not left_out:
        terminalreporter.line("nothing was left out")


def pytest_unconfigure() -> None:
    for kind in ("postgresql", "mariadb"):
        lease(kind).close()


def _absent(what: str, why: Exception) -> None:
    required = os.environ.get("ALEMBIC_TEST_REQUIRE", "").replace(" ", "").split(",")
    if what in required:
        pytest.fail(f"{what} is required (ALEMBIC_TEST_REQUIRE) but absent: {why}", pytrace=False)
    pytest.skip(f"{what}: left out: {why}")


def _database(kind: str) -> Iterator[str]:
    try:
        lease(kind).admin_url()
    except Unavailable as error:
        _absent(kind, error)
    with lease(kind).database() as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'fresh.db'}"


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """The URL of a new, empty PostgreSQL database."""
    yield from _database("postgresql")


@pytest.fixture
def mariadb_url() -> Iterator[str]:
    """The URL of a new, empty MariaDB database."""
    yield from _database("mariadb")


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a new, empty database, of each kind in turn."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty migration project on a SQLite file; `project.configure(url)` moves it to another database."""
    return Project(tmp_path / "project")


@pytest.fixture(scope="session")
def genuine() -> Path:
    """A Python interpreter whose environment holds the genuine Alembic, to compare with."""
    try:
        return genuine_python()
    except Unavailable as error:
        _absent("genuine", error)
        raise

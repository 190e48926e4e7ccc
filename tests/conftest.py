"""Fixtures that every part of the suite shares: databases, a migration project, the genuine package.

A database that this machine cannot offer skips its tests, and the last lines of the run say so; the ones
named in ALEMBIC_TEST_REQUIRE (comma separated) fail instead.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.absence import absent, summary
from tests.project import Project
from tests.servers import Unavailable, lease
from tests.servers.genuine import genuine_python


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    left_out = summary(terminalreporter.getreports("skipped"))
    terminalreporter.section("databases and tools", sep="-")
    for what, why in left_out.items():
        terminalreporter.line(f"LEFT OUT {what}: {why}", yellow=True)
    if not left_out:
        terminalreporter.line("nothing was left out")


def pytest_unconfigure() -> None:
    for kind in ("postgresql", "mariadb"):
        lease(kind).close()


def _database(kind: str) -> Iterator[str]:
    try:
        lease(kind).admin_url()
    except Unavailable as error:
        absent(kind, error)
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


@pytest.fixture(autouse=True)
def _op_is_silent_afterwards() -> Iterator[None]:
    """A test that leaves `op` or `context` speaking for something fails itself, not one that comes later."""
    yield
    if (door := sys.modules.get("alembic.operations.door")) is not None:
        left = {cls.__name__: cls._door._open for cls in door.ModuleClsProxy.__subclasses__()}
        assert not any(left.values()), f"still current: {left}"


@pytest.fixture
def registrations(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Directives and operations that a test adds, or replaces, end with it."""
    from alembic import op
    from alembic.operations import BatchOperations, Operations

    monkeypatch.setattr(Operations._to_impl, "_registry", dict(Operations._to_impl._registry))
    before = {cls: set(vars(cls)) for cls in (Operations, BatchOperations)}
    yield
    for cls, names in before.items():
        for name in set(vars(cls)) - names:
            delattr(cls, name)
            vars(op).pop(name, None)


@pytest.fixture(scope="session")
def genuine() -> Path:
    """A Python interpreter whose environment holds the genuine Alembic, to compare with."""
    try:
        return genuine_python()
    except Unavailable as error:
        absent("genuine", error)

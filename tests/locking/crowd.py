"""Many processes that run migrations of one database, and how often each migration ran."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.project import Project


class Ended(NamedTuple):
    code: int
    stderr: str


def start(project: Project, *argv: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """An alembic command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "alembic", *(argv or ("upgrade", "head"))],
        cwd=project.directory,
        env={**os.environ, **(env or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def end(process: subprocess.Popen[str], timeout: float = 120) -> Ended:
    """How it ended."""
    _, error = process.communicate(timeout=timeout)
    return Ended(process.returncode, error)


def together(project: Project, number: int, *argv: str) -> list[Ended]:
    """How so many ended that were started at once."""
    return [end(process) for process in [start(project, *argv) for _ in range(number)]]


def do(url: str, *statements: str) -> None:
    """Run statements, each in a transaction of its own."""
    engine = create_engine(url, poolclass=NullPool)
    for statement in statements:
        with engine.begin() as connection:
            connection.execute(text(statement))


def ask(url: str, statement: str) -> list[tuple[object, ...]]:
    """What a query gives."""
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def counted(project: Project, revisions: Sequence[str], body: str = "") -> None:
    """Revisions each of which makes a table and counts how often it ran, in a table that exists already."""
    do(project.url, "CREATE TABLE runs (revision VARCHAR(20))")
    down = None
    for revision in revisions:
        project.revision(
            revision,
            down,
            upgrade=f"""
op.execute("INSERT INTO runs VALUES ('{revision}')")
op.create_table("t_{revision}", sa.Column("id", sa.Integer, primary_key=True))
{body}
""",
        )
        down = revision


def runs(project: Project) -> list[str]:
    """Which revision's function has run, once for each time, sorted."""
    return sorted(str(row[0]) for row in ask(project.url, "SELECT revision FROM runs"))

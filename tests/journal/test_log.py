"""`alembic log` shows the history and checks it."""

from __future__ import annotations

import json
import re

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from tests.project import Project

TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ"


@pytest.fixture
def past(project: Project, database_url: str) -> Project:
    """An upgrade of two steps, one that failed, and a downgrade."""
    project.configure(database_url, ini="application_version = 1.7").chain("a1", "b1")
    project.revision("c1", "b1", upgrade='raise RuntimeError("no luck\\nat all")')
    project.call("upgrade", "b1").ok()
    assert project.call("upgrade", "head").code != 0
    project.call("downgrade", "-1").ok()
    return project


def test_the_newest_first(past: Project) -> None:
    lines = past.call("log").ok().stdout.splitlines()
    shown = [re.sub(r" +", " ", re.sub(r"\d+\.\d{3} s", "0 s", line)) for line in lines]
    patterns = [
        rf"{TIME} downgrade b1 done 0 s \S+@\S+ \(1\.7\)",
        rf"{TIME} upgrade c1 failed 0 s \S+@\S+ \(1\.7\)",
        r" RuntimeError: no luck",
        rf"{TIME} upgrade b1 done 0 s \S+@\S+ \(1\.7\)",
        rf"{TIME} upgrade a1 done 0 s \S+@\S+ \(1\.7\)",
    ]
    assert len(shown) == len(patterns)
    for line, pattern in zip(shown, patterns, strict=True):
        assert re.fullmatch(pattern, line), line


def found(project: Project, *argv: str) -> list[tuple[str, str]]:
    document = json.loads(project.call("log", "--format", "json", *argv).ok().stdout)
    assert document["status"] == "ok"
    (database,) = document["databases"]
    return [(row["revision"], row["outcome"]) for row in database["rows"] if row["outcome"] != "started"]


def test_filters(past: Project) -> None:
    everything = [("b1", "done"), ("c1", "failed"), ("b1", "done"), ("a1", "done")]
    assert found(past) == everything
    assert found(past, "--revision", "b") == [("b1", "done"), ("b1", "done")]
    assert found(past, "--outcome", "failed") == [("c1", "failed")]
    assert found(past, "--last", "1") == everything[:1]
    assert found(past, "--since", "2026") == everything
    assert found(past, "--since", "9999") == []
    document = json.loads(past.call("log", "--format", "json", "--outcome", "failed").stdout)
    (row,) = document["databases"][0]["rows"]
    assert row["error"] == "RuntimeError: no luck\nat all"
    assert found(past, "--run", row["run_id"][:8]) == [("c1", "failed")]


def test_everything_about_a_row(past: Project) -> None:
    text = past.call("log", "-v", "--outcome", "failed").ok().stdout
    assert re.match(r"Row: \d+\n", text)
    for line in ("Revision: c1", "Error: RuntimeError: no luck", "Application version: 1.7", "Remaining: 1"):
        assert f"\n{line}\n" in text


def test_without_a_history(project: Project, database_url: str) -> None:
    project.configure(database_url).chain("a1")
    assert project.call("log").ok().stdout == ""
    assert project.call("log", "--verify").ok().stdout.startswith("0 rows in ")
    assert project.tables() == []


def test_it_is_as_it_was_written(past: Project) -> None:
    assert re.fullmatch(
        r"\d rows in (\w+\.)?alembic_history, all as they were written\n",
        past.call("log", "--verify").ok().stdout,
    )


CHANGES = {
    "edited": "UPDATE alembic_history SET outcome = 'done', error = '' WHERE outcome = 'failed'",
    "deleted": "DELETE FROM alembic_history WHERE outcome = 'failed'",
    "cut off": "DELETE FROM alembic_history WHERE direction = 'downgrade'",
    "swapped": "UPDATE alembic_history SET seq = CASE seq WHEN 2 THEN 1002 ELSE 1001 END WHERE seq IN (1, 2);"
    "UPDATE alembic_history SET seq = CASE seq WHEN 1002 THEN 1 ELSE 2 END WHERE seq > 1000",
}


@pytest.mark.parametrize("change", CHANGES)
def test_changes_are_found(past: Project, change: str) -> None:
    with sa.create_engine(past.url, poolclass=NullPool).begin() as connection:
        for statement in CHANGES[change].split(";"):
            connection.exec_driver_sql(statement)
    result = past.call("log", "--verify")
    assert result.code == 255 and "is not as it was written" in result.stderr
    document = json.loads(past.call("log", "--verify", "--format", "json").stdout)
    assert document["code"] == "history-altered" and document["databases"][0]["problems"]

"""Point 6 of issue 5: progress on a terminal."""

from __future__ import annotations

import pytest

from tests.project import Project

from .terminal import on_terminal

SLOW = 'op.execute("SELECT pg_sleep(1.2) /* db://u:sesame@h/d */")'


@pytest.fixture
def slow(project: Project, postgresql_url: str) -> Project:
    project.configure(postgresql_url)
    project.revision("a1", message="first")
    project.revision("b2", "a1", message="second", upgrade=SLOW)
    project.revision(
        "c3", "b2", message="third", upgrade='print("a word")\nprint("and", end=" ")\nprint("more")'
    )
    return project


def test_the_line_tells_step_time_and_statement(slow: Project) -> None:
    shown = on_terminal(slow, "upgrade", "head", COLUMNS="200")
    assert shown.code == 0
    assert "2/3 upgrade b2 second  0:00  SELECT pg_sleep(1.2)" in shown.text
    assert "2/3 upgrade b2 second  0:01  SELECT pg_sleep(1.2)" in shown.text
    assert "sesame" not in shown.text


def test_nothing_of_it_is_left(slow: Project) -> None:
    shown = on_terminal(slow, "upgrade", "head")
    assert shown.screen == [
        "INFO  [alembic.runtime.migration] Context impl PostgresqlImpl.",
        "INFO  [alembic.runtime.migration] Will assume transactional DDL.",
        "INFO  [alembic.runtime.migration] Running upgrade  -> a1, first",
        "INFO  [alembic.runtime.migration] Running upgrade a1 -> b2, second",
        "INFO  [alembic.runtime.migration] Running upgrade b2 -> c3, third",
        "a word",
        "and more",
        "",
    ]


def test_a_failure_stands_alone(slow: Project) -> None:
    slow.revision("d4", "c3", upgrade='op.execute("SELECT pg_sleep(0.7)")\nop.execute("nonsense")')
    shown = on_terminal(slow, "upgrade", "head")
    assert shown.code == 1
    assert any(line.startswith("FAILED: (psycopg.errors.SyntaxError)") for line in shown.screen)
    assert not any("pg_sleep(0.7)" in line and line.startswith("4/4") for line in shown.screen)


def test_what_is_quick_shows_no_line(project: Project) -> None:
    project.chain("a1", "b2")
    assert "1/2" not in on_terminal(project, "upgrade", "head").text


@pytest.mark.parametrize("argv", [["-q", "upgrade", "head"], ["upgrade", "--format", "json", "head"]])
def test_who_does_not_want_it(slow: Project, argv: list[str]) -> None:
    assert "2/3" not in on_terminal(slow, *argv).text


def test_a_dumb_terminal_and_a_pipe(slow: Project) -> None:
    assert "2/3" not in on_terminal(slow, "upgrade", "head", TERM="dumb").text
    slow.call("downgrade", "base").ok()
    result = slow.run("upgrade", "head").ok()
    assert "\x1b" not in result.stdout + result.stderr

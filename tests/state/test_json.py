"""Point 6 of issue 5: ``--format json``, one document or one object an event."""

from __future__ import annotations

import json
from typing import Any

import pytest

from alembic import command
from alembic.config import Config
from alembic.errors import CommandError
from tests.project import Project, Result, _restored_process


def _document(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def _events(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def _names(result: Result) -> list[str]:
    return [event["event"] for event in _events(result)]


def test_heads_and_history_are_documents(project: Project) -> None:
    project.revision("a1", message="first")
    project.revision("b2", "a1", message="second\n\nmore", labels="x")
    told = _document(project.call("heads", "--format", "json").ok())
    assert told["status"] == "ok"
    assert told["heads"] == [
        {
            "revision": "b2",
            "down_revisions": ["a1"],
            "depends_on": [],
            "branch_labels": ["x"],
            "is_head": True,
            "doc": "second",
            "path": str(project.versions / "b2_.py"),
        }
    ]
    told = _document(project.call("history", "--format", "json").ok())
    assert [each["revision"] for each in told["revisions"]] == ["b2", "a1"]
    assert "is_current" not in told["revisions"][0]
    project.call("upgrade", "a1").ok()
    told = _document(project.call("history", "-i", "--format", "json").ok())
    assert [each["is_current"] for each in told["revisions"]] == [False, True]


def test_current_is_a_document(project: Project) -> None:
    project.chain("a1", "b2")
    project.call("upgrade", "a1").ok()
    told = _document(project.call("current", "--format", "json").ok())
    (found,) = told["databases"]
    assert (found["database"], found["rows"], found["unknown"]) == (project.url, ["a1"], [])
    assert [each["revision"] for each in found["current"]] == ["a1"]
    assert found["at_heads"] is False
    result = project.call("current", "--check-heads", "--format", "json")
    assert result.code == 255
    told = _document(result)
    assert (told["status"], told["code"]) == ("not-at-head", "database-not-at-head")
    assert told["databases"][0]["rows"] == ["a1"], "what was found is told all the same"
    assert "FAILED: Database is not on all head revisions" in result.stderr


def test_an_upgrade_tells_events(project: Project) -> None:
    project.chain("a1", "b2")
    events = _events(project.call("upgrade", "head", "--format", "json").ok())
    assert [event["event"] for event in events] == [
        "plan",
        "step_started",
        "step_done",
        "step_started",
        "step_done",
        "run_done",
        "done",
    ]
    assert (events[0]["database"], events[0]["rows"]) == (project.url, [])
    assert [step["revision"] for step in events[0]["steps"]] == ["a1", "b2"]
    started, done = events[3], events[4]
    assert (started["number"], started["of"]) == (2, 2)
    assert (started["direction"], started["from"], started["to"]) == ("upgrade", ["a1"], ["b2"])
    assert started["path"] == str(project.versions / "b2_.py")
    assert done["rows"] == ["b2"]
    assert done["seconds"] >= 0
    assert all("time" in event for event in events)
    assert _names(project.call("upgrade", "head", "--format", "json").ok()) == ["plan", "run_done", "done"]


def test_a_downgrade_and_a_stamp_too(project: Project) -> None:
    project.chain("a1", "b2")
    (plan, started, *_) = _events(project.call("stamp", "b2", "--format", "json").ok())
    assert plan["steps"][0]["direction"] == "stamp"
    assert (started["revision"], started["from"], started["to"]) == (None, [], ["b2"])
    project.call("stamp", "base").ok()
    project.call("upgrade", "head").ok()
    events = _events(project.call("downgrade", "-1", "--format", "json").ok())
    assert [(event["event"], event.get("revision")) for event in events][1:3] == [
        ("step_started", "b2"),
        ("step_done", "b2"),
    ]
    assert events[1]["direction"] == "downgrade"


def test_a_failure_is_an_event_and_status_and_stderr_stay(project: Project) -> None:
    project.revision("a1", upgrade="op.execute(\"insert into nowhere values ('db://u:sesame@h/d')\")")
    plain = project.call("upgrade", "head")
    result = project.call("upgrade", "head", "--format", "json")
    assert result.code == plain.code == 1
    assert result.stderr == plain.stderr
    *_, step, last = _events(result)
    assert (step["event"], step["number"], step["of"]) == ("step_failed", 1, 1)
    assert (last["event"], last["code"]) == ("failed", None)
    assert "no such table: nowhere" in last["message"]
    assert "sesame" not in result.stdout


def test_a_failure_tells_what_is_committed(project: Project, database_url: str) -> None:
    project.configure(database_url, options="dict(transaction_per_migration=True)")
    project.chain("a1", "b2")
    project.revision("c3", "b2", upgrade='op.execute("CREATE TABLE t (n INT)")\nop.execute("nonsense")')
    project.revision("d4", "c3")
    last = _events(project.call("upgrade", "head", "--format", "json"))[-1]
    half = "mariadb" in database_url
    assert last["event"] == "failed"
    assert (last["committed"], last["not_begun"], last["rows"]) == (["a1", "b2"], ["d4"], ["b2"])
    assert (last["rolled_back"], last["half_applied"]) == (([], "c3") if half else (["c3"], None))


def test_a_refusal_is_an_event(project: Project) -> None:
    result = project.call("upgrade", "nope", "--format", "json")
    assert result.code == 255
    (told,) = _events(result)
    assert (told["event"], told["code"]) == ("failed", "revision-not-found")
    assert told["message"] == "Can't locate revision identified by 'nope'"


def test_a_document_that_fails(project: Project) -> None:
    result = project.call("history", "-r", "nope:", "--format", "json")
    told = _document(result)
    assert (result.code, told["status"], told["code"]) == (255, "failed", "revision-not-found")


def test_what_revisions_print_goes_elsewhere(project: Project) -> None:
    project.revision("a1", upgrade='print("hello")')
    result = project.call("upgrade", "head", "--format", "json").ok()
    assert _names(result) == ["plan", "step_started", "step_done", "run_done", "done"]
    assert "hello\n" in result.stderr


def test_sql_is_no_json(project: Project) -> None:
    project.chain("a1")
    for argv in (["upgrade", "head"], ["downgrade", "a1:base"], ["stamp", "head"]):
        result = project.call(*argv, "--sql", "--format", "json")
        assert (result.code, _events(result)[0]["code"]) == (255, "format-of-script")


def test_quiet_is_quiet(project: Project) -> None:
    project.chain("a1")
    assert project.call("-q", "upgrade", "head", "--format", "json").ok().stdout == ""
    assert project.call("-q", "heads", "--format", "json").ok().stdout == ""


def test_from_python(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.chain("a1")
    config = Config(str(project.config_file))
    with _restored_process(project.directory):
        command.upgrade(config, "head", format="json")
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["event"] == "done"
    with pytest.raises(CommandError, match="Invalid value for format: 'yaml'; expected text or json"):
        command.heads(config, format="yaml")

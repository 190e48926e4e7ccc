"""Section 1.4 of the contract: which editor opens a revision."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from alembic.command.editor import editor_command
from alembic.errors import CommandError
from alembic.util import open_in_editor

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the usual editors are others there")


@pytest.fixture
def programs(tmp_path: Path):
    """Makes executables in one directory, each of which writes its name and arguments to ./log."""

    def make(*names: str, status: int = 0) -> str:
        for name in names:
            path = tmp_path / "bin" / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(f'#!/bin/sh\necho "$(basename "$0") $@" >> {tmp_path}/log\nexit {status}\n')
            path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(tmp_path / "bin")

    return make


def test_editor_goes_before_visual(programs):
    folder = programs("one", "two")
    assert editor_command({"PATH": folder, "EDITOR": "one", "VISUAL": "two"}) == [f"{folder}/one"]
    assert editor_command({"PATH": folder, "VISUAL": "two"}) == [f"{folder}/two"]


def test_a_path_is_used_as_it_is(programs):
    folder = programs("my editor")
    assert editor_command({"PATH": "", "EDITOR": f"{folder}/my editor"}) == [f"{folder}/my editor"]


def test_a_path_that_does_not_exist_is_ignored(programs):
    folder = programs("two", "nano")
    assert editor_command({"PATH": folder, "EDITOR": "/no/such", "VISUAL": "two"}) == [f"{folder}/two"]
    assert editor_command({"PATH": folder, "EDITOR": "/no/such"}) == [f"{folder}/nano"]


def test_an_editor_may_have_arguments(programs):
    folder = programs("code", "my editor")
    assert editor_command({"PATH": folder, "EDITOR": "code -w"}) == [f"{folder}/code", "-w"]
    assert editor_command({"PATH": folder, "EDITOR": f"'{folder}/my editor' -a 'b c'"}) == [
        f"{folder}/my editor",
        "-a",
        "b c",
    ]


def test_the_usual_editors_are_tried_in_order(programs):
    folder = programs("vim", "nano")
    assert editor_command({"PATH": folder}) == [f"{folder}/nano"]
    programs("sensible-editor")
    assert editor_command({"PATH": folder}) == [f"{folder}/sensible-editor"]


def test_the_file_is_the_last_argument(programs, tmp_path):
    folder = programs("code")
    open_in_editor("a file.py", {"PATH": folder, "EDITOR": "code -w"})
    assert (tmp_path / "log").read_text() == "code -w a file.py\n"


def test_failures_name_the_reason(programs):
    with pytest.raises(CommandError, match=r"^Error executing editor \(none was found\)\n.*EDITOR or VISUAL"):
        open_in_editor("x", {"PATH": "/nowhere"})
    folder = programs("bad", status=3)
    with pytest.raises(CommandError, match=r"^Error executing editor \(Command .*bad.* exit status 3"):
        open_in_editor("x", {"PATH": folder, "EDITOR": "bad"})

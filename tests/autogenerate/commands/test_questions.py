"""A person at a terminal is asked about a drop and an add that look alike; nobody else ever is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time

import pytest

from alembic import command
from alembic.config import Config

from .conftest import Modelled

pty = pytest.importorskip("pty")

TABLE = """
sa.Table(
    "t", metadata, sa.Column("id", sa.Integer, primary_key=True),
    {}
)
"""


def columns(*names: str) -> str:
    return TABLE.format(", ".join(f'sa.Column("{name}", sa.String(9))' for name in names))


@pytest.fixture
def changed(modelled: Modelled) -> Modelled:
    modelled.models(columns("a", "b"))
    modelled.create()
    modelled.models(columns("c", "d"))
    return modelled


def typed(modelled: Modelled, answers: str, *argv: str) -> str:
    """What the terminal shows when somebody types the answers."""
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "alembic", *argv],
        cwd=modelled.project.directory,
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env={**os.environ, "NO_COLOR": "1"},
    )
    os.close(follower)
    os.write(leader, answers.encode())
    shown = b""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            found = os.read(leader, 4096)
        except OSError:  # Linux's way to say that the other side is closed
            break
        if not found:
            break
        shown += found
    assert process.wait(30) == 0, shown.decode()
    os.close(leader)
    return shown.decode().replace("\r\n", "\n")


def upgrade_of(modelled: Modelled) -> str:
    [path] = modelled.files()
    return path.read_text().partition("def downgrade")[0]


def test_yes_makes_it_a_rename(changed: Modelled):
    shown = typed(changed, "y\nyes\n", "revision", "--autogenerate")
    assert "Was column t.a renamed to c? [y/N] " in shown
    assert "Was column t.b renamed to d? [y/N] " in shown
    upgrade = upgrade_of(changed)
    assert upgrade.count("new_column_name") == 2
    assert "drop_column" not in upgrade


def test_no_leads_to_the_next_that_fits_and_to_a_comment(changed: Modelled):
    shown = typed(changed, "n\ny\n\n", "revision", "--autogenerate")
    assert re.findall(r"Was column .*?\?", shown) == [
        "Was column t.a renamed to c?",
        "Was column t.a renamed to d?",
        "Was column t.b renamed to c?",
    ]
    upgrade = upgrade_of(changed)
    assert upgrade.count("new_column_name") == 1
    assert "--rename t.b:c keeps it." in upgrade


def test_the_end_of_input_is_no(changed: Modelled):
    typed(changed, "\x04\x04\x04\x04", "revision", "--autogenerate")
    assert "new_column_name" not in upgrade_of(changed)


@pytest.mark.parametrize("argv", [["check"], ["-q", "revision", "--autogenerate"]], ids=" ".join)
def test_checking_and_being_quiet_do_not_ask(changed: Modelled, argv: list[str]):
    if argv == ["check"]:
        with pytest.raises(AssertionError, match="differences"):
            typed(changed, "", *argv)
    else:
        assert "Was column" not in typed(changed, "", *argv)


def test_without_a_terminal_nobody_is_asked(changed: Modelled):
    result = changed.run("revision", "--autogenerate", stdin="y\ny\n").ok()
    assert "Was column" not in result.stdout
    assert "new_column_name" not in upgrade_of(changed)


def test_a_program_is_not_asked(changed: Modelled, monkeypatch: pytest.MonkeyPatch):
    from alembic import console

    monkeypatch.chdir(changed.project.directory)
    monkeypatch.setattr(console, "can_ask", lambda: True)
    command.revision(Config(str(changed.project.config_file)), autogenerate=True)
    assert "new_column_name" not in upgrade_of(changed)

"""What is printed where: results to standard output, trouble to standard error, colour on terminals only."""

from __future__ import annotations

import io
import logging
import os
import subprocess
import sys

import pytest

from alembic import console


class Terminal(io.StringIO):
    """A stream that says it is a terminal, of unknown width."""

    def isatty(self) -> bool:
        return True


def test_a_status_line_ends_with_its_outcome():
    out = io.StringIO()
    with console.status("Generating a.py", out):
        assert out.getvalue() == "Generating a.py ..."
    assert out.getvalue() == "Generating a.py ...  done\n"


def test_a_failed_piece_of_work_says_so_and_raises():
    out = io.StringIO()
    with pytest.raises(KeyError), console.status("Generating a.py", out):
        raise KeyError
    assert out.getvalue() == "Generating a.py ...  FAILED\n"


def test_the_outcome_can_stand_on_a_line_of_its_own():
    out = io.StringIO()
    with console.status("Running hook", out, newline=True):
        out.write("tool output\n")
    assert out.getvalue() == "Running hook ...\ntool output\n  done\n"


def test_quiet_silences_messages_but_not_warnings_and_failures(capsys):
    console.message("a", quiet=True)
    with console.status("b", quiet=True):
        pass
    console.warn("careful")
    console.failed("broken")
    assert capsys.readouterr() == ("", "WARNING: careful\nFAILED: broken\n")


def test_colour_is_for_terminals_that_want_it(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert console.paint("x", "red", io.StringIO()) == "x"
    assert console.paint("x", "red", Terminal()) == "\x1b[1;31mx\x1b[0m"
    monkeypatch.setenv("TERM", "dumb")
    assert console.paint("x", "red", Terminal()) == "x"
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    assert console.paint("x", "red", Terminal()) == "x"


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_on_a_terminal_lines_are_wrapped_at_its_width_and_indented():
    import fcntl
    import pty
    import struct
    import termios

    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 25, 40, 0, 0))
    program = "from alembic import console; console.message('word ' * 12)"
    subprocess.run([sys.executable, "-c", program], stdout=follower, check=True)
    os.close(follower)
    lines = os.read(leader, 4096).decode().replace("\r\n", "\n")
    os.close(leader)
    assert lines == "  word word word word word word word\n  word word word word word\n"


def test_characters_the_stream_lacks_are_escaped():
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii", write_through=True)
    console.message("é", stream)
    assert raw.getvalue() == b"\\xe9\n"


class TestLoggingOfFailures:
    def test_a_configured_handler_receives_them_under_the_known_name(self, caplog):
        console.log_failure("broken\n  try this")
        assert [(r.name, r.levelname, r.getMessage()) for r in caplog.records] == [
            ("alembic.util.messaging", "ERROR", "broken\n  try this")
        ]

    def test_without_handlers_nothing_is_printed(self, capsys, monkeypatch):
        monkeypatch.setattr(logging.getLogger("alembic.util.messaging"), "propagate", False)
        console.log_failure("broken")
        assert capsys.readouterr() == ("", "")

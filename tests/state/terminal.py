"""A command on a terminal of its own, and what that terminal shows in the end."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from typing import NamedTuple

from tests.project import Project, _clean_environment


class Session(NamedTuple):
    """What was written to the terminal, and the exit status."""

    text: str
    code: int

    @property
    def screen(self) -> list[str]:
        """The lines that are left on the screen."""
        lines = [""]
        for piece in re.findall(r"\r\n|\r|\n|\x1b\[2K|\x1b\[[\d;]*m|[^\r\n\x1b]+", self.text):
            if piece in ("\r\n", "\n"):
                lines.append("")
            elif piece in ("\r", "\x1b[2K"):
                lines[-1] = "" if piece != "\r" else lines[-1]
            elif not piece.startswith("\x1b"):
                lines[-1] += piece
        return lines


def on_terminal(project: Project, *argv: str, answer: str | None = None, **variables: str) -> Session:
    """Run `alembic ARGV…`; an answer is typed at once."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "alembic", *argv],
        cwd=project.directory,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**_clean_environment(sys.executable), "TERM": "xterm", **variables},
    )
    os.close(theirs)
    if answer is not None:
        os.write(ours, f"{answer}\n".encode())
    shown = b""
    try:
        while chunk := os.read(ours, 65536):
            shown += chunk
    except OSError:  # the other end is closed
        pass
    finally:
        os.close(ours)
    return Session(shown.decode(), process.wait(60) & 0xFF)

"""What a person at a terminal sees while migrations run: a line that says how far they are.

::

    2/12 upgrade ae10 add users  0:04  ALTER TABLE users ADD COLUMN …

It stands below whatever else is printed, is drawn anew a few times a second, and is gone at the end.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from threading import Event as Flag
from threading import RLock, Thread
from time import monotonic
from typing import TYPE_CHECKING

from .. import console
from .following import Course, Following

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, TextIO

    from ..configuration import Config
    from ..runtime.companions import Companion
    from ..runtime.events import Event
    from ..runtime.migration import MigrationContext

_SECONDS_UNSEEN = 0.4  # what is done sooner is not worth a line that flickers
_SECONDS_BETWEEN = 0.2
_ERASE = "\r\x1b[2K"
_LOOKED_AT = 2000  # characters of a statement


def wanted(config: Config) -> bool:
    """Whether somebody who has typed the command looks at standard error, and wants to be told."""
    return (
        config.cmd_opts is not None
        and not config.messaging_opts["quiet"]
        and console.is_terminal(sys.stderr)
        and os.environ.get("TERM") != "dumb"
    )


@contextmanager
def progress() -> Iterator[Following]:
    """A block in which the line is shown while migrations run."""
    line = Line(sys.stderr)
    shown = _Shown(line)
    streams = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = Beside(sys.stdout, line), Beside(sys.stderr, line)
    try:
        yield shown
    finally:
        shown.stop()
        # Logging handlers that env.py has made keep theirs, which goes on passing text to the stream.
        sys.stdout, sys.stderr = streams


class Line:
    """The last line of a terminal.

    :param stream: the terminal.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_drawn = False
        self.lock = RLock()
        self.is_free = True
        """Whether nobody else has begun a line that is not complete yet."""

    def draw(self, text: str) -> None:
        """Show this text, as much of it as there is room for."""
        with self.lock:
            if not self.is_free:
                return
            room = (console.terminal_width(self._stream) or 80) - 1
            text = text if len(text) <= room else f"{text[: room - 1]}…"
            console.write(self._stream, _ERASE + text)
            console.flush(self._stream)
            self._is_drawn = True

    def erase(self) -> None:
        """Show nothing."""
        with self.lock:
            if self._is_drawn:
                self._is_drawn = False
                console.write(self._stream, _ERASE)
                console.flush(self._stream)


class Beside:
    """A stream whose text goes above the line.

    :param stream: where the text goes in the end.
    """

    def __init__(self, stream: Any, line: Line) -> None:
        self._stream = stream
        self._line = line

    def write(self, text: str) -> Any:
        """Write text, in place of the line, which appears again below."""
        with self._line.lock:
            self._line.erase()
            if text:
                self._line.is_free = text.endswith("\n")
            return self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class _Shown(Following):
    """Draws the line from what it is told of a run."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._course = Course()
        self._step: str | None = None
        self._statement = ""
        self._began = monotonic()
        self._stopped = Flag()
        self._thread = Thread(target=self._draw_again_and_again, name="alembic-progress", daemon=True)
        self.listeners = (self._listen,)
        self.companions = (self._companion,)

    def stop(self) -> None:
        """Show nothing any more."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()
        self._line.erase()

    def _listen(self, event: Event) -> None:
        from ..runtime.events import RunDone, StepFailed, StepStarted

        self._course.follow(event)
        match event:
            case StepStarted(step):
                self._statement = ""
                name = step.short_log if step.is_stamp else f"{step.name} {_revision(step)}"
                self._step = f"{name} {step.doc or ''}".strip()
                if self._thread.ident is None:
                    self._thread.start()
            case StepFailed() | RunDone():
                self._step = None
                self._line.erase()

    def _companion(self, context: MigrationContext) -> Companion:
        from ..runtime.companions import Companion

        shown = self

        class Statements(Companion):
            """Tells the statement that runs."""

            def before(self, call: Any) -> None:
                """It begins."""
                shown._statement = call.sql[:_LOOKED_AT]

            def after(self, call: Any) -> None:
                """It has ended."""
                shown._statement = ""

        return Statements(context)

    def _draw_again_and_again(self) -> None:
        delay = _SECONDS_UNSEEN
        while not self._stopped.wait(delay):
            text = self._text()
            if text is not None:
                self._line.draw(text)
            delay = _SECONDS_BETWEEN

    def _text(self) -> str | None:
        from ..masking import masked

        step, course = self._step, self._course
        if step is None:
            return None
        minutes, seconds = divmod(int(course.run_seconds), 60)
        parts = [f"{course.number}/{course.total} {step}", f"{minutes}:{seconds:02}", self._statement]
        return masked("  ".join(" ".join(part.split()) for part in parts if part))


def _revision(step: Any) -> str:
    revision = getattr(step, "revision", None)
    return revision.revision if revision is not None else ", ".join(step.to_revisions_no_deps)

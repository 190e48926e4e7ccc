"""From an exception that ended a command to one screen of text and an exit status.

A traceback through the command line, env.py and SQLAlchemy tells a user little. What helps is the server's
message, the revision and line that caused it, and the statement; ``--raiseerr`` still gives the traceback.
The exceptions themselves stay as they are, so that programs that call the commands can catch them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import console
from ..errors import CommandError
from .mistakes import explain
from .places import place_of
from .status import COMMAND_ERROR, INTERRUPTED, OTHER_ERROR, READER_GONE

if TYPE_CHECKING:
    from collections.abc import Sequence

_MORE = "--raiseerr shows the whole traceback"


def report(error: BaseException) -> int:
    """Say on standard error why a command failed; returns the exit status."""
    if isinstance(error, BrokenPipeError) and console.reader_gone():
        return READER_GONE
    if isinstance(error, KeyboardInterrupt):
        console.failed("interrupted")
        return INTERRUPTED
    if isinstance(error, CommandError):
        place = place_of(error)
        text = "\n".join([str(error), *_indented(place.lines() if place.in_revision else [])])
        console.log_failure(str(error.args[0]) if error.args else text)
        console.failed(text)
        return COMMAND_ERROR
    console.failed(describe(error))
    return OTHER_ERROR


def describe(error: BaseException) -> str:
    """What happened, where in the user's files, and what to do next."""
    place = place_of(error)
    explained = explain(error)
    # A file that cannot be compiled never ran: the way there matters only if the user's code imported it.
    where = [] if isinstance(error, SyntaxError) and not place.direct else place.lines()
    lines = [*explained.headline.splitlines(), *_indented(where), *_indented(explained.details)]
    if explained.hint:
        lines += _indented(explained.hint.splitlines())
    if not place.frames and not explained.foreseen:
        from traceback import format_exception

        trace = "".join(format_exception(error)).rstrip()
        return f"{lines[0]}\n{trace}\n" + "\n".join([*lines[1:], "  This is likely a bug in alembic itself."])
    return "\n".join([*lines, f"  {_MORE}"])


def _indented(lines: Sequence[str]) -> list[str]:
    return [f"  {line}" if line else "" for line in lines]

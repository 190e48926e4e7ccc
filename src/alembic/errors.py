"""Every error this package raises on purpose, in one tree.

An error says what happened (first line, worded so that pipelines written for existing Alembic projects still
match it), where, and what to do next (``hint``, on the lines below). It carries its facts as attributes and a
stable ``code`` for machines.
"""

from __future__ import annotations

from typing import ClassVar


class CommandError(Exception):
    """A mistake that the user can mend; the command line prints it without a traceback and exits with 255.

    :param message: what happened; its first line is stable.
    :param hint: what to do next, one or several lines; shown indented below the message.
    """

    code: ClassVar[str] = "command"

    def __init__(self, message: str = "", *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        if not self.hint:
            return self.message
        return self.message + "".join(f"\n  {line}" for line in self.hint.splitlines())

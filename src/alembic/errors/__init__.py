"""Every error this package raises on purpose, in one tree.

An error says what happened (first line, worded so that pipelines written for existing Alembic projects still
match it), where, and what to do next (``hint``, on the lines below). It carries its facts as attributes and a
stable ``code`` for machines.

The classes stand in one module for each area; all can be imported from here too, which loads the areas.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, ClassVar

AREAS = (
    "configuration",
    "commands",
    "files",
    "writing",
    "revisions",
    "operations",
    "ddl",
    "runtime",
    "autogenerate",
    "batch",
    "sqlite",
    "state",
    "journal",
    "locking",
    "recovery",
)


class CommandError(Exception):
    """A mistake that the user can mend; the command line prints it without a traceback and exits with 255.

    :param message: what happened; its first line is stable.
    :param args: whatever else an application's own code raises it with.
    :param hint: what to do next, one or several lines; shown indented below the message.
    """

    code: ClassVar[str] = "command"
    hint: str | None = None  # on the class too: subclasses in applications need not call __init__

    def __init__(self, message: str = "", *args: Any, hint: str | None = None) -> None:
        super().__init__(message, *args)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        message = Exception.__str__(self)  # not that of KeyError, which some are too: it adds quotes
        if not self.hint:
            return message
        return message + "".join(f"\n  {line}" for line in self.hint.splitlines())


def __getattr__(name: str) -> Any:
    if not name.startswith("_"):
        for area in AREAS:
            module = import_module(f"{__name__}.{area}")
            if name in vars(module):
                return vars(module)[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

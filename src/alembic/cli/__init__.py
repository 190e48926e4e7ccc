"""The command line: arguments in, a command run, its outcome as an exit status.

Exit statuses: 0 success, 2 a wrong command line, 255 a mistake that a :class:`~alembic.errors.CommandError`
describes, 1 any other failure. ``check`` tells more: 255 means differences, 3 a database that is not at the
heads, 1 any failure.
"""

from __future__ import annotations

from .line import CommandLine, main

__all__ = ["CommandLine", "main"]

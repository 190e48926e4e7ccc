"""Who holds a lock: what a run tells others of itself, and what a database knows of it anyway."""

from __future__ import annotations

import json
import os
import re
import socket
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..script.steps import MigrationStep

_MARK = re.compile(r"/\* alembic lock (\{.*?\}) \*/", re.DOTALL)
_UNSAFE = re.compile(r"[^A-Za-z0-9 _.,:{}\"@\[\]()+\-\\/]|\*/|/\*")


@dataclass(frozen=True, slots=True)
class Holder:
    """A run that holds a lock, as far as known.

    :param session: how the database calls the session that holds it.
    :param host: the machine that the run is on.
    :param pid: its process there.
    :param user: whose process that is.
    :param application: the program, or what the configuration calls its version.
    :param since: since when, in ISO format.
    :param revision: where the run leads to.
    :param database_user: the user of the session.
    :param address: where the session comes from, as the server sees it.
    :param activity: what the session is doing.
    """

    session: str = ""
    host: str = ""
    pid: int = 0
    user: str = ""
    application: str = ""
    since: str = ""
    revision: str = ""
    database_user: str = ""
    address: str = ""
    activity: str = ""

    def __str__(self) -> str:
        session = [f"database session {self.session}"] if self.session else []
        session += [f"user {self.database_user}"] if self.database_user else []
        session += [f"from {self.address}"] if self.address else []
        if not self.host:
            return "held by " + ", ".join([*session, self.activity] if self.activity else session)
        words = [f"held by process {self.pid} on {self.host}"]
        words += [f"of {self.user}"] if self.user else []
        words += [f"({self.application})"] if self.application else []
        words += [f"since {self.since}"] if self.since else []
        words += [f"for {self.revision}"] if self.revision else []
        return " ".join(words) + (f"; {', '.join(session)}" if session else "")

    def note(self) -> str:
        """What a run tells of itself, as JSON."""
        told = {name: value for name, value in asdict(self).items() if value and name in _TOLD}
        return json.dumps(told, separators=(",", ":"))

    def comment(self) -> str:
        """The same as an SQL comment, in which no character means anything to a driver."""
        return f"/* alembic lock {_UNSAFE.sub(_escaped, self.note())} */"

    def record(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)


_TOLD = frozenset({"host", "pid", "user", "application", "since", "revision"})


def _escaped(found: re.Match[str]) -> str:
    return "".join(f"\\u{ord(char):04x}" for char in found[0])


def myself(steps: Sequence[MigrationStep], application: str | None = None) -> Holder:
    """This process, about to run steps.

    :param application: what the configuration calls it; else the name of the program.
    """
    program = os.path.basename(sys.argv[0]) if sys.argv and sys.argv[0] else "python"
    if program == "__main__.py":
        program = os.path.basename(os.path.dirname(sys.argv[0]))
    return Holder(
        host=socket.gethostname(),
        pid=os.getpid(),
        user=_user(),
        application=application or program,
        since=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        revision=_aim(steps),
    )


def _user() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container without an entry for the process's user
        return str(os.getuid()) if hasattr(os, "getuid") else ""


def _aim(steps: Sequence[MigrationStep]) -> str:
    if not steps:
        return ""
    last, info = steps[-1], steps[-1].info
    verb = "stamp" if last.is_stamp else "upgrade" if last.is_upgrade else "downgrade"
    return f"{verb} to {', '.join(info.destination_revision_ids) or 'base'}"


def told(text: str | None, known: Holder) -> Holder:
    """What is known of a session, with what it tells of itself in a statement or note.

    :param text: a statement with a :meth:`Holder.comment`, or a :meth:`Holder.note`.
    """
    found = _MARK.search(text or "")
    try:
        note = json.loads(found[1] if found else text or "")
    except ValueError:
        return known
    if not isinstance(note, dict):
        return known
    return replace(known, **{name: value for name, value in note.items() if name in _TOLD})

"""What keeps a run from being the only one."""

from __future__ import annotations

from . import CommandError


class LockNotAcquired(CommandError):
    """Another run held the lock for longer than this one was ready to wait."""

    code = "lock-not-acquired"

    def __init__(self, waited: float, holder: str) -> None:
        self.waited, self.holder = waited, holder
        super().__init__(
            f"Another run of migrations holds the lock of this database; gave up after {waited:g} s",
            hint=f"{holder}\nNothing was run. `alembic lock status` shows who holds it; `lock_wait` says for "
            "how many seconds to wait.",
        )


class LockLost(CommandError):
    """The lock of a run was lost while the run went on, so that another may have begun."""

    code = "lock-lost"

    def __init__(self, reason: str | None = None) -> None:
        self.reason = reason
        super().__init__(
            "The lock of this run was lost, and another may have begun: it stopped before its next statement",
            hint=(f"{reason}\n" if reason else "")
            + "The session that holds the lock was ended, by the server, by the network or by `alembic lock "
            "break`. Run the command again: it goes on from what the database holds.",
        )


class RunOvertaken(CommandError):
    """Another run has moved the version table while a step of this one was outside of its transaction."""

    code = "run-overtaken"

    def __init__(self, expected: tuple[str, ...], found: tuple[str, ...]) -> None:
        self.expected, self.found = expected, found
        super().__init__(
            f"Another run has brought the database from {_said(expected)} to {_said(found)} in the meantime",
            hint="Part of the revision that was running is committed already, because of a statement that "
            "SQLite does only outside of a transaction.",
        )


class VersionsOutdated(CommandError):
    """The transaction of the caller's shows the version table as it was before another run."""

    code = "versions-outdated"

    def __init__(self, seen: tuple[str, ...], present: tuple[str, ...]) -> None:
        self.seen, self.present = seen, present
        super().__init__(
            f"Another run has brought the database from {_said(seen)} to {_said(present)}, which the "
            "transaction on this connection doesn't see",
            hint="Nothing was run. It was begun before the migrations, by the code that calls them, and "
            "keeps to what it saw first. Run the command again.",
        )


def _said(rows: tuple[str, ...]) -> str:
    return ", ".join(rows) or "base"

"""What a run has written into the version table, and whether it is there at the end of the run."""

from __future__ import annotations

from ..errors.runtime import VersionsNotSaved
from .events import Event, PlanMade, RunDone, StepDone
from .versions import VersionTable


class Written:
    """The version rows that a run should leave behind, gathered from its events."""

    def __init__(self) -> None:
        self.rows: tuple[str, ...] = ()
        self.seen: set[str] = set()
        self.any = False

    def follow(self, event: Event) -> None:
        """Take note of one event."""
        match event:
            case PlanMade(heads, _):
                self._now(heads)
            case StepDone(_, heads) | RunDone(heads):
                self._now(heads)
                self.any = self.any or isinstance(event, StepDone)

    def _now(self, rows: tuple[str, ...]) -> None:
        self.rows = rows
        self.seen.update(rows)

    def verify(self, versions: VersionTable) -> None:
        """Read the version table back.

        Identifiers that the run has never met come from another process that has gone on since; that is no
        fault of this run.

        :raises VersionsNotSaved: it holds an earlier state of this run.
        """
        connection = versions.connection
        outside = not connection.in_transaction()
        found = versions.read()
        if outside:
            connection.rollback()
        if set(found) != set(self.rows) and self.seen.issuperset(found):
            raise VersionsNotSaved(versions.name, self.rows, found)

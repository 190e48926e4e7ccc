"""The journal of a run: what is written at once, and what in the transaction of the migration."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from ..ddl.traces import QUIET, Traces
from ..runtime.side import SideUnavailable
from .rows import Row, State
from .statements import JournalTable

if TYPE_CHECKING:
    from ..runtime.migration import MigrationContext

log = logging.getLogger(__name__)


class Writer:
    """Reads and writes the journal of a migration context.

    ``autocommit`` says whether statements on the context's connection take effect one by one.
    """

    def __init__(self, context: MigrationContext, traces: Traces) -> None:
        self._context = context
        self.traces = traces
        self.connection = context._versions.connection
        self.table = JournalTable.of(context)
        self.autocommit = False
        self._is_refused = False
        self._exists = False

    def aside(self, act: Callable[[Connection], object]) -> None:
        """Write what has to be saved at once, on a connection of our own, or on the only one there is."""
        if not self._is_refused:
            try:
                side = self._context._company.side.get()
            except (DBAPIError, SideUnavailable) as error:
                log.info("there is no second connection for the journal: %s", getattr(error, "orig", error))
                self._is_refused = True
            else:
                try:
                    act(side)
                except DBAPIError as error:
                    if not error.connection_invalidated:
                        raise
                    side.rollback()  # it was idle for too long: there is another one now
                    act(side)
                return
        act(self.connection)
        if not self.autocommit:
            self.connection.exec_driver_sql("COMMIT", execution_options=QUIET)

    def add_around_commit(self, rows: Sequence[Row]) -> None:
        """Commit the transaction; of its statements say before that nobody knows, and after it what is so."""
        numbers = [row.number for row in rows]
        begun = [row._replace(state=State.BEGUN) for row in rows]
        self.aside(lambda side: self.table.forget(side, numbers))
        self.aside(lambda side: self.table.add(side, begun))
        self.connection.exec_driver_sql("COMMIT", execution_options=QUIET)
        for row in rows:
            self.say(row.number, row.state, row.row_count)

    def say(self, number: int, state: str, row_count: int | None) -> None:
        """What has become of a statement."""
        self.aside(lambda side: self.table.set_state(side, number, state, row_count))

    def read(self) -> tuple[Row, ...]:
        """The journal as it is now, which a transaction that was begun before may not see."""
        found: list[tuple[Row, ...]] = []
        if self.traces.commits_ddl:
            self.aside(lambda side: found.append(self.table.rows(side)))
        else:
            found.append(self.table.rows(self.connection))
        return found[0]

    def ensure(self) -> None:
        """See that the table is there."""
        if self._exists:
            return
        if self.traces.commits_ddl:
            self.aside(self.table.ensure)
        else:
            self.table.ensure(self.connection)
        self._exists = True

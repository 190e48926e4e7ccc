"""SQLite: a connection waits for another one's lock for as long as its busy timeout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .means import Means

if TYPE_CHECKING:
    from ..runtime.statements import Call
    from .kinds import Kind
    from .policy import Timeouts

_BUSY = 5
_FOREVER = 2**31 - 1


class SQLite(Means):
    """BEGIN IMMEDIATE, before the first change of a step, waits for whoever writes, and holds nothing then.

    COMMIT waits for whoever reads, while nobody else can begin to; so the whole step has to be given up.
    """

    commit_waits = True

    _own: int | None = None
    _present: int | None = None

    def put(self, wanted: Timeouts) -> None:
        """See the base; there is no limit of how long a statement runs."""
        if wanted.lock is None and self._own is None:
            return
        if self._own is None:
            self._own = self._present = int(self.send("PRAGMA busy_timeout")[0])
        milliseconds = self._own
        if wanted.lock is not None:
            milliseconds = round(wanted.lock * 1000) or _FOREVER
        if milliseconds != self._present:
            self.send(f"PRAGMA busy_timeout = {milliseconds}")
            self._present = milliseconds

    def unsure(self) -> None:
        """See the base."""
        self._present = None

    def restore(self) -> None:
        """See the base."""
        if self._own is not None and self._present != self._own:
            self.send(f"PRAGMA busy_timeout = {self._own}")

    def is_lock_failure(self, error: BaseException) -> bool:
        """See the base."""
        code = getattr(error, "sqlite_errorcode", None)  # since Python 3.11
        return code == _BUSY if code is not None else "database is locked" in str(error)

    def may_repeat(self, call: Call, kind: Kind, error: BaseException) -> bool:
        """Yes, as long as no transaction is open: it was to be begun."""
        driver = self.connection.connection.driver_connection
        return getattr(driver, "in_transaction", None) is False


MEANS = SQLite

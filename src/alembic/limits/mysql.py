"""MySQL and MariaDB: variables of the session, and statements that stand alone.

DDL commits what was done before, even if it fails then; so it can be sent again, and no lock is kept
meanwhile. A change of rows can as long as it is the first one of its transaction.
"""

from __future__ import annotations

import re
from math import ceil
from typing import TYPE_CHECKING, Any

from .kinds import Kind, can_stand_alone
from .means import Means

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ..runtime.statements import Call
    from .policy import Timeouts

_LOCK_WAIT_TIMEOUT, _DEADLOCK = 1205, 1213
_TIMEOUTS = (1969, 3024)  # MariaDB's, MySQL's
_FOREVER = 31536000  # a year, the most that lock_wait_timeout can be
_READS = re.compile(r"\s*SELECT\b", re.IGNORECASE)
_METADATA, _ROWS = "lock_wait_timeout", "innodb_lock_wait_timeout"


class MySQL(Means):
    """Whole seconds only for locks; statements are limited on MariaDB, and on MySQL those that only read."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._is_mariadb = bool(getattr(connection.dialect, "is_mariadb", False))
        self._statement = "max_statement_time" if self._is_mariadb else "max_execution_time"
        self._own: dict[str, Any] = {}
        self._present: dict[str, Any] = {}
        self._loses_transaction = False
        self._has_written = False

    def put(self, wanted: Timeouts) -> None:
        """See the base."""
        if wanted == (None, None) and not self._own:
            return
        if not self._own:
            self._look()
        values = dict(self._own)
        if wanted.lock is not None:
            values[_METADATA] = values[_ROWS] = ceil(wanted.lock) or _FOREVER
        if wanted.statement is not None:
            values[self._statement] = (
                f"{wanted.statement:g}" if self._is_mariadb else round(wanted.statement * 1000)
            )
        self._set(values)

    def _look(self) -> None:
        names = (_METADATA, _ROWS, self._statement)
        row = self.send(f"SELECT {', '.join('@@SESSION.' + n for n in names)}, @@innodb_rollback_on_timeout")
        self._own = dict(zip(names, row[:3], strict=True))
        self._present = dict(self._own)
        self._loses_transaction = bool(row[3])

    def _set(self, values: dict[str, Any]) -> None:
        changed = {name: value for name, value in values.items() if self._present.get(name) != value}
        if changed:
            self.send("SET " + ", ".join(f"SESSION {name} = {value}" for name, value in changed.items()))
            self._present = values

    def unsure(self) -> None:
        """See the base."""
        self._present = {}

    def restore(self) -> None:
        """See the base."""
        if self._own:
            self._set(self._own)

    def transaction_begun(self) -> None:
        """See the base; the limits are the session's."""
        self._has_written = False

    autocommit_begins = autocommit_ends = transaction_begun

    def executed(self, call: Call, kind: Kind) -> None:
        """See the base."""
        if kind is Kind.DML:
            self._has_written = self._has_written or not _READS.match(call.sql)
        elif kind in (Kind.DDL, Kind.ONLINE):
            self._has_written = False

    def is_lock_failure(self, error: BaseException) -> bool:
        """See the base."""
        return _code(error) in (_LOCK_WAIT_TIMEOUT, _DEADLOCK)

    def is_timeout(self, error: BaseException) -> bool:
        """See the base."""
        return _code(error) in _TIMEOUTS

    def may_repeat(self, call: Call, kind: Kind, error: BaseException) -> bool:
        """See the base."""
        if call.many or not can_stand_alone(call.sql):
            return False
        if kind is Kind.DDL:
            return True
        # A deadlock ends the transaction, and whatever was done in it, maybe past us, is lost.
        is_harmless = _code(error) == _LOCK_WAIT_TIMEOUT and not self._loses_transaction
        return kind is Kind.DML and is_harmless and not self._has_written


def _code(error: BaseException) -> object:
    return error.args[0] if error.args else None


MEANS = MySQL

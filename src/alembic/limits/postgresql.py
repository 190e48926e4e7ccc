"""PostgreSQL: settings of the transaction, and a savepoint to go back to.

A statement that fails spoils its transaction, which may hold locks that others wait for. So all is undone
that was done since the first step began in it, by way of a savepoint: with that its locks go too, while what
env.py has done before (SET search_path), and the lock that keeps other runs away, stay.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from weakref import ref

from ..runtime.transactions import usual_isolation
from .kinds import Kind, can_stand_alone
from .means import Means

if TYPE_CHECKING:
    from ..runtime.statements import Call
    from .policy import Timeouts

_LOCK_FAILURES = ("55P03", "40P01")  # lock_not_available, deadlock_detected
_CANCELED = "57014"
_MARK = "alembic_limits"
_NAME = re.compile(r'"((?:[^"]|"")+)"|\b([A-Za-z_]\w*)')

_HOLDERS = """\
SELECT string_agg(who, E'\\n') FROM (
 SELECT DISTINCT 'session ' || a.pid || coalesce(' of ' || a.usename, '')
  || coalesce(', ' || nullif(a.application_name, ''), '') || coalesce(', ' || a.client_addr::text, '')
  || coalesce(', ' || a.state, '') || coalesce(', in a transaction since ' || a.xact_start::timestamp(0), '')
  || coalesce(': ' || regexp_replace(left(a.query, 80), '\\s+', ' ', 'g'), '') AS who
 FROM pg_locks l
 JOIN pg_class c ON c.oid = l.relation
 JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()
 JOIN pg_stat_activity a ON a.pid = l.pid
 WHERE l.granted AND l.pid <> pg_backend_pid() AND c.relname IN ({names})
 ORDER BY 1 LIMIT 5) AS holders
"""


class PostgreSQL(Means):
    """Limits are set for the transaction only; for the session where there is none, and taken back."""

    _own: tuple[str, ...] | None = None
    _present: tuple[str, ...] | None = None
    _transaction: ref[Any] | None = None
    _is_sessions = False
    _is_marked = False

    def put(self, wanted: Timeouts) -> None:
        """See the base."""
        if wanted == (None, None) and self._own is None:
            return
        if self._own is None:
            row = self.send("SELECT current_setting('lock_timeout'), current_setting('statement_timeout')")
            self._own = self._present = tuple(row)
        values = tuple(
            own if limit is None else f"{round(limit * 1000)}ms"
            for own, limit in zip(self._own, wanted, strict=True)
        )
        if self._is_in_new_transaction() or values != self._present:
            self._set(values, for_session=self._is_autocommit)

    def _is_in_new_transaction(self) -> bool:
        """Whether what was set last is over, because the migration has committed by itself."""
        transaction = self.connection.get_transaction()
        before = self._transaction() if self._transaction is not None else None
        # Weak, because a transaction that somebody holds is taken for the caller's.
        self._transaction = None if transaction is None else ref(transaction)
        return transaction is not before

    def _set(self, values: tuple[str, ...], *, for_session: bool) -> None:
        local = str(not for_session).lower()
        self.send(
            f"SELECT set_config('lock_timeout', '{values[0]}', {local}),"
            f" set_config('statement_timeout', '{values[1]}', {local})"
        )
        self._present = values
        self._is_sessions = self._is_sessions or for_session

    @property
    def _is_autocommit(self) -> bool:
        return bool(usual_isolation(self.connection) == "AUTOCOMMIT")

    def unsure(self) -> None:
        """See the base."""
        self._present = None

    def transaction_begun(self) -> None:
        """See the base."""
        self._present, self._is_marked = self._own, False

    autocommit_begins = transaction_begun

    def autocommit_ends(self) -> None:
        """See the base."""
        self.restore()

    def restore(self) -> None:
        """See the base; in the caller's transaction, which goes on, too."""
        connection = self.connection
        if self._own is None:
            return
        if self._is_sessions:
            self._is_sessions = False
            self._set(self._own, for_session=True)
            if not connection.in_transaction() and not self._is_autocommit:
                connection.connection.commit()
            self._is_sessions = False
        elif connection.in_transaction() and self._present != self._own:
            self._set(self._own, for_session=False)

    def is_lock_failure(self, error: BaseException) -> bool:
        """See the base."""
        return _state(error) in _LOCK_FAILURES

    def is_timeout(self, error: BaseException) -> bool:
        """See the base."""
        return _state(error) == _CANCELED and "statement timeout" in str(error)

    def may_repeat(self, call: Call, kind: Kind, error: BaseException) -> bool:
        """Only outside of transactions. What is online leaves a part behind."""
        return self._is_autocommit and kind in (Kind.DDL, Kind.DML) and can_stand_alone(call.sql)

    def mark(self) -> bool:
        """See the base."""
        if not self._is_marked and self.connection.in_transaction() and not self._is_autocommit:
            self.send(f"SAVEPOINT {_MARK}")
            self._is_marked = True
        return self._is_marked

    def back(self) -> bool:
        """No, if the migration has ended the transaction itself, or has savepoints of its own open."""
        if not self._is_marked or self.connection.in_nested_transaction():
            return False
        try:
            self.send(f"ROLLBACK TO SAVEPOINT {_MARK}")
        except self.connection.dialect.loaded_dbapi.Error:
            return False
        self._present = None
        # The server may end sessions that sit idle in a transaction.
        self.send("SELECT set_config('idle_in_transaction_session_timeout', '0', true)")
        return True

    def holders(self, sql: str) -> list[str]:
        """See the base."""
        found = dict.fromkeys(
            name.replace('""', '"') if name else word.lower() for name, word in _NAME.findall(sql[:2000])
        )
        names = ", ".join("'" + name.replace("'", "''") + "'" for name in list(found)[:100])
        try:
            row = self.send(_HOLDERS.format(names=names)) if names else None
        except self.connection.dialect.loaded_dbapi.Error:  # such as in a transaction that has failed
            return []
        if not self.connection.in_transaction():
            self.connection.connection.rollback()
        return str(row[0]).splitlines() if row and row[0] else []


def _state(error: BaseException) -> object:
    """The SQLSTATE, wherever the driver has it."""
    for name in ("sqlstate", "pgcode"):
        if state := getattr(error, name, None):
            return state
    details = error.args[0] if error.args else None
    return details.get("C") if isinstance(details, dict) else None


MEANS = PostgreSQL

"""PostgreSQL: two advisory locks, the queue on a connection of its own and the fence in what writes.

The queue is a session's lock on the side connection, which is idle but for a moment now and then: the server
notices at once when its client is gone, also while a long statement of the same client goes on elsewhere.
That statement's transaction holds the fence. Whoever wins the queue and still finds the fence held knows that
what holds it is an orphan, and ends it. A run that was paused while it lost the queue can't be overtaken
either: the fence stays as long as its transaction is open, and is taken before the queue is looked at again.

Nobody blocks inside of a statement: a waiting statement has a snapshot, and CREATE INDEX CONCURRENTLY waits
for all that are older than itself, while we would wait for it.
"""

from __future__ import annotations

import logging
import time
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, event
from sqlalchemy.exc import DBAPIError

from ..runtime.side import SideUnavailable, another_connection
from ..runtime.transactions import usual_isolation
from .holder import Holder, told
from .key import Key, declared_schema
from .lifeline import Lifeline
from .ways import Way

if TYPE_CHECKING:
    from ..runtime.migration import MigrationContext
    from .patience import Patience

log = logging.getLogger(__name__)

# Between the end of a client and that of its sessions; a transaction that is being rolled back takes longer.
_GRACE = 1.0
_LOOK_AT_CLIENT = "client_connection_check_interval"
# A machine that has vanished answers nothing; so its lock is free after some ten seconds.
_SESSION = {"tcp_keepalives_idle": "5", "tcp_keepalives_interval": "2", "tcp_keepalives_count": "3"}

_WHO = """\
SELECT a.pid, a.usename, coalesce(a.client_addr::text, ''), a.application_name,
 coalesce(a.xact_start, a.backend_start)::text, a.state, a.query
FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.classid = {high} AND l.objid = {low}
 AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND a.pid <> {not_pid}
"""


class PostgreSQL(Way):
    """See above; :class:`Way` says what each method is for."""

    def __init__(self, context: MigrationContext, *, is_callers: bool) -> None:
        super().__init__(context, is_callers=is_callers)
        self._seat: Connection | None = None  # where the queue's lock is, if not on the main connection
        self._lifeline: Lifeline | None = None
        self._is_pooled = False
        self._has_queue = self._has_session_fence = False
        self._check_before: str | None = None
        self._pid, self._isolation, self._key = 0, "", Key("", "")

    def prepare(self) -> None:
        """One statement on the main connection."""
        row = self.connection.exec_driver_sql(
            "SELECT current_schema(), current_setting('transaction_isolation'), pg_backend_pid()"
        ).one()
        self._isolation, self._pid = row[1], row[2]
        self._key = Key(declared_schema(self.context) or row[0] or "", self.context.version_table)

    def must_begin_anew(self) -> bool:
        """At the usual level each statement sees what is committed."""
        return self._isolation not in ("read committed", "read uncommitted")

    # -- the queue ---------------------------------------------------------------------------------

    def request(self, *, again: bool) -> bool:
        """One attempt, which doesn't block."""
        queue, fence = self._key.number(), self._key.number("fence")
        if self.is_callers:
            # Both are his transaction's. The first stays if only it is won: he has won the queue.
            sql = f"SELECT pg_try_advisory_xact_lock({queue}), pg_try_advisory_xact_lock({fence})"
            won, fenced = self.connection.exec_driver_sql(sql).one()
            self._has_queue = bool(won)
            return bool(won and fenced)
        if not again:
            self._take_seat()
        if self._is_pooled:
            self._ask("SET LOCAL idle_in_transaction_session_timeout = 0", ends=False)
        function = "pg_try_advisory_xact_lock" if self._is_pooled else "pg_try_advisory_lock"
        result = self._ask(f"SELECT {function}({queue})", ends=False)
        self._has_queue = bool(result and result[0][0])
        self._end_asking()
        if self._seat is None:
            self._commit_if_idle()
        return self._has_queue

    def _ask(self, sql: str, *, ends: bool = True) -> list[tuple[Any, ...]]:
        """The rows of a statement, on the seat if there is one."""
        result = (self._seat or self.connection).exec_driver_sql(sql)
        rows = [tuple(row) for row in result.all()] if result.returns_rows else []
        if ends:
            self._end_asking()
        return rows

    def _end_asking(self) -> None:
        """Who has nothing keeps no transaction open: a pooler has few sessions, and the winner needs two."""
        if self._is_pooled and self._seat is not None and not self._has_queue:
            self._seat.rollback()

    def _take_seat(self) -> None:
        """Find a connection for the queue's lock."""
        try:
            side = self.context._company.side.get()
        except (DBAPIError, SideUnavailable, OSError):
            return  # a server with room for no other: the main connection has to do
        pid = side.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        known = client_side_pid(side.connection.driver_connection)
        if known is not None and known != pid:
            # A pooler, which may give the next statement to another session, but not inside of a transaction.
            self._is_pooled = True
            side = another_connection(self.connection)
            side = side.execution_options(isolation_level="READ COMMITTED")
            event.listen(side, "before_cursor_execute", self._signed, retval=True)
        else:
            event.listen(side, "before_cursor_execute", self._signed, retval=True)
            self._set_up(side)
        self._seat, self._lifeline = side, Lifeline(side)

    def _set_up(self, side: Connection) -> None:
        settings = {**_SESSION, "application_name": f"alembic {self.me.host}:{self.me.pid}"[:63]}
        if self._version >= (14,):
            settings["idle_session_timeout"] = "0"
            settings[_LOOK_AT_CLIENT] = "1000"
        calls = [f"set_config('{name}', '{value}', false)" for name, value in settings.items()]
        try:
            side.exec_driver_sql("SELECT " + ", ".join(calls).replace("%", ""))
        except DBAPIError:
            self._looks_at_client = False  # not on every system that PostgreSQL runs on
        else:
            self._looks_at_client = self._version >= (14,)

    _looks_at_client = False

    @property
    def _version(self) -> tuple[Any, ...]:
        return getattr(self.context.dialect, "server_version_info", None) or (0,)

    def _signed(
        self, connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> tuple[str, Any]:
        """Each statement says whose it is: the last one is what others see of an idle session."""
        return f"{statement} {self.me.comment()}", parameters

    def lost(self) -> str | None:
        """The lock is where its session is."""
        return self._lifeline.lost() if self._lifeline is not None else None

    # -- the fence ---------------------------------------------------------------------------------

    def in_transaction(self, patience: Patience) -> None:
        """The fence for one transaction, or for the rest of the run where there are none."""
        if self.is_callers:
            return
        if usual_isolation(self.connection) == "AUTOCOMMIT":
            if not self._has_session_fence:
                self._fence(patience, "pg_try_advisory_lock", is_local=False)
                self._has_session_fence = True
        else:
            self._fence(patience, "pg_try_advisory_xact_lock", is_local=True)

    def out_of_transactions(self, patience: Patience) -> None:
        """The fence for a block; not through a pooler, where it would stay with some session."""
        if not (self.is_callers or self._is_pooled or self._has_session_fence):
            self._fence(patience, "pg_try_advisory_lock", is_local=False)
            self._has_session_fence = True

    def back_in_transactions(self) -> None:
        """The session keeps nothing of it."""
        if self._has_session_fence and usual_isolation(self.connection) != "AUTOCOMMIT":
            self._leave_fence()

    def _fence(self, patience: Patience, function: str, *, is_local: bool) -> None:
        sql = f"SELECT {function}({self._key.number('fence')})"
        if self._looks_at_client:
            name = f"'{_LOOK_AT_CLIENT}'"
            sql += f", current_setting({name}), set_config({name}, '1000', {str(is_local).lower()})"
        began = time.monotonic()
        ended: set[str] = set()
        while True:
            row = self.connection.exec_driver_sql(sql).one()
            if not is_local and self._looks_at_client and self._check_before is None:
                self._check_before = row[1]
            if row[0] or self.lost():
                return
            if time.monotonic() - began > _GRACE:
                self._end_orphans(ended)
            patience.wait(self.pause, self._who_fences)

    def _leave_fence(self) -> None:
        sql = f"SELECT pg_advisory_unlock({self._key.number('fence')})"
        if self._check_before is not None:
            sql += f", set_config('{_LOOK_AT_CLIENT}', '{self._check_before}', false)"
        self._has_session_fence, self._check_before = False, None
        self.connection.exec_driver_sql(sql)

    def _end_orphans(self, ended: set[str]) -> None:
        """The queue is ours, so whoever holds the fence has lost it: its client is dead, or as good as."""
        if not self._has_queue:
            return
        for orphan in self._sessions("fence"):
            if orphan.session not in ended:
                ended.add(orphan.session)
                try:
                    with self._savepoint():
                        self._end(orphan)
                except DBAPIError as error:  # it may be another user's
                    log.warning("A session without its client can't be ended: %s: %s", orphan, error.orig)

    def _savepoint(self) -> AbstractContextManager[object]:
        """A failure inside of the transaction that holds the queue's lock must not end it."""
        return self._seat.begin_nested() if self._is_pooled and self._seat is not None else nullcontext()

    # -- the end -----------------------------------------------------------------------------------

    def free(self) -> None:
        """The caller's transaction keeps its locks until he ends it; ours is over."""
        if self.is_callers:
            return
        if self._has_session_fence:
            self._leave_fence()
            self._commit_if_idle()
        if self._seat is None and self._has_queue:
            self.connection.exec_driver_sql(f"SELECT pg_advisory_unlock({self._key.number()})")
            self._commit_if_idle()
        elif self._is_pooled and self._seat is not None:
            self._seat.close()
        elif self._seat is not None and self._has_queue:
            # The connection is closed at once, but the server may take its time to see that.
            self._seat.exec_driver_sql(f"SELECT pg_advisory_unlock({self._key.number()})")
        self._has_queue = False

    def _commit_if_idle(self) -> None:
        """End the transaction that SQLAlchemy has begun for a statement of ours."""
        if self.context._transaction is None:
            self.connection.commit()

    # -- who ---------------------------------------------------------------------------------------

    def holder(self) -> Holder | None:
        """The session that won the queue; or one that left it, and still writes."""
        return next(iter([*self._sessions("queue"), *self._sessions("fence")]), None)

    def _who_fences(self) -> Holder | None:
        return next(iter(self._sessions("fence")), None)

    def _sessions(self, part: str) -> list[Holder]:
        number = self._key.number(part) % 2**64
        sql = _WHO.format(high=number >> 32, low=number % 2**32, not_pid=self._pid)
        rows = self._ask(sql)
        return [
            told(
                query,
                Holder(
                    session=str(pid),
                    database_user=user or "",
                    address=address,
                    application=application or "",
                    since=since,
                    activity=state or "",
                ),
            )
            for pid, user, address, application, since, state, query in rows
        ]

    def _end(self, holder: Holder) -> None:
        self._ask(f"SELECT pg_terminate_backend({int(holder.session)})")

    def end_holder(self) -> list[Holder]:
        """End the session that has the queue, and the one that writes."""
        found = {holder.session: holder for part in ("queue", "fence") for holder in self._sessions(part)}
        for holder in found.values():
            self._end(holder)
        return list(found.values())


def client_side_pid(driver: Any) -> int | None:
    """What the server, or a pooler before it, told the driver of the session; None if it doesn't show."""
    found = getattr(getattr(driver, "info", None), "backend_pid", None)
    if found is None and hasattr(driver, "get_server_pid"):
        found = driver.get_server_pid()
    return found if isinstance(found, int) and found else None  # that of a pooler may be negative


WAY = PostgreSQL

"""MariaDB and MySQL: a named lock on the connection that writes, and a life sign on another.

The lock belongs to the session that writes, so that it is free exactly when that can write no more. The
server doesn't notice that the client of a long statement is gone; but the side connection, which is idle,
ends with its client at once, and with it the life sign: a named lock too, with the number of the other
session in its name, taken before the queue is entered. A session that holds the lock without a life sign is
an orphan, and is ended by whoever waits.

Named locks hold nothing but their name. So a row of a small table tells whose they are.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, TextClause, event, select, text
from sqlalchemy.exc import DBAPIError

from ..errors.locking import VersionsOutdated
from ..runtime.bookkeeping import LOCK, side_table
from ..runtime.side import SideUnavailable
from .holder import Holder, told
from .key import Key, declared_schema
from .lifeline import Lifeline
from .ways import Way

if TYPE_CHECKING:
    from ..runtime.migration import MigrationContext
    from .patience import Patience

log = logging.getLogger(__name__)

_GRACE = 0.7
_PENDING = "alembic: locks to free after the caller's transaction"

_TABLE = """\
CREATE TABLE IF NOT EXISTS {table}
 (name VARCHAR(64) NOT NULL PRIMARY KEY, session BIGINT NOT NULL, holder TEXT)"""
_TELL = "REPLACE INTO {table} (name, session, holder) VALUES (:name, :session, :holder)"
_ASK = "SELECT holder FROM {table} WHERE name = :name AND session = :session"


class MySQL(Way):
    """See above; :class:`Way` says what each method is for."""

    pause = 0.0  # the server lets the attempts wait

    def __init__(self, context: MigrationContext, *, is_callers: bool) -> None:
        super().__init__(context, is_callers=is_callers)
        self._side: Connection | None = None
        self._lifeline: Lifeline | None = None
        self._is_ours = self._has_sign = False
        self._session = 0
        self._key = Key("", "")
        self._suspect: tuple[int, float] | None = None

    def prepare(self) -> None:
        """One statement on the main connection."""
        database, self._session = self._row("SELECT DATABASE(), CONNECTION_ID()")
        self._key = Key(declared_schema(self.context) or database or "", self.context.version_table)

    # -- the queue ---------------------------------------------------------------------------------

    def request(self, *, again: bool) -> bool:
        """One attempt; the server lets it wait for up to a second, except the first."""
        if not again:
            self._give_sign()
        fractions = getattr(self.context.dialect, "is_mariadb", False)  # MySQL knows whole seconds only
        seconds = ("0.5" if fractions else "1") if again else "0"
        [won] = self._row(f"SELECT GET_LOCK('{self._key.name()}', {seconds})")
        self._is_ours = won == 1
        if not self._is_ours and again:
            self._end_orphan()
        return self._is_ours

    def _give_sign(self) -> None:
        """Before the queue: nobody must see a session in it that shows no sign of life."""
        if not self.is_callers:
            try:
                self._side = self.context._company.side.get()
            except (DBAPIError, SideUnavailable, OSError):
                self._side = None
        # Without another connection, and where the caller's transaction may go on after the run, the session
        # vouches for itself.
        connection = self._side or self.connection
        connection.exec_driver_sql(f"SELECT GET_LOCK('{self._sign(self._session)}', 0)").scalar()
        self._has_sign = True
        if self._side is not None:
            self._lifeline = Lifeline(self._side)

    def _sign(self, session: int) -> str:
        return f"{self._key.name('alive')}:{session}"

    def _end_orphan(self) -> None:
        """A session that has had the lock for a while and shows no sign of life is ended."""
        [holder] = self._row(f"SELECT IS_USED_LOCK('{self._key.name()}')")
        if holder is None or self._row(f"SELECT IS_USED_LOCK('{self._sign(holder)}')") != (None,):
            self._suspect = None
        elif self._suspect is None or self._suspect[0] != holder:
            self._suspect = holder, time.monotonic()
        elif time.monotonic() - self._suspect[1] >= _GRACE:
            self._suspect = None
            try:
                self._kill(holder)
            except DBAPIError as error:  # it may be another user's
                log.warning("Session %s, which has no client, can't be ended: %s", holder, error.orig)

    def won(self, patience: Patience) -> None:
        """Tell others who we are; and see whether the caller's transaction sees what the last run did."""
        if self._side is not None:
            self._tell(self._side)
        if self.is_callers:
            self._check_versions()

    def _check_versions(self) -> None:
        versions = self.context._versions
        seen = versions.read()
        if not versions.exists():
            return
        # A locking read sees what is committed, whenever the transaction was begun.
        latest = select(versions.column).with_for_update(read=True)
        present = tuple(sorted(self.connection.execute(latest).scalars(), key=str))
        if seen != present:
            raise VersionsOutdated(seen, present)

    def lost(self) -> str | None:
        """With the life sign: others take us for an orphan then."""
        return self._lifeline.lost() if self._lifeline is not None else None

    # -- the end -----------------------------------------------------------------------------------

    def free(self) -> None:
        """Free the lock first, then the sign; those of the caller's transaction when that is over."""
        if self.is_callers and self._is_ours:
            self._free_later()
            return
        if self._is_ours:
            self._row(f"SELECT RELEASE_LOCK('{self._key.name()}')")
            self._is_ours = False
        if self._has_sign and self._side is None:
            self._row(f"SELECT RELEASE_LOCK('{self._sign(self._session)}')")
        self._commit_if_idle()

    def _commit_if_idle(self) -> None:
        if self.context._transaction is None and not self.is_callers and self.connection.in_transaction():
            self.connection.commit()

    def _free_later(self) -> None:
        """The caller may have written the versions and not committed them yet.

        SQLAlchemy has no event after a commit. The lock is freed when the connection is used again after it,
        or goes back to its pool; a connection that is closed takes it along.
        """
        connection = self.connection
        connection.info[_PENDING] = (self._key.name(), self._sign(self._session))
        # Each is known to them once only, whatever the number of runs.
        event.listen(connection, "begin", _free_at_begin)
        event.listen(connection.engine.pool, "checkin", _free_at_checkin)

    # -- who ---------------------------------------------------------------------------------------

    def _sql(self, template: str) -> TextClause:
        """A statement on the table that tells who holds the lock."""
        quote = self.context.dialect.identifier_preparer.quote_identifier
        table = f"{quote(self._key.schema)}.{quote(side_table(self.context, LOCK)[1])}"
        return text(template.format(table=table.replace(":", "\\:")))

    def _tell(self, side: Connection) -> None:
        row = {"name": self._key.name(), "session": self._session, "holder": self.me.note()}
        try:
            try:
                side.execute(self._sql(_TELL), row)
            except DBAPIError:
                side.execute(self._sql(_TABLE))
                side.execute(self._sql(_TELL), row)
        except DBAPIError:
            pass  # a user who may not create tables: others see the session, and not whose it is

    def holder(self) -> Holder | None:
        """The session that has the lock."""
        [session] = self._row(f"SELECT IS_USED_LOCK('{self._key.name()}')")
        return None if session is None else self._described(session)

    def _described(self, session: int) -> Holder:
        known = Holder(session=str(session))
        processes = "SELECT USER, HOST, COMMAND, TIME FROM information_schema.PROCESSLIST WHERE ID = "
        found = self.connection.exec_driver_sql(f"{processes}{session}").first()
        if found is not None:
            user, address, command, seconds = found
            activity = f"{command} for {seconds} s"
            known = Holder(session=str(session), database_user=user, address=address, activity=activity)
        try:
            row = {"name": self._key.name(), "session": session}
            note = self.connection.execute(self._sql(_ASK), row).scalar()
        except DBAPIError:
            note = None
        self._commit_if_idle()
        return told(note, known)

    def end_holder(self) -> list[Holder]:
        """End the session that has the lock."""
        found = self.holder()
        if found is None:
            return []
        session = int(found.session)
        [sign] = self._row(f"SELECT IS_USED_LOCK('{self._sign(session)}')")
        self._kill(session)
        if sign not in (None, session):
            self._kill(sign)
        return [found]

    def _kill(self, session: int) -> None:
        try:
            self.connection.exec_driver_sql(f"KILL {session}")
        except DBAPIError as error:
            if not error.orig or error.orig.args[:1] != (1094,):  # it has ended by itself
                raise

    def _row(self, sql: str) -> tuple[Any, ...]:
        return tuple(self.connection.exec_driver_sql(sql).one())


def _free_at_begin(connection: Connection) -> None:
    _free_pending(connection.info, connection.connection.dbapi_connection)


def _free_at_checkin(dbapi_connection: Any, record: Any) -> None:
    _free_pending(record.info, dbapi_connection)


def _free_pending(info: dict[Any, Any], dbapi_connection: Any) -> None:
    names = info.pop(_PENDING, ())
    if names and dbapi_connection is not None:
        cursor = dbapi_connection.cursor()
        for name in names:
            cursor.execute(f"SELECT RELEASE_LOCK('{name}')")
            cursor.fetchall()
        cursor.close()


WAY = MySQL

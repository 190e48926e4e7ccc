"""SQLite: its own lock, of the file, taken by BEGIN IMMEDIATE before the versions are read.

It lasts as long as a transaction. So another run may come between two steps, and at the begin of each the
versions are looked at again: if they have moved, the rest is planned anew.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

from ..errors.locking import RunOvertaken
from ..runtime.atomic import reopen
from ..runtime.runner import VersionsMoved
from .holder import Holder
from .ways import Way

if TYPE_CHECKING:
    from ..runtime.migration import MigrationContext
    from .patience import Patience

_BUSY = 5
_MILLISECONDS = 250


class SQLite(Way):
    """See above; :class:`Way` says what each method is for. It is the gate of each step's transaction."""

    pause = 0.0  # SQLite lets the attempts wait
    names_holders = False

    def __init__(self, context: MigrationContext, *, is_callers: bool) -> None:
        super().__init__(context, is_callers=is_callers)
        self._patience: Patience | None = None
        self._is_begun = False
        schemas = self.connection.get_execution_options().get("schema_translate_map")
        self._sql = str(
            context._versions._select.compile(
                dialect=context.dialect,
                schema_translate_map=schemas,
                render_schema_translate=schemas is not None,
            )
        )

    @property
    def _driver(self) -> Any:
        return self.connection.connection.driver_connection

    def request(self, *, again: bool) -> bool:
        """Begin the transaction of the first step."""
        if self.is_callers:
            return True  # its step begins when it is told
        connection = self.connection
        if not connection.in_transaction():
            connection.begin()
        cursor = connection.connection.cursor()
        try:
            if self._driver.in_transaction:  # begun by the driver or by a listener, and nothing in it
                cursor.execute("COMMIT")
            self.begin(cursor)
        except Exception as error:
            reopen(self._driver, cursor)
            if not is_busy(error):
                raise
            connection.rollback()
            return False
        finally:
            cursor.close()
        self._is_begun = True
        return True

    def in_transaction(self, patience: Patience) -> None:
        """Begin the transaction of a step, and see that nobody was there in between."""
        self._patience = patience
        statements = self.context._statements
        step = statements.step if statements is not None else None
        if step is not None:
            is_begun, self._is_begun = self._is_begun, False
            step.begin_now(self, adopt=is_begun)

    def begin(self, cursor: Any) -> None:
        """Send BEGIN IMMEDIATE, and wait for a moment only if the file is locked."""
        cursor.execute("PRAGMA busy_timeout")
        [usual] = cursor.fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {_MILLISECONDS}")
        try:
            cursor.execute("BEGIN IMMEDIATE")
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")

    def is_to_wait(self, error: Exception) -> bool:
        """Whether BEGIN is worth another attempt."""
        if not is_busy(error):
            return False
        if self._patience is not None:
            self._patience.wait(self.pause, self.holder)
        return True

    def begun(self, cursor: Any, *, has_written: bool) -> None:
        """A transaction has begun, in which nobody else can write.

        :raises VersionsMoved: somebody has, since the plan was made.
        :raises RunOvertaken: the same in the middle of a step, of which a part is committed already.
        """
        if self._patience is not None:
            self._patience.renew()
        expected = self.context._company.heads
        if expected is None:
            return
        found = self._versions(cursor)
        if set(found) != set(expected):
            if has_written:
                raise RunOvertaken(expected, found)
            raise VersionsMoved

    def _versions(self, cursor: Any) -> tuple[str, ...]:
        try:
            cursor.execute(self._sql)
        except Exception as error:
            if "no such table" in str(error):
                return ()
            raise
        return tuple(sorted(str(row[0]) for row in cursor.fetchall()))

    def free(self) -> None:
        """End the transaction that no step has come to."""
        # The driver does it by itself, unless Python 3.12 was told autocommit=True.
        if self._is_begun and getattr(self._driver, "autocommit", None) is True:
            self._is_begun = False
            with suppress(DBAPIError):
                self.connection.exec_driver_sql("ROLLBACK")
        if self.context._transaction is None and not self.is_callers:
            self.connection.rollback()

    def holder(self) -> Holder:
        """Somebody; SQLite knows nothing of him."""
        return Holder(activity="another process, which has the file of this database locked")


def is_busy(error: BaseException) -> bool:
    """Whether the file was locked for longer than SQLite was told to wait."""
    code = getattr(error, "sqlite_errorcode", None)  # Python 3.11
    return (code & 0xFF) == _BUSY if isinstance(code, int) else "is locked" in str(error)


WAY = SQLite

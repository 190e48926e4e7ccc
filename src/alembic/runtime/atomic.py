"""One real transaction around a step, on a database whose driver would not begin one for DDL.

Python's sqlite3 begins a transaction of its own accord before the first INSERT, UPDATE or DELETE only: DDL
before it is committed at once, DDL after it is not. SQLite itself can roll DDL back as well as anything. So
BEGIN is sent by hand, as late as possible: before the first statement that changes something.

That it is so late matters for statements that SQLite ignores or refuses inside of a transaction. ``PRAGMA
foreign_keys=OFF`` before a table is rebuilt is the important one: were it ignored, DROP TABLE would delete
the rows of referring tables by cascade.
"""

from __future__ import annotations

import re
from typing import Any, Protocol

from sqlalchemy import Connection

from .statements import Statements

_COMMENTS = r"(?:\s+|--[^\n]*(?:\n|$)|/\*.*?\*/)*"
# Reading needs no transaction, nor does ending one. SAVEPOINT does: the end of one that is not inside of a
# transaction is a commit.
_HARMLESS = re.compile(
    _COMMENTS + r"(?:SELECT|VALUES|EXPLAIN|PRAGMA|COMMIT|END|ROLLBACK|RELEASE)\b", re.I | re.S
)
_OUTSIDE = re.compile(
    _COMMENTS + r"(?:VACUUM|DETACH|ATTACH|BEGIN"
    r"|PRAGMA\s+(?:\w+\.)?(?:foreign_keys|journal_mode|synchronous|page_size)\s*[=(])",
    re.I | re.S,
)
_ENFORCE_AGAIN = re.compile(
    _COMMENTS + r"PRAGMA\s+foreign_keys\s*(?:=\s*|\(\s*)['\"]?(?:ON|1|TRUE|YES)\b", re.I | re.S
)


class Gate(Protocol):
    """Lets a run into a transaction in which nobody else can write."""

    def begin(self, cursor: Any) -> None:
        """Send BEGIN IMMEDIATE."""

    def is_to_wait(self, error: Exception) -> bool:
        """Whether it is worth another attempt, after it has failed and one has waited."""

    def begun(self, cursor: Any, *, has_written: bool) -> None:
        """Make sure that all is as it was expected; else raise an exception.

        :param has_written: a part of the step is committed already.
        """


def reopen(driver: Any, cursor: Any) -> None:
    """Begin a transaction for a driver that is never outside of one: ``autocommit=False`` of Python 3.12."""
    if getattr(driver, "autocommit", None) is False and not driver.in_transaction:
        cursor.execute("BEGIN")


class AtomicStep:
    """Sends BEGIN when it is needed, from its making until :meth:`finish` or :meth:`remove`.

    A transaction that is open already is left alone: the driver's (``autocommit=False`` of Python 3.12), or
    one that the application's own listener begins.

    :param connection: in a transaction as SQLAlchemy sees it.
    :param ours: whether we end the transaction; if not, nothing can be put off until after its end.
    :param statements: of this connection, where several steps follow each other.
    """

    def __init__(self, connection: Connection, *, ours: bool, statements: Statements | None = None) -> None:
        self._connection = connection
        self._is_alone = statements is None
        self._statements = statements or Statements(connection)
        self._ours = ours
        self._driver: Any = connection.connection.driver_connection
        self._begun = False
        self._has_written = False
        self._gate: Gate | None = None
        self._later: list[str] = []
        self._statements.step = self
        if self._is_alone:
            self._statements.watch()

    def remove(self) -> None:
        """Watch no longer; what has been begun stays begun."""
        self._statements.step = None
        if self._is_alone:
            self._statements.ignore()

    @property
    def _open(self) -> bool:
        return bool(getattr(self._driver, "in_transaction", self._begun))

    def begin_now(self, gate: Gate, *, adopt: bool = False) -> None:
        """Begin before the first statement already, and whenever it is needed again, through a gate.

        What comes before the first change is then done in the transaction too, and what SQLite does only
        outside of it ends it for a moment.

        :param adopt: the gate has begun the transaction that is open.
        """
        self._gate = gate
        if self._open and not adopt and not self._ours:
            return
        cursor = self._connection.connection.cursor()
        try:
            if self._open and not adopt:  # begun by the driver or by a listener, and nothing in it
                cursor.execute("COMMIT")
            if self._open:
                self._begun = True
            else:
                self._begin(cursor)
        finally:
            reopen(self._driver, cursor)
            cursor.close()

    def _begin(self, cursor: Any) -> None:
        # IMMEDIATE: wait for another writer here, where waiting is possible, rather than fail at the first
        # write after a read.
        gate = self._gate
        if gate is None:
            cursor.execute("BEGIN IMMEDIATE")
            self._begun = True
            return
        while True:
            try:
                gate.begin(cursor)
                break
            except Exception as error:
                if not gate.is_to_wait(error):
                    raise
        try:
            gate.begun(cursor, has_written=self._has_written)
        except BaseException:
            cursor.execute("ROLLBACK")
            raise
        self._begun = True

    def before(self, statement: str, cursor: Any) -> str:
        """Prepare for a statement, and return what is to be executed."""
        if _OUTSIDE.match(statement):
            return self._outside(statement, cursor)
        if not _HARMLESS.match(statement):
            if not self._open:
                self._begin(cursor)
            self._has_written = True
        return statement

    def _outside(self, statement: str, cursor: Any) -> str:
        """Let a statement that SQLite ignores or refuses inside of a transaction do what it says."""
        if not self._begun or not self._open:
            return statement
        if self._ours and _ENFORCE_AGAIN.match(statement):
            self._later.append(statement)
            return "PRAGMA foreign_keys"
        cursor.execute("COMMIT")
        self._begun = False
        return statement

    def finish(self) -> None:
        """Commit what was begun by hand, if the driver would not."""
        self.remove()
        self._reopen()
        if self._begun and self._open and getattr(self._driver, "autocommit", None) is True:
            # Python 3.12: commit() and rollback() of such a connection do nothing.
            self._connection.exec_driver_sql("COMMIT")

    def abandon(self) -> None:
        """Roll back what was begun by hand, if the driver would not."""
        self.remove()
        self._reopen()
        if self._begun and self._open and getattr(self._driver, "autocommit", None) is True:
            self._connection.exec_driver_sql("ROLLBACK")

    def _reopen(self) -> None:
        if self._gate is not None and getattr(self._driver, "autocommit", None) is False:
            cursor = self._connection.connection.cursor()
            reopen(self._driver, cursor)
            cursor.close()

    def afterwards(self) -> None:
        """Run what was put off until after the transaction, however that ended."""
        statements, self._later = self._later, []
        if statements:
            with self._connection.begin():
                for statement in statements:
                    self._connection.exec_driver_sql(statement)

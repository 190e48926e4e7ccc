"""Oracle: a lock of DBMS_LOCK, of the session that writes; a locked row for users who may not have one.

DDL commits, so that no lock of a transaction can last for a run: the row is locked on a connection that does
nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Integer, TextClause, outparam, text
from sqlalchemy.exc import DBAPIError

from ..runtime.bookkeeping import LOCK, side_table
from ..runtime.side import another_connection
from .key import Key, declared_schema
from .ways import Way

if TYPE_CHECKING:
    from ..runtime.migration import MigrationContext

_EXCLUSIVE = 6
_WON, _OURS_ALREADY = 0, 4
# ALLOCATE_UNIQUE, which gives numbers for names, would commit.
_NUMBERS = 2**30


class Oracle(Way):
    """See above; :class:`Way` says what each method is for."""

    pause = 1.0
    names_holders = False

    def __init__(self, context: MigrationContext, *, is_callers: bool) -> None:
        super().__init__(context, is_callers=is_callers)
        self._key = Key("", "")
        self._row: Connection | None = None
        self._is_ours = False

    def prepare(self) -> None:
        """One statement, unless env.py has named a schema."""
        schema = declared_schema(self.context)
        if schema is None:
            sql = "SELECT SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') FROM DUAL"
            schema = self.connection.exec_driver_sql(sql).scalar() or ""
        self._key = Key(schema, self.context.version_table)

    def request(self, *, again: bool) -> bool:
        """One attempt."""
        if self._row is None:
            try:
                self._is_ours = self._request_lock()
            except DBAPIError:  # no privilege: PLS-00201
                self._row = self._row_of_lock()
        if self._row is not None:
            self._is_ours = self._lock_row(self._row)
        return self._is_ours

    def _request_lock(self) -> bool:
        result: Any = self.connection.execute(request(self._key))
        return result.out_parameters["outcome"] in (_WON, _OURS_ALREADY)

    @property
    def _table(self) -> str:
        quote = self.context.dialect.identifier_preparer.quote
        return f"{quote(self._key.schema)}.{quote(side_table(self.context, LOCK)[1])}"

    def _row_of_lock(self) -> Connection:
        """A connection for the row alone; the row is there afterwards."""
        connection = another_connection(self.connection)
        connection = connection.execution_options(isolation_level="READ COMMITTED")
        name = self._key.name()
        for statement in (
            f"CREATE TABLE {self._table} (name VARCHAR2(64) NOT NULL PRIMARY KEY)",
            f"INSERT INTO {self._table} (name) VALUES ('{name}')",
        ):
            try:
                connection.exec_driver_sql(statement)
                connection.commit()
            except DBAPIError:  # it is there; if not, locking the row says what is wrong
                connection.rollback()
        return connection

    def _lock_row(self, connection: Connection) -> bool:
        sql = f"SELECT name FROM {self._table} WHERE name = '{self._key.name()}' FOR UPDATE NOWAIT"
        try:
            connection.exec_driver_sql(sql).one()
        except DBAPIError as error:
            connection.rollback()
            if "ORA-00054" not in str(error):
                raise
            return False
        return True

    def free(self) -> None:
        """The row is free with its connection."""
        if self._row is not None:
            self._row.close()
            self._row = None
        elif self._is_ours:
            self.connection.execute(release(self._key))
        self._is_ours = False


def number(key: Key) -> int:
    """The number of a lock; those of DBMS_LOCK have 30 bits."""
    return key.number() % _NUMBERS


def request(key: Key) -> TextClause:
    """The block that asks for the lock; DDL does not free it."""
    block = (
        f"BEGIN :outcome := DBMS_LOCK.REQUEST(id => {number(key)}, lockmode => {_EXCLUSIVE}, timeout => 0, "
        "release_on_commit => FALSE); END;"
    )
    return text(block).bindparams(outparam("outcome", Integer()))


def release(key: Key) -> TextClause:
    """The block that frees it."""
    return text(f"BEGIN :outcome := DBMS_LOCK.RELEASE({number(key)}); END;").bindparams(
        outparam("outcome", Integer())
    )


WAY = Oracle

"""A second connection to the database of a run, for what must not be part of its transactions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, NullPool
from sqlalchemy.exc import InvalidRequestError

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

    from .migration import MigrationContext


class SideUnavailable(InvalidRequestError):
    """The engine has one connection, and no other to give."""


class SideConnection:
    """Made when it is first asked for; each of its statements takes effect at once.

    It is made as the pool of the application's engine makes connections (its URL, arguments, listeners), but
    is none of the pool's, which may have room for a single one.
    """

    def __init__(self, context: MigrationContext) -> None:
        self._context = context
        self._connection: Connection | None = None

    @property
    def is_open(self) -> bool:
        """Whether anybody has asked for it."""
        return self._connection is not None

    def get(self) -> Connection:
        """The connection.

        :raises sqlalchemy.exc.DBAPIError: the database allows no other, or can't be reached.
        :raises SideUnavailable: the engine has only the one.
        """
        if self._connection is None:
            self._connection = another_connection(self._context._versions.connection)
        return self._connection

    def close(self) -> None:
        """Close it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def another_connection(connection: Connection) -> Connection:
    """A new connection to the same database, which commits each statement.

    :raises SideUnavailable: an application's function that makes connections has given the same one again.
    """
    engine, given = connection.engine, connection.connection.dbapi_connection

    def create(rec: ConnectionPoolEntry) -> DBAPIConnection:
        made = engine.pool._invoke_creator(rec)
        if made is given:
            raise SideUnavailable("this engine makes the same connection each time")
        return made

    pool = NullPool(create, dialect=engine.dialect, _dispatch=engine.pool.dispatch)
    return Engine(pool, engine.dialect, engine.url).connect().execution_options(isolation_level="AUTOCOMMIT")

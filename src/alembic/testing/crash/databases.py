"""Databases that a test may empty as often as it likes, and servers that it may kill."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, create_engine, make_url
from sqlalchemy.pool import NullPool

Prepare = Callable[[Connection], object]


class Server(Protocol):
    """A database server whose process belongs to the test."""

    def kill(self) -> None:
        """End its process as ``kill -9`` does; return when it is gone."""

    def restart(self) -> None:
        """Start it on the same data and address; return when it answers."""


class Database(Protocol):
    """A database that can be put back to where the test begins."""

    @property
    def url(self) -> str:
        """Its SQLAlchemy URL, with a driver that is not asynchronous."""

    @property
    def server(self) -> Server | None:
        """The server that it is on, if that may be killed."""

    def reset(self) -> None:
        """Delete everything in it and make what the test begins with."""


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """A connection that leaves nothing behind, in a transaction that is committed."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        yield connection


class SQLiteFile:
    """A SQLite database in a file of its own, which is deleted and made anew.

    :param path: the file.
    :param prepare: called with a connection to the empty database, to make what the test begins with.
    """

    server = None

    def __init__(self, path: str | Path, *, prepare: Prepare | None = None) -> None:
        self.path = Path(path)
        self.url = f"sqlite:///{self.path}"
        self._prepare = prepare

    def reset(self) -> None:
        for suffix in ("", "-journal", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        if self._prepare is not None:
            with connected(self.url) as connection:
                self._prepare(connection)


class DisposableDatabase:
    """A database on PostgreSQL, MySQL or MariaDB, which is dropped, with all that is in it, and created anew.

    :param url: the database; it need not exist. Its user must be allowed to create and drop databases.
    :param prepare: called with a connection to the empty database, to make what the test begins with.
    :param server: the server, if it may be killed.
    """

    def __init__(self, url: str, *, prepare: Prepare | None = None, server: Server | None = None) -> None:
        self.url = url
        self.server = server
        self._prepare = prepare
        parsed = make_url(url)
        self._name = parsed.database
        self._is_postgresql = parsed.get_backend_name() == "postgresql"
        self._outside = create_engine(
            parsed.set(database="postgres" if self._is_postgresql else "information_schema"),
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
        )

    def reset(self) -> None:
        with self._outside.connect() as connection:
            name = connection.dialect.identifier_preparer.quote_identifier(str(self._name))
            if self._is_postgresql:
                connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            else:
                self._end_sessions(connection)
                connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name}")
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        if self._prepare is not None:
            with connected(self.url) as connection:
                self._prepare(connection)

    def _end_sessions(self, connection: Connection) -> None:
        """Somebody who was killed may still hold a lock that DROP DATABASE would wait for."""
        sessions = connection.exec_driver_sql(
            "SELECT id FROM information_schema.processlist WHERE db = %s", (self._name,)
        )
        for session in sessions.scalars().all():
            try:
                connection.exec_driver_sql(f"KILL {session}")
            except connection.dialect.loaded_dbapi.Error:
                continue  # it has just ended


def engine_of(url: str) -> Engine:
    """An engine that keeps no connection."""
    return create_engine(url, poolclass=NullPool)

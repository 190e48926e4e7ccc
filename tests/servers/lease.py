"""One server of each kind per test process, and a fresh database on it for each test that asks."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.servers import mariadb, postgresql
from tests.servers.process import Child, Unavailable

Server = Callable[[], "tuple[Child, str]"]

STARTERS: dict[str, Server] = {"postgresql": postgresql.start, "mariadb": mariadb.start}


class Lease:
    """A server that is started on the first demand; knows the reason when it could not be."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._child: Child | None = None
        self._url: str | None = None
        self._unavailable: Unavailable | None = None
        self._numbers = itertools.count(1)

    def admin_url(self) -> str:
        """The URL of the administrative database; `Unavailable` when there is no server to be had.

        ALEMBIC_TEST_POSTGRESQL_URL and ALEMBIC_TEST_MARIADB_URL name servers that run already.
        """
        if self._unavailable is not None:
            raise self._unavailable
        if self._url is None:
            self._url = os.environ.get(f"ALEMBIC_TEST_{self.kind.upper()}_URL")
        if self._url is None:
            try:
                self._child, self._url = STARTERS[self.kind]()
            except Unavailable as error:
                self._unavailable = error
                raise
        return self._url

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a new, empty database, which is dropped at the end."""
        from sqlalchemy import create_engine
        from sqlalchemy.pool import NullPool

        admin = self.admin_url()
        name = f"alembic_test_{os.getpid()}_{next(self._numbers)}"
        engine = create_engine(admin, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        try:
            yield admin.rpartition("/")[0] + "/" + name
        finally:
            force = " WITH (FORCE)" if self.kind == "postgresql" else ""
            with engine.connect() as connection:
                connection.exec_driver_sql(f"DROP DATABASE {name}{force}")

    def close(self) -> None:
        """Stop the server if we started it."""
        if self._child is not None:
            self._child.stop()
        self._child = self._url = None


_leases: dict[str, Lease] = {}


def lease(kind: str) -> Lease:
    """The lease of this process for "postgresql" or "mariadb"."""
    return _leases.setdefault(kind, Lease(kind))

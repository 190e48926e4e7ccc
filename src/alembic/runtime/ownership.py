"""Whose transaction is it that a connection is in?

A connection may be in a transaction before we touch it. If the caller began it, the caller ends it. But
SQLAlchemy also begins one by itself whenever anything is executed (a ``SET search_path``, an advisory lock,
a look at the tables), and nobody ever commits that one: migrations run in it are lost without a word.
"""

from __future__ import annotations

import sys
from typing import Any

from sqlalchemy import Connection, event


class _Holder:
    """Something that holds an object as a connection holds its transaction."""

    _transaction: object = None


def _references(holder: Any) -> int:
    return sys.getrefcount(holder._transaction)


def _references_of_one_holder() -> int:
    holder = _Holder()
    holder._transaction = object()
    return _references(holder)


def is_callers(connection: Connection) -> bool:
    """Whether the connection is in a transaction that somebody else has begun and will end.

    True for ``with connection.begin():``, ``engine.begin()``, an ORM session's connection, and for any
    transaction object that somebody keeps. A transaction that nobody but the connection knows of was begun by
    SQLAlchemy on first use; that it is known to nobody can only be told by counting references (CPython). In
    doubt the answer is True.
    """
    if not connection.in_transaction():
        return False
    if connection._trans_context_manager is not None:
        return True
    if not hasattr(sys, "getrefcount"):
        return True
    return _references(connection) > _references_of_one_holder()


class CallersTransaction:
    """Watches the caller's transaction, in which migrations have run: is it left open until the end?

    SQLAlchemy rolls an open transaction back when its connection is closed. The pool is told when that has
    been necessary; so a deliberate ``rollback()``, as for a trial run, isn't mistaken for forgetfulness.
    """

    def __init__(self, connection: Connection) -> None:
        self.abandoned = False
        self._ended = False
        self._dbapi_connection = connection.connection.dbapi_connection
        pool = connection.engine.pool
        self._listeners: list[tuple[Any, str, Any]] = [
            (connection, "commit", self._on_end),
            (connection, "begin", self._on_end),
            (connection, "commit_twophase", self._on_end_twophase),
            (pool, "reset", self._on_reset),
        ]
        for target, name, listener in self._listeners:
            event.listen(target, name, listener)

    def _on_end(self, connection: Connection) -> None:
        self._ended = True

    def _on_end_twophase(self, connection: Connection, xid: Any, is_prepared: bool) -> None:
        self._ended = True

    def _on_reset(self, dbapi_connection: Any, record: Any, state: Any) -> None:
        if dbapi_connection is self._dbapi_connection and not self._ended:
            self._ended = True
            self.abandoned = bool(state.transaction_was_reset)

    def stop(self) -> None:
        """Watch no longer."""
        for target, name, listener in self._listeners:
            event.remove(target, name, listener)
        self._listeners = []

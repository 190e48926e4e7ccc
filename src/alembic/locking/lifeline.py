"""Whether a connection that is silent is still there, told without sending anything."""

from __future__ import annotations

import select
import time
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

_EVERY = 1.0
# The connection may be lost between a look and the statement after it as well: so much later is no worse.
_RECENT = 0.01


class Lifeline:
    """Watches a connection that a lock hangs on.

    A server that ends a session, and a network that resets it, make the client's socket readable, which costs
    a system call to see. Only then, or each second where the driver doesn't show its socket, a statement is
    sent: a server may also have something harmless to say.

    :param connection: nothing is expected on it between our own statements.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._driver: Any = connection.connection.driver_connection
        self._looked = self._asked = time.monotonic()
        self._lost: str | None = None

    def lost(self) -> str | None:
        """Why the connection is of no use any more; None while it lives."""
        now = time.monotonic()
        if now - self._asked < _RECENT:
            return self._lost
        self._asked = now
        if self._lost is None and self._is_another():
            self._lost = "the connection had to be made anew"
        if self._lost is None and self._is_suspicious():
            self._looked = time.monotonic()
            try:
                self._connection.exec_driver_sql("SELECT 1")
            except DBAPIError as error:
                self._lost = str(error.orig).strip() or type(error.orig).__name__
        return self._lost

    def _is_another(self) -> bool:
        """SQLAlchemy makes a connection anew that was lost, when it is used again."""
        connection = self._connection
        return connection.invalidated or connection.connection.driver_connection is not self._driver

    def _is_suspicious(self) -> bool:
        number = descriptor(self._driver)
        if number is None:
            return time.monotonic() - self._looked > _EVERY
        return number < 0 or _is_readable(number)


def descriptor(driver: Any) -> int | None:
    """The socket of a driver's connection; -1 for a closed one, None where the driver doesn't show it."""
    for found in (
        driver,
        getattr(driver, "_sock", None),  # PyMySQL, pg8000
        getattr(driver, "_usock", None),  # older pg8000
        getattr(getattr(driver, "_socket", None), "sock", None),  # MySQL Connector
    ):
        fileno = getattr(found, "fileno", None)
        if callable(fileno):
            try:
                number = fileno()
            except Exception:  # each driver has an error of its own for a closed connection
                return -1
            return number if isinstance(number, int) else None
    return None


def _is_readable(number: int) -> bool:
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(number, select.POLLIN)
        return bool(poll.poll(0))
    return bool(select.select([number], [], [], 0)[0])

"""In the process that is struck: follows what it asks of its databases, and strikes at the given place.

It stands between SQLAlchemy and the driver, on the methods of the dialect that execute and commit, behind
all listeners of events: what these send, too, is seen, on whatever connection, and in its place.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import Engine, event

from .points import COMMIT, Moment, may_change

_EXECUTING = ("do_execute", "do_executemany", "do_execute_no_params")


class Place(NamedTuple):
    """Where to strike: at the how many-th action, when, and for DURING after how much of its work."""

    number: int
    moment: Moment
    work: float


class Watch:
    """Counts actions, writes them down and strikes.

    :param record: a file descriptor that takes a line of JSON for each action that has ended.
    :param place: None to let the run finish.
    :param blow: what happens there; it may return, when it is the server that is struck.
    """

    def __init__(self, record: int, place: Place | None, blow: Callable[[], None]) -> None:
        self._record = record
        self._place = place
        self._blow = blow
        self._number = 0
        self._connections: list[Any] = []
        self._known: list[Any] = []
        self._within = threading.RLock()
        self._struck = False

    def install(self) -> None:
        """Watch every engine of this process from its next connection on."""
        event.listen(Engine, "do_connect", self._connecting)

    def _connecting(self, dialect: Any, record: Any, arguments: Any, keywords: Any) -> None:
        if not any(dialect is one for one in self._known):
            self._known.append(dialect)
            for name in _EXECUTING:
                setattr(dialect, name, self._executing(getattr(dialect, name)))
            dialect.do_commit = self._committing(dialect.do_commit)

    def _executing(self, execute: Callable[..., Any]) -> Callable[..., Any]:
        def watched(cursor: Any, statement: str, *rest: Any, **more: Any) -> Any:
            if not may_change(statement):
                return execute(cursor, statement, *rest, **more)
            driver = connection_of(cursor)
            work = work_of(driver, is_commit=False)
            return self._act(statement, driver, work, lambda: execute(cursor, statement, *rest, **more))

        return watched

    def _committing(self, commit: Callable[..., Any]) -> Callable[..., Any]:
        def watched(connection: Any) -> Any:
            driver = getattr(connection, "dbapi_connection", connection)
            return self._act(COMMIT, driver, work_of(driver, is_commit=True), lambda: commit(connection))

        return watched

    def _act(self, text: str, connection: Any, work: Work, do: Callable[[], Any]) -> Any:
        self._number += 1
        number = self._number
        place = self._place if self._place is not None and self._place.number == number else None
        if place is not None and place.moment is Moment.BEFORE:
            self._strike()
        until = place.work if place is not None and place.moment is Moment.DURING else None
        try:
            with work.measured(until, self._strike):
                return do()
        finally:
            self._write(number, text, self._which(connection), work)
            if place is not None:
                self._strike()  # AFTER, even of what failed; or DURING, and it was faster this time

    def _which(self, connection: Any) -> int:
        for place, known in enumerate(self._connections):
            if known is connection:
                return place + 1
        self._connections.append(connection)
        return len(self._connections)

    def _write(self, number: int, text: str, connection: int, work: Work) -> None:
        line = json.dumps([number, text, connection, work.done, work.interruptible])
        os.write(self._record, line.encode() + b"\n")

    def _strike(self) -> None:
        with self._within:
            if not self._struck:
                self._struck = True
                os.write(self._record, b'"struck"\n')
                self._blow()


class Work:
    """How much work an action is, in seconds, and a blow after a part of it."""

    interruptible = True

    def __init__(self) -> None:
        self.done = 0.0

    def measured(self, until: float | None, strike: Callable[[], None]) -> Work:
        """Used as a context manager around the action."""
        self._until, self._strike = until, strike
        return self

    def __enter__(self) -> None:
        if self._until is not None:
            threading.Thread(target=self._wait, args=(self._until,), daemon=True).start()
        self._started = time.perf_counter()

    def __exit__(self, *error: object) -> None:
        self.done = time.perf_counter() - self._started

    def _wait(self, seconds: float) -> None:
        time.sleep(seconds)
        self._strike()


class SQLiteWork(Work):
    """The same, in steps of SQLite's virtual machine: there is no server that would go on by itself.

    :param connection: of Python's sqlite3.
    """

    def __init__(self, connection: Any) -> None:
        super().__init__()
        self._connection = connection

    @property
    def interruptible(self) -> bool:  # type: ignore[override]  # known only afterwards here
        """SQLite looks up from some statements only."""
        return self.done > 0

    def __enter__(self) -> None:
        self._connection.set_progress_handler(self._step, 1)

    def __exit__(self, *error: object) -> None:
        self._connection.set_progress_handler(None, 1)

    def _step(self) -> int:
        self.done += 1
        if self._until is not None and self.done >= self._until:
            self._strike()
        return 0


class Indivisible(Work):
    """Work that nothing can be seen of until it is done."""

    interruptible = False

    def __enter__(self) -> None:
        self.done = 0.0

    def __exit__(self, *error: object) -> None:
        pass


def work_of(connection: Any, *, is_commit: bool) -> Work:
    """How an action on a connection of a driver is measured."""
    if hasattr(connection, "set_progress_handler"):
        return Indivisible() if is_commit else SQLiteWork(connection)
    return Work()


def connection_of(cursor: Any) -> Any:
    """The driver's connection that a cursor belongs to, or SQLAlchemy's stand-in for an asynchronous one."""
    return getattr(cursor, "connection", None) or getattr(cursor, "_adapt_connection", cursor)


def kill_this_process() -> None:
    """As the kernel does when memory is out: nothing more happens in this process."""
    os.kill(os.getpid(), signal.SIGKILL)


def ask_for_a_blow(address: str) -> Callable[[], None]:
    """Have the test's process do something, and go on when it is done."""

    def ask() -> None:
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(address)
            line.sendall(b"!")
            line.recv(1)  # nothing: it is closed when the blow has fallen

    return ask

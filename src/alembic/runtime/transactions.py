"""The transactions of a run: the one that we begin and end, on a live connection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

from .atomic import AtomicStep

if TYPE_CHECKING:
    from types import TracebackType

    from sqlalchemy import Connection
    from typing_extensions import Self

    from .statements import Statements


class MigrationTransaction:
    """A transaction that migrations run in, and that we end: ``with context.begin_transaction() as it:``.

    Without an exception it is committed at the end of the block, else rolled back. A transaction that
    SQLAlchemy has begun by itself before is carried on with and committed as well.

    :param connection: in no transaction, or in one that nobody else will end.
    :param atomic: send BEGIN by hand, see :mod:`alembic.runtime.atomic`.
    :param statements: of this connection, where several transactions follow each other.
    :param begun: called after each begin.
    :param before_commit: called before each commit.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        atomic: bool,
        statements: Statements | None = None,
        begun: Callable[[], None] = lambda: None,
        before_commit: Callable[[], None] = lambda: None,
    ) -> None:
        self.connection = connection
        self._begun, self._before_commit = begun, before_commit
        self._atomic, self._statements = atomic, statements
        self._step: AtomicStep | None = None
        self._held: Any = None

    def __enter__(self) -> Self:
        self.begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            # A session that is dead has no transaction any more, and what has come before says more.
            with suppress(DBAPIError):
                self.rollback()
        else:
            self.commit()

    @property
    def is_active(self) -> bool:
        """Whether the connection is in this transaction."""
        return self._held is not None and self.connection.in_transaction()

    def begin(self) -> None:
        """Begin, or carry on with what SQLAlchemy has begun."""
        if not self.connection.in_transaction():
            self.connection.begin()
        # Holding it tells others, such as a second context on this connection, that it is somebody's.
        self._held = self.connection.get_transaction()
        if self._atomic:
            self._step = AtomicStep(self.connection, ours=True, statements=self._statements)
        try:
            self._begun()
        except BaseException:
            self.rollback()
            raise

    def commit(self) -> None:
        """Save the work so far."""
        try:
            self._before_commit()
        except BaseException:
            self.rollback()
            raise
        step, self._step, self._held = self._step, None, None
        try:
            if step is not None:
                step.finish()
            self.connection.commit()
        except BaseException:
            self.connection.rollback()
            _end_of_driver(self.connection)
            raise
        finally:
            if step is not None:
                step.afterwards()

    def rollback(self) -> None:
        """Undo the work so far, as for a trial run."""
        step, self._step, self._held = self._step, None, None
        if step is not None:
            step.abandon()
        self.connection.rollback()
        if step is not None:
            step.afterwards()


def _end_of_driver(connection: Connection) -> None:
    """Roll the driver's transaction back, which SQLAlchemy takes for ended though its COMMIT has failed.

    SQLite lets COMMIT be tried again, and meanwhile nobody else can begin to read.
    """
    if not (connection.closed or connection.invalidated or connection.in_transaction()):
        with suppress(connection.dialect.loaded_dbapi.Error):
            connection.connection.rollback()


@contextmanager
def atomic_in_callers(connection: Connection, statements: Statements | None) -> Iterator[None]:
    """A block inside the caller's transaction, in which BEGIN is sent by hand; the caller ends it."""
    step = AtomicStep(connection, ours=False, statements=statements)
    try:
        yield
    finally:
        step.remove()


@contextmanager
def autocommit(connection: Connection) -> Iterator[None]:
    """A block of statements each of which takes effect at once; no transaction may be open before."""
    usual = usual_isolation(connection)
    connection.execution_options(isolation_level="AUTOCOMMIT")
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    else:
        connection.commit()
    finally:
        connection.execution_options(isolation_level=usual)


def usual_isolation(connection: Connection) -> Any:
    """The isolation level that a connection works in: its own, else the engine's, else the database's."""
    options = connection.get_execution_options()
    return (
        options.get("isolation_level")
        or getattr(connection.dialect, "_on_connect_isolation_level", None)
        or connection.default_isolation_level
    )

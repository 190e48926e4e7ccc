"""The statements of a run, whoever sends them: operations, ``op.get_bind()``, an ORM session on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from sqlalchemy import Connection, event

from ..ddl.traces import UNWATCHED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .atomic import AtomicStep

T = TypeVar("T")


@dataclass(slots=True)
class Call:
    """A statement that is about to be executed; who is asked before may put another in its place.

    :param sql: the text as the driver gets it.
    :param parameters: as the driver gets them; a sequence of them with ``many``.
    :param cursor: a cursor of the driver, which may be used for other statements before.
    :param many: the driver's ``executemany()``.
    :param execution: SQLAlchemy's ExecutionContext; None in rare cases.
    :param is_inner: a watcher sends it while it is told of another one.
    """

    sql: str
    parameters: Any
    cursor: Any
    many: bool = False
    execution: Any = None
    is_inner: bool = False


class Watcher(Protocol):
    """Sees each statement."""

    def before(self, call: Call) -> None:
        """It is about to be executed; an exception keeps it from that."""

    def after(self, call: Call) -> None:
        """It was executed. For one that failed this isn't called: another ``before``, or the end, comes."""

    def again(self, call: Call, error: Exception) -> bool | None:
        """It has failed: whether it is to be tried once more; None: no opinion; the first other one counts.

        Who says yes has waited for as long as he wants. Asked for BEGIN of :class:`AtomicStep`, and for all
        statements after :meth:`Statements.insist`.

        :param error: as the driver raises it.
        """


class Statements:
    """Shows the statements that a connection is about to execute to those who want to know.

    Making a listener known to SQLAlchemy and taking it back costs as much as a short statement; a run of many
    steps does it once.

    :param connection: whose statements, from :meth:`watch` until :meth:`ignore`.
    :param watchers: are asked in this order before a statement, and in the opposite one after it.
    """

    def __init__(self, connection: Connection, watchers: Sequence[Watcher] = ()) -> None:
        self._connection = connection
        self._watchers = tuple(watchers)
        self._call: Call | None = None
        self._is_telling = False
        self._insists: tuple[tuple[str, Callable[..., bool]], ...] = ()
        self.step: AtomicStep | None = None

    def watch(self) -> None:
        """Begin to."""
        event.listen(self._connection, "before_cursor_execute", self._before, retval=True)
        if self._watchers:
            event.listen(self._connection, "after_cursor_execute", self._after)

    def ignore(self) -> None:
        """End it."""
        event.remove(self._connection, "before_cursor_execute", self._before)
        if self._watchers:
            event.remove(self._connection, "after_cursor_execute", self._after)
        insists, self._insists = self._insists, ()
        for name, listener in insists:
            event.remove(self._connection.engine, name, listener)

    def insist(self) -> None:
        """From now on, ask the watchers about each statement that fails whether it is to be tried again.

        SQLAlchemy knows such a listener for a whole engine only; so nobody has it who doesn't need it.
        """
        if not self._insists:
            for name, listener in (
                ("do_execute", self._execute),
                ("do_execute_no_params", self._execute_without_parameters),
            ):
                event.listen(self._connection.engine, name, listener)
                self._insists += ((name, listener),)

    def _before(
        self, connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> tuple[str, Any]:
        if self._watchers and not _is_unwatched(context):
            call = Call(statement, parameters, cursor, many, context, self._is_telling)
            self._tell(call, [watcher.before for watcher in self._watchers])
            self._call = call  # again, since a watcher may have sent statements of its own meanwhile
            statement, parameters = call.sql, call.parameters
        step = self.step
        if step is not None:
            statement = self._persistently(lambda: step.before(statement, cursor))
        return statement, parameters

    def _persistently(self, act: Callable[[], T]) -> T:
        """What ``act`` gives, once it doesn't fail any longer or nobody wants to try again."""
        while True:
            try:
                return act()
            except Exception as error:
                call = self._call
                if call is None or not self._again(call, error):
                    raise

    def _again(self, call: Call, error: Exception) -> bool:
        answers = (watcher.again(call, error) for watcher in self._watchers)
        return next((answer for answer in answers if answer is not None), False)

    def _execute(self, cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
        if self._call is None or self._call.cursor is not cursor:
            return False  # another connection of the engine
        self._persistently(
            lambda: self._connection.dialect.do_execute(cursor, statement, parameters, context)
        )
        return True

    def _execute_without_parameters(self, cursor: Any, statement: str, context: Any) -> bool:
        if self._call is None or self._call.cursor is not cursor:
            return False
        self._persistently(lambda: self._connection.dialect.do_execute_no_params(cursor, statement, context))
        return True

    def _after(
        self, connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> None:
        if _is_unwatched(context):
            return
        call, self._call = self._call, None
        if call is not None:
            self._tell(call, [watcher.after for watcher in reversed(self._watchers)])

    def _tell(self, call: Call, listeners: Sequence[Callable[[Call], None]]) -> None:
        before, self._is_telling = self._is_telling, True
        try:
            for listener in listeners:
                listener(call)
        finally:
            self._is_telling = before


def _is_unwatched(context: Any) -> bool:
    """Whether a statement is none of a migration, but of what accompanies it."""
    return context is not None and UNWATCHED in context.execution_options

"""SQL of the user's own, and values that stand in SQL as literals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import BindParameter

from .containers import OpContainer
from .operation import MigrateOperation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.sql import Executable
    from sqlalchemy.sql.compiler import SQLCompiler


class ExecuteSQLOp(MigrateOperation):
    """Runs a statement.

    :param sqltext: a string, which goes out as it stands, or a SQLAlchemy statement.
    :param execution_options: SQLAlchemy's, for this statement.
    """

    if TYPE_CHECKING:
        execute: Callable[..., None]
        batch_execute: Callable[..., None]

    def __init__(self, sqltext: Executable | str, *, execution_options: dict[str, Any] | None = None) -> None:
        self.sqltext = sqltext
        self.execution_options = execution_options

    def to_diff_tuple(self) -> tuple[str, Executable | str]:
        """``("execute", statement)``"""
        return ("execute", self.sqltext)


class ReversibleSQLOp(ExecuteSQLOp):
    """Runs a statement that autogenerate has written, and knows how to undo it.

    :param sqltext: a string, which goes out as it stands, or a SQLAlchemy statement.
    :param reverse_sqltext: the statement that undoes it, or the operations if it takes several; empty if
        there is nothing to undo.
    :param execution_options: SQLAlchemy's, for both statements.
    :param notes: what a reader should know of it; ``reverse_notes`` of its opposite.
    """

    def __init__(
        self,
        sqltext: Executable | str,
        reverse_sqltext: Executable | str | Sequence[MigrateOperation],
        *,
        execution_options: dict[str, Any] | None = None,
        notes: Sequence[str] = (),
        reverse_notes: Sequence[str] = (),
    ) -> None:
        super().__init__(sqltext, execution_options=execution_options)
        self.reverse_sqltext = reverse_sqltext
        self.notes, self.reverse_notes = tuple(notes), tuple(reverse_notes)

    def reverse(self) -> MigrateOperation:
        """The operation that runs the undoing statement; a plain container if it takes several operations."""
        if isinstance(self.reverse_sqltext, (list, tuple)):
            return OpContainer(self.reverse_sqltext)
        back: Any = self.reverse_sqltext
        return ReversibleSQLOp(back, self.sqltext, execution_options=self.execution_options)


class ManualOp(MigrateOperation):
    """A change that is found but not made, because that might lose data or can't be known to be right.

    In a revision file it is a comment: the reason, and below it the operation, commented out. Run, it does
    nothing.

    :param operation: the operation that a person may want, or text that says what to do.
    :param reason: why it isn't made.
    :param reverse: what stands in the downgrade; as a rule the same for the operation's opposite.
    """

    def __init__(
        self,
        operation: MigrateOperation | str,
        reason: str,
        *,
        reverse: MigrateOperation | str | None = None,
        notes: Sequence[str] = (),
        reverse_notes: Sequence[str] = (),
    ) -> None:
        self.operation, self.reason = operation, reason
        self.reverse_operation = reverse
        self.notes, self.reverse_notes = tuple(notes), tuple(reverse_notes)

    def reverse(self) -> ManualOp:
        """The same for the opposite of the operation."""
        back = self.reverse_operation
        if back is None:
            back = self.operation if isinstance(self.operation, str) else self.operation.reverse()
        return ManualOp(back, self.reason, reverse=self.operation)

    def to_diff_tuple(self) -> Any:
        """That of the operation; ``("manual", text)`` if there is none."""
        if isinstance(self.operation, str):
            return ("manual", self.operation)
        return self.operation.to_diff_tuple()


class InlineLiteral(BindParameter[Any]):
    """A value that is written into the statement itself, live and in a script alike."""

    inherit_cache = False


@compiles(InlineLiteral)
def _as_literal(element: InlineLiteral, compiler: SQLCompiler, **kw: Any) -> str:
    written: str = compiler.visit_bindparam(  # type: ignore[no-untyped-call]  # SQLAlchemy's visitors are untyped
        element, **{**kw, "literal_binds": True}
    )
    return written

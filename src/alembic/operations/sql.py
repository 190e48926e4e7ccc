"""SQL of the user's own, and values that stand in SQL as literals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import BindParameter

from .operation import MigrateOperation

if TYPE_CHECKING:
    from collections.abc import Callable

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


class InlineLiteral(BindParameter[Any]):
    """A value that is written into the statement itself, live and in a script alike."""

    inherit_cache = False


@compiles(InlineLiteral)
def _as_literal(element: InlineLiteral, compiler: SQLCompiler, **kw: Any) -> str:
    written: str = compiler.visit_bindparam(  # type: ignore[no-untyped-call]  # SQLAlchemy's visitors are untyped
        element, **{**kw, "literal_binds": True}
    )
    return written

"""What stands for a connection, and for results, while a script is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from sqlalchemy.engine.mock import MockConnection
from sqlalchemy.inspection import _inspects
from sqlalchemy.sql import Insert

from ..errors.ddl import NoResultInScript
from .literals import literal_text
from .rows import insert_rows
from .statement import Statement

if TYPE_CHECKING:
    from .impl import DefaultImpl


class ScriptConnection(MockConnection):
    """Writes whatever it is told to execute.

    Values passed beside a statement are written into it. What comes back is no result: asking it for rows is
    an error that says so.
    """

    def __init__(self, impl: DefaultImpl) -> None:
        super().__init__(impl.dialect, self._write)
        self._impl = impl

    def exec_driver_sql(self, statement: str, parameters: Any = None, execution_options: Any = None) -> Any:
        """Write SQL exactly as it stands."""
        self._impl.sink.emit(Statement(statement, parameters))
        self._note(statement)
        return _NoResult()

    def scalar(self, obj: Any, parameters: Any = None, **_: Any) -> NoReturn:
        """Refused: a script has no rows to give."""
        raise NoResultInScript("scalar")

    def scalars(self, obj: Any, parameters: Any = None, **_: Any) -> NoReturn:
        """Refused: a script has no rows to give."""
        raise NoResultInScript("scalars")

    def _write(self, construct: Any, parameters: Any = None, *_: Any) -> _NoResult:
        impl = self._impl
        self._note(construct)
        rows = _rows(parameters)
        if not rows:
            impl._exec(construct)
        elif isinstance(construct, Insert) and construct.compare(construct.table.insert()):
            insert_rows(impl, construct.table, rows)
        else:
            for row in rows:
                impl.sink.emit(Statement(literal_text(construct, impl.dialect, row)))
        return _NoResult()

    def _note(self, statement: Any) -> None:
        if self._impl.history is not None:
            self._impl.history.note_statement(statement)


@_inspects(ScriptConnection)
def _inspect(connection: ScriptConnection) -> Any:
    inspector = connection._impl.inspector
    if inspector is None:
        raise NoResultInScript("inspect()")
    return inspector


def _rows(parameters: Any) -> list[dict[str, Any]]:
    if not parameters:
        return []
    several: Sequence[Mapping[str, Any]] = [parameters] if isinstance(parameters, Mapping) else parameters
    return [dict(row) for row in several]


class _NoResult:
    """The result of a statement that was written down: false, and an error for whoever reads from it."""

    def __bool__(self) -> bool:
        return False

    def __iter__(self) -> NoReturn:
        raise NoResultInScript("a loop over rows")

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NoResultInScript(name)

    def close(self) -> None:
        """Nothing is open."""

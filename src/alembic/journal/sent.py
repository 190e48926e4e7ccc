"""A statement on its way, and the results of one that is left out because it was carried out before."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from .rows import State, parameters_text

if TYPE_CHECKING:
    from ..ddl.traces import Traces
    from ..runtime.statements import Call
    from .rows import Row


class Course(Enum):
    """How a statement and its row of the journal are kept together."""

    TOGETHER = "the row is written before whatever commits the statement, in its transaction"
    WRAPPED = "both are put into a transaction of their own"
    AHEAD = "the row is written before the statement, and completed after it, by another connection"
    SKIPPED = "another statement goes out in its place, one that does nothing"


class Sent:
    """A statement, as much of it as the journal has to know.

    :param number: that of the row whose place it takes; None for a new one.
    """

    __slots__ = (
        "course",
        "many",
        "number",
        "parameters",
        "plan",
        "row",
        "row_count",
        "row_key",
        "sql",
        "state",
    )

    def __init__(self, call: Call, course: Course, *, number: int | None = None) -> None:
        self.sql = call.sql
        self.many = call.many
        # Of many sets little is kept: they may be the rows of a whole table.
        self.parameters = parameters_text(call.parameters, True) if call.many else call.parameters
        self.course, self.number = course, number
        self.state = State.DONE
        self.row: Row | None = None
        self.row_count: int | None = None
        self.row_key: int | None = None

    def parameters_text(self) -> str:
        """Its parameters as text."""
        return self.parameters if self.many else parameters_text(self.parameters, False)

    def take_results(self, call: Call) -> None:
        """Remember what a program may ask about it."""
        self.row_count = _number(getattr(call.cursor, "rowcount", None))
        self.row_key = _number(getattr(call.cursor, "lastrowid", None))


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and 0 <= value < 2**63 else None


def leave_out(call: Call, row: Row, traces: Traces) -> None:
    """Have a statement that does nothing go out instead."""
    call.sql = traces.idle_after_insert(row.row_key)
    execution = call.execution
    compiled = getattr(execution, "compiled", None)
    if getattr(execution, "_is_implicit_returning", False):
        # SQLAlchemy wants the keys of the new rows, for those programs that ask for them.
        columns = len(getattr(compiled, "effective_returning", None) or ()) or 1
        call.sql = "SELECT " + ", ".join(["NULL"] * columns)
    call.parameters = [()] if call.many else ()


def give_results(call: Call, row: Row) -> None:
    """Have the program see the results that the statement had when it was carried out."""
    execution = call.execution
    if execution is None:
        return
    if row.row_count is not None:
        if hasattr(execution, "_rowcount"):
            execution._rowcount = row.row_count
        else:  # SQLAlchemy before 2.0.28 has a property that asks the driver
            kind = type(execution)
            execution.__class__ = type(kind.__name__, (kind,), {"rowcount": row.row_count})
    if row.row_key is not None:
        execution.get_lastrowid = lambda: row.row_key

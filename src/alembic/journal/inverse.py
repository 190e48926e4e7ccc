"""What takes an operation back, and why some can't be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import CommandError
from ..operations import ops
from .rows import Row

if TYPE_CHECKING:
    from ..operations.operation import MigrateOperation

# What alter_column may change, what says how it was before, and the value of either that is not said.
_PAIRS = (
    ("modify_type", "existing_type", None),
    ("modify_nullable", "existing_nullable", None),
    ("modify_server_default", "existing_server_default", False),
)


class Irreversible(Exception):
    """An operation can't be taken back; its text says why."""


def inverse(operation: MigrateOperation | None, rows: Sequence[Row], *, complete: bool) -> list[Any]:
    """The operations that take one back, in their order.

    :param operation: None for statements that the revision's own code has sent.
    :param rows: its statements.
    :param complete: whether it was carried out to its end.
    :raises Irreversible: they are not known.
    """
    if operation is None:
        raise Irreversible("sent by the revision's own code")
    made = _first(operation)
    if not complete and not isinstance(made, (ops.CreateTableOp, ops.AddColumnOp)):
        raise Irreversible(f"{name_of(operation)} was carried out in part only")
    parts = list(getattr(operation, "ops", ())) or [operation]
    return [_reversed(each) for each in reversed(parts)]


def _first(operation: MigrateOperation) -> MigrateOperation:
    parts: Sequence[Any] = getattr(operation, "ops", ())
    return parts[0] if len(parts) == 1 else operation


def _reversed(operation: MigrateOperation) -> MigrateOperation:
    if isinstance(operation, (ops.DropTableOp, ops.DropColumnOp)):
        raise Irreversible(f"{name_of(operation)}: what was in there is gone")
    if isinstance(operation, ops.BulkInsertOp) or type(operation) is ops.ExecuteSQLOp:
        raise Irreversible("nothing says what undoes it")
    if isinstance(operation, ops.AlterColumnOp):
        _check(operation)
    try:
        return operation.reverse()
    except (CommandError, NotImplementedError, ValueError) as error:
        raise Irreversible(str(error).splitlines()[0]) from error


def _check(operation: ops.AlterColumnOp) -> None:
    """Refuse what would be taken back in part."""
    for new, old, unsaid in _PAIRS:
        if getattr(operation, new) is not unsaid and getattr(operation, old) is unsaid:
            raise Irreversible(f"alter_column without {old}")


def name_of(operation: MigrateOperation) -> str:
    """The directive that makes such an operation, as far as it can be told from its class."""
    words = type(operation).__name__.removesuffix("Op")
    return "".join(f"_{each.lower()}" if each.isupper() else each for each in words).lstrip("_")


def reasons(rows: Iterable[Row], why: str) -> list[str]:
    """A line for each statement that can't be taken back."""
    return [f"{row.number}. {row.line}: {why}" for row in rows]

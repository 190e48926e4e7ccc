"""What an operation risks, as a comment above it, and what it takes to keep the risk small."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from alembic.operations import ops

from .counting_keys import counts

if TYPE_CHECKING:
    from alembic.ddl.changes import Changes

    from ..context import AutogenContext

TABLE_LOST = "Drops the table with all its rows; the downgrade makes the table again, but not the rows."
COLUMN_LOST = "Drops the column with its values; the downgrade makes the column again, but not the values."
NO_VALUE = (
    "NOT NULL without a server default: fails, or takes a value of the server's choice, if there are rows."
)
NULLS = "Fails if rows hold NULL here: fill them first."
NARROWER = "Narrower than before: a value that doesn't fit makes this fail, or is cut."
CONVERTED = "Another kind of type: a value that can't be converted makes this fail."
TO_CONVERT = "Every value is converted by USING; one that can't be makes this fail."


def note_risks(context: AutogenContext, operations: ops.UpgradeOps | ops.DowngradeOps) -> None:
    """Note at each operation what it risks; say how values are converted where the database wants to know.

    A downgrade drops what the upgrade has made: that goes without saying.
    """
    drops = isinstance(operations, ops.UpgradeOps)
    changes = context.migration_context.impl.changes
    found = list(_flat(operations))
    remade = {_place(each, each.column.name) for each in found if isinstance(each, ops.AddColumnOp)}
    for operation in found:
        for note in _risks(operation, changes, drops, remade):
            if note not in operation.notes:
                operation.notes += (note,)


def note_beyond(operation: ops.DropTableOp, beyond: list[str]) -> None:
    """Note what the way back can't make again."""
    if beyond:
        operation.reverse_notes += (f"Not made again: {', '.join(beyond)}.",)


def _risks(
    operation: ops.MigrateOperation, changes: Changes, drops: bool, remade: set[tuple[Any, ...]]
) -> Iterator[str]:
    match operation:
        case ops.DropTableOp() if drops:
            yield TABLE_LOST
        case ops.DropColumnOp():
            if (drops or _place(operation, operation.column_name) in remade) and not _is_computed(operation):
                yield COLUMN_LOST
        case ops.AddColumnOp():
            if _lacks_values(operation.column):
                yield NO_VALUE
        case ops.AlterColumnOp():
            if operation.modify_nullable is False and operation.existing_nullable is not False:
                yield NULLS
            if operation.modify_type is not None and operation.existing_type is not None:
                yield from _of_type(operation, changes)


def _of_type(operation: ops.AlterColumnOp, changes: Changes) -> Iterator[str]:
    before, after = (sa.types.to_instance(each) for each in (operation.existing_type, operation.modify_type))
    arguments = changes.conversion(before, after, operation.column_name)
    operation.kw.update(arguments)
    if arguments:
        yield TO_CONVERT
    elif is_narrower(before, after):
        yield NARROWER
    elif before._type_affinity is not after._type_affinity and not issubclass(
        after._type_affinity or type(after), sa.String
    ):
        yield CONVERTED


def is_narrower(before: sa.types.TypeEngine[Any], after: sa.types.TypeEngine[Any]) -> bool:
    """Whether there surely are values of one type that the other can't hold."""
    if isinstance(after, sa.String) and not isinstance(after, sa.Enum):
        return _is_less(getattr(before, "length", None), after.length)
    if isinstance(after, sa.Integer) and isinstance(before, sa.Integer):
        return _integer_size(after) < _integer_size(before)
    if isinstance(after, sa.Integer) and isinstance(before, (sa.Numeric, sa.Float)):
        return True
    if isinstance(after, sa.Numeric) and isinstance(before, sa.Numeric):
        if type(after)._type_affinity is not type(before)._type_affinity:
            return False
        whole = _is_less(_whole_digits(before), _whole_digits(after))
        return whole or (after.precision is not None and _is_less(before.scale, after.scale or 0))
    if isinstance(after, sa.Enum) and isinstance(before, sa.Enum):
        return not set(before.enums) <= set(after.enums)
    return isinstance(before, sa.DateTime) and isinstance(after, sa.Date)


def _is_less(before: int | None, after: int | None) -> bool:
    """Whether a limit becomes less; None is no limit."""
    return after is not None and (before is None or after < before)


def _whole_digits(type_: sa.Numeric[Any]) -> int | None:
    return None if type_.precision is None else type_.precision - (type_.scale or 0)


def _integer_size(type_: sa.Integer) -> int:
    if isinstance(type_, sa.BigInteger):
        return 8
    if isinstance(type_, sa.SmallInteger):
        return 2
    return _SIZES.get(type_.__visit_name__.upper(), 4)


_SIZES = {"TINYINT": 1, "SMALLINT": 2, "MEDIUMINT": 3, "BIGINT": 8}


def _lacks_values(column: sa.Column[Any]) -> bool:
    return (
        column.nullable is False
        and column.server_default is None
        and column.computed is None
        and column.identity is None
        and column.autoincrement is not True
        and not counts(column)
    )


def _is_computed(operation: ops.DropColumnOp) -> bool:
    original = operation._reverse
    return original is not None and original.column.computed is not None


def _place(operation: Any, column: str) -> tuple[Any, ...]:
    return operation.schema, operation.table_name, column


def _flat(operations: ops.OpContainer) -> Iterator[ops.MigrateOperation]:
    for operation in operations.ops:
        if isinstance(operation, ops.OpContainer):
            yield from _flat(operation)
        else:
            yield operation

"""What a column keeps, or loses, when its type or default changes, beside what was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from .schemaobj import SchemaObjects

if TYPE_CHECKING:
    from .context import OperationsContext
    from .draft import TableDraft
    from .ops import AlterColumnOp


def with_collation(operation: AlterColumnOp, draft: TableDraft, context: OperationsContext) -> Any:
    """The new type with the character set and collation of the column, unless either type mentions them.

    :raises ValueError: the column keeps them, but the type can't have any.
    """
    wanted: Any = sa.types.to_instance(operation.modify_type)
    present = _collating(draft.table.columns[draft.resolve(operation.column_name)].type)
    if not present or _collating(wanted) or _collating(operation.existing_type):
        return wanted
    if not isinstance(wanted, sa.String):
        if context.impl.features.alters_columns:
            return wanted
        raise ValueError(f"{operation.column_name!r} keeps a collation, which its new type can't have")
    wanted = wanted.copy()
    for name, value in present.items():
        setattr(wanted, name, value)  # the compiler of types asks any string for them
    return wanted


def _collating(type_: Any) -> dict[str, Any]:
    said = {name: getattr(type_, name, None) for name in ("charset", "collation")}
    return {name: value for name, value in said.items() if value is not None}


def refuse_to_leave_on_update(operation: AlterColumnOp, draft: TableDraft) -> None:
    """Refuse a change of a default that leaves the ON UPDATE which is written with it.

    :raises ValueError: that is so; SQLAlchemy has no place for such a thing.
    """
    name = operation.column_name
    present: Any = draft.table.columns[draft.resolve(name)].server_default
    others = (operation.modify_server_default, operation.existing_server_default)
    goes = operation.existing_type is not None or any(_updates(each) for each in others)
    if _updates(present) and not goes:
        raise ValueError(f"{name!r} keeps its ON UPDATE without the default that it is written with")


def _updates(default: Any) -> bool:
    return "ON UPDATE" in str(getattr(default, "arg", default)).upper()


def drop_checks_of_type(operation: AlterColumnOp, draft: TableDraft, context: OperationsContext) -> None:
    """Drop the CHECK that the old type brought along, where it isn't known as such any more."""
    objects = SchemaObjects(context)
    column = objects.column(operation.column_name, operation.existing_type)
    for constraint in objects.table(operation.table_name, column, schema=operation.schema).constraints:
        name = context.impl.rules.constraint_name(constraint) if constraint._type_bound else None
        found = None if name is None else draft.find_constraint(name, sa.CheckConstraint)
        if found is not None and not found._type_bound:
            draft.drop_constraint(name, sa.CheckConstraint)

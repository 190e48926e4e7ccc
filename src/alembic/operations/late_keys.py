"""Foreign keys with ``use_alter=True``, which SQLAlchemy leaves out of CREATE TABLE.

They are meant for tables that point to each other: such a key is added as soon as its referent is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from alembic.ddl import guards

if TYPE_CHECKING:
    from sqlalchemy.schema import ForeignKeyConstraint, Table

    from .abstract import AbstractOperations

_WAITING = "late foreign keys"


class _Waiting(NamedTuple):
    keys: list[ForeignKeyConstraint]
    created: set[tuple[str | None, str]]


def add_late_keys(operations: AbstractOperations, table: Table) -> None:
    """Add the keys that can be added now that a table was created: its own, and those that waited for it.

    A key to a table that doesn't exist yet waits for it, at most until the end of the step. Whether a table
    exists can't be seen while a script is written; there, only tables that the step has created count.
    """
    impl: Any = operations.migration_context.impl
    waiting: _Waiting | None = impl.memo.get(_WAITING)
    if waiting is None:
        waiting = impl.memo[_WAITING] = _Waiting([], set())
        impl.memo.setdefault("at_step_end", []).append(lambda: _finish(impl))
    waiting.created.add((table.schema, table.name))
    if impl.dialect.supports_alter:
        waiting.keys.extend(_late_keys(table))
    for key in list(waiting.keys):
        referent = key.referred_table
        if (referent.schema, referent.name) in waiting.created or table_exists(operations, referent):
            waiting.keys.remove(key)
            impl.add_constraint(key)


def has_late_keys(table: Table) -> bool:
    """Whether CREATE TABLE leaves foreign keys of the table out."""
    return bool(_late_keys(table))


def table_exists(operations: AbstractOperations, table: Table) -> bool:
    """Whether the database has such a table; False while a script is written."""
    impl: Any = operations.migration_context.impl
    return not impl.as_sql and guards.table_exists(impl, table.name, table.schema)


def _late_keys(table: Table) -> list[ForeignKeyConstraint]:
    keys = [key for key in table.foreign_key_constraints if key.use_alter]
    return sorted(keys, key=lambda key: key._creation_order)


def finish_late_keys(operations: AbstractOperations) -> None:
    """The step, or the work without steps, is over: say what still waits, so that it works or fails."""
    _finish(operations.migration_context.impl)


def _finish(impl: Any) -> None:
    waiting: _Waiting = impl.memo.pop(_WAITING, _Waiting([], set()))
    for key in waiting.keys:
        impl.add_constraint(key)

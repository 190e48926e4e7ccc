"""The names that a database gives to constraints without one, by which later revisions may drop them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import conv

from alembic.ddl.recreation import copy_name

from .draft_parts import is_exclude, mentions
from .implied_indexes import GIVEN, implied

if TYPE_CHECKING:
    from alembic.schema.shapes import Schema, Table

    from .context import OperationsContext
    from .draft import TableDraft

_KINDS: dict[type[sa.Constraint], str] = {
    sa.UniqueConstraint: "unique",
    sa.ForeignKeyConstraint: "foreignkey",
    sa.CheckConstraint: "check",
}


def name_unnamed(table: sa.Table, schema: Schema, context: OperationsContext) -> None:
    """Give the constraints of a table that have no name those that the database gives, if that can be told.

    :param schema: everything else that there is; of the table itself, what was.
    """
    impl = context.impl
    if not impl.changes.names_can_be_told:
        return
    unnamed = [each for each in _constraints(table) if impl.rules.constraint_name(each) is None]
    if not unnamed:
        return
    taken = set(_names(table))
    if "unique_constraint" in impl.features.shared_constraint_names:
        key = (None if table.schema == context.dialect.default_schema_name else table.schema, table.name)
        taken |= {name for other in schema.tables.values() if other.key != key for name in _known(other)}
    for constraint in unnamed:
        if isinstance(constraint, sa.CheckConstraint) and impl.rules.model_check(constraint) is None:
            continue  # the database makes none of it, or keeps it as a part of its column
        names = taken | set(implied(table)) if impl.features.foreign_keys_make_indexes else taken
        columns = _columns(constraint, table, context)
        name = impl.changes.given_name(_kind(constraint), table.name, columns, names)
        if name is not None:
            constraint.name = conv(name)
            constraint.info[GIVEN] = columns[0] if columns else ""
            taken.add(name)


def name_in_copy(draft: TableDraft, schema: Schema, context: OperationsContext) -> None:
    """Give names as :func:`name_unnamed`, of a table that is made anew under another name."""
    if context.impl.changes.names_can_be_told:
        name, copy = draft.table.name, copy_name(draft.table.name)
        draft.rename(copy)
        name_unnamed(draft.table, schema, context)
        draft.rename(name)
        follow_table(draft.table, copy, context)


def follow_table(table: sa.Table, old: str, context: OperationsContext) -> None:
    """Let those names follow the new name of the table that do so by themselves.

    :param old: the name that the table had.
    """
    for key in table.foreign_key_constraints:
        name = context.impl.rules.constraint_name(key)
        if name is not None:
            key.name = conv(context.impl.changes.name_in_renamed(name, old, table.name))


def _constraints(table: sa.Table) -> Iterator[Any]:
    """The constraints that may be without a name, in the order in which a database comes to them."""
    for column in table.columns:
        yield from (each for each in column.constraints if isinstance(each, sa.CheckConstraint))
    for constraint in sorted(table.constraints, key=lambda each: each._creation_order):
        if not isinstance(constraint, sa.PrimaryKeyConstraint):
            yield constraint


def _kind(constraint: sa.Constraint) -> str:
    return "exclude" if is_exclude(constraint) else _KINDS[type(constraint)]


def _columns(constraint: Any, table: sa.Table, context: OperationsContext) -> list[str]:
    if isinstance(constraint, sa.CheckConstraint):
        flavour = context.impl.rules.flavour
        return [each.name for each in table.columns if mentions(constraint, each.name, flavour)]
    if isinstance(constraint, sa.ForeignKeyConstraint):
        return [element.parent.name for element in constraint.elements]
    return [each.name for each in constraint.columns]


def _names(table: sa.Table) -> Iterator[str]:
    items = [*_constraints(table), table.primary_key, *table.indexes]
    yield from (str(each.name) for each in items if isinstance(each.name, str))


def _known(table: Table) -> Iterator[str]:
    yield table.name
    for group in (table.indexes, table.uniques, table.foreign_keys, table.checks, table.excludes):
        yield from (each.name for each in group if each.name is not None)

"""Operations that make or drop what a shape describes, complete enough for the way back.

A shape of the models holds the SQLAlchemy object that it came from. One of the database holds the Inspector's
record; where that tells less than SQLAlchemy makes of it, the reflected Table is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import sqlalchemy as sa
from sqlalchemy.sql.elements import conv

from alembic.operations import ops
from alembic.operations.schemaobj import verbatim
from alembic.schema.shapes import Check, ForeignKey, Index, PrimaryKey, Unique

if TYPE_CHECKING:
    from alembic.ddl.changes import Changes
    from alembic.schema.shapes import Table

Shape: TypeAlias = Index | Unique | ForeignKey | Check | PrimaryKey

_Drop = TypeVar("_Drop", ops.DropIndexOp, ops.DropConstraintOp)

KINDS: Mapping[type[Any], str] = {
    Index: "index",
    Unique: "unique",
    ForeignKey: "foreignkey",
    Check: "check",
    PrimaryKey: "primary",
}
"""What DropConstraintOp calls each kind of shape."""


def model_object(shape: Shape) -> Any:
    """The Index or Constraint of the models."""
    return shape.source


def database_object(shape: Shape, conn_table: sa.Table) -> Any:
    """The reflected Index or Constraint; None if SQLAlchemy reflects none such."""
    if isinstance(shape, PrimaryKey):
        return conn_table.primary_key if len(conn_table.primary_key.columns) else None
    if isinstance(shape, ForeignKey):
        found = [each for each in conn_table.foreign_key_constraints if _is_key(each, shape)]
        return min(found, key=lambda each: (each.name != shape.name, str(each.name)), default=None)
    candidates: list[Any] = [*conn_table.indexes, *conn_table.constraints]
    named = [each for each in candidates if each.name == shape.name and _is_kind(each, shape)]
    # Where a unique index and a unique constraint are the same, SQLAlchemy reflects one of the two.
    wanted = sa.Index if isinstance(shape, Index) else sa.Constraint
    return min(named, key=lambda each: not isinstance(each, wanted), default=None)


def create_op(shape: Shape) -> ops.CreateIndexOp | ops.AddConstraintOp:
    """The operation that makes what a shape of the models describes."""
    source = shape.source
    if isinstance(source, sa.Index):
        return ops.CreateIndexOp.from_index(source)
    return ops.AddConstraintOp.from_constraint(source)


def drop_op(
    shape: Shape, conn_table: sa.Table, *, as_constraint: bool = False
) -> ops.DropIndexOp | ops.DropConstraintOp:
    """The operation that drops what a shape of the database describes, and can make it again.

    :param as_constraint: a unique constraint as such, also where the database shows an index.
    """
    if isinstance(shape, Check):
        again = ops.CreateCheckConstraintOp(
            final(shape.name), conn_table.name, verbatim(_check_text(shape)), schema=conn_table.schema
        )
        return ops.DropConstraintOp(
            final(shape.name), conn_table.name, "check", schema=conn_table.schema, _reverse=again
        )
    found = database_object(shape, conn_table)
    if found is None or (as_constraint and isinstance(found, sa.Index)):
        return _drop_by_names(shape, conn_table)
    if isinstance(found, sa.Index):
        return _without_idle_options(ops.DropIndexOp.from_index(found))
    return _without_idle_options(ops.DropConstraintOp.from_constraint(found))


def name_it(
    operation: ops.AddConstraintOp,
    kind: str,
    table: str,
    columns: Iterable[str],
    taken: set[str],
    changes: Changes,
) -> None:
    """Give a constraint that has no name the one that the database would give, so that it can be dropped.

    :param taken: names that exist already; the new one is added.
    """
    if operation.constraint_name is None:
        name = changes.given_name(kind, table, tuple(columns), taken)
        if name is not None:
            operation.constraint_name = conv(name)
            taken.add(name)


def names_of(*tables: Table | None) -> set[str]:
    """The names of all indexes and constraints of some tables."""
    names: set[str] = set()
    for table in tables:
        if table is None:
            continue
        for group in (table.indexes, table.uniques, table.foreign_keys, table.checks, table.excludes):
            names.update(each.name for each in group if each.name is not None)
        if table.primary_key is not None and table.primary_key.name is not None:
            names.add(table.primary_key.name)
    return names


def _is_kind(each: Any, shape: Shape) -> bool:
    if isinstance(shape, Check):
        return isinstance(each, sa.CheckConstraint)
    if isinstance(each, sa.Index):
        return True
    return isinstance(each, sa.UniqueConstraint) and _columns(each) == tuple(
        getattr(shape, "columns", _columns(each))
    )


def _is_key(constraint: sa.ForeignKeyConstraint, shape: ForeignKey) -> bool:
    if shape.name is not None and constraint.name is not None:
        return constraint.name == shape.name
    return _columns(constraint) == shape.columns and constraint.referred_table.name == shape.target[1]


def _columns(constraint: Any) -> tuple[str, ...]:
    return tuple(column.name for column in constraint.columns)


def _drop_by_names(shape: Shape, conn_table: sa.Table) -> ops.DropIndexOp | ops.DropConstraintOp:
    """From the shape alone, for what SQLAlchemy doesn't reflect."""
    table, schema, name = conn_table.name, conn_table.schema, final(shape.name)
    again: Any
    match shape:
        case Index():
            elements = [_element(each, conn_table) for each in shape.elements]
            again = ops.CreateIndexOp(name, table, elements, schema=schema, unique=shape.unique)
            return ops.DropIndexOp(str(name), table, schema=schema, _reverse=again, unique=shape.unique)
        case ForeignKey():
            known = {key: value for key, value in shape.options if key in _KEY_OPTIONS}
            again = ops.CreateForeignKeyOp(
                name,
                table,
                shape.target[1],
                shape.columns,
                shape.target_columns,
                source_schema=schema,
                referent_schema=shape.target[0],
                **known,
            )
        case Unique():
            again = ops.CreateUniqueConstraintOp(name, table, shape.columns, schema=schema)
        case PrimaryKey():
            again = ops.CreatePrimaryKeyOp(name, table, shape.columns, schema=schema)
        case Check():  # pragma: no cover  # made by drop_op
            raise AssertionError(shape)
    return ops.DropConstraintOp(name, table, KINDS[type(shape)], schema=schema, _reverse=again)


_KEY_OPTIONS = ("ondelete", "onupdate", "deferrable", "initially", "match")


def _element(element: str, conn_table: sa.Table) -> Any:
    return element if element in conn_table.columns else verbatim(element)


def final(name: str | None) -> str | None:
    """A name that no naming convention is to change any more."""
    return None if name is None else conv(name)


def _check_text(shape: Check) -> str:
    """The condition as it was read, which may be more exact than its spelling for comparison."""
    text: str = shape.source["sqltext"] if isinstance(shape.source, dict) else shape.text
    return text


def _without_idle_options(operation: _Drop) -> _Drop:
    """Without the options that the Inspector gives although they say nothing."""
    each: Any
    for each in (operation, operation._reverse):
        if getattr(each, "kw", None):
            each.kw = {key: value for key, value in each.kw.items() if value is not None and value != []}
    return operation

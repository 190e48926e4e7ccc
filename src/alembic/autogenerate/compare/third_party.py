"""What a dialect impl of somebody else's has to say about indexes and constraints.

Such a class may override ``compare_indexes``, ``compare_unique_constraint`` and the ``correct_for_autogen_…``
methods, which take SQLAlchemy's objects. Nobody makes these objects for the impls that ship with the package.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, TypeVar

from alembic.schema.shapes import ForeignKey, Index, Unique

from .matching import Difference
from .objects import database_object

if TYPE_CHECKING:
    from ..context import AutogenContext
    from ..pairs import TablePair

log = logging.getLogger("alembic.autogenerate.compare.constraints")

Shape = TypeVar("Shape", Index | Unique, ForeignKey)


def verdict(
    context: AutogenContext,
    pair: TablePair,
    present: Index | Unique,
    wanted: Index | Unique,
    reasons: str,
) -> str | None:
    """In what two keys differ; None if the impl sees no difference, or can't tell."""
    impl: Any = context.migration_context.impl
    method = "compare_indexes" if isinstance(wanted, Index) else "compare_unique_constraint"
    conn_table = pair.conn_table
    if not impl.is_overridden(method) or conn_table is None:
        return reasons
    reflected = database_object(present, conn_table)
    if reflected is None:
        return reasons
    result = getattr(impl, method)(wanted.source, reflected)
    if result.is_different:
        return str(result.message)
    if result.is_skip:
        log.info(
            "Cannot compare %s %r of %r: %s", type(wanted).__name__, wanted.name, pair.key[1], result.message
        )
    return None


def corrected_keys(
    context: AutogenContext, pair: TablePair, difference: Difference[Index | Unique]
) -> Difference[Index | Unique]:
    """The difference without what ``correct_for_autogen_constraints`` takes out of the sets it is given."""
    impl: Any = context.migration_context.impl
    if not impl.is_overridden("correct_for_autogen_constraints"):
        return difference
    database, model = pair.both
    kept: list[set[Any]] = [
        _reflected(database.uniques, pair),
        _reflected(database.indexes, pair),
        {shape.source for shape in model.uniques},
        {shape.source for shape in model.indexes},
    ]
    impl.correct_for_autogen_constraints(*kept)
    return _only(difference, pair, kept[0] | kept[1], kept[2] | kept[3])


def corrected_foreign_keys(
    context: AutogenContext, pair: TablePair, difference: Difference[ForeignKey]
) -> Difference[ForeignKey]:
    """The difference without what ``correct_for_autogen_foreignkeys`` takes out of the sets it is given."""
    impl: Any = context.migration_context.impl
    if not impl.is_overridden("correct_for_autogen_foreignkeys"):
        return difference
    database, model = pair.both
    present = _reflected(database.foreign_keys, pair)
    wanted = {shape.source for shape in model.foreign_keys}
    impl.correct_for_autogen_foreignkeys(present, wanted)
    return _only(difference, pair, present, wanted)


def _reflected(shapes: Any, pair: TablePair) -> set[Any]:
    conn_table = pair.conn_table
    assert conn_table is not None
    found = (database_object(shape, conn_table) for shape in shapes)
    return {each for each in found if each is not None}


def _only(
    difference: Difference[Shape], pair: TablePair, present: set[Any], wanted: set[Any]
) -> Difference[Shape]:
    conn_table = pair.conn_table
    assert conn_table is not None

    def is_present(shape: Shape) -> bool:
        reflected = database_object(shape, conn_table)
        return reflected is None or reflected in present

    def is_wanted(shape: Shape) -> bool:
        return shape.source in wanted

    return Difference(
        tuple(filter(is_present, difference.removed)),
        tuple(both for both in difference.changed if is_present(both[0]) and is_wanted(both[1])),
        tuple(filter(is_wanted, difference.added)),
        tuple(filter(is_wanted, difference.unnamed)),
    )

"""What the Inspector of a dialect that nobody knows tells differently from the models, or not at all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .shapes import Column, Index, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def without_the_untold(database: Table, model: Table) -> tuple[Table, Table]:
    """Both tables without what only one side can tell."""
    keys = model.foreign_keys
    if not any("options" in key.source for key in database.foreign_keys):
        keys = tuple(replace(key, options=()) for key in keys)
    columns = {name: _without_generation(column) for name, column in database.columns.items()}
    wanted = {name: _without_generation(column) for name, column in model.columns.items()}
    indexes, wanted_indexes = _comparable(database.indexes, model.indexes)
    plain: dict[str, Any] = {"checks": (), "primary_key": None, "options": ()}
    return (
        replace(database, columns=columns, indexes=indexes, **plain),
        replace(model, columns=wanted, indexes=wanted_indexes, foreign_keys=keys, **plain),
    )


def _without_generation(column: Column) -> Column:
    return replace(column, computed=None) if column.computed else column


def _comparable(
    database: Iterable[Index], model: Iterable[Index]
) -> tuple[tuple[Index, ...], tuple[Index, ...]]:
    """The indexes without expressions, if the Inspector tells of none; likewise without their order."""
    present, wanted = list(database), list(model)
    if not any(index.source.get("expressions") for index in present):
        functional = {index.name for index in wanted if any(part.startswith("(") for part in index.elements)}
        present = [index for index in present if index.name not in functional]
        wanted = [index for index in wanted if index.name not in functional]
    if not any(index.source.get("column_sorting") for index in present):
        wanted = list(_without_order(wanted))
    return tuple(present), tuple(wanted)


def _without_order(indexes: Iterable[Index]) -> Iterator[Index]:
    for index in indexes:
        columns = index.source.table.columns
        names = {column.name for column in columns}
        parts = tuple(part if part in names else part.split(" ")[0] for part in index.elements)
        yield replace(index, elements=parts)

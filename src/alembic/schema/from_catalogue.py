"""The shapes of a database, from what was read of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from .shapes import Check, Exclude, ForeignKey, Index, PrimaryKey, Schema, Table, Unique

if TYPE_CHECKING:
    from .catalogue import Catalogue, TableRecord
    from .rules import SchemaRules
    from .shapes import TableKey

Shape = TypeVar("Shape")


def from_catalogue(catalogue: Catalogue, rules: SchemaRules) -> Schema:
    """All tables, enumeration types and sequences of a catalogue, spelled by the rules of its dialect."""
    return Schema(
        {
            key: table_of_record(key, record, rules, catalogue.default_schema)
            for key, record in catalogue.tables.items()
        },
        catalogue.enums,
        catalogue.sequences,
    )


def table_of_record(
    key: TableKey, record: TableRecord, rules: SchemaRules, default_schema: str | None
) -> Table:
    """One table that was read."""
    schema, name = key
    foreign_keys = (rules.record_foreign_key(each, default_schema) for each in record.foreign_keys)
    return Table(
        schema,
        name,
        {each["name"]: rules.record_column(each) for each in record.columns},
        _primary_key(record.primary_key),
        in_order(rules.record_unique(each) for each in record.uniques),
        in_order(foreign_keys),
        in_order(rules.record_index(each) for each in record.indexes),
        in_order(rules.record_check(each) for each in record.checks),
        in_order(rules.record_exclude(each) for each in record.excludes),
        rules.comment(record.comment),
        rules.record_table_options(record),
        source=record,
    )


def _primary_key(record: dict[str, Any]) -> PrimaryKey | None:
    columns = tuple(record.get("constrained_columns") or ())
    return PrimaryKey(columns, record.get("name"), source=record) if columns else None


def in_order(shapes: Iterable[Shape | None]) -> tuple[Shape, ...]:
    """The shapes that there are, by name, then content: the order that equality of tables relies on."""
    found = [shape for shape in shapes if shape is not None]
    if len(found) > 1:
        found.sort(key=_content)
    return tuple(found)


def _content(shape: Any) -> tuple[Any, ...]:
    content: tuple[Any, ...] = _CONTENTS[type(shape)](shape)
    return content


# Foreign keys leave their name out of equality, so it must not decide their order either.
_CONTENTS: dict[type[Any], Callable[[Any], Any]] = {
    Unique: lambda shape: (shape.name or "", shape.columns, repr(shape.options)),
    ForeignKey: lambda shape: (
        shape.columns,
        shape.target[0] or "",
        shape.target[1],
        shape.target_columns,
        repr(shape.options),
    ),
    Index: lambda shape: (shape.name or "", shape.elements, shape.unique),
    Check: lambda shape: (shape.name or "", shape.text),
    Exclude: lambda shape: (shape.name or "", shape.text),
}

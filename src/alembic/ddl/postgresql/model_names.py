"""The named types and sequences of models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.types import ARRAY, Enum, TypeDecorator, TypeEngine

from ...schema.shapes import EnumType
from ...schema.shapes import Sequence as SequenceShape
from . import spelling
from .reflect_records import sequence_options

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

    from .compare import PostgresqlRules


def enums_of(metadata: sa.MetaData, dialect: Dialect) -> list[EnumType]:
    """The named enum types of columns, by themselves or in arrays, and those of the metadata itself."""
    found: dict[tuple[str | None, str], EnumType] = {}
    for type_ in _types_of_columns(metadata):
        enum = _enum_in(type_, dialect)
        if enum is not None and enum.name is not None:
            key = (enum.schema, str(enum.name))
            # One that asks not to be created counts only where no other column describes the type.
            if key not in found or getattr(enum, "create_type", True):
                found[key] = EnumType(*key, tuple(enum.enums), enum)
    for enum in getattr(metadata, "_objects", ()):  # SQLAlchemy 2.1 and up
        if isinstance(enum, Enum) and enum.native_enum and enum.name is not None:
            key = (enum.schema, str(enum.name))
            found.setdefault(key, EnumType(*key, tuple(enum.enums), enum))
    return list(found.values())


def _types_of_columns(metadata: sa.MetaData) -> Iterator[TypeEngine[Any]]:
    """The types of columns, but for those that surely are no enum."""
    plain: set[type[Any]] = set()
    for table in metadata.tables.values():
        for column in table.columns:
            type_ = column.type
            kind = type_.__class__
            if kind in plain and not type_._variant_mapping:
                continue
            if isinstance(type_, (Enum, ARRAY, TypeDecorator)) or type_._variant_mapping:
                yield type_
            else:
                plain.add(kind)


def _enum_in(type_: Any, dialect: Dialect) -> Any:
    """The native enum type that a column of this type uses in PostgreSQL; None if it uses none."""
    while isinstance(type_, TypeEngine):
        concrete = type_.dialect_impl(dialect)
        if isinstance(concrete, TypeDecorator):
            type_ = concrete.impl_instance
        elif isinstance(concrete, ARRAY):
            type_ = concrete.item_type
        elif isinstance(concrete, Enum) and concrete.native_enum:
            # Its schema comes from its table, maybe after the dialect's version was made.
            return type_ if isinstance(type_, Enum) else concrete
        else:
            return None
    return None


def sequences_of(metadata: sa.MetaData, rules: PostgresqlRules) -> list[SequenceShape]:
    """The sequences that the metadata creates; the optional ones are not needed here."""
    return [
        _sequence(each, rules)
        for each in metadata._sequences.values()
        if not (each.optional and rules.dialect.sequences_optional)
    ]


def _sequence(sequence: sa.Sequence, rules: PostgresqlRules) -> SequenceShape:
    type_text = "bigint" if sequence.data_type is None else rules.type_text(sequence.data_type)
    increment = sequence.increment or 1
    limit = {"smallint": 2**15 - 1, "integer": 2**31 - 1}.get(type_text, 2**63 - 1)
    usual = (1, limit) if increment > 0 else (-limit - 1, -1)
    minimum = usual[0] if sequence.minvalue is None else sequence.minvalue
    maximum = usual[1] if sequence.maxvalue is None else sequence.maxvalue
    start = sequence.start
    if start is None:
        start = minimum if increment > 0 else maximum
    facts = (start, increment, minimum, maximum, sequence.cache or 1, bool(sequence.cycle))
    return SequenceShape(
        sequence.schema, sequence.name, sequence_options(spelling.type_text(type_text), facts), sequence
    )

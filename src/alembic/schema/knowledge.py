"""A schema of which some is known and some isn't, one step further: values in, another value out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from .shapes import EnumType, Schema, Table, TableKey, Trigger

T = TypeVar("T")

EMPTY = Schema({})
"""The schema of a database in which nothing has been created yet."""


def known(schema: Schema, key: TableKey) -> bool | None:
    """Whether a table exists; None if that isn't known."""
    if key in schema.tables:
        return True
    return None if schema.unknown_rest is not None or key in schema.unknown else False


def why_unknown(schema: Schema, key: TableKey) -> str | None:
    """Why a table isn't known; None if it is, or is known not to exist."""
    return None if key in schema.tables else schema.unknown.get(key, schema.unknown_rest)


def with_table(schema: Schema, table: Table) -> Schema:
    """The schema with a table, in the place of one of this name if there is one."""
    return replace(
        schema,
        tables=_ordered({**schema.tables, table.key: table}),
        unknown=_without(schema.unknown, [table.key]),
    )


def without_table(schema: Schema, key: TableKey) -> Schema:
    """The schema in which a table is known not to exist."""
    return replace(
        schema,
        tables=_without(schema.tables, [key]),
        unknown=_without(schema.unknown, [key]),
        triggers={name: each for name, each in schema.triggers.items() if each.table != key},
    )


def with_trigger(schema: Schema, name: str, trigger: Trigger) -> Schema:
    """The schema with a trigger."""
    return replace(schema, triggers={**schema.triggers, name: trigger})


def without_triggers(schema: Schema, names: Iterable[str]) -> Schema:
    """The schema without some triggers."""
    gone = set(names)
    return replace(
        schema, triggers={name: each for name, each in schema.triggers.items() if name not in gone}
    )


def triggers_of(schema: Schema, key: TableKey) -> list[str]:
    """The SQL of the triggers that revisions have made on a table, in their order.

    One whose table has other columns now may say something else now, and is left out.
    """
    table = schema.tables.get(key)
    columns = () if table is None else tuple(table.columns)
    return [each.sql for each in schema.triggers.values() if each.table == key and each.columns == columns]


def with_enums(schema: Schema, enums: Iterable[EnumType]) -> Schema:
    """The schema with enumeration types; those that exist already are as they are."""
    added = {(each.schema, each.name): each for each in enums}
    wanted = {
        key: each for key, each in added.items() if key not in schema.enums and key not in schema.unknown
    }
    return replace(schema, enums=_ordered({**schema.enums, **wanted})) if wanted else schema


def without_enums(schema: Schema, keys: Iterable[TableKey]) -> Schema:
    """The schema without some enumeration types."""
    return replace(schema, enums=_without(schema.enums, list(keys)))


def with_unknown(schema: Schema, keys: Iterable[TableKey], why: str) -> Schema:
    """The schema in which nothing is known any more of some tables, types or sequences.

    :param why: one line for people: what has happened, and where.
    """
    keys = list(keys)
    if schema.unknown_rest is not None:
        unknown = schema.unknown
    else:
        unknown = _ordered({**schema.unknown, **dict.fromkeys(keys, why)})
    return replace(
        schema,
        tables=_without(schema.tables, keys),
        enums=_without(schema.enums, keys),
        sequences=_without(schema.sequences, keys),
        unknown=unknown,
    )


def nothing_known(why: str) -> Schema:
    """The schema of a database of which nothing is known."""
    return Schema({}, unknown_rest=why)


def _without(mapping: Mapping[TableKey, T], keys: Iterable[TableKey]) -> dict[TableKey, T]:
    keys = set(keys)
    return {key: value for key, value in mapping.items() if key not in keys}


def _ordered(mapping: Mapping[TableKey, T]) -> dict[TableKey, T]:
    return {key: mapping[key] for key in sorted(mapping, key=lambda key: (key[0] or "", key[1]))}

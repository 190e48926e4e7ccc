"""Differences between a table and its model that are none."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from ...schema.expressions import POSTGRESQL, normalise
from ...schema.from_catalogue import in_order

if TYPE_CHECKING:
    from ...schema.shapes import (
        Check,
        Column,
        EnumType,
        Exclude,
        Identity,
        Index,
        Options,
        Schema,
        Sequence,
        Table,
        TableKey,
        Unique,
    )

Named = TypeVar("Named", "Check", "Exclude", "Unique")
Anything = TypeVar("Anything", "EnumType", "Sequence")


def without_noise(database: Table, model: Table) -> tuple[Table, Table]:
    """Both tables, made alike where only one side says something for form."""
    wanted = {name: _like(database.columns.get(name), column) for name, column in model.columns.items()}
    excludes = tuple(_in_words_of(database.excludes, exclude) for exclude in model.excludes)
    indexes = {index.name: index for index in database.indexes}
    database = _without_inherited(database, model)
    model = replace(
        model,
        columns=wanted,
        uniques=_named(database.uniques, _merged(database, model), _unique_content),
        checks=_named(database.checks, model.checks, lambda one: one.text),
        excludes=_named(database.excludes, excludes, lambda one: one.text),
        indexes=tuple(_tablespace(indexes, index) for index in model.indexes),
        options=_options(database, model),
    )
    return database, model


def in_named_schemas(database: Schema, model: Schema) -> Schema:
    """The database with those types and sequences in their schemas whose schemas the models name.

    What the search path finds needs no schema, but models may name it all the same.
    """
    return replace(
        database,
        enums=_in_named_schemas(database.enums, model.enums),
        sequences=_in_named_schemas(database.sequences, model.sequences),
    )


def _in_named_schemas(
    present: Mapping[TableKey, Anything], wanted: Mapping[TableKey, Anything]
) -> Mapping[TableKey, Anything]:
    renamed = {}
    for key, shape in present.items():
        full: TableKey = (shape.source, shape.name)
        if key not in wanted and full in wanted and full not in present:
            renamed[key] = replace(shape, schema=shape.source)
    if not renamed:
        return present
    return {
        (shape.schema, shape.name): shape for shape in (renamed.get(key, present[key]) for key in present)
    }


def _like(database: Column | None, model: Column) -> Column:
    """A model's column without what the database does another way to the same effect."""
    if database is None:
        return model
    record: Mapping[str, Any] = database.source
    if model.identity is None and model.default is None and _counts_by_itself(model.source):
        # The models say that the column counts. Whether by SERIAL, IDENTITY or a sequence that the column
        # does not own is left to the database.
        return replace(model, identity=database.identity, default=database.default)
    if model.identity is not None and database.identity is not None:
        return replace(model, identity=_identity(database.identity, model.identity, model.source.identity))
    # SERIAL, spelled out in the models.
    if model.default is not None and model.default == f"nextval('{record.get('serial')}')":
        return replace(model, default=database.default)
    return model


def _identity(database: Identity, model: Identity, source: Any) -> Identity:
    """The model's identity with the options of which it says nothing as they are: nothing changes them."""
    open_ = {name: value for name, value in database.options if getattr(source, name, None) is None}
    return replace(model, options=tuple(sorted((dict(model.options) | open_).items()))) if open_ else model


def _counts_by_itself(column: Any) -> bool:
    table = getattr(column, "table", None)
    return bool(column.primary_key) and table is not None and table._autoincrement_column is column


def _without_inherited(database: Table, model: Table) -> Table:
    """The table without what it has from a parent table and its model does not repeat."""
    columns = {
        name: column
        for name, column in database.columns.items()
        if name in model.columns or not column.source.get("inherited")
    }
    names = {check.name for check in model.checks}
    checks = tuple(
        check
        for check in database.checks
        if check.name in names or "inherited" not in check.source.get("info", ())
    )
    if len(columns) == len(database.columns) and len(checks) == len(database.checks):
        return database
    return replace(database, columns=columns, checks=checks)


def _in_words_of(present: Iterable[Exclude], exclude: Exclude) -> Exclude:
    """The constraint in the server's words, if they say the same."""
    text = normalise(exclude.text, POSTGRESQL)
    same = (each.text for each in present if normalise(each.text, POSTGRESQL) == text)
    return replace(exclude, text=next(same, exclude.text))


def _merged(database: Table, model: Table) -> tuple[Unique, ...]:
    """The UNIQUE constraints of the model without those that CREATE TABLE makes no second time.

    The server merges two of the same columns and options, and one with the primary key; it keeps one name.
    """
    if len(model.uniques) == len(database.uniques):
        return model.uniques
    there = {one.name for one in database.uniques}
    made = {(one.columns, one.options) for one in model.uniques if one.name in there}
    if model.primary_key is not None:
        made.add((model.primary_key.columns, ()))
    return tuple(one for one in model.uniques if one.name in there or (one.columns, one.options) not in made)


def _unique_content(unique: Unique) -> Hashable:
    return tuple(sorted(unique.columns)), unique.options


def _named(
    present: Iterable[Named], wanted: tuple[Named, ...], content: Callable[[Named], Hashable | list[Any]]
) -> tuple[Named, ...]:
    """The constraints of the model; one without a name takes that of one with the same content."""
    if all(one.name is not None for one in wanted):
        return wanted
    taken = {one.name for one in wanted}
    free = [one for one in present if one.name not in taken]
    result = []
    for one in wanted:
        same = next((each for each in free if content(each) == content(one)), None)
        if one.name is None and same is not None:
            free.remove(same)
            one = replace(one, name=same.name)
        result.append(one)
    return in_order(result)


# What an application leaves to whoever runs its database, unless its models speak of it.
_LEFT_TO_OTHERS = frozenset(("inherits", "partition_by", "tablespace", "using"))


def _options(database: Table, model: Table) -> Options:
    """The model's options, with those of the database that are no business of a silent model."""
    wanted = dict(model.options)
    found = {
        name: value for name, value in database.options if name in _LEFT_TO_OTHERS and name not in wanted
    }
    return tuple(sorted((wanted | found).items())) if found else model.options


def _tablespace(present: Mapping[str | None, Index], index: Index) -> Index:
    """The model's index in the tablespace where it is, if the model does not speak of one."""
    same = present.get(index.name)
    tablespace = same and dict(same.options).get("tablespace")
    if not tablespace or "tablespace" in dict(index.options):
        return index
    return replace(index, options=tuple(sorted((*index.options, ("tablespace", tablespace)))))

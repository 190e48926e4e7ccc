"""Differences between a table and its model that say nothing, where it takes both to tell."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

import sqlalchemy as sa

from ...schema.catalogue import TableRecord
from ...schema.from_catalogue import in_order
from ...schema.shapes import Check, Column, Index, Table, Unique
from .changes import own_checks
from .column_types import Definition, base_text, bytes_of, definition, has_width, plain_charset, without_width

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine

    from .reflect import ServerFacts


class Rules(Protocol):
    """What is asked of the rules."""

    facts: ServerFacts
    dialect: Dialect

    @property
    def is_mariadb(self) -> bool: ...

    def definition(self, type_: TypeEngine[Any]) -> Definition: ...
    def collation_of(self, charset: str) -> str: ...


def adjusted(rules: Rules, database: Table, model: Table) -> tuple[Table, Table]:
    """Both tables without what is no difference; the same again if they went through here before."""
    record = database.source if isinstance(database.source, TableRecord) else TableRecord()
    database = _with_options_said(rules, record, database, model)
    database, model = _with_columns(_Columns(rules, record, database, model), database, model)
    database, model = _with_uniques(database, model)
    database = _without_implicit_lengths(database, model)
    database = _without_implicit_indexes(database, model)
    return _with_checks(database, model)


def _with_options_said(rules: Rules, record: TableRecord, database: Table, model: Table) -> Table:
    """Of the database only those options that the model mentions: not to say them is to leave them alone."""
    options = []
    for name, wanted in model.options:
        value = record.options.get(f"{rules.dialect.name}_{name}")
        if value is not None:
            options.append((name, wanted if str(value).lower() == wanted.lower() else str(value)))
    return replace(database, options=tuple(options))


# -- columns -------------------------------------------------------------------------------------------


def types_differ(rules: Rules, present: sa.Column[Any], wanted: sa.Column[Any]) -> bool:
    """Whether the types of two columns differ, of which only SQLAlchemy's types are known.

    What the model does not say is left out: a display width, a character set, a collation.
    """
    found, said = rules.definition(present.type), rules.definition(wanted.type)
    charset = said.charset or found.charset
    stored, text = base_text(found), base_text(said, bytes_of(charset))
    if not (has_width(stored) and has_width(text)):
        stored, text = without_width(stored), without_width(text)
    if (stored, text) == ("longtext", "json") and rules.is_mariadb:
        # JSON is a LONGTEXT there, and always has this collation.
        return found.collation not in (None, "utf8mb4_bin")
    if stored != text:
        return True
    collation = found.collation or _table_collation(rules, present)
    if said.charset is not None and collation is not None and _charset(collation) != said.charset:
        return True
    if said.collation is None or collation is None:
        return False
    return collation != (
        f"{charset or _charset(collation)}_bin" if said.collation == "_bin" else said.collation
    )


def _table_collation(rules: Rules, column: sa.Column[Any]) -> str | None:
    """The collation that the columns of a reflected table have, unless they say otherwise."""
    table = getattr(column, "table", None)
    said = None if table is None else table.kwargs.get(f"{rules.dialect.name}_collate")
    return said and plain_charset(said)


def _charset(collation: str) -> str:
    return collation.split("_", 1)[0]


def _with_columns(columns: _Columns, database: Table, model: Table) -> tuple[Table, Table]:
    found, wanted = dict(database.columns), dict(model.columns)
    for name, column in model.columns.items():
        other = found.get(name)
        if other is not None and (other != column or columns.is_moved):
            found[name], wanted[name] = columns.pair(other, column)
    return replace(database, columns=found), replace(model, columns=wanted)


class _Columns:
    """Compares the columns of one table.

    :param record: what was read of the table.
    """

    def __init__(self, rules: Rules, record: TableRecord, database: Table, model: Table) -> None:
        self.rules = rules
        said = dict(model.options)
        self.table_collation: str | None = record.options.get(f"{rules.dialect.name}_collate")
        self.wanted_collation = said.get("collate", self.table_collation)
        self.stamps = [
            column.name for column in database.columns.values() if column.type_text.startswith("timestamp")
        ]

    @property
    def is_moved(self) -> bool:
        """The table gets another collation, and with it every column that has none of its own."""
        return self.wanted_collation != self.table_collation

    def pair(self, database: Column, model: Column) -> tuple[Column, Column]:
        """Both columns, their types and defaults in terms that can be compared."""
        if database.type_text != model.type_text or self.is_moved:
            database, model = self._types(database, model)
        if database.default is not None and model.default is None and self._is_implicit(database, model):
            database = replace(database, default=None)
        if _loses_on_update(database, model) or _loses_on_update(model, database):
            # DROP DEFAULT leaves ON UPDATE as it is; a change of type restates the column.
            database = replace(database, type_text=f"{database.type_text} (database's)")
        return database, model

    def _types(self, database: Column, model: Column) -> tuple[Column, Column]:
        record = database.source if isinstance(database.source, dict) else {}
        parts = self.rules.definition(model.type)
        collation = record.get("collation")
        charset = collation and collation.split("_")[0]
        text = base_text(parts, bytes_of(parts.charset or charset))
        stored = without_width(base_text(definition(record.get("column_type", database.type_text))))
        if has_width(text):
            shown = base_text(definition(record.get("column_type", "")))
            # Newer servers keep no display width, which is nothing that a migration could change.
            if not has_width(shown) or shown == text:
                text = without_width(text)
            else:
                stored = shown
        is_json = {text, stored} <= {"json", "longtext"}
        if collation is None:
            return replace(database, type_text=stored), replace(model, type_text=text)
        wanted = self._wanted(parts.charset, parts.collation, is_json=is_json and text == "json")
        if is_json and text != stored and collation == wanted:
            stored = text
        if wanted == collation or wanted is None or (text == "json" and stored == "json"):
            return replace(database, type_text=stored), replace(model, type_text=text)
        return (
            self._with_own_collation(database, stored, collation),
            replace(model, type_text=f"{text} collate {wanted}"),
        )

    def _wanted(self, charset: str | None, collation: str | None, is_json: bool) -> str | None:
        """The collation that a column of the model gets."""
        if is_json and self.rules.is_mariadb:
            return "utf8mb4_bin"
        if collation is not None and collation != "_bin":
            return collation
        if collation == "_bin":
            table = self.wanted_collation or ""
            return f"{charset or table.split('_')[0]}_bin"
        if charset is not None:
            return self.rules.collation_of(charset)
        return self.wanted_collation

    def _with_own_collation(self, column: Column, text: str, collation: str) -> Column:
        """The column with a type that names its collation, which is no longer the one of the table."""
        type_ = column.type
        if self.is_moved and isinstance(type_, sa.String) and not getattr(type_, "collation", None):
            type_ = type_.copy()
            type_.collation = collation
            type_.charset = collation.split("_", 1)[0]  # type: ignore[attr-defined]  # MySQL's types have it
            if isinstance(column.source, dict):
                column.source["type"] = type_
        return replace(column, type=type_, type_text=f"{text} collate {collation}")

    def _is_implicit(self, database: Column, model: Column) -> bool:
        """The default that older servers give to a TIMESTAMP that is NOT NULL and has none."""
        if not self.rules.facts.implicit_timestamps or model.nullable or database.nullable:
            return False
        if database.name not in self.stamps or database.default is None:
            return False
        return database.default.startswith("'0000-00-00") or (
            database.default == "current_timestamp() ON UPDATE current_timestamp()"
        )


def _loses_on_update(before: Column, after: Column) -> bool:
    return after.default is None and " ON UPDATE " in (before.default or "")


# -- indexes and constraints ---------------------------------------------------------------------------


def _with_uniques(database: Table, model: Table) -> tuple[Table, Table]:
    """Unique indexes as constraints where the model has a constraint; unnamed ones by their columns."""
    if not model.uniques:
        return database, model
    free = {index.name: index for index in database.indexes if index.unique}
    named = {unique.name for unique in model.uniques} | {index.name for index in model.indexes}
    made: list[Unique] = list(database.uniques)
    taken = {unique.name for unique in database.uniques}
    wanted: list[Unique] = []
    for unique in model.uniques:
        index = free.get(unique.name)
        if unique.name is None:
            index = next(
                (
                    each
                    for each in free.values()
                    if each.elements == unique.columns and each.name not in named | taken
                ),
                None,
            )
            if index is not None:
                unique = replace(unique, name=index.name)
        if index is not None and index.name not in taken:
            taken.add(index.name)
            made.append(Unique(index.name, index.elements, index.options, source=index.source))
        wanted.append(unique)
    kept = tuple(index for index in database.indexes if index.name not in taken or not index.unique)
    return (
        replace(database, indexes=kept, uniques=in_order(made)),
        replace(model, uniques=in_order(wanted)),
    )


def _without_implicit_lengths(database: Table, model: Table) -> Table:
    """Without those prefix lengths that MariaDB chose, as much of a long column being in a key as can be."""
    wanted = {index.name: dict(dict(index.options).get("length", ())) for index in model.indexes}
    changed = []
    for index in database.indexes:
        options = dict(index.options)
        if "length" in options and index.name in wanted:
            said = wanted[index.name]
            kept = tuple(
                (name, length)
                for name, length in options["length"]
                if name in said or not _fills_key(length, database.columns.get(name))
            )
            options = {**options, "length": kept} if kept else {}
            index = replace(index, options=tuple(options.items()))
        changed.append(index)
    return replace(database, indexes=tuple(changed))


# https://mariadb.com/kb/en/innodb-limitations/: by page size and row format; MyISAM and Aria.
_KEY_BYTES = (3072, 1536, 768, 767, 1000, 2000, 2300)


def _fills_key(length: int, column: Column | None) -> bool:
    record = column.source if column is not None and isinstance(column.source, dict) else {}
    collation = record.get("collation")
    size = bytes_of(collation.split("_")[0]) if collation else 1
    return any(length == most // size for most in _KEY_BYTES)


def _without_implicit_indexes(database: Table, model: Table) -> Table:
    """Without those indexes that InnoDB makes for foreign keys, and keeps as long as they need them.

    An index that somebody else made stays as well if no other begins with the columns of the key. One of
    InnoDB's goes by itself as soon as there is another. https://mariadb.com/kb/en/foreign-keys/
    """
    wanted = {key.columns for key in model.foreign_keys}
    staying = {key.columns for key in database.foreign_keys} & wanted
    if not staying:
        return database
    own_names = {key.name for key in database.foreign_keys} | {columns[0] for columns in staying}
    names = {index.name for index in model.indexes} | {unique.name for unique in model.uniques}
    lasting = [parts.elements for parts in database.indexes if parts.name in names]
    lasting += [unique.columns for unique in database.uniques if unique.name in names]
    if database.primary_key is not None:
        lasting.append(database.primary_key.columns)
    coming = [index.elements for index in model.indexes] + [unique.columns for unique in model.uniques]

    def is_implicit(index: Index) -> bool:
        if index.unique or index.options or index.name in names or index.elements not in staying:
            return False
        others = lasting if index.name in own_names else lasting + coming
        return not any(_covers(each, index.elements) for each in others)

    kept = tuple(index for index in database.indexes if not is_implicit(index))
    return database if len(kept) == len(database.indexes) else replace(database, indexes=kept)


def without_indexes_named_as_keys(table: Table) -> Table:
    """Without the indexes that come by themselves when the table is made again with its foreign keys."""
    keys = {(key.name, key.columns) for key in table.foreign_keys}
    kept = tuple(
        index
        for index in table.indexes
        if index.unique or index.options or (index.name, index.elements) not in keys
    )
    return table if len(kept) == len(table.indexes) else replace(table, indexes=kept)


def _covers(index: tuple[str, ...], columns: tuple[str, ...]) -> bool:
    return index[: len(columns)] == columns


def _with_checks(database: Table, model: Table) -> tuple[Table, Table]:
    """Unnamed checks by their text; without those that come with the type of a column."""
    database, model = _with_checks_of_columns(database, model)
    named = {check.name for check in model.checks}
    free = [check for check in database.checks if check.name not in named]
    wanted = []
    for check in model.checks:
        if check.name is None:
            same = next((each for each in free if each.text == check.text), None)
            if same is not None:
                free.remove(same)
                check = replace(check, name=same.name)
        if not _comes_with_type(check, database, model):
            wanted.append(check)
    return database, replace(model, checks=in_order(wanted))


def _with_checks_of_columns(database: Table, model: Table) -> tuple[Table, Table]:
    """Whether a check without a name belongs to a column or to the table makes no difference."""
    columns, checks = dict(model.columns), list(model.checks)
    for name, column in model.columns.items():
        other = database.columns.get(name)
        if other is None or other.options == column.options:
            continue
        for _, text in column.options:
            same = next((each for each in database.checks if each.text == text), None)
            if same is not None:
                columns[name] = replace(columns[name], options=())
                checks.append(replace(same, source=own_checks(column.source)[0]))
        for _, text in other.options:
            unnamed = next((each for each in checks if each.name is None and each.text == text), None)
            if unnamed is not None:
                checks.remove(unnamed)
                columns[name] = replace(columns[name], options=other.options)
    return database, replace(model, columns=columns, checks=in_order(checks))


def _comes_with_type(check: Check, database: Table, model: Table) -> bool:
    """Whether the operation that makes or alters a column makes this check of its Boolean or Enum, too."""
    if not getattr(check.source, "_type_bound", False):
        return False
    names = [column.name for column in check.source.columns]
    both = [(database.columns.get(name), model.columns.get(name)) for name in names]
    return any(one is None or (other and one.type_text != other.type_text) for one, other in both)

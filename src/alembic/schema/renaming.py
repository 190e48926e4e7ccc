"""Renaming tables and columns in a catalogue, as the database does: whatever refers to them follows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .tokens import Kind, tokens, unquoted

if TYPE_CHECKING:
    from .catalogue import Catalogue, TableRecord
    from .shapes import TableKey
    from .tokens import Flavour, Token

# What an Inspector's record says in words rather than in columns or SQL.
_NO_EXPRESSION = frozenset({"name", "comment", "referred_table", "referred_schema", "duplicates_index"})


def rename_table(catalogue: Catalogue, key: TableKey, new: str) -> None:
    """Give a table another name, and have the foreign keys of all tables refer to it by that.

    :param key: the table as it was read.
    """
    schema, old = key
    record = catalogue.tables.pop(key)
    catalogue.tables[schema, new] = record
    ordered = sorted(catalogue.tables.items(), key=lambda item: (item[0][0] or "", item[0][1]))
    catalogue.tables.clear()
    catalogue.tables.update(ordered)
    for each in catalogue.tables.values():
        for foreign_key in each.foreign_keys:
            if foreign_key.get("referred_table") == old and _is_schema(catalogue, foreign_key, schema):
                foreign_key["referred_table"] = new


def rename_column(
    catalogue: Catalogue, key: TableKey, old: str, new: str, quoted: Callable[[str], str], flavour: Flavour
) -> None:
    """Give a column another name in its table, its keys, indexes and expressions, and in what refers to it.

    :param key: the table.
    :param quoted: makes of a name what the database writes in SQL.
    :param flavour: how it writes SQL.
    """
    schema, table = key
    record = catalogue.tables[key]
    change = _Change(old, new, quoted(new), flavour)
    for column in record.columns:
        if column["name"] == old:
            column["name"] = new
        elif "computed" in column:
            column["computed"] = change.of(column["computed"])
    _rename_in_keys(record, change)
    for each in catalogue.tables.values():
        for foreign_key in each.foreign_keys:
            if foreign_key.get("referred_table") == table and _is_schema(catalogue, foreign_key, schema):
                foreign_key["referred_columns"] = change.of(foreign_key["referred_columns"])


def _rename_in_keys(record: TableRecord, change: _Change) -> None:
    columns = record.primary_key.get("constrained_columns")
    record.primary_key["constrained_columns"] = change.of(columns or [])
    for foreign_key in record.foreign_keys:
        foreign_key["constrained_columns"] = change.of(foreign_key["constrained_columns"])
    for family in (record.indexes, record.uniques, record.checks, record.excludes):
        for each in family:
            each.update(change.of(each))


def _is_schema(catalogue: Catalogue, foreign_key: dict[str, Any], schema: str | None) -> bool:
    default = catalogue.default_schema
    return (foreign_key.get("referred_schema") or default) == (schema or default)


def renamed_in_sql(text: str, old: str, new: str, flavour: Flavour) -> str:
    """The text of an expression with another name for a column.

    :param new: the name as the database writes it in SQL, in quotes if need be.
    """
    if old.lower() not in text.lower():
        return text
    found = tokens(text, flavour)
    return "".join(
        new if _names_column(old, found, position) else token.text for position, token in enumerate(found)
    )


def names_column(text: str, name: str, flavour: Flavour) -> bool:
    """Whether the text of an expression mentions a column."""
    if name.lower() not in text.lower():
        return False
    found = tokens(text, flavour)
    return any(_names_column(name, found, position) for position in range(len(found)))


def _names_column(name: str, found: list[Token], position: int) -> bool:
    token = found[position]
    if token.kind is Kind.NAME:
        return unquoted(token.text) == name
    if token.kind is not Kind.WORD or token.text.lower() != name.lower():
        return False
    after = found[position + 1 :]
    following = next((each for each in after if each.kind is not Kind.SPACE), None)
    return following is None or following.text != "("  # else it is a function of the same name


class _Change:
    """A column's name within the values of a record, whatever their form."""

    def __init__(self, old: str, new: str, in_sql: str, flavour: Flavour) -> None:
        self._old, self._new, self._in_sql = old, new, in_sql
        self._flavour = flavour

    def of(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._new if value == self._old else self._of_sql(value)
        if isinstance(value, dict):
            return {
                self._new if key == self._old else key: inner if key in _NO_EXPRESSION else self.of(inner)
                for key, inner in value.items()
            }
        if isinstance(value, (list, tuple)):
            return type(value)(self.of(inner) for inner in value)
        return value

    def _of_sql(self, text: str) -> str:
        return renamed_in_sql(text, self._old, self._in_sql, self._flavour)

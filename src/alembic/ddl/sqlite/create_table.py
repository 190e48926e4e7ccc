"""A CREATE TABLE statement of SQLite as its parts, each with the exact place where it stands in the text.

``sqlite_master`` keeps the text as it was typed. What the pragmas don't tell (constraint names, CHECKs, ON
CONFLICT, COLLATE, expressions of generated columns) is read from it, and a table is changed by changing it:
nothing is lost, because every character belongs to one of :attr:`~.parts.CreateTable.pieces`.

https://www.sqlite.org/lang_createtable.html; what that page does not say (constraints of a table may follow
each other without commas, a CONSTRAINT may name nothing) is from the grammar in SQLite's ``parse.y``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from ...schema.tokens import Token, unquoted
from .cursor import Cursor
from .parts import (
    Clause,
    ClauseKind,
    ColumnDefinition,
    CreateTable,
    Definition,
    KeyColumn,
    NoCreateTable,
    Reference,
    Span,
)

__all__ = [
    "Clause",
    "ClauseKind",
    "ColumnDefinition",
    "CreateTable",
    "Definition",
    "KeyColumn",
    "NoCreateTable",
    "Reference",
    "Span",
    "excerpt",
    "parse_create_table",
]


@lru_cache(maxsize=16)  # one change of a table asks for the same text again and again
def parse_create_table(text: str) -> CreateTable:
    """The parts of a CREATE TABLE statement.

    :raises NoCreateTable: it is another statement (CREATE VIRTUAL TABLE, say), or has an AS SELECT.
    """
    cursor = Cursor(text)
    cursor.expect("CREATE")
    cursor.take("TEMP", "TEMPORARY")
    cursor.expect("TABLE")
    if cursor.take("IF"):
        cursor.expect("NOT")
        cursor.expect("EXISTS")
    name = cursor.identifier()
    if cursor.take_symbol("."):
        name = cursor.identifier()
    body, inner = cursor.group()
    return CreateTable(
        text, unquoted(name.text), _span(name), body, tuple(_definitions(inner)), _options(cursor)
    )


def _span(token: Token) -> Span:
    return Span(token.start, token.end)


# Quotes and comments, in which the rest says nothing.
_STRUCTURE = re.compile(
    r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*|/\*.*?(?:\*/|\Z)|[(),]""", re.DOTALL
)


def excerpt(text: str, is_wanted: Callable[[str], bool]) -> str:
    """The statement with only those definitions whose text is wanted, for reading them without the others.

    :param is_wanted: asked for the text of each definition, with what stands around it.
    """
    depth, start, body = 0, 0, 0
    chosen = []
    for hit in _STRUCTURE.finditer(text):
        symbol = hit[0]
        if symbol == "(":
            depth += 1
            if depth == 1:
                start = body = hit.end()
        elif depth == 1 and symbol in (",", ")"):
            definition = text[start : hit.start()]
            if is_wanted(definition):
                chosen.append(definition)
            start = hit.end()
            if symbol == ")":
                return f"{text[:body]}{','.join(chosen)}\n{text[hit.start() :]}"
        elif symbol == ")":
            depth -= 1
    return text


def _options(cursor: Cursor) -> tuple[str, ...]:
    options = []
    while not cursor.at_end and cursor.symbol != ";":
        if cursor.take_symbol(","):
            continue
        if cursor.take("WITHOUT"):
            cursor.expect("ROWID")
            options.append("WITHOUT ROWID")
        else:
            cursor.expect("STRICT")
            options.append("STRICT")
    return tuple(options)


_TABLE_CONSTRAINT = frozenset(("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"))
_CLAUSE = frozenset(
    ("CONSTRAINT", "PRIMARY", "NOT", "NULL", "UNIQUE", "CHECK", "DEFAULT", "COLLATE", "REFERENCES", "AS")
)


def _definitions(cursor: Cursor) -> list[Definition]:
    found: list[Definition] = []
    while not cursor.at_end:
        if cursor.word in _TABLE_CONSTRAINT:
            found.append(_table_constraint(cursor))
            cursor.take_symbol(",")
            continue
        found.append(_column(cursor))
        if not cursor.at_end and not cursor.take_symbol(","):
            raise NoCreateTable(f"Unexpected {cursor.symbol!r} after column {found[-1].name!r}")
    return found


def _column(cursor: Cursor) -> ColumnDefinition:
    name = cursor.identifier()
    type_span = _type(cursor)
    clauses = []
    while not cursor.at_end and cursor.symbol != ",":
        clauses.append(_column_clause(cursor))
    return ColumnDefinition(
        Span(name.start, cursor.last_end), unquoted(name.text), _span(name), type_span, tuple(clauses)
    )


def _type(cursor: Cursor) -> Span | None:
    start = None
    while not cursor.at_end and cursor.symbol not in (",", "("):
        if cursor.word in _CLAUSE or (cursor.word == "GENERATED" and cursor.word_after == "ALWAYS"):
            break
        token = cursor.identifier()
        start = token.start if start is None else start
    if start is None:
        return None
    if cursor.symbol == "(":
        cursor.parentheses()
    return Span(start, cursor.last_end)


def _name(cursor: Cursor) -> Token | None:
    """Of several CONSTRAINT before one clause the last one counts."""
    name = None
    while cursor.take("CONSTRAINT"):
        name = cursor.identifier()
    return name


def _clause(
    cursor: Cursor,
    kind: ClauseKind,
    start: int,
    name: Token | None,
    *,
    columns: tuple[KeyColumn, ...] = (),
    expression: Span | None = None,
    word: str | None = None,
    autoincrement: bool = False,
    reference: Reference | None = None,
) -> Clause:
    """A clause that ends here, once its ON CONFLICT was read."""
    conflict = None
    if cursor.word == "ON" and cursor.word_after == "CONFLICT":
        cursor.position += 2
        conflict = cursor.next().text.upper()
    if kind is ClauseKind.PRIMARY_KEY and cursor.take("AUTOINCREMENT"):
        autoincrement = True
    return Clause(
        kind=kind,
        span=Span(start, cursor.last_end),
        name=unquoted(name.text) if name else None,
        name_span=_span(name) if name else None,
        columns=columns,
        expression=expression,
        conflict=conflict,
        word=word,
        autoincrement=autoincrement,
        reference=reference,
    )


def _column_clause(cursor: Cursor) -> Clause:
    start = cursor.start
    name = _name(cursor)
    word = cursor.word
    if name is not None and (cursor.at_end or cursor.symbol == ","):
        return _clause(cursor, ClauseKind.NAME_ONLY, start, name)
    if cursor.take("PRIMARY"):
        cursor.expect("KEY")
        order = "DESC" if cursor.take("DESC") else None
        cursor.take("ASC")
        return _clause(cursor, ClauseKind.PRIMARY_KEY, start, name, word=order)
    if _is_deferrable(cursor):
        belated = Reference("", Span(start, start), (), None, None, None, *_deferrable(cursor))
        return _clause(cursor, ClauseKind.DEFERRABLE, start, name, reference=belated)
    if cursor.take("NOT"):
        cursor.expect("NULL")
        return _clause(cursor, ClauseKind.NOT_NULL, start, name)
    if cursor.take("NULL"):
        return _clause(cursor, ClauseKind.NULL, start, name)
    if cursor.take("UNIQUE"):
        return _clause(cursor, ClauseKind.UNIQUE, start, name)
    if cursor.take("CHECK"):
        return _clause(cursor, ClauseKind.CHECK, start, name, expression=cursor.parentheses())
    if cursor.take("DEFAULT"):
        return _clause(cursor, ClauseKind.DEFAULT, start, name, expression=_default(cursor))
    if cursor.take("COLLATE"):
        return _clause(cursor, ClauseKind.COLLATE, start, name, word=unquoted(cursor.identifier().text))
    if cursor.take("REFERENCES"):
        return _clause(cursor, ClauseKind.FOREIGN_KEY, start, name, reference=_reference(cursor))
    if word in ("GENERATED", "AS"):
        return _generated(cursor, start, name)
    raise NoCreateTable(f"Unexpected {cursor.symbol!r} in a column: {cursor.text[:60]!r}")


def _generated(cursor: Cursor, start: int, name: Token | None) -> Clause:
    if cursor.take("GENERATED"):
        cursor.expect("ALWAYS")
    cursor.expect("AS")
    expression = cursor.parentheses()
    storage = cursor.word if cursor.word in ("STORED", "VIRTUAL") else None
    cursor.take("STORED", "VIRTUAL")
    return _clause(cursor, ClauseKind.GENERATED, start, name, expression=expression, word=storage)


def _default(cursor: Cursor) -> Span:
    start = cursor.start
    if cursor.symbol == "(":
        cursor.parentheses()
    else:
        if cursor.symbol in ("+", "-"):
            cursor.next()
        cursor.next()
    return Span(start, cursor.last_end)


def _table_constraint(cursor: Cursor) -> Clause:
    start = cursor.start
    name = _name(cursor)
    if cursor.take("PRIMARY"):
        cursor.expect("KEY")
        columns, autoincrement = _key_columns(cursor)
        return _clause(
            cursor, ClauseKind.PRIMARY_KEY, start, name, columns=columns, autoincrement=autoincrement
        )
    if cursor.take("UNIQUE"):
        return _clause(cursor, ClauseKind.UNIQUE, start, name, columns=_key_columns(cursor)[0])
    if cursor.take("CHECK"):
        return _clause(cursor, ClauseKind.CHECK, start, name, expression=cursor.parentheses())
    if cursor.take("FOREIGN"):
        cursor.expect("KEY")
        columns, _ = _key_columns(cursor)
        cursor.expect("REFERENCES")
        return _clause(
            cursor, ClauseKind.FOREIGN_KEY, start, name, columns=columns, reference=_reference(cursor)
        )
    if name is not None:
        return _clause(cursor, ClauseKind.NAME_ONLY, start, name)
    raise NoCreateTable(f"Unexpected {cursor.symbol!r}: {cursor.text[:60]!r}")


def _key_columns(cursor: Cursor) -> tuple[tuple[KeyColumn, ...], bool]:
    """The columns in parentheses, and whether it says AUTOINCREMENT, as in ``(id AUTOINCREMENT)``."""
    _, inner = cursor.group()
    columns, autoincrement = [], False
    while not inner.at_end:
        name = unquoted(inner.identifier().text)
        collation = unquoted(inner.identifier().text) if inner.take("COLLATE") else None
        descending = inner.take("DESC")
        inner.take("ASC")
        autoincrement = inner.take("AUTOINCREMENT") or autoincrement
        columns.append(KeyColumn(name, collation, descending))
        if not inner.at_end and not inner.take_symbol(","):
            raise NoCreateTable(f"Unexpected {inner.symbol!r} among the columns of a key")
    return tuple(columns), autoincrement


def _reference(cursor: Cursor) -> Reference:
    table = cursor.identifier()
    columns: tuple[KeyColumn, ...] = ()
    if cursor.symbol == "(":
        columns, _ = _key_columns(cursor)
    actions: dict[str, str] = {}
    deferrable, initially = None, None
    while True:
        if cursor.word == "ON" and cursor.word_after in ("DELETE", "UPDATE", "INSERT"):
            cursor.next()
            event = cursor.next().word
            action = cursor.next().text.upper()
            if action in ("SET", "NO"):
                action += " " + cursor.next().text.upper()
            actions[event] = action
        elif cursor.take("MATCH"):
            actions["MATCH"] = unquoted(cursor.identifier().text).upper()
        elif _is_deferrable(cursor):
            deferrable, initially = _deferrable(cursor)
        else:
            break
    return Reference(
        unquoted(table.text),
        _span(table),
        tuple(column.name for column in columns),
        actions.get("DELETE"),
        actions.get("UPDATE"),
        actions.get("MATCH"),
        deferrable,
        initially,
    )


def _is_deferrable(cursor: Cursor) -> bool:
    return cursor.word == "DEFERRABLE" or (cursor.word == "NOT" and cursor.word_after == "DEFERRABLE")


def _deferrable(cursor: Cursor) -> tuple[bool, str | None]:
    deferrable = not cursor.take("NOT")
    cursor.expect("DEFERRABLE")
    return deferrable, cursor.next().text.upper() if cursor.take("INITIALLY") else None

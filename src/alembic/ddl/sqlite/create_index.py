"""A CREATE INDEX statement of SQLite: its parts as written, and its predicate."""

from __future__ import annotations

from dataclasses import dataclass

from ...schema.expressions import normalise
from ...schema.tokens import SQLITE, Kind, Token, significant_tokens, unquoted
from .cursor import Cursor
from .parts import Span


@dataclass(frozen=True, slots=True)
class CreateIndex:
    """The statement; texts as they were typed.

    :param elements: what is indexed, with COLLATE and DESC.
    :param where: the predicate of a partial index.
    """

    name: str
    table: str
    elements: tuple[str, ...]
    unique: bool = False
    where: str | None = None


def parse_create_index(text: str) -> CreateIndex:
    """The parts of a CREATE INDEX statement.

    :raises NoCreateTable: it is another statement.
    """
    cursor = Cursor(text)
    cursor.expect("CREATE")
    unique = cursor.take("UNIQUE")
    cursor.expect("INDEX")
    if cursor.take("IF"):
        cursor.expect("NOT")
        cursor.expect("EXISTS")
    name = cursor.identifier()
    if cursor.take_symbol("."):
        name = cursor.identifier()
    cursor.expect("ON")
    table = cursor.identifier()
    body, inner = cursor.group()
    elements = tuple(text[span.start : span.end] for span in _split(inner, body))
    where = None
    if cursor.take("WHERE"):
        where = text[cursor.start : cursor.found[cursor.stop - 1].end]
    return CreateIndex(unquoted(name.text), unquoted(table.text), elements, unique, where)


def _split(inner: Cursor, body: Span) -> list[Span]:
    """Where the elements stand, from first token to last."""
    spans: list[Span] = []
    start, end, depth = inner.start, body.start, 0
    while not inner.at_end:
        token = inner.next()
        if token.text == "," and depth == 0:
            spans.append(Span(start, end))
            start = inner.start
            continue
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        end = token.end
    return [*spans, Span(start, end)]


def element(text: str, columns: dict[str, str], collations: dict[str, str]) -> str:
    """One part of an index, of models or database, in one spelling.

    :param columns: the columns' names as the table has them, by their names in lower case.
    :param collations: collations that are not BINARY, in upper case, by column; where an index says the same
        as its column, or BINARY of an expression, it says nothing.
    """
    found = significant_tokens(text, SQLITE)
    direction = ""
    if found and found[-1].word in ("ASC", "DESC"):
        direction = " DESC" if found.pop().word == "DESC" else ""
    collation = None
    if len(found) > 2 and found[-2].word == "COLLATE":
        collation = unquoted(found[-1].text).upper()
        del found[-2:]
    column = _column(found, columns)
    standard = collations.get(column, "BINARY") if column is not None else "BINARY"
    collate = f" COLLATE {collation}" if collation is not None and collation != standard else ""
    if column is not None:
        return column + collate + direction
    end = found[-1].end if found else len(text)
    return f"({normalise(text[:end], SQLITE)}){collate}{direction}"


def _column(found: list[Token], columns: dict[str, str]) -> str | None:
    while len(found) > 2 and found[0].text == "(" and found[-1].text == ")":
        found = found[1:-1]
    if len(found) != 1 or found[0].kind not in (Kind.WORD, Kind.NAME):
        return None
    return columns.get(unquoted(found[0].text).lower())

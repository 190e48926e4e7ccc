"""A CREATE TABLE statement with one thing changed in its text, and every other character as it was.

Each function takes the text and returns another; where several changes are wanted they follow each other.
Names are compared as SQLite does, without regard to the case of ASCII letters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

from ...schema.tokens import SQLITE, Kind, tokens, unquoted
from .create_table import (
    Clause,
    ClauseKind,
    ColumnDefinition,
    CreateTable,
    Definition,
    Span,
    parse_create_table,
)

# What says how a value comes to be, of which a column has at most one.
_VALUES = (ClauseKind.DEFAULT, ClauseKind.GENERATED)


class NotThere(LookupError):
    """The table has no such column or constraint."""


def same(one: str | None, other: str | None) -> bool:
    """Whether SQLite takes two names for the same."""
    return one is not None and other is not None and _folded(one) == _folded(other)


def speaks_of(sql: str, name: str, *, strings: bool = True) -> bool:
    """Whether a name occurs in a piece of SQL, quoted or not.

    :param strings: whether a string of the same text counts, which SQLite takes for a name here and there.
    """
    kinds = (Kind.WORD, Kind.NAME, Kind.STRING) if strings else (Kind.WORD, Kind.NAME)
    return any(same(unquoted(token.text), name) for token in tokens(sql, SQLITE) if token.kind in kinds)


def with_names(sql: str, names: Mapping[str, str]) -> str:
    """A piece of SQL with other names.

    :param names: new names as SQL, by the old ones in lower case.
    """
    pieces = []
    for token in tokens(sql, SQLITE):
        new = names.get(_folded(unquoted(token.text))) if token.kind in (Kind.WORD, Kind.NAME) else None
        pieces.append(token.text if new is None else new)
    return "".join(pieces)


def as_stored(text: str) -> str:
    """CREATE TABLE as sqlite_master has it: whatever stands before the name is these two words."""
    return "CREATE TABLE " + text[parse_create_table(text).name_span.start :].rstrip("; \t\r\n")


def in_schema(text: str, schema: str) -> str:
    """CREATE of a table, index or trigger, as sqlite_master has it, with a schema before the name."""
    found = [token for token in tokens(text, SQLITE) if token.kind not in (Kind.SPACE, Kind.COMMENT)]
    words = [token.word for token in found]
    place = next(n for n, word in enumerate(words) if word in ("TABLE", "INDEX", "TRIGGER")) + 1
    name = found[place]
    return f"{text[: name.start]}{schema}.{text[name.start :]}"


def with_type(text: str, column: str, type_text: str) -> str:
    """Another type for a column."""
    found = column_of(parse_create_table(text), column)
    if found.type_span is not None:
        return _replaced(text, found.type_span, type_text)
    return _inserted(text, found.name_span.end, type_text)


def with_nullable(text: str, column: str, nullable: bool) -> str:
    """NOT NULL gone, or there."""
    found = column_of(parse_create_table(text), column)
    if nullable:
        return _without_clauses(text, column, ClauseKind.NOT_NULL)
    if found.clause(ClauseKind.NOT_NULL) is not None:
        return text
    text = _without_clauses(text, column, ClauseKind.NULL)
    found = column_of(parse_create_table(text), column)
    default = found.clause(ClauseKind.DEFAULT)
    return (
        _after_type(text, column, "NOT NULL")
        if default is None
        else _inserted(text, default.span.end, "NOT NULL")
    )


def with_default(text: str, column: str, default: str | None) -> str:
    """Another default, as SQL; None: there is none any more."""
    parsed = parse_create_table(text)
    clause = column_of(parsed, column).clause(ClauseKind.DEFAULT)
    if default is not None and clause is not None and clause.expression is not None:
        return _replaced(text, clause.expression, default)
    text = _without_clauses(text, column, *_VALUES)
    return text if default is None else _after_type(text, column, f"DEFAULT {default}")


def with_generation(text: str, column: str, clause: str) -> str:
    """``GENERATED ALWAYS AS …`` in the place of any default or other expression."""
    return _after_type(_without_clauses(text, column, *_VALUES), column, clause)


def with_column(text: str, definition: str, *, before: str | None = None, after: str | None = None) -> str:
    """One more column: before or after another, otherwise behind the last one."""
    parsed = parse_create_table(text)
    columns = list(parsed.columns.values())
    if before is not None:
        place = column_of(parsed, before)
        if place is columns[0]:
            start = place.span.start
            return text[:start] + definition + _separator(parsed) + text[start:]
        return _behind(parsed, columns[columns.index(place) - 1], definition)
    return _behind(parsed, columns[-1] if after is None else column_of(parsed, after), definition)


def with_option(text: str, option: str) -> str:
    """STRICT or WITHOUT ROWID behind everything."""
    parsed = parse_create_table(text)
    if option in parsed.options:
        return text
    return text.rstrip("; \t\r\n") + (f", {option}" if parsed.options else f" {option}")


def with_autoincrement(text: str) -> str:
    """AUTOINCREMENT for a primary key of one INTEGER, which must be said with the column; else nothing."""
    parsed = parse_create_table(text)
    if len(parsed.primary_key) != 1:
        return text
    column = column_of(parsed, parsed.primary_key[0])
    if column.type_span is None or parsed.of(column.type_span).upper() != "INTEGER":
        return text
    clause = column.clause(ClauseKind.PRIMARY_KEY)
    if clause is not None:
        return text if clause.autoincrement else _inserted(text, clause.span.end, "AUTOINCREMENT")
    text = _inserted(text, column.span.end, "PRIMARY KEY AUTOINCREMENT")
    return without_constraint(text, lambda owner, each: owner is None and each.kind is ClauseKind.PRIMARY_KEY)


def without_column(text: str, column: str, *, alone: bool = False) -> str:
    """A column less, with the constraints of the table that have it among their columns.

    :param alone: without these: the column comes back.
    """
    parsed = parse_create_table(text)
    doomed = column_of(parsed, column)
    text = _without(parsed, doomed)
    if alone:
        return text

    def mentions(clause: Clause) -> bool:
        return any(same(key.name, column) for key in clause.columns)

    while (left := _first(parse_create_table(text), mentions)) is not None:
        text = _without(parse_create_table(text), left)
    return text


def with_constraint(text: str, constraint: str) -> str:
    """One more constraint of the table, behind everything."""
    parsed = parse_create_table(text)
    return _behind(parsed, parsed.definitions[-1], constraint)


def without_constraint(text: str, is_meant: Callable[[ColumnDefinition | None, Clause], bool]) -> str:
    """Without the first constraint that is meant, of the table or of one of its columns.

    :param is_meant: is told the column, if the constraint belongs to one.
    :raises NotThere: none is.
    """
    parsed = parse_create_table(text)
    for part in parsed.definitions:
        if isinstance(part, Clause):
            if is_meant(None, part):
                return _without(parsed, part)
            continue
        for clause in part.clauses:
            if is_meant(part, clause):
                return _without_span(text, clause.span)
    raise NotThere


def without_references(text: str, table: str | None = None) -> str:
    """Without any foreign key, or any to one table."""

    def refers(column: ColumnDefinition | None, clause: Clause) -> bool:
        reference = clause.reference
        if reference is None or clause.kind is not ClauseKind.FOREIGN_KEY:
            return False
        return table is None or same(reference.table, table)

    while True:
        try:
            text = without_constraint(text, refers)
        except NotThere:
            return text


def in_order(text: str, order: list[str]) -> str:
    """The columns in another order; each keeps its own text.

    :param order: every column, by name.
    """
    parsed = parse_create_table(text)
    columns = list(parsed.columns.values())
    wanted = [parsed.of(column_of(parsed, name).span) for name in order]
    for column, definition in reversed(list(zip(columns, wanted, strict=True))):
        text = _replaced(text, column.span, definition)
    return text


def column_of(parsed: CreateTable, name: str) -> ColumnDefinition:
    """The column of a name.

    :raises NotThere: there is none.
    """
    for column in parsed.columns.values():
        if same(column.name, name):
            return column
    raise NotThere(name)


def _first(parsed: CreateTable, is_meant: Callable[[Clause], bool]) -> Clause | None:
    return next((clause for clause in parsed.constraints if is_meant(clause)), None)


def _folded(name: str) -> str:
    return "".join(char.lower() if char.isascii() else char for char in name)


def _replaced(text: str, span: Span, by: str) -> str:
    return text[: span.start] + by + text[span.end :]


def _inserted(text: str, place: int, clause: str) -> str:
    return f"{text[:place]} {clause}{text[place:]}"


def _after_type(text: str, column: str, clause: str) -> str:
    found = column_of(parse_create_table(text), column)
    return _inserted(text, (found.type_span or found.name_span).end, clause)


def _without_clauses(text: str, column: str, *kinds: ClauseKind) -> str:
    found = column_of(parse_create_table(text), column)
    for clause in reversed(found.clauses):
        if clause.kind in kinds:
            text = _without_span(text, clause.span)
    return text


def _without_span(text: str, span: Span) -> str:
    """Without a clause of a column, and the blanks before it."""
    return text[: span.start].rstrip(" \t") + text[span.end :]


def _behind(parsed: CreateTable, part: Definition, definition: str) -> str:
    """One more definition behind another, and behind the comments on that one."""
    text, place = parsed.text, parsed.definitions.index(part)
    if place + 1 < len(parsed.definitions):
        start = parsed.definitions[place + 1].span.start
        return text[:start] + definition + _separator(parsed) + text[start:]
    end = part.span.end
    comments = text[end : parsed.body.end].rstrip()
    if not comments:
        return text[:end] + _separator(parsed) + definition + text[end:]
    rest = text[end + len(comments) :]
    return f"{text[:end]},{comments}\n{definition}{rest}"


def _separator(parsed: CreateTable) -> str:
    """A comma and the white space that the text uses between its definitions."""
    spans = [part.span for part in parsed.definitions]
    for one, next_ in pairwise(spans):
        gap = parsed.text[one.end : next_.start]
        if gap.strip() == ",":
            return "," + gap.split(",", 1)[1]
    return ", "


def _without(parsed: CreateTable, part: Definition) -> str:
    """Without a definition and one comma; comments around it stay."""
    text, spans = parsed.text, [each.span for each in parsed.definitions]
    place = parsed.definitions.index(part)
    before = (
        Span(spans[place - 1].end, part.span.start) if place else Span(parsed.body.start, part.span.start)
    )
    if place + 1 < len(spans):
        after = Span(part.span.end, spans[place + 1].start)
        rest = _without_comma(text[after.start : after.end])
        return text[: part.span.start] + rest.lstrip(" \t\n") + text[after.end :]
    gap = _without_comma(text[before.start : before.end]).rstrip()
    found = tokens(gap, SQLITE)
    if found and found[-1].kind is Kind.COMMENT and found[-1].text.startswith("--"):
        gap += "\n"  # the end of the comment
    return text[: before.start] + gap + text[part.span.end :]


def _without_comma(gap: str) -> str:
    comma = next(
        (each for each in tokens(gap, SQLITE) if each.kind is Kind.OPERATOR and each.text == ","), None
    )
    return gap if comma is None else gap[: comma.start] + gap[comma.end :]

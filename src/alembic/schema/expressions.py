"""SQL expressions in a spelling that is the same for all that surely mean the same.

This is the part that needs no server: white space, comments, the case of what is not quoted, needless quotes
and parentheses. What it can't tell for sure it leaves alone, so that two results that are equal mean the
same; two that differ may still mean the same, which then is for the server to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from .tokens import (
    MSSQL,
    MYSQL,
    ORACLE,
    POSTGRESQL,
    SQLITE,
    STANDARD,
    Flavour,
    Kind,
    Token,
    significant,
    significant_tokens,
    tokens,
    unquoted,
)

__all__ = [
    "MSSQL",
    "MYSQL",
    "ORACLE",
    "POSTGRESQL",
    "SQLITE",
    "STANDARD",
    "Flavour",
    "Kind",
    "Token",
    "normalise",
    "significant",
    "significant_tokens",
    "string_value",
    "tokens",
    "unquoted",
    "without_parentheses",
]


@lru_cache(maxsize=8192)
def normalise(text: str, flavour: Flavour = STANDARD) -> str:
    """The expression in its one spelling; text that is no SQL comes back as it is, but for outer blanks."""
    if _PLAIN.fullmatch(text):
        return text.lower()
    found = significant_tokens(text, flavour)
    tree = _grouped(found)
    if tree is None or any(token.kind is Kind.OTHER for token in found):
        return text.strip()
    return _spelled(_flat(_simplified(_unwrapped(tree)), flavour))


def without_parentheses(text: str, flavour: Flavour = STANDARD) -> str:
    """The text without the parentheses around all of it, however many; otherwise as it stands."""
    while True:
        stripped = text.strip()
        if not (stripped.startswith("(") and stripped.endswith(")")):
            return stripped
        tree = _grouped(significant_tokens(stripped, flavour))
        if tree is None or len(tree) != 1 or not isinstance(tree[0], _Group):
            return stripped
        text = stripped[1:-1]


def string_value(text: str) -> str | None:
    """What an ordinary string literal says, its quotes taken off; None if the text is something else."""
    return text[1:-1].replace("''", "'") if _STRING.fullmatch(text) else None


@dataclass(frozen=True, slots=True)
class _Group:
    """What is inside one pair of parentheses."""

    items: list[Token | _Group]


def _grouped(found: list[Token]) -> list[Token | _Group] | None:
    """The tokens as a tree of parentheses; None if they don't match."""
    stack: list[list[Token | _Group]] = [[]]
    for token in found:
        if token.text == "(":
            stack.append([])
        elif token.text == ")":
            inner = stack.pop()
            if not stack:
                return None
            stack[-1].append(_Group(inner))
        else:
            stack[-1].append(token)
    return stack[0] if len(stack) == 1 else None


def _unwrapped(items: list[Token | _Group]) -> list[Token | _Group]:
    """Without parentheses around everything."""
    while len(items) == 1 and isinstance(items[0], _Group) and items[0].items:
        items = items[0].items
    return items


def _simplified(items: list[Token | _Group]) -> list[Token | _Group]:
    """Without those parentheses that surely change nothing."""
    result: list[Token | _Group] = []
    words = {_word(item) for item in items}
    for position, item in enumerate(items):
        if not isinstance(item, _Group):
            result.append(item)
            continue
        inner = _simplified(item.items)
        before = items[position - 1] if position else None
        after = items[position + 1] if position + 1 < len(items) else None
        if _opens_operand(before) and _ends_operand(after):
            while len(inner) == 1 and isinstance(inner[0], _Group) and inner[0].items:
                inner = inner[0].items
            if (
                (_is_atom(inner, after) and not _is_accessed(after))
                or _is_plain_condition(before, inner, after, words)
                or _is_whole_argument(before, inner, after)
            ):
                result.extend(inner)
                continue
        result.append(_Group(inner))
    return result


# Nothing, an operator or one of these words before a parenthesis: it groups, and is no list of arguments.
_BEFORE_OPERAND = frozenset(
    "AND OR NOT WHEN THEN ELSE CASE IS LIKE ILIKE BETWEEN DISTINCT FROM WHERE ON GLOB REGEXP DIV MOD".split()  # noqa: SIM905
)
_AFTER_OPERAND = frozenset(
    """AND OR WHEN THEN ELSE END IS NOT LIKE ILIKE BETWEEN IN COLLATE ISNULL NOTNULL ESCAPE GLOB REGEXP DESC
    ASC NULLS DIV MOD""".split()  # noqa: SIM905
)
_QUERY = frozenset(("SELECT", "VALUES", "WITH"))
_CONNECTIVES = frozenset(("AND", "OR"))
_NO_CONDITION = frozenset(("AND", "OR", "BETWEEN", "NOT", "CASE", "SELECT", ","))


def _word(item: Token | _Group | None) -> str:
    return item.word if isinstance(item, Token) else ""


def _opens_operand(before: Token | _Group | None) -> bool:
    if before is None:
        return True
    if isinstance(before, _Group):
        return False
    if before.kind is Kind.OPERATOR:
        return before.text not in ("::", ".", "]", ")")
    return before.word in _BEFORE_OPERAND


def _ends_operand(after: Token | _Group | None) -> bool:
    if after is None:
        return True
    if isinstance(after, _Group):
        return False
    return after.kind is Kind.OPERATOR or after.word in _AFTER_OPERAND


def _is_accessed(after: Token | _Group | None) -> bool:
    """``(a).b`` is the field of a value, ``a.b`` is the column of a table."""
    return isinstance(after, Token) and after.text in (".", "[")


def _is_signed_number(items: list[Token | _Group]) -> bool:
    texts = [item.text if isinstance(item, Token) else "" for item in items]
    return len(items) == 2 and texts[0] in ("-", "+") and texts[1][:1].isdigit()


# What would take the number before its sign does.
_TIGHTER_THAN_SIGN = ("::", "^", "**", "||", "->", "->>")


def _is_atom(items: list[Token | _Group], after: Token | _Group | None) -> bool:
    if len(items) == 1:
        only = items[0]
        return isinstance(only, Token) and only.kind is not Kind.OPERATOR
    if _is_signed_number(items):
        return after is None or not (isinstance(after, Token) and after.text in _TIGHTER_THAN_SIGN)
    # A call: lower(x), but not `not (x)`.
    if len(items) == 2 and isinstance(items[0], Token) and isinstance(items[1], _Group):
        return items[0].kind in (Kind.WORD, Kind.NAME) and items[0].word not in _BEFORE_OPERAND | _QUERY
    return False


def _is_plain_condition(
    before: Token | _Group | None,
    items: list[Token | _Group],
    after: Token | _Group | None,
    around: set[str],
) -> bool:
    """A condition between AND and OR that has neither within: every comparison binds tighter than they do."""
    if (before is not None and _word(before) not in _CONNECTIVES) or "BETWEEN" in around:
        return False
    if (after is not None and _word(after) not in _CONNECTIVES) or (before is None and after is None):
        return False
    inside = {item.word or item.text for item in items if isinstance(item, Token)}
    return bool(items) and not inside & _NO_CONDITION


def _is_whole_argument(
    before: Token | _Group | None, items: list[Token | _Group], after: Token | _Group | None
) -> bool:
    """All of an argument of a call, or of an element of a list; not a row and not a query."""
    if any(isinstance(item, Token) and item.text != "," for item in (before, after)) or not items:
        return False
    if _word(items[0]) in _QUERY:
        return False
    return not any(isinstance(item, Token) and item.text == "," for item in items)


def _flat(items: list[Token | _Group], flavour: Flavour) -> Iterator[str]:
    for item in items:
        if isinstance(item, _Group):
            yield "("
            yield from _flat(item.items, flavour)
            yield ")"
        elif item.kind is Kind.WORD:
            yield item.text.lower()
        elif item.kind is Kind.NAME:
            yield _name(item.text, flavour)
        elif item.kind is Kind.NUMBER:
            yield item.text.lower()
        else:
            yield _OPERATORS.get(item.text, item.text) if item.kind is Kind.OPERATOR else item.text


_OPERATORS = {"!=": "<>"}


def _name(text: str, flavour: Flavour) -> str:
    """A quoted name without quotes, if they say nothing; otherwise in double quotes."""
    if text[0] in "uU":
        return text
    name = unquoted(text)
    if not flavour.keeps_case:
        name = name.lower()
    simple = _UPPER_NAME if flavour is ORACLE else _LOWER_NAME
    if simple.fullmatch(name) and name.upper() not in _MEANINGFUL:
        return name.lower()
    return '"' + name.replace('"', '""') + '"'


# Words that mean something else, or nothing, without quotes; more than needed does no harm.
_MEANINGFUL = frozenset(
    """ALL ANALYSE ANALYZE AND ANY ARRAY AS ASC ASYMMETRIC AUTHORIZATION BETWEEN BIGINT BINARY BIT BOOLEAN
    BOTH BY CASE CAST CHAR CHARACTER CHECK COALESCE COLLATE COLLATION COLUMN CONCURRENTLY CONSTRAINT
    CREATE CROSS CURRENT_CATALOG CURRENT_DATE CURRENT_ROLE CURRENT_SCHEMA CURRENT_TIME CURRENT_TIMESTAMP
    CURRENT_USER DEC DECIMAL DEFAULT DEFERRABLE DESC DISTINCT DIV DO DOUBLE ELSE END ESCAPE EXCEPT
    EXISTS FALSE FETCH FLOAT FOR FOREIGN FREEZE FROM FULL GLOB GRANT GREATEST GROUP GROUPING HAVING IF
    ILIKE IN INITIALLY INNER INOUT INT INTEGER INTERSECT INTERVAL INTO IS ISNULL JOIN LATERAL LEADING
    LEAST LEFT LEVEL LIKE LIMIT LOCALTIME LOCALTIMESTAMP MATCH MOD NATIONAL NATURAL NCHAR NONE NORMALIZE
    NOT NOTNULL NULL NULLIF NULLS NUMBER NUMERIC OFFSET ON ONLY OR ORDER OUT OUTER OVER OVERLAPS OVERLAY
    PLACING PRECISION PRIMARY PRIOR RAISE RAW REAL REFERENCES REGEXP RETURNING RIGHT RLIKE ROW ROWID
    ROWNUM SELECT SESSION_USER SETOF SIMILAR SMALLINT SOME SUBSTRING SYMMETRIC SYSDATE SYSTEM_USER
    SYSTIMESTAMP TABLE TABLESAMPLE THEN TIME TIMESTAMP TO TRAILING TREAT TRIM TRUE UID UNION UNIQUE
    UNKNOWN USER USING VALUES VARCHAR VARIADIC VERBOSE WHEN WHERE WINDOW WITH XMLATTRIBUTES XMLCONCAT
    XMLELEMENT XMLEXISTS XMLFOREST XMLPARSE XMLPI XMLROOT XMLSERIALIZE XOR""".split()  # noqa: SIM905
)
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z_0-9]*|\d+")
_LOWER_NAME = re.compile(r"[a-z_][a-z_0-9]*")
_UPPER_NAME = re.compile(r"[A-Z_][A-Z_0-9]*")
_STRING = re.compile(r"'(?:[^']|'')*'")
_TIGHT_AFTER = frozenset(("(", ".", "::", "[", ""))
_TIGHT_BEFORE = frozenset((")", ",", ".", "::", "[", "]"))
_CALLED = re.compile(r'\w+$|.*"$', re.DOTALL)


def _spelled(texts: Iterator[str]) -> str:
    """The tokens joined by single spaces where people put them."""
    pieces: list[str] = []
    last = ""
    for text in texts:
        calls = text == "(" and _CALLED.match(last) is not None and last.upper() not in _SPACED
        if not (last in _TIGHT_AFTER or text in _TIGHT_BEFORE or calls):
            pieces.append(" ")
        pieces.append(text)
        last = text
    return "".join(pieces)


_SPACED = _BEFORE_OPERAND | _AFTER_OPERAND | {"IN", "OVER", "FILTER", "USING", "VALUES", "AS"}

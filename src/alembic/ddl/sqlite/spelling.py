"""Defaults of SQLite: the value that gets stored, and how it is written down."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from ...schema.expressions import normalise, without_parentheses
from ...schema.tokens import SQLITE, Kind, Token, significant_tokens, unquoted
from .render import default_text


def affinity(type_text: str) -> str:
    """What SQLite makes of values in such a column: https://www.sqlite.org/datatype3.html, section 3.1."""
    text = type_text.upper()
    if "INT" in text:
        return "INTEGER"
    if any(word in text for word in ("CHAR", "CLOB", "TEXT")):
        return "TEXT"
    if "BLOB" in text or text in ("", "NULL"):
        return "BLOB"
    return "REAL" if any(word in text for word in ("REAL", "FLOA", "DOUB")) else "NUMERIC"


def stored_default(text: str, stored_as: str) -> str | None:
    """The default as the value that a column of this affinity stores, or as an expression; None for NULL."""
    inside = without_parentheses(text, SQLITE)
    found = significant_tokens(inside, SQLITE)
    value = _value(found)
    if value is None:
        return normalise(inside, SQLITE)
    if value == "NULL":
        return None
    if value.startswith("'") and stored_as not in ("TEXT", "BLOB"):
        value = _number(value[1:-1]) or value
    elif not value.startswith("'") and stored_as == "TEXT" and _number(value):
        return f"'{value}'"
    if stored_as not in ("TEXT", "BLOB"):
        value = _number(value) or value
    return value


def _value(found: list[Token]) -> str | None:
    """A default that is one value; None if it has to be computed."""
    sign = ""
    if len(found) == 2 and found[0].text in ("+", "-") and found[1].kind is Kind.NUMBER:
        sign = found[0].text.replace("+", "")
        found = found[1:]
    if len(found) != 1:
        return None
    only = found[0]
    if only.kind is Kind.NUMBER:
        return sign + only.text.replace("_", "").lower()
    if only.kind is Kind.STRING:
        return only.text if only.text[0] == "'" else only.text.upper()
    if only.kind is Kind.NAME or (only.kind is Kind.WORD and only.word not in WORDS):
        # SQLite takes a name as a string where there can be no column.
        return _string(only.text)
    return WORDS.get(only.word)


#: Defaults of one word that are not the word itself.
WORDS = {
    "NULL": "NULL",
    "TRUE": "1",
    "FALSE": "0",
    "CURRENT_TIMESTAMP": "current_timestamp",
    "CURRENT_DATE": "current_date",
    "CURRENT_TIME": "current_time",
}
_NUMBER = re.compile(r"\s*[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?\s*")


def _number(text: str) -> str | None:
    """A number in one spelling: 1 for 1.00; None for anything else."""
    if not _NUMBER.fullmatch(text):
        return None
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    return "0" if value == 0 else format(value.normalize(), "f") if abs(value.adjusted()) < 40 else text


_NAME = re.compile(r"""[^\W\d]\w*|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]""")


def reflected_default(text: str) -> str:
    """A default that was read as DEFAULT takes it: the pragma leaves out the parentheses of an expression.

    A name becomes the string that SQLite took it for.
    """
    if text.upper() in WORDS:
        return text
    return _string(text) if _NAME.fullmatch(text) else default_text(text)


def _string(name: str) -> str:
    return "'" + unquoted(name).replace("'", "''") + "'"

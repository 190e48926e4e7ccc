"""String literals of MySQL and MariaDB: what they say, and one way to write them."""

from __future__ import annotations

import re

_LITERAL = re.compile(r"'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.|\"\")*\"", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_MEANINGS = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a"}


def string_value(text: str) -> str | None:
    """What a string literal says; None if the text is something else.

    https://dev.mysql.com/doc/refman/8.4/en/string-literals.html
    """
    if not _LITERAL.fullmatch(text):
        return None
    quote = text[0]
    inner = text[1:-1].replace(quote * 2, quote)
    if "\\" not in inner:
        return inner
    return _ESCAPE.sub(lambda found: _MEANINGS.get(found.group(1), found.group(1)), inner)


def literal(value: str, backslashes: bool = True) -> str:
    """A string as a literal.

    :param backslashes: they escape; else the SQL mode is NO_BACKSLASH_ESCAPES.
    """
    escaped = value.replace("\\", "\\\\") if backslashes else value
    return "'" + escaped.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """An identifier; backticks are good whatever the SQL mode is."""
    return "`" + name.replace("`", "``") + "`"


def members(text: str) -> tuple[str, ...]:
    """The values of an ENUM or SET, from their list in SQL."""
    # The server takes blanks off the end of each.
    return tuple((string_value(found) or "").rstrip(" ") for found in _LITERAL.findall(text))

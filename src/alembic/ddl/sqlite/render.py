"""SQL of SQLite as it stands in generated revisions."""

from __future__ import annotations

import re

_CONSTANT = re.compile(
    r"[+-]?\s*(0[xX][0-9a-fA-F]+|[0-9]+\.?[0-9]*([eE][+-]?[0-9]+)?|\.[0-9]+([eE][+-]?[0-9]+)?)"
    r"|[xX]?'(?:[^']|'')*'"
)


def default_text(sql: str) -> str:
    """A server default in the parentheses that SQLite wants around all but constants.

    See https://www.sqlite.org/lang_createtable.html#the_default_clause.
    """
    sql = sql.strip()
    if _CONSTANT.fullmatch(sql) or _in_parentheses(sql):
        return sql
    return f"({sql})"


def _in_parentheses(sql: str) -> bool:
    """Whether one pair of parentheses encloses all of it."""
    if not sql.startswith("("):
        return False
    depth = 0
    for token in re.finditer(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|[()]", sql):
        depth += (token[0] == "(") - (token[0] == ")")
        if depth == 0:
            return token.end() == len(sql)
    return False

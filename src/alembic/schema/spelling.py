"""Small spellings that all dialects share: parts of indexes, referential actions, options."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import TextClause, UnaryExpression

if TYPE_CHECKING:
    from sqlalchemy.sql import ClauseElement

    from .shapes import Options

_ORDERS = {
    operators.desc_op: "DESC",
    operators.nulls_first_op: "NULLS FIRST",
    operators.nulls_last_op: "NULLS LAST",
}
_ORDER = re.compile(r"(?is)(.+?)(?:\s+(asc|desc))?(?:\s+nulls\s+(first|last))?")
_ORDER_WORDS = {"desc": "DESC", "nulls_first": "NULLS FIRST", "nulls_last": "NULLS LAST"}


def options(facts: Mapping[str, Any]) -> Options:
    """Facts as shapes keep them: sorted by name."""
    return tuple(sorted(facts.items())) if facts else ()


def cascade(action: str | None) -> str | None:
    """ON DELETE or ON UPDATE of a foreign key; None for NO ACTION, which says nothing."""
    said = " ".join((action or "").upper().split())
    return None if said in ("", "NO ACTION") else said


def element_of(part: Any, text: Callable[[ClauseElement], str], table: sa.Table | None) -> str:
    """One part of a model's index: the column's name or the expression in parentheses, and its order.

    :param text: spells an expression.
    :param table: the table of the index; text that is just the name of one of its columns is that column.
    """
    words: list[str] = []
    while isinstance(part, UnaryExpression) and part.modifier in (*_ORDERS, operators.asc_op):
        if part.modifier in _ORDERS:
            words.insert(0, _ORDERS[part.modifier])
        part = part.element
    if isinstance(part, sa.Column):
        return " ".join([part.name, *words])
    expression = text(part)
    if isinstance(part, TextClause):
        expression, written = _without_order(expression)
        words = written + words
    column = None if table is None else _column_named(expression.strip('"`[]'), table)
    return " ".join([f"({expression})" if column is None else column, *words])


def _column_named(name: str, table: sa.Table) -> str | None:
    """The column of a name, which a spelled expression may have in lower case."""
    if name in table.columns:
        return name
    found = [each.name for each in table.columns if each.name.lower() == name]
    return found[0] if len(found) == 1 else None


def _without_order(text: str) -> tuple[str, list[str]]:
    found = _ORDER.fullmatch(text)
    if found is None:
        return text, []
    expression, direction, nulls = found.groups()
    words = ["DESC"] if (direction or "").upper() == "DESC" else []
    return expression, [*words, f"NULLS {nulls.upper()}"] if nulls else words


def element_of_record(
    name: str, is_expression: bool, sorting: Sequence[str], expression: Callable[[str], str]
) -> str:
    """One part of an index that was read.

    :param name: the column's name or the expression.
    :param sorting: SQLAlchemy's words for its order, such as ``("desc", "nulls_last")``.
    :param expression: spells an expression.
    """
    subject = f"({expression(name)})" if is_expression else name
    return " ".join([subject, *(_ORDER_WORDS[word] for word in sorting if word in _ORDER_WORDS)])

"""SQL of MySQL and MariaDB as it stands in generated revisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import ColumnClause, Grouping, TextClause, UnaryExpression

if TYPE_CHECKING:
    from sqlalchemy.sql import ClauseElement


def index_part(expression: ClauseElement, sql: str) -> str:
    """A part of an index: in parentheses, unless it is a name or was written by hand."""
    if isinstance(expression, (ColumnClause, TextClause, Grouping)):
        return sql
    if isinstance(expression, UnaryExpression) and expression.modifier in (
        operators.asc_op,
        operators.desc_op,
    ):
        return sql
    return f"({sql})"

"""Many rows into a table: what ``bulk_insert`` sends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, groupby
from operator import methodcaller
from typing import TYPE_CHECKING, Any

from sqlalchemy.schema import Table
from sqlalchemy.sql import ClauseElement

from ..errors.operations import RowsExpected
from .literals import default_value
from .row_text import InsertTexts
from .statement import Statement

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import Dialect
    from sqlalchemy.sql import TableClause

    from .impl import DefaultImpl

Row = Mapping[str, Any]


def insert_rows(impl: DefaultImpl, table: TableClause, rows: Sequence[Row], multiinsert: bool = True) -> None:
    """Insert the rows in their order.

    :param multiinsert: rows of the same columns go out together; else one by one.
    :raises RowsExpected: ``rows`` is no list of dictionaries; a TypeError, too.
    """
    if not isinstance(rows, list):
        raise RowsExpected("List expected")
    if rows and not isinstance(rows[0], dict):
        raise RowsExpected("List of dictionaries expected")
    for alike in _runs(rows):
        if impl.as_sql:
            for text in _texts(impl, table, alike):
                impl.sink.emit(Statement(text))
        elif multiinsert and alike[0] and not _has_expressions(alike):
            impl._exec(table.insert().inline(), multiparams=alike)
        else:
            for row in alike:
                impl._exec(table.insert().inline().values(**row))


def _runs(rows: list[Row]) -> Iterator[list[Row]]:
    """Neighbours that have the same keys, together."""
    if len(set(map(tuple, rows))) == 1:  # much the commonest case, and decided without a loop in Python
        yield rows
        return
    for _, alike in groupby(rows, key=lambda row: row.keys()):
        yield list(alike)


def _has_expressions(rows: Sequence[Row]) -> bool:
    """Whether any value is SQL, such as ``func.now()``, rather than data."""
    return any(map(_is_expression, set(map(type, chain.from_iterable(map(methodcaller("values"), rows))))))


def _is_expression(type_: type) -> bool:
    return issubclass(type_, ClauseElement) or hasattr(type_, "__clause_element__")


def _texts(impl: DefaultImpl, table: TableClause, rows: list[Row]) -> Iterator[str]:
    """The rows as SQL text, with the values that Python gives to columns which they leave out."""
    makers = _default_makers(table, rows[0])
    if makers:
        rows = [{**row, **{key: make() for key, make in makers.items()}} for row in rows]
    wrapped = _wrapped(table, rows[0], impl.dialect)
    if not wrapped and not _has_expressions(rows):
        yield from InsertTexts(table, list(rows[0]), impl.dialect).of(rows)
        return
    for row in rows:
        expressions = {
            key: value for key, value in row.items() if key in wrapped or _is_expression(type(value))
        }
        keys = [key for key in row if key not in expressions]
        yield from InsertTexts(table, keys, impl.dialect, expressions).of([row])


def _wrapped(table: TableClause, row: Row, dialect: Dialect) -> set[str]:
    """Columns whose type puts SQL around each value, as geometry types do."""
    return {
        key for key in row if key in table.c and table.c[key].type.dialect_impl(dialect)._has_bind_expression
    }


def _default_makers(table: TableClause, row: Row) -> dict[str, Callable[[], Any]]:
    """For each column that the row leaves out and Python has a default for: what makes the value."""
    if not isinstance(table, Table):
        return {}
    return {
        column.key: partial(default_value, column.default)
        for column in table.columns
        if column.key not in row
        and column.default is not None
        and (column.default.is_scalar or column.default.is_callable)
    }

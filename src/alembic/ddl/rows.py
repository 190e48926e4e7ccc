"""Many rows into a table: what ``bulk_insert`` sends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy.schema import Table
from sqlalchemy.sql import ClauseElement

from ..errors import RowsExpected
from .row_text import InsertTexts
from .statement import Statement

if TYPE_CHECKING:
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
        if not alike[0] or _has_expressions(alike):
            for row in alike:
                impl._exec(table.insert().inline().values(**_with_defaults(impl, table, row)))
        elif impl.as_sql:
            for text in _texts(impl, table, alike):
                impl.sink.emit(Statement(text))
        elif multiinsert:
            impl._exec(table.insert().inline(), multiparams=alike)
        else:
            for row in alike:
                impl._exec(table.insert().inline().values(**row))


def _runs(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Neighbours that have the same keys, together."""
    if len(set(map(tuple, rows))) == 1:  # much the commonest case, and decided without a loop in Python
        yield list(rows)
        return
    for _, alike in groupby(rows, key=lambda row: row.keys()):
        yield list(alike)


def _has_expressions(rows: Sequence[Row]) -> bool:
    """Whether any value is SQL, such as ``func.now()``, rather than data."""
    types = set(map(type, chain.from_iterable(row.values() for row in rows)))
    return any(issubclass(one, ClauseElement) or hasattr(one, "__clause_element__") for one in types)


def _texts(impl: DefaultImpl, table: TableClause, rows: list[Row]) -> Iterable[str]:
    if _defaults(table, rows[0]):
        rows = [_with_defaults(impl, table, row) for row in rows]
    return InsertTexts(table, list(rows[0]), impl.dialect).of(rows)


def _with_defaults(impl: DefaultImpl, table: TableClause, row: Row) -> Row:
    """For a script, the row with the values that Python gives to columns it leaves out."""
    if not impl.as_sql:
        return row
    return {**row, **{key: make() for key, make in _defaults(table, row).items()}}


def _defaults(table: TableClause, row: Row) -> dict[str, Any]:
    if not isinstance(table, Table):
        return {}
    makers: dict[str, Any] = {}
    for column in table.columns:
        default = column.default
        if column.key in row or default is None:
            continue
        if default.is_scalar:
            makers[column.key] = lambda value=default.arg: value
        elif default.is_callable:
            # SQLAlchemy wraps each callable to take an execution context; a script has none.
            makers[column.key] = lambda function=default.arg: function(None)
    return makers

"""Many rows into a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.sql import TableClause

    from .impl import DefaultImpl

Row = Mapping[str, Any]


def insert_rows(impl: DefaultImpl, table: TableClause, rows: Sequence[Row], multiinsert: bool = True) -> None:
    """Insert the rows in order."""
    if impl.as_sql or not multiinsert:
        for row in rows:
            impl._exec(table.insert().inline().values(**row))
    elif rows:
        impl._exec(table.insert().inline(), multiparams=rows)

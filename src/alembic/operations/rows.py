"""Operations on rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .operation import MigrateOperation

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.schema import Table
    from sqlalchemy.sql.expression import TableClause


class BulkInsertOp(MigrateOperation):
    """Inserts rows.

    :param table: a Table, or a ``table()`` with its columns.
    :param rows: a dictionary for each row, by column key.
    :param multiinsert: hand all rows to the driver at once; False runs one INSERT a row, which lets values be
        SQL expressions.
    """

    if TYPE_CHECKING:
        bulk_insert: Callable[..., None]

    def __init__(
        self, table: Table | TableClause, rows: list[dict[str, Any]], *, multiinsert: bool = True
    ) -> None:
        self.table = table
        self.rows = rows
        self.multiinsert = multiinsert

    def to_diff_tuple(self) -> tuple[str, Table | TableClause, list[dict[str, Any]]]:
        """``("bulk_insert", table, rows)``"""
        return ("bulk_insert", self.table, self.rows)

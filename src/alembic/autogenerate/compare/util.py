"""What extensions take from here: an Inspector whose names no naming convention is to change."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from sqlalchemy.sql.elements import conv

if TYPE_CHECKING:
    import sqlalchemy as sa
    from sqlalchemy.engine.reflection import Inspector


class _InspectorConv:
    """An Inspector that marks the names it gives as final.

    :param inspector: what is asked.
    """

    __slots__ = ("inspector",)

    def __init__(self, inspector: Inspector) -> None:
        self.inspector = inspector

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inspector, name)

    def pre_cache_tables(
        self,
        schema: str | None,
        tablenames: Collection[str],
        all_available_tablenames: Collection[str],
    ) -> None:
        """Do nothing: an inspector of ours has read everything, and others read when they are asked."""

    def get_unique_constraints(self, tname: str, schema: str | None) -> list[dict[str, Any]]:
        """The unique constraints of a table."""
        return _final(self.inspector.get_unique_constraints(tname, schema=schema))

    def get_indexes(self, tname: str, schema: str | None) -> list[dict[str, Any]]:
        """The indexes of a table."""
        return _final(self.inspector.get_indexes(tname, schema=schema))

    def get_foreign_keys(self, tname: str, schema: str | None) -> list[dict[str, Any]]:
        """The foreign keys of a table."""
        return _final(self.inspector.get_foreign_keys(tname, schema=schema))

    def get_check_constraints(self, tname: str, schema: str | None) -> list[dict[str, Any]]:
        """The CHECK constraints of a table."""
        return _final(self.inspector.get_check_constraints(tname, schema=schema))

    def reflect_table(self, table: sa.Table) -> None:
        """Fill a Table with what the database has."""
        self.inspector.reflect_table(table, include_columns=None)
        named: list[Any] = [*table.constraints, *table.indexes]
        for each in named:
            if each.name is not None:
                each.name = conv(str(each.name))


def _final(records: Any) -> list[dict[str, Any]]:
    return [
        record if record["name"] is None else {**record, "name": conv(record["name"])} for record in records
    ]

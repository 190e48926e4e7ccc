"""Reflection in which no naming convention changes the names that the database has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from alembic.schema.inspector import named_as_they_are

if TYPE_CHECKING:
    from sqlalchemy.engine.reflection import Inspector


class _InspectorConv:
    """An Inspector for constraints and indexes; kept for third-party comparators that import it.

    :param inspector: who is asked.
    """

    __slots__ = ("inspector",)

    def __init__(self, inspector: Inspector) -> None:
        self.inspector = inspector

    def get_unique_constraints(self, tname: str, schema: str | None = None) -> list[dict[str, Any]]:
        """The UNIQUE constraints of a table."""
        return self._of(self.inspector.get_unique_constraints(tname, schema=schema))

    def get_indexes(self, tname: str, schema: str | None = None) -> list[dict[str, Any]]:
        """The indexes of a table."""
        return self._of(self.inspector.get_indexes(tname, schema=schema))

    def get_foreign_keys(self, tname: str, schema: str | None = None) -> list[dict[str, Any]]:
        """The foreign keys of a table."""
        return self._of(self.inspector.get_foreign_keys(tname, schema=schema))

    def get_check_constraints(self, tname: str, schema: str | None = None) -> list[dict[str, Any]]:
        """The CHECK constraints of a table."""
        return self._of(self.inspector.get_check_constraints(tname, schema=schema))

    def reflect_table(self, table: sa.Table) -> None:
        """Fill a Table."""
        self.inspector.reflect_table(table, None)

    @staticmethod
    def _of(records: Any) -> list[dict[str, Any]]:
        return named_as_they_are(list(records))

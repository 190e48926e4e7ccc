"""SQLite: ALTER TABLE knows little, but columns can be added with everything that belongs to them."""

from __future__ import annotations

from .compile import visit_add_column, visit_column_name, visit_rename_table
from .operations import SQLiteImpl

__all__ = ["SQLiteImpl", "visit_add_column", "visit_column_name", "visit_rename_table"]

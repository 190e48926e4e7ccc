"""SQL Server."""

from .compile import (
    visit_add_column,
    visit_column_comment,
    visit_column_default,
    visit_column_nullable,
    visit_column_type,
    visit_rename_column,
    visit_rename_table,
)
from .operations import MSSQLImpl

__all__ = [
    "MSSQLImpl",
    "visit_add_column",
    "visit_column_comment",
    "visit_column_default",
    "visit_column_nullable",
    "visit_column_type",
    "visit_rename_column",
    "visit_rename_table",
]

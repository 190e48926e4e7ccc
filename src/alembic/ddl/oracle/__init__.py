"""Oracle."""

from .compile import (
    visit_add_column,
    visit_column_comment,
    visit_column_default,
    visit_column_name,
    visit_column_nullable,
    visit_column_type,
    visit_identity_column,
    visit_rename_table,
)
from .operations import OracleImpl

__all__ = [
    "OracleImpl",
    "visit_add_column",
    "visit_column_comment",
    "visit_column_default",
    "visit_column_name",
    "visit_column_nullable",
    "visit_column_type",
    "visit_identity_column",
    "visit_rename_table",
]

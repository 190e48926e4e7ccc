"""A database schema as an immutable value: of models, of a database, later of a replayed history."""

from __future__ import annotations

from .catalogue import Catalogue, TableRecord
from .shapes import (
    Check,
    Column,
    Computed,
    EnumType,
    Exclude,
    ForeignKey,
    Identity,
    Index,
    PrimaryKey,
    Schema,
    Sequence,
    Table,
    TableKey,
    Unique,
)

__all__ = [
    "Catalogue",
    "Check",
    "Column",
    "Computed",
    "EnumType",
    "Exclude",
    "ForeignKey",
    "Identity",
    "Index",
    "PrimaryKey",
    "Schema",
    "Sequence",
    "Table",
    "TableKey",
    "TableRecord",
    "Unique",
]

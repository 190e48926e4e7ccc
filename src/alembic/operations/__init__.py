"""The vocabulary of migrations: operations as values, and the directives that make and carry them out."""

from __future__ import annotations

from . import toimpl
from .base import AbstractOperations, BatchOperations, Operations
from .ops import MigrateOperation, MigrationScript

__all__ = [
    "AbstractOperations",
    "BatchOperations",
    "MigrateOperation",
    "MigrationScript",
    "Operations",
    "toimpl",
]

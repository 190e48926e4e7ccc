"""SQL for schema changes: what a directive means on each database, and where the statements go."""

from __future__ import annotations

from . import base, impl
from .impl import DefaultImpl

__all__ = ["DefaultImpl", "base", "impl"]

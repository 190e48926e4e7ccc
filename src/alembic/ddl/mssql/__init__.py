"""SQL Server."""

from .operations import MSSQLImpl

__all__ = ["MSSQLImpl"]

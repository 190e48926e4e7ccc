"""Oracle."""

from .operations import OracleImpl

__all__ = ["OracleImpl"]

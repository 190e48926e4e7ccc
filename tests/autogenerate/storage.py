"""Storage parameters of PostgreSQL's tables: SQLAlchemy can say them in models since 2.1."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql.base import PGDialect

IS_KNOWN = "with" in dict(PGDialect.construct_arguments)[Table]


def storage(fillfactor: int | None) -> dict[str, Any]:
    """The option of a table; nothing for None, and where this SQLAlchemy has no word for it."""
    return {"postgresql_with": {"fillfactor": fillfactor}} if IS_KNOWN and fillfactor else {}

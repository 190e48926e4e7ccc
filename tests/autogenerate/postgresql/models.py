"""Tables to put things on."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column
from sqlalchemy.dialects import postgresql as pg

from .conftest import Compare


def columns() -> list[Column[Any]]:
    """A column of each kind that expressions are about."""
    return [
        Column("n", sa.Integer),
        Column("s", sa.String(20)),
        Column("price", sa.Numeric(10, 2)),
        Column("b", sa.Boolean),
        Column("d", sa.DateTime),
        Column("data", pg.JSONB),
        Column("tags", sa.ARRAY(sa.Text)),
        Column("r", pg.INT4RANGE),
        Column("order", sa.Integer),
        Column("m", sa.Enum("a", "b", name="moods")),
    ]


def differences(engine: sa.Engine, compare: Compare, *parts: Any) -> list[Any]:
    """The differences between a table with these parts and what the database makes of it."""
    metadata = sa.MetaData()
    sa.Table("t", metadata, *parts)
    create(engine, metadata, None)
    return compare(metadata)


def create(engine: sa.Engine, metadata: sa.MetaData, schema: str | None) -> None:
    """Create everything, the schema first."""
    with engine.begin() as connection:
        if schema is not None:
            connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
        metadata.create_all(connection)

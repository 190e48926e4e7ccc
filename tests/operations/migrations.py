"""Migration contexts for tests: one that writes a script, one on a connection."""

from __future__ import annotations

import io
from typing import Any

import sqlalchemy as sa

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

CONVENTION = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


class Script:
    """Operations that write SQL, and what they wrote.

    :param dialect: its name.
    :param opts: options of ``context.configure()``.
    """

    def __init__(self, dialect: str = "postgresql", **opts: Any) -> None:
        self._buffer = io.StringIO()
        self.context = MigrationContext.configure(
            dialect_name=dialect, opts={"as_sql": True, "output_buffer": self._buffer, **opts}
        )
        self.op = Operations(self.context)

    @property
    def lines(self) -> list[str]:
        """What was written so far, without blank lines."""
        return [line for line in self._buffer.getvalue().splitlines() if line.strip()]


def conventional(**opts: Any) -> Script:
    """A script for a project whose metadata has a naming convention for everything."""
    return Script(target_metadata=sa.MetaData(naming_convention=CONVENTION), **opts)


def live(connection: sa.Connection, **opts: Any) -> Operations:
    """Operations on a connection."""
    return Operations(MigrationContext.configure(connection, opts=opts))


def database(url: str) -> sa.Engine:
    """An engine that keeps no connection open."""
    return sa.create_engine(url, poolclass=sa.NullPool)

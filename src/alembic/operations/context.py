"""What operations need to know of the migration that they take part in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import Dialect

    from alembic.ddl.impl import DefaultImpl


class OperationsContext(Protocol):
    """The part of a migration context that operations look at."""

    @property
    def impl(self) -> DefaultImpl:
        """What the dialect does with each directive."""

    @property
    def dialect(self) -> Dialect:
        """The SQLAlchemy dialect of the migration."""

    @property
    def opts(self) -> Mapping[str, Any]:
        """The options of ``context.configure()``; ``target_metadata`` carries the naming convention."""

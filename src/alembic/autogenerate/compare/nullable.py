"""Whether a column may be NULL; part of the plugin ``alembic.autogenerate.constraints``."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from alembic.runtime.plugins import PriorityDispatchResult

from .tables import qualified

if TYPE_CHECKING:
    from sqlalchemy import Column

    from alembic.operations.ops import AlterColumnOp

    from ..context import AutogenContext

log = logging.getLogger("alembic.autogenerate.compare.constraints")


def compare_nullable(
    autogen_context: AutogenContext,
    alter_column_op: AlterColumnOp,
    schema: str | None,
    tname: str,
    cname: str,
    conn_col: Column[Any],
    metadata_col: Column[Any],
) -> PriorityDispatchResult:
    """NULL to NOT NULL, and back."""
    database, model = autogen_context.pair(schema, tname).both
    present, wanted = database.columns[cname], model.columns[cname]
    alter_column_op.existing_nullable = present.nullable
    if present.nullable is not wanted.nullable:
        alter_column_op.modify_nullable = wanted.nullable
        what = "NULL" if wanted.nullable else "NOT NULL"
        log.info("Detected %s on column '%s.%s'", what, qualified(schema, tname), cname)
        return PriorityDispatchResult.STOP
    return PriorityDispatchResult.CONTINUE

"""The plugin ``alembic.autogenerate.comments``: comments of tables and columns."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from alembic.operations import ops
from alembic.runtime.plugins import PriorityDispatchResult

from .tables import qualified

if TYPE_CHECKING:
    from sqlalchemy import Column, Table

    from alembic.runtime.plugins import Plugin

    from ..context import AutogenContext

log = logging.getLogger(__name__)


def compare_column_comments(
    autogen_context: AutogenContext,
    alter_column_op: ops.AlterColumnOp,
    schema: str | None,
    tname: str,
    cname: str,
    conn_col: Column[Any],
    metadata_col: Column[Any],
) -> PriorityDispatchResult:
    """Another comment of a column; an empty one is none."""
    database, model = autogen_context.pair(schema, tname).both
    present, wanted = database.columns[cname], model.columns[cname]
    alter_column_op.existing_comment = present.comment
    if present.comment == wanted.comment:
        return PriorityDispatchResult.CONTINUE
    alter_column_op.modify_comment = wanted.comment
    log.info("Detected column comment '%s.%s'", qualified(schema, tname), cname)
    return PriorityDispatchResult.STOP


def compare_table_comments(
    autogen_context: AutogenContext,
    modify_table_ops: ops.ModifyTableOps,
    schema: str | None,
    tname: str,
    conn_table: Table | None,
    metadata_table: Table | None,
) -> PriorityDispatchResult:
    """Another comment of a table; a new or a removed table brings its comment along."""
    if conn_table is None or metadata_table is None:
        return PriorityDispatchResult.CONTINUE
    database, model = autogen_context.pair(schema, tname).both
    if database.comment == model.comment:
        return PriorityDispatchResult.CONTINUE
    if model.comment is None:
        modify_table_ops.ops.append(
            ops.DropTableCommentOp(tname, existing_comment=database.comment, schema=schema)
        )
    else:
        modify_table_ops.ops.append(
            ops.CreateTableCommentOp(tname, model.comment, existing_comment=database.comment, schema=schema)
        )
    return PriorityDispatchResult.STOP


def setup(plugin: Plugin) -> None:
    """Register the comparators of this module."""
    plugin.add_autogenerate_comparator(compare_column_comments, "column", "comments")
    plugin.add_autogenerate_comparator(compare_table_comments, "table", "comments")

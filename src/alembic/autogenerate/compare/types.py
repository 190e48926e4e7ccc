"""The plugin ``alembic.autogenerate.types``: the type of a column."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from sqlalchemy.types import NullType

from alembic.runtime.plugins import PriorityDispatchResult

from ..user_types import own_comparison
from .tables import qualified

if TYPE_CHECKING:
    from sqlalchemy import Column

    from alembic.operations.ops import AlterColumnOp
    from alembic.runtime.plugins import Plugin

    from ..context import AutogenContext

log = logging.getLogger(__name__)


def compare_types(
    autogen_context: AutogenContext,
    alter_column_op: AlterColumnOp,
    schema: str | None,
    tname: str,
    cname: str,
    conn_col: Column[Any],
    metadata_col: Column[Any],
) -> PriorityDispatchResult:
    """Another type; asked are, in this order: the option ``compare_type``, the model's type, the dialect."""
    conn_type, metadata_type = conn_col.type, metadata_col.type
    alter_column_op.existing_type = conn_type
    place = f"{qualified(schema, tname)}.{cname}"
    if isinstance(conn_type, NullType) and not _is_told(autogen_context, schema, tname, cname):
        log.info("The database has a type for '%s' that SQLAlchemy does not know; it is not compared", place)
        return PriorityDispatchResult.CONTINUE
    if isinstance(metadata_type, NullType):
        log.info("The model names no type for '%s'; it is not compared", place)
        return PriorityDispatchResult.CONTINUE
    if not _differ(autogen_context, schema, tname, cname, conn_col, metadata_col):
        return PriorityDispatchResult.CONTINUE
    alter_column_op.modify_type = metadata_type
    present = autogen_context.pair(schema, tname).both[0].columns[cname].type_text
    shown = present if isinstance(conn_type, NullType) else repr(conn_type)
    log.info("Detected type change from %s to %r on '%s'", shown, metadata_type, place)
    return PriorityDispatchResult.STOP


def _is_told(autogen_context: AutogenContext, schema: str | None, tname: str, cname: str) -> bool:
    """Whether the database tells a type that SQLAlchemy doesn't know, and its texts can be relied on."""
    present = autogen_context.pair(schema, tname).both[0].columns[cname]
    return autogen_context.migration_context.impl.rules.exact and present.type_text not in ("", "NULL")


def _differ(
    autogen_context: AutogenContext,
    schema: str | None,
    tname: str,
    cname: str,
    conn_col: Column[Any],
    metadata_col: Column[Any],
) -> bool:
    wish = autogen_context.opts.get("compare_type", True)
    if wish is False:
        return False
    migrations = autogen_context.migration_context
    impl = migrations.impl
    database, model = autogen_context.pair(schema, tname).both
    present, wanted = database.columns[cname], model.columns[cname]
    # Collation, character set and the like are part of the type as a statement has it.
    differ = (present.type_text, present.options) != (wanted.type_text, wanted.options)
    if impl.rules.exact:
        impl.tell("compare_type", differ, conn_col, metadata_col)
    if callable(wish):
        said = wish(migrations, conn_col, metadata_col, conn_col.type, metadata_col.type)
        if said is not None:
            return bool(said)
    same = own_comparison(metadata_col.type)
    if same is not None:
        said = same(autogen_context.dialect, conn_col.type)
        if said is not None:
            return not said
    if not impl.rules.exact or impl.is_overridden("compare_type"):
        return impl.compare_type(conn_col, metadata_col)
    return differ


def setup(plugin: Plugin) -> None:
    """Register the comparators of this module."""
    plugin.add_autogenerate_comparator(compare_types, "column", "types")

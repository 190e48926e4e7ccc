"""The plugin ``alembic.autogenerate.defaults``: server defaults, identity, who counts."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from alembic.runtime.plugins import PriorityDispatchResult
from alembic.schema import shapes

from .tables import qualified

if TYPE_CHECKING:
    from sqlalchemy import Column

    from alembic.operations.ops import AlterColumnOp
    from alembic.runtime.plugins import Plugin

    from ..context import AutogenContext

log = logging.getLogger(__name__)


def compare_server_defaults(
    autogen_context: AutogenContext,
    alter_column_op: AlterColumnOp,
    schema: str | None,
    tname: str,
    cname: str,
    conn_col: Column[Any],
    metadata_col: Column[Any],
) -> PriorityDispatchResult:
    """Another default or identity.

    A computed column, or one that becomes computed or stops being so, is not altered but made anew: see
    :mod:`.tables`.
    """
    database, model = autogen_context.pair(schema, tname).both
    present, wanted = database.columns[cname], model.columns[cname]
    place = f"{qualified(schema, tname)}.{cname}"
    if present.computed is not None or wanted.computed is not None:
        return PriorityDispatchResult.CONTINUE
    if None not in (present.autoincrement, wanted.autoincrement):
        _compare_autoincrement(alter_column_op, present, wanted)
    if present.identity is not None or wanted.identity is not None:
        if present.identity == wanted.identity:
            return PriorityDispatchResult.CONTINUE
        alter_column_op.existing_server_default = conn_col.server_default
        alter_column_op.modify_server_default = metadata_col.server_default
        names = _changed_options(present.identity, wanted.identity)
        if names:
            log.info("Detected server default on column '%s': identity options attributes %s", place, names)
        return PriorityDispatchResult.STOP
    if not _differ(autogen_context, present, wanted, conn_col, metadata_col):
        return PriorityDispatchResult.CONTINUE
    alter_column_op.existing_server_default = conn_col.server_default
    alter_column_op.modify_server_default = metadata_col.server_default
    impl = autogen_context.migration_context.impl
    log.info("Dialect impl %s detected server default on column '%s'", impl, place)
    return PriorityDispatchResult.STOP


def _compare_autoincrement(
    alter_column_op: AlterColumnOp, present: shapes.Column, wanted: shapes.Column
) -> None:
    if present.autoincrement or wanted.autoincrement:
        alter_column_op.kw["existing_autoincrement"] = present.autoincrement
    if present.autoincrement != wanted.autoincrement:
        alter_column_op.kw["autoincrement"] = wanted.autoincrement


def _changed_options(present: shapes.Identity | None, wanted: shapes.Identity | None) -> list[str]:
    """What is to be set otherwise; nothing of an identity that goes."""
    if wanted is None:
        return []
    before, after = _options(present or shapes.Identity(False)), _options(wanted)
    return sorted(key for key in {*before, *after} if before.get(key) != after.get(key))


def _options(identity: shapes.Identity) -> dict[str, Any]:
    return {**dict(identity.options), "always": identity.always}


def _differ(
    autogen_context: AutogenContext,
    present: shapes.Column,
    wanted: shapes.Column,
    conn_col: Column[Any],
    metadata_col: Column[Any],
) -> bool:
    migrations = autogen_context.migration_context
    wish = autogen_context.opts.get("compare_server_default")
    if wish is False or (conn_col.server_default is None and metadata_col.server_default is None):
        return False
    if not callable(wish) and _same(autogen_context, present, wanted):
        return False
    inspected = text_of_inspected(conn_col)
    impl = migrations.impl
    rendered = rendered_for_compare(metadata_col, impl.rules)
    differ = present.default != wanted.default
    if impl.rules.exact:
        impl.tell("compare_server_default", differ, conn_col, metadata_col, rendered, inspected)
    if callable(wish):
        said = wish(migrations, conn_col, metadata_col, inspected, metadata_col.server_default, rendered)
        if said is not None:
            return bool(said)
        if _same(autogen_context, present, wanted):
            return False
    if not impl.is_overridden("compare_server_default"):
        return differ
    return impl.compare_server_default(conn_col, metadata_col, rendered, inspected)


def _same(autogen_context: AutogenContext, present: shapes.Column, wanted: shapes.Column) -> bool:
    impl = autogen_context.migration_context.impl
    if autogen_context.opts.get("compare_server_default") is None and not impl.rules.exact:
        return True  # nobody asked, and nobody knows how this database spells its defaults
    return present.default == wanted.default and not impl.is_overridden("compare_server_default")


def text_of_inspected(conn_col: Column[Any]) -> str | None:
    """The SQL of a reflected default."""
    default = conn_col.server_default
    if not isinstance(default, sa.DefaultClause):
        return None
    arg: Any = default.arg
    return arg if isinstance(arg, str) else str(arg.text)


def rendered_for_compare(metadata_col: Column[Any], rules: Any) -> str | None:
    """A model's default as the hooks have always got it: a string as it is, anything else as SQL."""
    default = metadata_col.server_default
    if isinstance(default, sa.DefaultClause) and isinstance(default.arg, str):
        return default.arg
    text: str | None = rules.default_sql(metadata_col)
    return text


def setup(plugin: Plugin) -> None:
    """Register the comparators of this module."""
    plugin.add_autogenerate_comparator(compare_server_defaults, "column", "server_default")

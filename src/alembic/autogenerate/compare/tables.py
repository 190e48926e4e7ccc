"""The plugin ``alembic.autogenerate.tables``: tables and columns that one side lacks, and the rest."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy.types import NullType

from alembic.operations import ops
from alembic.runtime.plugins import PriorityDispatchResult

from ..filters import column_named, included
from .dependencies import in_dependency_order

if TYPE_CHECKING:
    import sqlalchemy as sa
    from sqlalchemy.engine.reflection import Inspector

    from alembic.runtime.plugins import Plugin
    from alembic.schema.shapes import TableKey

    from ..context import AutogenContext
    from ..pairs import TablePair

log = logging.getLogger(__name__)


def compare_tables(
    autogen_context: AutogenContext, upgrade_ops: ops.UpgradeOps, schemas: set[str | None]
) -> PriorityDispatchResult:
    """Create added tables, drop removed ones, and have each table compared by those of the target "table".

    :param schemas: what to compare; tables of the models in other schemas are compared as well.
    """
    pairs = autogen_context.pairs
    foreign = {key for key in pairs if key[0] not in schemas and key not in pairs.model.tables}
    _compare(autogen_context, upgrade_ops, [key for key in pairs if key not in foreign])
    return PriorityDispatchResult.CONTINUE


def _compare_tables(
    conn_table_names: set[TableKey],
    metadata_table_names: set[TableKey],
    inspector: Inspector,
    upgrade_ops: ops.UpgradeOps,
    autogen_context: AutogenContext,
) -> None:
    """Compare these tables; kept for third-party comparators that call it.

    :param conn_table_names: (schema, name) of tables of the database; so are those of the models.
    """
    named = conn_table_names | metadata_table_names
    _compare(autogen_context, upgrade_ops, [key for key in autogen_context.pairs if key in named])


def _compare(autogen_context: AutogenContext, upgrade_ops: ops.UpgradeOps, keys: Iterable[TableKey]) -> None:
    pairs = autogen_context.pairs
    needs_all = autogen_context.needs_every_table
    added: list[TablePair] = []
    removed: list[TablePair] = []
    changed: list[TablePair] = []
    for key in keys:
        if pairs.is_same(key) and not needs_all:
            continue
        pair = included(autogen_context, pairs[key])
        if pair is not None:
            pairs.replace(pair)
            kind = added if pair.database is None else removed if pair.model is None else changed
            kind.append(pair)
    for pair in in_dependency_order(added, autogen_context):
        _add_table(autogen_context, upgrade_ops, pair)
    for pair in removed:
        _remove_table(autogen_context, upgrade_ops, pair)
    for pair in changed:
        _compare_table(autogen_context, upgrade_ops, pair)


def _add_table(autogen_context: AutogenContext, upgrade_ops: ops.UpgradeOps, pair: TablePair) -> None:
    table = pair.metadata_table
    assert table is not None
    upgrade_ops.ops.append(ops.CreateTableOp.from_table(table))
    log.info("Detected added table %r", qualified(*pair.key))
    modify_table_ops = ops.ModifyTableOps(table.name, [], schema=table.schema)
    _dispatch(autogen_context, "table")(
        autogen_context, modify_table_ops, pair.key[0], pair.key[1], None, table
    )
    if not modify_table_ops.is_empty():
        upgrade_ops.ops.append(modify_table_ops)


def _remove_table(autogen_context: AutogenContext, upgrade_ops: ops.UpgradeOps, pair: TablePair) -> None:
    table = pair.conn_table
    assert table is not None
    schema, name = pair.key
    modify_table_ops = ops.ModifyTableOps(name, [], schema=schema)
    _dispatch(autogen_context, "table")(autogen_context, modify_table_ops, schema, name, table, None)
    if not modify_table_ops.is_empty():
        upgrade_ops.ops.append(modify_table_ops)
    upgrade_ops.ops.append(ops.DropTableOp.from_table(table))
    log.info("Detected removed table %r", qualified(schema, name))


def _compare_table(autogen_context: AutogenContext, upgrade_ops: ops.UpgradeOps, pair: TablePair) -> None:
    schema, name = pair.key
    modify_table_ops = ops.ModifyTableOps(name, [], schema=schema)
    found = modify_table_ops.ops
    found.extend(_added_columns(pair))
    found.extend(_altered_columns(autogen_context, pair))
    _dispatch(autogen_context, "table")(
        autogen_context, modify_table_ops, schema, name, pair.conn_table, pair.metadata_table
    )
    found.extend(_removed_columns(pair))
    if not modify_table_ops.is_empty():
        upgrade_ops.ops.append(modify_table_ops)


def _added_columns(pair: TablePair) -> Iterator[ops.AddColumnOp]:
    database, model = pair.both
    for name, column in model.columns.items():
        if name not in database.columns:
            yield _add_column(pair, column.source)
            log.info("Detected added column '%s.%s'", qualified(*pair.key), name)


def _removed_columns(pair: TablePair) -> Iterator[ops.DropColumnOp]:
    database, model = pair.both
    table = pair.conn_table
    assert table is not None
    for name in database.columns:
        if name not in model.columns:
            yield _drop_column(pair, column_named(table, name))
            log.info("Detected removed column '%s.%s'", qualified(*pair.key), name)


def _add_column(pair: TablePair, column: sa.Column[Any]) -> ops.AddColumnOp:
    operation = ops.AddColumnOp.from_column_and_tablename(*pair.key, column)
    operation.bare = True
    return operation


def _drop_column(pair: TablePair, column: sa.Column[Any]) -> ops.DropColumnOp:
    operation = ops.DropColumnOp.from_column_and_tablename(*pair.key, column)
    assert operation._reverse is not None
    operation._reverse.bare = True
    return operation


def _altered_columns(autogen_context: AutogenContext, pair: TablePair) -> Iterator[ops.MigrateOperation]:
    database, model = pair.both
    table = pair.conn_table
    assert table is not None
    compare = _dispatch(autogen_context, "column")
    schema, table_name = pair.key
    needs_all = autogen_context.needs_every_table
    for name, wanted in model.columns.items():
        present = database.columns.get(name)
        if present is None or (present == wanted and not needs_all):
            continue
        conn_col, metadata_col = column_named(table, name), wanted.source
        alter_column_op = ops.AlterColumnOp(table_name, name, schema=schema)
        alter_column_op.existing_type = conn_col.type
        alter_column_op.existing_nullable = conn_col.nullable
        alter_column_op.existing_comment = conn_col.comment
        if conn_col.server_default is not None:
            alter_column_op.existing_server_default = conn_col.server_default
        if present.computed != wanted.computed:
            yield from _made_anew(pair, conn_col, metadata_col)
            continue
        alter_column_op.kw.update(
            autogen_context.migration_context.impl.changes.column_words(present, wanted)
        )
        compare(autogen_context, alter_column_op, schema, table_name, name, conn_col, metadata_col)
        if alter_column_op.modify_type is not None and isinstance(conn_col.type, NullType):
            yield _left_to_a_person(alter_column_op, present.type_text)
            alter_column_op.modify_type = None
        if alter_column_op.has_changes() or "autoincrement" in alter_column_op.kw:
            yield alter_column_op


def _left_to_a_person(alter_column_op: ops.AlterColumnOp, type_text: str) -> ops.ManualOp:
    """The change of a type that nothing in Python stands for: the way back could not be written."""
    change = ops.AlterColumnOp(
        alter_column_op.table_name,
        alter_column_op.column_name,
        schema=alter_column_op.schema,
        existing_type=alter_column_op.existing_type,
        existing_nullable=alter_column_op.existing_nullable,
        existing_server_default=alter_column_op.existing_server_default,
        existing_comment=alter_column_op.existing_comment,
        modify_type=alter_column_op.modify_type,
    )
    return ops.ManualOp(change, f"the column's present type, {type_text}, is not known to SQLAlchemy")


def _made_anew(
    pair: TablePair, conn_col: sa.Column[Any], metadata_col: sa.Column[Any]
) -> Iterator[ops.AddColumnOp | ops.DropColumnOp]:
    """A column whose expression changes, or that starts or ceases to be computed."""
    yield _drop_column(pair, conn_col)
    yield _add_column(pair, metadata_col)
    log.info("Detected computed expression change on column '%s.%s'", qualified(*pair.key), conn_col.name)


def _dispatch(autogen_context: AutogenContext, target: str) -> Callable[..., None]:
    dialect = autogen_context.dialect
    assert dialect is not None
    return autogen_context.comparators.dispatch(target, qualifier=dialect.name)


def qualified(schema: str | None, name: str) -> str:
    """A table's name as log lines have it."""
    return f"{schema}.{name}" if schema else name


def setup(plugin: Plugin) -> None:
    """Register the comparators of this module."""
    plugin.add_autogenerate_comparator(compare_tables, "schema", "tables")

"""The indexes that foreign keys need where the database insists on one, and makes one if there is none.

InnoDB makes an index for a foreign key that has none, replaces it without a word by the first one that serves
as well, and leaves it behind when the key is dropped. The upgrade goes with that; the way back undoes it.
See https://mariadb.com/kb/en/foreign-keys/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from alembic.operations import ops

from . import objects
from .facts import FactFinder, leading, pair_of
from .matching import reference

if TYPE_CHECKING:
    from alembic.schema.shapes import ForeignKey, Table

    from ..context import AutogenContext
    from ..pairs import TablePair


def mind_supports(context: AutogenContext, upgrade_ops: ops.UpgradeOps) -> None:
    """Add to operations on existing tables what their opposites need."""
    if not context.migration_context.impl.changes.keys_need_indexes:
        return
    finder = FactFinder(context)
    for container in upgrade_ops.ops:
        if not isinstance(container, ops.ModifyTableOps):
            continue
        pair = pair_of(context, container)
        if pair is None or pair.database is None or pair.model is None:
            continue
        for operation in container.ops:
            if isinstance(operation, ops.CreateForeignKeyOp):
                _drop_implicit_index(operation, pair.database, pair.model)
            elif isinstance(operation, (ops.CreateIndexOp, ops.CreateUniqueConstraintOp)):
                made = {thing for thing in finder.facts(operation).makes if thing[0] == "name"}
                for present, wanted in _staying(pair.database, pair.model):
                    supports = leading(pair.model, wanted.columns)
                    if made & supports and not leading(pair.database, present.columns):
                        _around(operation, present, pair)


def _drop_implicit_index(operation: ops.CreateForeignKeyOp, database: Table, model: Table) -> None:
    """The key is new, and so is the index that the server makes for it; it has the name of the key."""
    columns = tuple(operation.local_cols)
    if any(key.columns == columns for key in database.foreign_keys):
        return
    if leading(database, columns) or leading(model, columns) or operation.constraint_name is None:
        return
    table, schema = operation.source_table, operation.kw.get("source_schema")
    operation.reverse_after += (ops.DropIndexOp(operation.constraint_name, table, schema=schema),)


def _around(operation: ops.MigrateOperation, key: ForeignKey, pair: TablePair) -> None:
    """The index takes the place of the implicit one, which only a new key brings back."""
    conn_table = pair.conn_table
    assert conn_table is not None
    reflected: Any = objects.database_object(key, conn_table)
    if isinstance(reflected, sa.ForeignKeyConstraint):
        operation.reverse_before += (ops.DropConstraintOp.from_constraint(reflected),)
        operation.reverse_after += (ops.AddConstraintOp.from_constraint(reflected),)


def _staying(database: Table, model: Table) -> list[tuple[ForeignKey, ForeignKey]]:
    wanted = {reference(key): key for key in model.foreign_keys}
    return [(key, wanted[reference(key)]) for key in database.foreign_keys if reference(key) in wanted]

"""Foreign keys that can't be made or dropped together with their tables.

Tables may refer to each other in a circle, or a model asks for a statement of its own by ``use_alter``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import sqlalchemy as sa

from alembic.operations import ops

from . import objects
from .facts import FactFinder, leading

if TYPE_CHECKING:
    from alembic.schema.shapes import TableKey

    from ..context import AutogenContext

Keys: TypeAlias = list[sa.ForeignKeyConstraint]


class IndexOfTableOp(ops.CreateIndexOp):
    """Creates an index of a new table, which goes with the table: a foreign key of the table may need it."""

    def reverse(self) -> Any:
        """Nothing."""
        return ops.OpContainer()


def split(context: AutogenContext, upgrade_ops: ops.UpgradeOps) -> None:
    """Take foreign keys out of operations on tables where they need operations of their own."""
    dialect = context.dialect
    assert dialect is not None
    if not dialect.supports_alter:
        return
    splitter = _Splitter(context, upgrade_ops)
    splitter.split_created()
    splitter.split_dropped()


class _Splitter:
    def __init__(self, context: AutogenContext, upgrade_ops: ops.UpgradeOps) -> None:
        self.upgrade_ops, self.finder = upgrade_ops, FactFinder(context)
        self.changes = context.migration_context.impl.changes

    def split_created(self) -> None:
        """Keys of new tables; an index that such a key needs stays until its table goes."""
        created = {
            self._key(operation): operation
            for operation in self.upgrade_ops.ops
            if isinstance(operation, ops.CreateTableOp)
        }
        keys = {key: _keys_in(operation.columns) for key, operation in created.items()}
        late = in_circles(keys, self._target)
        for key, operation in created.items():
            own = [each for each in keys[key] if each.use_alter or any(each is one for one in late)]
            operation.columns = _without(operation.columns, own)
            if own:
                self._add_later(operation, own)
        if self.changes.keys_need_indexes:
            self._keep_indexes({key: _keys_in(operation.columns) for key, operation in created.items()})

    def split_dropped(self) -> None:
        """Keys of tables that go; also those that need an index which goes first."""
        dropped = {
            self._key(operation): operation
            for operation in self.upgrade_ops.ops
            if isinstance(operation, ops.DropTableOp) and operation._reverse is not None
        }
        keys = {key: _keys_in(operation._reverse.columns) for key, operation in dropped.items()}  # type: ignore[union-attr]  # not None, see above
        early = in_circles(keys, self._target)
        if self.changes.keys_need_indexes:
            early += self._needing_indexes(keys)
        for key, operation in dropped.items():
            own = [each for each in keys[key] if each.name is not None and any(each is one for one in early)]
            assert operation._reverse is not None
            operation._reverse.columns = _without(operation._reverse.columns, own)
            if own:
                drops = [ops.DropConstraintOp.from_constraint(each) for each in own]
                self.upgrade_ops.ops.insert(0, ops.ModifyTableOps(key[1], drops, schema=operation.schema))

    def _add_later(self, table: ops.CreateTableOp, keys: Keys) -> None:
        names = (getattr(each, "name", None) for each in table.columns)
        taken = {str(name) for name in names if name is not None}
        operations: list[ops.MigrateOperation] = []
        for key in keys:
            operation = ops.CreateForeignKeyOp.from_constraint(key)
            operation.kw.pop("use_alter", None)
            columns = list(operation.local_cols)
            objects.name_it(operation, "foreignkey", table.table_name, columns, taken, self.changes)
            operations.append(operation)
        self.upgrade_ops.ops.append(ops.ModifyTableOps(table.table_name, operations, schema=table.schema))

    def _keep_indexes(self, keys: Mapping[TableKey, Keys]) -> None:
        for modify_ops, place, operation in self._in_tables(ops.CreateIndexOp):
            key = self._key(operation)
            model = self.finder.model.tables.get(key)
            for each in keys.get(key, ()):
                if ("name", key, operation.index_name) in leading(model, _columns(each)):
                    kept = IndexOfTableOp.__new__(IndexOfTableOp)
                    kept.__dict__.update(operation.__dict__)
                    modify_ops.ops[place] = kept
                    break

    def _needing_indexes(self, keys: Mapping[TableKey, Keys]) -> Keys:
        found: Keys = []
        for _, _, operation in self._in_tables(ops.DropIndexOp):
            key = self._key(operation)
            database = self.finder.database.tables.get(key)
            for each in keys.get(key, ()):
                needed = leading(database, _columns(each))
                if self._target(each) == key:
                    needed |= leading(database, [element.column.name for element in each.elements])
                if ("name", key, operation.index_name) in needed:
                    found.append(each)
        return found

    def _in_tables(self, kind: type[Any]) -> Iterator[tuple[ops.ModifyTableOps, int, Any]]:
        for modify_ops in self.upgrade_ops.ops:
            if isinstance(modify_ops, ops.ModifyTableOps):
                for place, operation in enumerate(modify_ops.ops):
                    if isinstance(operation, kind):
                        yield modify_ops, place, operation

    def _key(self, operation: Any) -> TableKey:
        return self.finder.key(operation.schema, operation.table_name)

    def _target(self, key: sa.ForeignKeyConstraint) -> TableKey:
        operation = ops.CreateForeignKeyOp.from_constraint(key)
        return self.finder.key(operation.kw.get("referent_schema"), operation.referent_table)


def in_circles(
    keys: Mapping[TableKey, Keys], target_of: Callable[[sa.ForeignKeyConstraint], TableKey]
) -> Keys:
    """The foreign keys without which no table would refer to itself by way of others.

    :param keys: for each table its keys; those with ``use_alter`` and those to the table itself don't count.
    """
    found: Keys = []
    open_: set[TableKey] = set()
    done: set[TableKey] = set()

    def edges(table: TableKey) -> Iterator[tuple[sa.ForeignKeyConstraint, TableKey]]:
        targets = ((each, target_of(each)) for each in keys[table] if not each.use_alter)
        return iter([(each, target) for each, target in targets if target in keys and target != table])

    for start in keys:
        if start in done:
            continue
        open_.add(start)
        stack = [(start, edges(start))]
        while stack:
            table, rest = stack[-1]
            for key, target in rest:
                if target in open_:
                    found.append(key)
                elif target not in done:
                    open_.add(target)
                    stack.append((target, edges(target)))
                    break
            else:
                stack.pop()
                open_.discard(table)
                done.add(table)
    return found


def _keys_in(items: Iterable[Any]) -> Keys:
    return [item for item in items if isinstance(item, sa.ForeignKeyConstraint)]


def _without(items: Iterable[Any], keys: Keys) -> list[Any]:
    return [item for item in items if not any(item is key for key in keys)]


def _columns(key: sa.ForeignKeyConstraint) -> list[str]:
    return [column.name for column in key.columns]

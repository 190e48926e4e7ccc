"""What stays the same but is in the way of a change, and so is dropped before it and made again after it.

A generated column can't be altered under what depends on it, a key not be dropped under the foreign keys that
refer to it, a type not be changed under a foreign key whose other end has another one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import sqlalchemy as sa

from alembic.operations import ops
from alembic.schema.shapes import Check, Column, ForeignKey, Index, Table, TableKey, Unique

from . import objects
from .enum_values import RetypeOp
from .facts import FactFinder, Thing, leading, mentioned
from .matching import key_content, reference

if TYPE_CHECKING:
    from ..context import AutogenContext

Dependent: TypeAlias = Index | Unique | Check | ForeignKey | Column


class _Disturbed(NamedTuple):
    """What operations do to one column.

    :param remade: it is dropped and added.
    :param converted: it gets a type of another kind.
    """

    remade: bool
    converted: bool


class _Kept(NamedTuple):
    """Something that both sides have alike."""

    key: TableKey
    database: Any
    model: Any


def release(context: AutogenContext, upgrade_ops: ops.UpgradeOps) -> None:
    """Add the operations that drop what is in the way, and make it again."""
    releaser = _Releaser(context, upgrade_ops)
    # A generated column that is made anew may have dependents itself.
    while releaser.release_once():
        pass


class _Releaser:
    def __init__(self, context: AutogenContext, upgrade_ops: ops.UpgradeOps) -> None:
        self.context, self.upgrade_ops = context, upgrade_ops
        self.finder = FactFinder(context)
        self.changes = context.migration_context.impl.changes
        self.released: set[tuple[Any, ...]] = set()

    def release_once(self) -> bool:
        """Whether anything new had to be released."""
        columns = self._disturbed_columns()
        lost = self._lost_things()
        found = False
        if columns or lost:
            for kept in self._candidates(columns, lost):
                identity = (kept.key, type(kept.database).__name__, _identity(kept.database))
                if identity not in self.released:
                    self.released.add(identity)
                    self._release(kept)
                    found = True
        return found

    # -- what is disturbed -------------------------------------------------------------------------

    def _operations(self) -> Iterator[ops.MigrateOperation]:
        for operation in self.upgrade_ops.ops:
            if isinstance(operation, ops.ModifyTableOps):
                yield from operation.ops
            else:
                yield operation

    def _disturbed_columns(self) -> dict[tuple[TableKey, str], _Disturbed]:
        found: dict[tuple[TableKey, str], _Disturbed] = {}
        added: set[tuple[TableKey, str]] = set()
        for operation in self._operations():
            match operation:
                case ops.AddColumnOp():
                    added.add((self._key(operation), operation.column.name))
                case ops.AlterColumnOp() if operation.modify_type is not None:
                    place = (self._key(operation), operation.column_name)
                    found[place] = _Disturbed(False, _is_conversion(operation))
                case RetypeOp():
                    schema, table, column = operation.key
                    found[((schema, table), column)] = _Disturbed(False, True)
        for operation in self._operations():
            if isinstance(operation, ops.DropColumnOp):
                place = (self._key(operation), operation.column_name)
                if place in added:
                    found[place] = _Disturbed(True, True)
        return found

    def _lost_things(self) -> set[Thing]:
        """Keys and indexes that go, as foreign keys need them."""
        lost: set[Thing] = set()
        for operation in self._operations():
            if isinstance(operation, (ops.DropIndexOp, ops.DropConstraintOp, ops.ReversibleSQLOp)):
                facts = self.finder.facts(operation)
                lost |= {thing for thing in facts.drops if thing[0] in ("unique", "primary key", "name")}
        return lost

    # -- what is in the way ------------------------------------------------------------------------

    def _candidates(
        self, columns: dict[tuple[TableKey, str], _Disturbed], lost: set[Thing]
    ) -> Iterator[_Kept]:
        touched = {key for key, _ in columns}
        for key in self.context.pairs:
            pair = self.context.pairs[key]
            if pair.database is None or pair.model is None:
                continue
            for each in _kept_keys(pair.database, pair.model):
                if self._holds(each.database, key, columns, lost):
                    yield each
            if key in touched:
                mine = {name: how for (table, name), how in columns.items() if table == key}
                yield from self._in_table(pair.database, pair.model, mine)

    def _holds(
        self,
        foreign_key: ForeignKey,
        own: TableKey,
        columns: dict[tuple[TableKey, str], _Disturbed],
        lost: set[Thing],
    ) -> bool:
        """Whether a foreign key that stays is in the way."""
        target = foreign_key.target
        ends = [(own, name) for name in foreign_key.columns]
        ends += [(target, name) for name in foreign_key.target_columns]
        disturbed = [columns[end] for end in ends if end in columns]
        if any(how.remade or how.converted or self.changes.keys_hold_types for how in disturbed):
            return True
        needed: set[Thing] = {("unique", target, frozenset(foreign_key.target_columns))}
        if self.changes.keys_need_indexes:
            # One supporting index is enough, as long as it stays.
            for key, names in ((own, foreign_key.columns), (target, foreign_key.target_columns)):
                supports = leading(self.finder.database.tables.get(key), names)
                if supports and supports <= lost:
                    return True
            return False
        return bool(needed & lost)

    def _in_table(self, database: Table, model: Table, columns: dict[str, _Disturbed]) -> Iterator[_Kept]:
        """Indexes, constraints and generated columns of one table that use a disturbed column."""
        remade = {name for name, how in columns.items() if how.remade}
        converted = {name for name, how in columns.items() if how.converted}
        for index in _alike(database.indexes, model.indexes, key_content):
            names = set(mentioned(_words(index.database), columns))
            plain = set(index.database.elements)
            if names & remade or (names & converted) - (plain if not index.database.options else set()):
                yield index._replace(key=database.key)
        for unique in _alike(database.uniques, model.uniques, key_content):
            if remade & set(unique.database.columns):
                yield unique._replace(key=database.key)
        for check in _alike(database.checks, model.checks, lambda each: each.text):
            if set(mentioned(check.database.text, columns)) & (remade | converted):
                yield check._replace(key=database.key)
        held = set(columns) if self.changes.generated_columns_hold_types else remade
        for name, column in database.columns.items():
            wanted = model.columns.get(name)
            if column.computed is None or wanted is None or name in columns or not held:
                continue
            if set(mentioned(column.computed.text, held)) and wanted.computed == column.computed:
                yield _Kept(database.key, column, wanted)

    # -- operations --------------------------------------------------------------------------------

    def _release(self, kept: _Kept) -> None:
        pair = self.context.pair(*kept.key)
        conn_table = pair.conn_table
        assert conn_table is not None
        operations: list[ops.MigrateOperation]
        if isinstance(kept.database, Column):
            reflected = next(each for each in conn_table.columns if each.name == kept.database.name)
            operations = [
                ops.DropColumnOp.from_column_and_tablename(*kept.key, reflected),
                ops.AddColumnOp.from_column_and_tablename(*kept.key, kept.model.source),
            ]
            operations[0].notes = ("Made anew, as it is generated from a column that changes.",)
        else:
            again = objects.create_op(kept.model)
            if isinstance(again, ops.AddConstraintOp) and again.constraint_name is None:
                # It keeps the name that it has.
                again.constraint_name = objects.final(kept.database.name)
            operations = [objects.drop_op(kept.database, conn_table), again]
        container = self._container(kept.key)
        container.ops.extend(operations)

    def _container(self, key: TableKey) -> ops.ModifyTableOps:
        for operation in self.upgrade_ops.ops:
            if isinstance(operation, ops.ModifyTableOps) and self._key(operation) == key:
                return operation
        made = ops.ModifyTableOps(key[1], [], schema=key[0])
        self.upgrade_ops.ops.append(made)
        return made

    def _key(self, operation: Any) -> TableKey:
        return self.finder.key(operation.schema, operation.table_name)


def _kept_keys(database: Table, model: Table) -> Iterator[_Kept]:
    for each in _alike(database.foreign_keys, model.foreign_keys, reference):
        yield each._replace(key=database.key)


def _alike(database: Any, model: Any, content: Any) -> Iterator[_Kept]:
    """The things that both sides have, by name and content; unnamed ones of the model by content."""
    named = {each.name: each for each in model if each.name is not None}
    by_content = {content(each): each for each in model}
    for present in database:
        if isinstance(present, ForeignKey):
            wanted = by_content.get(content(present))
        else:
            wanted = named.get(present.name)
            if wanted is None:
                unnamed = by_content.get(content(present))
                wanted = unnamed if unnamed is not None and unnamed.name is None else None
        if wanted is not None and content(wanted) == content(present):
            yield _Kept(("", ""), present, wanted)


def _identity(shape: Dependent) -> Any:
    if isinstance(shape, ForeignKey):
        return reference(shape)
    return shape.name if shape.name is not None else repr(shape)


def _words(index: Index) -> str:
    return " ".join([*index.elements, *(str(value) for _, value in index.options)])


def _is_conversion(operation: ops.AlterColumnOp) -> bool:
    """Whether the new type is of another kind: expressions, and keys to other tables, may not fit it."""
    if operation.existing_type is None:
        return True
    before, after = (sa.types.to_instance(each) for each in (operation.existing_type, operation.modify_type))
    return before._type_affinity is not after._type_affinity

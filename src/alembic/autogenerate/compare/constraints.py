"""Indexes, unique constraints and foreign keys: what was added, removed, changed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import sqlalchemy as sa
from sqlalchemy.sql.elements import conv

from alembic.operations import ops
from alembic.runtime.plugins import DispatchPriority, PriorityDispatchResult
from alembic.schema.shapes import Check, ForeignKey, Index, Unique

from . import objects
from .facts import mentioned
from .matching import Difference, by_content, by_name, key_content, reference
from .nullable import compare_nullable as _compare_nullable
from .third_party import corrected_foreign_keys, corrected_keys, verdict

if TYPE_CHECKING:
    from alembic.runtime.plugins import Plugin

    from ..context import AutogenContext
    from ..pairs import TablePair

log = logging.getLogger(__name__)

Key: TypeAlias = Index | Unique


def setup(plugin: Plugin) -> None:
    """Register the comparators of indexes, unique constraints and foreign keys."""
    plugin.add_autogenerate_comparator(_compare_indexes_and_uniques, "table", "indexes")
    plugin.add_autogenerate_comparator(_compare_foreign_keys, "table", "foreignkeys")
    plugin.add_autogenerate_comparator(
        _compare_nullable, "column", "nullable", priority=DispatchPriority.FIRST
    )


def _compare_indexes_and_uniques(
    autogen_context: AutogenContext,
    modify_ops: ops.ModifyTableOps,
    schema: str | None,
    tname: str,
    conn_table: sa.Table | None,
    metadata_table: sa.Table | None,
) -> PriorityDispatchResult:
    """Add the operations on the indexes and unique constraints of one table.

    Unique constraints of a new table, or of one that goes, are a matter of the table.
    """
    pair = autogen_context.pair(schema, tname)
    difference = keys_of(pair)
    if pair.database is not None and pair.model is not None:
        difference = corrected_keys(autogen_context, pair, difference)
    _Keys(autogen_context, pair, modify_ops).apply(difference)
    return PriorityDispatchResult.CONTINUE


def _compare_foreign_keys(
    autogen_context: AutogenContext,
    modify_table_ops: ops.ModifyTableOps,
    schema: str | None,
    tname: str,
    conn_table: sa.Table | None,
    metadata_table: sa.Table | None,
) -> PriorityDispatchResult:
    """Add the operations on the foreign keys of a table that both sides have."""
    pair = autogen_context.pair(schema, tname)
    if pair.database is None or pair.model is None:
        return PriorityDispatchResult.CONTINUE
    difference = by_content(pair.database.foreign_keys, pair.model.foreign_keys, reference)
    difference = corrected_foreign_keys(autogen_context, pair, difference)
    _ForeignKeys(autogen_context, pair, modify_table_ops).apply(difference)
    return PriorityDispatchResult.CONTINUE


def keys_of(pair: TablePair) -> Difference[Key]:
    """What tells the indexes and unique constraints of both sides apart."""
    database, model = pair.database, pair.model
    if database is None:
        assert model is not None
        return Difference(added=model.indexes)
    if model is None:
        return Difference(removed=database.indexes)
    if (database.indexes, database.uniques) == (model.indexes, model.uniques):
        return Difference()
    present: tuple[Key, ...] = (*database.indexes, *database.uniques)
    return by_name(present, (*model.indexes, *model.uniques), key_content)


class TableChanges:
    """Adds operations on one table to a container, if the filters let them pass.

    :param context: its filters and its dialect count.
    :param pair: the table.
    :param modify_ops: the container.
    """

    def __init__(self, context: AutogenContext, pair: TablePair, modify_ops: ops.ModifyTableOps) -> None:
        self.context, self.pair, self.modify_ops = context, pair, modify_ops
        self.table = pair.key[1]
        self.full_name = ".".join(filter(None, pair.key))
        self.taken = objects.names_of(pair.database, pair.model)

    def add(self, *operations: ops.MigrateOperation) -> None:
        """Add operations to the container."""
        self.modify_ops.ops.extend(operations)

    def drop_op(
        self, shape: objects.Shape, *, as_constraint: bool = False
    ) -> ops.DropIndexOp | ops.DropConstraintOp:
        """The operation that drops something of the database."""
        conn_table = self.pair.conn_table
        assert conn_table is not None
        operation = objects.drop_op(shape, conn_table, as_constraint=as_constraint)
        if isinstance(operation, ops.DropConstraintOp) and operation.constraint_name is None:
            operation.constraint_name = self._would_be(shape)
        return operation

    def _would_be(self, shape: objects.Shape) -> str | None:
        """The name for a constraint without one: where there may be such constraints, it drops them."""
        assert self.pair.database is not None
        columns = (
            mentioned(shape.text, self.pair.database.columns)
            if isinstance(shape, Check)
            else tuple(getattr(shape, "columns", ()))
        )
        changes = self.context.migration_context.impl.changes
        name = changes.given_name(objects.KINDS[type(shape)], self.table, columns, ())
        return None if name is None else conv(name)

    def create_op(
        self, shape: objects.Shape, columns: Sequence[str]
    ) -> ops.CreateIndexOp | ops.AddConstraintOp:
        """The operation that makes something of the models, under a name that can be dropped."""
        operation = objects.create_op(shape)
        if isinstance(operation, ops.AddConstraintOp):
            changes = self.context.migration_context.impl.changes
            objects.name_it(operation, objects.KINDS[type(shape)], self.table, columns, self.taken, changes)
        return operation

    def passes(self, kind: str, present: objects.Shape | None, wanted: objects.Shape | None) -> bool:
        """Whether the filters let a thing pass, as it is on either or on both sides.

        :param kind: what filters call it, such as ``"index"``.
        """
        context = self.context
        shape = wanted if wanted is not None else present
        assert shape is not None
        if shape.name is not None and context.filters_names:
            parents = {"table_name": self.table, "schema_name": self.pair.key[0]}
            if not context.run_name_filters(shape.name, kind, parents):
                return False
        if not context.filters_objects:
            return True
        conn_table = self.pair.conn_table
        reflected = None
        if present is not None and conn_table is not None:
            reflected = objects.database_object(present, conn_table)
        if wanted is not None:
            made = objects.model_object(wanted)
            return context.run_object_filters(made, made.name, kind, False, reflected)
        if reflected is None:
            return True
        return context.run_object_filters(reflected, reflected.name, kind, True, None)


class _Keys(TableChanges):
    """Operations on indexes and unique constraints."""

    def apply(self, difference: Difference[Key]) -> None:
        """Removed, changed, added, and last what has no name."""
        for shape in difference.removed:
            self._removed(shape)
        for present, wanted in difference.changed:
            self._changed(present, wanted)
        for shape in (*difference.added, *difference.unnamed):
            self._added(shape)

    def _removed(self, shape: Key) -> None:
        if self.passes(_filter_kind(shape), shape, None):
            log.info("Detected removed %s %r on %r", _word(shape), shape.name, self.full_name)
            self.add(self.drop_op(shape))

    def _added(self, shape: Key) -> None:
        if self.passes(_filter_kind(shape), None, shape):
            names = tuple(column.name for column in shape.source.columns)
            log.info("Detected added %s %r on '%s'", _word(shape), shape.name, names)
            self.add(self.create_op(shape, names))

    def _changed(self, present: Key, wanted: Key) -> None:
        if type(present) is not type(wanted):
            # The same name for a thing of another kind.
            self._removed(present)
            self._added(wanted)
            return
        if not self.passes(_filter_kind(wanted), present, wanted):
            return
        reasons = verdict(self.context, self.pair, present, wanted, _reasons(present, wanted))
        if reasons is None:
            return
        log.info("Detected changed %s %r on %r: %s", _word(wanted), wanted.name, self.full_name, reasons)
        names = tuple(column.name for column in wanted.source.columns)
        drop = self.drop_op(present, as_constraint=isinstance(wanted.source, sa.UniqueConstraint))
        self.add(drop, self.create_op(wanted, names))


class _ForeignKeys(TableChanges):
    """Operations on foreign keys."""

    def apply(self, difference: Difference[ForeignKey]) -> None:
        """Removed ones, then added ones."""
        for shape in difference.removed:
            if self.passes("foreign_key_constraint", shape, None):
                self._log("removed", shape)
                self.add(self.drop_op(shape))
        for shape in difference.added:
            if self.passes("foreign_key_constraint", None, shape):
                self._log("added", shape)
                self.add(self.create_op(shape, shape.columns))

    def _log(self, what: str, shape: ForeignKey) -> None:
        columns, targets = ", ".join(shape.columns), ", ".join(shape.target_columns)
        log.info("Detected %s foreign key (%s)(%s) on table %s", what, columns, targets, self.full_name)


def _word(shape: Key) -> str:
    return "index" if isinstance(shape, Index) else "unique constraint"


def _filter_kind(shape: Key) -> str:
    return "index" if isinstance(shape, Index) else "unique_constraint"


def _reasons(present: Key, wanted: Key) -> str:
    """In what two of the same kind differ."""
    reasons = []
    if isinstance(present, Index) and isinstance(wanted, Index):
        if present.unique != wanted.unique:
            reasons.append(f"unique={present.unique} to unique={wanted.unique}")
        before, after = present.elements, wanted.elements
    else:
        assert isinstance(present, Unique) and isinstance(wanted, Unique)
        before, after = present.columns, wanted.columns
    if before != after:
        reasons.append(f"expression {before} to {after}")
    old, new = dict(present.options), dict(wanted.options)
    for option in sorted({*old, *new}):
        if old.get(option) != new.get(option):
            reasons.append(f"{option}={old.get(option)!r} to {option}={new.get(option)!r}")
    return ", ".join(reasons)

"""The plugin ``alembic.autogenerate.enums``: named enumeration types and their values."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from alembic.operations import ops
from alembic.runtime.plugins import DispatchPriority, PriorityDispatchResult
from alembic.schema.expressions import Kind, string_value, tokens

from .enum_values import UsedColumn, additions, rebuilt
from .facts import Facts, StatementOp
from .tables import qualified

if TYPE_CHECKING:
    from alembic.ddl.changes import Changes
    from alembic.runtime.plugins import Plugin
    from alembic.schema.shapes import Column, EnumType, Schema, Table, TableKey

    from ..context import AutogenContext

log = logging.getLogger(__name__)


def setup(plugin: Plugin) -> None:
    """Register the comparator of enumeration types: after the tables, as it looks at what becomes of them."""
    plugin.add_autogenerate_comparator(compare_enums, "schema", "enums", priority=DispatchPriority.LAST)


def compare_enums(
    autogen_context: AutogenContext, upgrade_ops: ops.UpgradeOps, schemas: set[str | None]
) -> PriorityDispatchResult:
    """Create, alter and drop enumeration types; new ones and new values come first, dropping is last."""
    pairs = autogen_context.pairs
    if pairs.database.enums != pairs.model.enums:
        enums = _Enums(autogen_context, upgrade_ops)
        first = [*enums.created(), *enums.altered()]
        last = list(enums.dropped(schemas))
        upgrade_ops.ops[:0] = first
        upgrade_ops.ops.extend(last)
    return PriorityDispatchResult.CONTINUE


class _Place(NamedTuple):
    """A column in one side's schema."""

    table: Table
    column: Column
    dimensions: int


class _Enums:
    """Compares the enumeration types of both sides.

    :param context: what to compare.
    :param upgrade_ops: the operations on tables.
    """

    def __init__(self, context: AutogenContext, upgrade_ops: ops.UpgradeOps) -> None:
        self.context, self.upgrade_ops = context, upgrade_ops
        self.changes: Changes = context.migration_context.impl.changes
        self.database, self.model = context.pairs.database, context.pairs.model

    def created(self) -> Iterator[ops.MigrateOperation]:
        """Types that only the models have; a new table brings its own along."""
        with_tables = {
            key
            for key, places in self._model_uses.items()
            if any(self._is_created(place.table.key) for place in places)
        }
        for key, enum in self.model.enums.items():
            if key not in self.database.enums:
                log.info("Detected added enum type %r", qualified(*key))
                if key not in with_tables:
                    yield StatementOp(*self.changes.create_enum(enum), Facts(makes={("enum", key)}))

    def altered(self) -> Iterator[ops.MigrateOperation]:
        """Types with other values, or another order of them."""
        for key, wanted in self.model.enums.items():
            present = self.database.enums.get(key)
            if present is None or present.values == wanted.values:
                continue
            name = qualified(*key)
            log.info("Detected changed values of enum type %r: %s to %s", name, present.values, wanted.values)
            places = self._database_uses.get(key, [])
            added = additions(present, wanted)
            if added is not None and not self._needs_at_once({value for value, _ in added}):
                used = [self._used(place) for place in places]
                yield from self._with_new_values(present, wanted, used)
            else:
                staying = {(each.table.key, each.column.name) for each in self._model_uses.get(key, ())}
                used = [
                    self._used(place) for place in places if (place.table.key, place.column.name) in staying
                ]
                yield from rebuilt(present, wanted, used, self.changes, set(self.database.enums))
                self._take_over_defaults(used)

    def dropped(self, schemas: set[str | None]) -> Iterator[ops.MigrateOperation]:
        """Types that only the database has, unless a column that stays uses them."""
        for key, enum in self.database.enums.items():
            if key in self.model.enums or key[0] not in schemas:
                continue
            places = self._database_uses.get(key, [])
            if any(self._stays(place) for place in places) or (not places and self.context.filters_names):
                continue
            log.info("Detected removed enum type %r", qualified(*key))
            there, back = reversed(self.changes.create_enum(enum))
            yield StatementOp(there, back, Facts(drops={("enum", key)}))

    def _with_new_values(
        self, present: EnumType, wanted: EnumType, used: list[UsedColumn]
    ) -> Iterator[ops.MigrateOperation]:
        """Added one by one; the way back is a new type, as no statement takes a value away."""
        taken = set(self.database.enums)
        back = list(rebuilt(wanted, present, used, self.changes, taken, defaults_stay=True))
        for value, after in additions(present, wanted) or ():
            before = present.values[0] if present.values else None
            statement = self.changes.add_enum_value(wanted, value, after=after, before=before)
            yield ops.ReversibleSQLOp(statement, back)
            back = []

    def _needs_at_once(self, values: set[str]) -> bool:
        """Whether the models say a new value in a default, a condition or an index that differs.

        PostgreSQL refuses to use a value in the transaction that has added it.
        """
        for key, table in self.model.tables.items():
            if self.database.tables.get(key) != table and values & set(_literals(table)):
                return True
        return False

    def _used(self, place: _Place) -> UsedColumn:
        table, column = place.table, place.column
        model = self.model.tables.get(table.key)
        wanted = model.columns.get(column.name) if model is not None else None
        default = column.default if wanted is None else wanted.default
        source = column.source
        before = source.get("default") if isinstance(source, dict) and column.default else column.default
        return UsedColumn(
            table.schema,
            table.name,
            column.name,
            place.dimensions,
            before,
            before if default == column.default else default,
        )

    def _take_over_defaults(self, used: list[UsedColumn]) -> None:
        """Leave the defaults of these columns, which are set with the new type, out of other operations."""
        places = {(each.schema, each.table, each.column) for each in used}
        default = self.context.catalogue.default_schema
        for modify_ops in self.upgrade_ops.ops:
            if not isinstance(modify_ops, ops.ModifyTableOps):
                continue
            for operation in list(modify_ops.ops):
                if not isinstance(operation, ops.AlterColumnOp):
                    continue
                schema = None if operation.schema == default else operation.schema
                if (schema, operation.table_name, operation.column_name) in places:
                    operation.modify_server_default = False
                    if not operation.has_changes():
                        modify_ops.ops.remove(operation)

    def _is_created(self, key: TableKey) -> bool:
        return key in self.model.tables and key not in self.database.tables

    def _stays(self, place: _Place) -> bool:
        """Whether a column of the database goes on using its type."""
        table = self.model.tables.get(place.table.key)
        if table is None:
            return not self._is_dropped(place.table.key)
        column = table.columns.get(place.column.name)
        return column is not None and column.type_text == place.column.type_text

    def _is_dropped(self, key: TableKey) -> bool:
        default = self.context.catalogue.default_schema
        return any(
            isinstance(each, ops.DropTableOp)
            and (None if each.schema == default else each.schema, each.table_name) == key
            for each in self.upgrade_ops.ops
        )

    @cached_property
    def _database_uses(self) -> dict[TableKey, list[_Place]]:
        return self._uses(self.database)

    @cached_property
    def _model_uses(self) -> dict[TableKey, list[_Place]]:
        return self._uses(self.model)

    def _uses(self, side: Schema) -> dict[TableKey, list[_Place]]:
        default = self.context.catalogue.default_schema
        found: dict[TableKey, list[_Place]] = {}
        for table in side.tables.values():
            for column in table.columns.values():
                use = self.changes.enum_of(column.type)
                if use is not None:
                    key = (None if use.schema == default else use.schema, use.name)
                    found.setdefault(key, []).append(_Place(table, column, use.dimensions))
        return found


def _literals(table: Table) -> Iterator[str]:
    """What the string literals of a table's expressions say."""
    texts = [column.default for column in table.columns.values() if column.default]
    texts += [column.computed.text for column in table.columns.values() if column.computed]
    texts += [check.text for check in table.checks]
    texts += [
        str(part) for index in table.indexes for part in (*index.elements, *dict(index.options).values())
    ]
    for text in texts:
        for token in tokens(text):
            value = string_value(token.text) if token.kind is Kind.STRING else None
            if value is not None:
                yield value

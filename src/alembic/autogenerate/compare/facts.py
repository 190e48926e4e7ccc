"""What each operation makes and drops, and what has to be there for it: what may come before what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import sqlalchemy as sa

from alembic.operations import ops
from alembic.schema.expressions import Kind, tokens, unquoted

if TYPE_CHECKING:
    from sqlalchemy.sql import Executable

    from alembic.schema.shapes import Table, TableKey

    from ..context import AutogenContext
    from ..pairs import TablePair

#: ("table", key), ("column", key, name), ("name", key, name of an index or constraint) and the like.
Thing: TypeAlias = tuple[Any, ...]


@dataclass(slots=True)
class Facts:
    """What one operation does to things.

    :param drops: are gone afterwards, or are no longer what they were.
    :param makes: are there only afterwards, or only then as they are to be.
    :param frees: the operation drops something that needed these: it has to come before they are dropped.
    :param needs: the operation makes something that needs these: it has to come after they are made.
    """

    drops: set[Thing] = field(default_factory=set)
    makes: set[Thing] = field(default_factory=set)
    frees: set[Thing] = field(default_factory=set)
    needs: set[Thing] = field(default_factory=set)


class StatementOp(ops.ReversibleSQLOp):
    """A statement of which it is known what it does.

    :param facts: what that is.
    """

    def __init__(
        self,
        sqltext: Executable | str,
        reverse_sqltext: Executable | str | Sequence[ops.MigrateOperation],
        facts: Facts,
        *,
        notes: Sequence[str] = (),
        reverse_notes: Sequence[str] = (),
    ) -> None:
        super().__init__(sqltext, reverse_sqltext, notes=notes, reverse_notes=reverse_notes)
        self.facts = facts


def pair_of(context: AutogenContext, operation: Any) -> TablePair | None:
    """The table that an operation is about, on both sides; None if it is none of those compared."""
    default = context.catalogue.default_schema
    schema = None if operation.schema == default else operation.schema
    return context.pairs.get((schema, str(operation.table_name)))


class FactFinder:
    """Tells the facts of operations.

    :param context: both sides of the comparison.
    """

    def __init__(self, context: AutogenContext) -> None:
        self.database, self.model = context.pairs.database, context.pairs.model
        self.changes = context.migration_context.impl.changes
        self._default_schema = context.catalogue.default_schema
        sides = (self.database.sequences, self.model.sequences)
        self._sequences = {name: (schema, name) for side in sides for schema, name in side}

    def key(self, schema: str | None, name: str) -> TableKey:
        """The key of a table, type or sequence, as the shapes have it."""
        return (None if schema == self._default_schema else schema), str(name)

    def facts(self, operation: ops.MigrateOperation) -> Facts:
        """The facts of an operation; none of one that somebody else has made."""
        match operation:
            case StatementOp():
                return operation.facts
            case ops.CreateTableOp():
                return self._table(operation)
            case ops.DropTableOp() if operation._reverse is not None:
                return _opposite(self._table(operation._reverse))
            case ops.AddColumnOp():
                return self._column(operation, operation.column)
            case ops.DropColumnOp() if operation._reverse is not None:
                return _opposite(self._column(operation._reverse, operation._reverse.column))
            case ops.AlterColumnOp():
                return self._altered(operation)
            case ops.CreateIndexOp():
                return self._index(operation)
            case ops.DropIndexOp() if operation._reverse is not None:
                return _opposite(self._index(operation._reverse))
            case ops.AddConstraintOp():
                return self._constraint(operation)
            case ops.DropConstraintOp() if operation._reverse is not None:
                return _opposite(self._constraint(operation._reverse, dropped=True))
        return Facts()

    # -- whole tables and columns ------------------------------------------------------------------

    def _table(self, operation: ops.CreateTableOp) -> Facts:
        key = self.key(operation.schema, operation.table_name)
        facts = Facts(makes={("table", key), ("slot", *key)})
        for item in operation.columns:
            if isinstance(item, sa.Column):
                self._add_column_needs(facts, item)
            elif isinstance(item, sa.ForeignKeyConstraint):
                self._add_key_needs(facts, ops.CreateForeignKeyOp.from_constraint(item))
            elif isinstance(item, (sa.PrimaryKeyConstraint, sa.UniqueConstraint)):
                facts.makes.add(_unique(key, (column.name for column in item.columns)))
        # What belongs to the table itself comes and goes with it, or after it.
        facts.needs = {thing for thing in facts.needs if thing[1] != key}
        return facts

    def _column(self, operation: ops.AddColumnOp, column: sa.Column[Any]) -> Facts:
        key = self.key(operation.schema, operation.table_name)
        facts = Facts(makes={("column", key, column.name)})
        if operation.inline_primary_key:
            facts.makes |= primary_key_facts(key, [column.name]).makes
        self._add_column_needs(facts, column)
        if column.computed is not None:
            facts.needs |= self._columns(key, str(column.computed.sqltext)) - facts.makes
        return facts

    def _altered(self, operation: ops.AlterColumnOp) -> Facts:
        key = self.key(operation.schema, operation.table_name)
        facts = Facts()
        if operation.modify_type is not None or operation.modify_name is not None:
            column: Thing = ("column", key, operation.column_name)
            facts.drops.add(column)
            facts.makes.add(column)
            facts.needs |= self._enum(operation.modify_type)
            facts.frees |= self._enum(operation.existing_type)
        if operation.modify_nullable is not None:
            # A column of the primary key can't be NULL, and of what becomes the key mustn't be.
            null: Thing = ("null", key, operation.column_name)
            facts.drops.add(null)
            facts.makes.add(null)
        if operation.kw.get("autoincrement") is True:
            # MySQL: who counts must be a key.
            facts.needs.add(("primary key", key))
        elif operation.kw.get("existing_autoincrement"):
            facts.frees.add(("primary key", key))
        if operation.modify_server_default is not False:
            facts.needs |= self._named_sequences(operation.modify_server_default)
            facts.frees |= self._named_sequences(operation.existing_server_default)
        return facts

    def _add_column_needs(self, facts: Facts, column: sa.Column[Any]) -> None:
        facts.needs |= self._enum(column.type) | self._named_sequences(column.server_default)
        if isinstance(column.default, sa.Sequence):
            facts.needs.add(("sequence", self.key(column.default.schema, column.default.name)))

    def _enum(self, type_: Any) -> set[Thing]:
        use = None if type_ is None else self.changes.enum_of(sa.types.to_instance(type_))
        return set() if use is None else {("enum", self.key(use.schema, use.name))}

    def _named_sequences(self, default: Any) -> set[Thing]:
        if not self._sequences or not isinstance(default, sa.DefaultClause):
            return set()
        text = str(default.arg)
        return {("sequence", key) for name, key in self._sequences.items() if name in text}

    # -- indexes and constraints -------------------------------------------------------------------

    def _index(self, operation: ops.CreateIndexOp) -> Facts:
        key = self.key(operation.schema, operation.table_name)
        facts = Facts(makes={("name", key, operation.index_name), ("slot", key[0], operation.index_name)})
        columns: set[Thing] = set()
        for each in operation.columns:
            named = isinstance(each, (str, sa.Column))
            columns |= {_column(key, each)} if named else self._columns(key, str(each))
        if operation.unique:
            facts.makes.add(_unique(key, (thing[2] for thing in columns if thing[0] == "column")))
        columns.add(("table", key))
        for option in operation.kw.values():
            columns |= self._columns(
                key, " ".join(map(str, option)) if isinstance(option, list) else str(option)
            )
        facts.needs |= columns
        return facts

    def _constraint(self, operation: Any, *, dropped: bool = False) -> Facts:
        if isinstance(operation, ops.CreateForeignKeyOp):
            facts = Facts()
            self._add_key_needs(facts, operation, dropped=dropped)
            key = self.key(operation.kw.get("source_schema"), operation.source_table)
        else:
            key = self.key(operation.schema, operation.table_name)
            facts = self._of_one_table(operation, key)
        facts.needs.add(("table", key))
        if operation.constraint_name is not None:
            facts.makes |= {
                ("name", key, operation.constraint_name),
                ("slot", key[0], operation.constraint_name),
            }
        return facts

    def _of_one_table(self, operation: Any, key: TableKey) -> Facts:
        facts = Facts()
        match operation:
            case ops.CreatePrimaryKeyOp():
                return primary_key_facts(key, operation.columns)
            case ops.CreateUniqueConstraintOp():
                facts.needs |= {_column(key, name) for name in operation.columns}
                facts.makes.add(_unique(key, operation.columns))
            case ops.CreateCheckConstraintOp():
                facts.needs |= self._columns(key, str(operation.condition))
            case ops.CreateExcludeConstraintOp():
                constraint = operation.to_constraint()
                facts.needs |= {_column(key, column.name) for column in constraint.columns}
                facts.needs |= self._columns(key, str(operation.where))
        return facts

    def _add_key_needs(self, facts: Facts, key: ops.CreateForeignKeyOp, *, dropped: bool = False) -> None:
        """What a foreign key needs: the table it refers to, the columns, and what makes these unique."""
        own = self.key(key.kw.get("source_schema"), key.source_table)
        target = self.key(key.kw.get("referent_schema"), key.referent_table)
        facts.needs |= {("table", target), _unique(target, key.remote_cols)}
        facts.needs |= {_column(own, name) for name in key.local_cols}
        facts.needs |= {_column(target, name) for name in key.remote_cols}
        if self.changes.keys_need_indexes:
            side = self.database if dropped else self.model
            facts.needs |= leading(side.tables.get(own), key.local_cols)
            facts.needs |= leading(side.tables.get(target), key.remote_cols)

    def _columns(self, key: TableKey, text: str) -> set[Thing]:
        sides = (self.database.tables.get(key), self.model.tables.get(key))
        names = {name: None for side in sides if side is not None for name in side.columns}
        return {("column", key, name) for name in mentioned(text, names)}


def primary_key_facts(key: TableKey, columns: Iterable[str]) -> Facts:
    """The facts of making a primary key."""
    names = list(columns)
    return Facts(
        makes={("primary key", key), _unique(key, names)},
        needs={(kind, key, name) for name in names for kind in ("column", "null")},
    )


def leading(table: Table | None, columns: Sequence[str]) -> set[Thing]:
    """The indexes that begin with these columns, in any order: one of them supports a foreign key."""
    if table is None:
        return set()
    wanted, count = set(columns), len(columns)
    found: set[Thing] = {
        ("name", table.key, index.name)
        for index in table.indexes
        if {element.removesuffix(" DESC") for element in index.elements[:count]} == wanted
    }
    found |= {
        ("name", table.key, unique.name) for unique in table.uniques if set(unique.columns[:count]) == wanted
    }
    if table.primary_key is not None and set(table.primary_key.columns[:count]) == wanted:
        found.add(("primary key", table.key))
    return found


def mentioned(text: str, columns: Iterable[str]) -> list[str]:
    """The columns whose names occur in an SQL expression."""
    words = {unquoted(token.text) for token in tokens(text) if token.kind in (Kind.WORD, Kind.NAME)}
    folded = {word.lower() for word in words}
    return [column for column in columns if column in words or column.lower() in folded]


def both_ways(before: Facts, after: Facts) -> Facts:
    """The facts of an operation that drops one thing and makes another."""
    return Facts(drops=before.makes, makes=after.makes, frees=before.needs, needs=after.needs)


def _opposite(facts: Facts) -> Facts:
    """Those of dropping what these are the facts of making."""
    return Facts(drops=facts.makes, makes=facts.drops, frees=facts.needs, needs=facts.frees)


def _unique(key: TableKey, columns: Iterable[Any]) -> Thing:
    return "unique", key, frozenset(map(str, columns))


def _column(key: TableKey, column: Any) -> Thing:
    return "column", key, column if isinstance(column, str) else column.name

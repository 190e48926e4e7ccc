"""What is compared: for each table what the database has and what the models have, made alike.

Only what differs in meaning is left different; see :func:`settled`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy.schema import Computed, DefaultClause, FetchedValue, Identity

from ..schema.shapes import Schema, Table, TableKey

if TYPE_CHECKING:
    import sqlalchemy as sa
    from sqlalchemy import Connection

    from ..schema.rules import SchemaRules


@dataclass(slots=True)
class TablePair:
    """One table on both sides.

    :param key: schema (None for the default one) and name.
    :param database: what the database has; None: it has no such table.
    :param model: what the models have; None: they have none.
    :param reflect: makes the database's table as SQLAlchemy reflects it.
    """

    key: TableKey
    database: Table | None
    model: Table | None
    reflect: Callable[[TableKey], sa.Table] = field(repr=False)

    @property
    def conn_table(self) -> sa.Table | None:
        """The database's table, reflected when this is first read; None if it has none."""
        return None if self.database is None else self.reflect(self.key)

    @property
    def metadata_table(self) -> sa.Table | None:
        """The table of the models; None if they have none."""
        table: sa.Table | None = None if self.model is None else self.model.source
        return table

    @property
    def both(self) -> tuple[Table, Table]:
        """(database, model), for a table that both have."""
        assert self.database is not None and self.model is not None
        return self.database, self.model


class Pairs(Mapping[TableKey, TablePair]):
    """All tables of both sides, sorted by (schema, name).

    :param database: the database's schema, :func:`settled` against the models'.
    :param model: the models' schema.
    :param reflect: makes a table of the database as SQLAlchemy reflects it.
    """

    def __init__(self, database: Schema, model: Schema, reflect: Callable[[TableKey], sa.Table]) -> None:
        self.database, self.model = database, model
        self._reflect = reflect
        keys = {*database.tables, *model.tables}
        self._keys = sorted(keys, key=lambda key: (key[0] or "", key[1]))
        self._pairs: dict[TableKey, TablePair] = {}

    def __iter__(self) -> Iterator[TableKey]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: object) -> bool:
        return key in self.database.tables or key in self.model.tables

    def __getitem__(self, key: TableKey) -> TablePair:
        pair = self._pairs.get(key)
        if pair is None:
            database, model = self.database.tables.get(key), self.model.tables.get(key)
            if database is None and model is None:
                raise KeyError(key)
            pair = self._pairs[key] = TablePair(key, database, model, self._reflect)
        return pair

    def replace(self, pair: TablePair) -> None:
        """Compare this pair instead of the one of the same key."""
        self._pairs[pair.key] = pair

    def is_same(self, key: TableKey) -> bool:
        """Whether both sides have the table, and alike."""
        database, model = self.database.tables.get(key), self.model.tables.get(key)
        return database is not None and database == model


def settled(
    connection: Connection, rules: SchemaRules, database: Schema, model: Schema
) -> tuple[Schema, Schema]:
    """Both schemas without differences that mean nothing.

    The server spells what differs in the text of an expression, and the dialect's rules take out what either
    side says only for form. Tables that are equal anyway, or that one side lacks, cost nothing here.
    """
    databases, models = dict(database.tables), dict(model.tables)
    differing = [key for key, table in models.items() if key in databases and databases[key] != table]
    for key in differing:
        models[key] = _with_fetched_values(databases[key], models[key])
    doubtful = {
        key: (databases[key], models[key])
        for key in differing
        if expressions(databases[key]) != expressions(models[key])
    }
    if doubtful:
        models.update(rules.settle(connection, doubtful))
    for key in differing:
        if databases[key] != models[key]:
            databases[key], models[key] = rules.adjust(databases[key], models[key])
    return rules.finish(replace(database, tables=databases), replace(model, tables=models))


def _with_fetched_values(database: Table, model: Table) -> Table:
    """The model's table with the database's default where the model says only that the database has one."""
    fetched = {
        name: replace(column, default=present.default, computed=present.computed, identity=present.identity)
        for name, column in model.columns.items()
        if _is_only_fetched(column.source.server_default)
        and (present := database.columns.get(name)) is not None
    }
    return replace(model, columns={**model.columns, **fetched}) if fetched else model


def _is_only_fetched(default: Any) -> bool:
    return isinstance(default, FetchedValue) and not isinstance(default, DefaultClause | Computed | Identity)


def expressions(table: Table) -> tuple[Any, ...]:
    """All SQL text in a table: two tables that differ in it may still mean the same."""
    return (
        {
            name: (column.type_text, column.options, column.default, column.computed)
            for name, column in table.columns.items()
        },
        {(check.name, check.text) for check in table.checks},
        {exclude.text for exclude in table.excludes},
        {(index.name, index.elements, index.options) for index in table.indexes if _has_text(index)},
    )


def _has_text(index: Any) -> bool:
    return bool(index.options) or any(part.startswith("(") for part in index.elements)

"""Both sides of one comparison, each read when it is first asked for."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import MetaData, Table

from ..runtime.bookkeeping import side_tables
from ..schema.catalogue import Catalogue
from ..schema.from_catalogue import from_catalogue
from ..schema.from_metadata import from_metadata, key_of
from ..schema.inspector import ReflectedTables, inspector_of
from .pairs import Pairs, settled
from .user_types import own_comparison

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.engine.reflection import Inspector

    from ..ddl.impl import DefaultImpl
    from ..schema.rules import SchemaRules
    from ..schema.shapes import Schema, TableKey
    from .context import AutogenContext

T = TypeVar("T")


class Reading:
    """What an AutogenContext compares.

    :param context: its options, filters and models count.
    """

    def __init__(self, context: AutogenContext) -> None:
        self._context = context
        self._included: dict[str | None, bool] = {}

    @property
    def impl(self) -> DefaultImpl:
        """The impl of the connection's dialect."""
        return self._context.migration_context.impl

    @property
    def rules(self) -> SchemaRules:
        """The dialect's rules."""
        return self.impl.rules

    @property
    def connection(self) -> Connection:
        """The connection."""
        connection = self._context.connection
        assert connection is not None
        return connection

    @cached_property
    def schemas(self) -> list[str | None]:
        """The schemas that are compared, the default one (None) first."""
        found: list[str | None] = [None]
        if self._context.opts.get("include_schemas"):
            default = self.connection.dialect.default_schema_name
            found += [name for name in self.rules.schema_names(self.connection) if name != default]
        return [schema for schema in found if self._is_included(schema)]

    @cached_property
    def catalogue(self) -> Catalogue:
        """What the database has.

        Of schemas that are not compared as a whole, only what the models name: their tables are neither
        created again nor is anything else there dropped.
        """
        schemas = [*self.schemas, *self._further_schemas]
        if not schemas:
            return Catalogue(self.connection.dialect.default_schema_name)
        with collector_paused():
            return self.rules.read(self.connection, schemas, self._is_wanted)

    @cached_property
    def _models(self) -> set[TableKey]:
        default = self.connection.dialect.default_schema_name
        return {key_of(table, default) for table in self._context.table_key_to_table.values()}

    @cached_property
    def _further_schemas(self) -> list[str]:
        if self._context.opts.get("include_schemas"):
            return []
        named = {schema for schema, _ in self._models if schema is not None and self._is_included(schema)}
        return [name for name in self.rules.schema_names(self.connection) if name in named] if named else []

    @cached_property
    def inspector(self) -> Inspector:
        """An Inspector that answers from the catalogue."""
        return inspector_of(self.connection, self.catalogue)

    @cached_property
    def reflected(self) -> ReflectedTables:
        """The database's tables, as SQLAlchemy reflects them."""
        inspector = self.inspector

        def column_reflect(inspector_: Any, table: Table, column: dict[str, Any]) -> None:
            self.impl.autogen_column_reflect(inspector, table, column)

        return ReflectedTables(inspector, column_reflect)

    @cached_property
    def pairs(self) -> Pairs:
        """All tables of both sides."""
        with collector_paused():
            default = self.catalogue.default_schema
            database = from_catalogue(self._as_others_see_it(), self.rules)
            model = from_metadata(self._context._metadata_list, self.rules, default, self._is_modelled)
            database = self._without_others(database, model)
            database, model = settled(self.connection, self.rules, database, model)
        return Pairs(database, model, lambda key: self.reflected[key])

    def _without_others(self, database: Schema, model: Schema) -> Schema:
        """The database without what later schemas of the search path have and no model means."""
        elsewhere = self.catalogue.elsewhere
        if not elsewhere or self._context.opts.get("include_schemas"):
            return database

        def ours(found: Mapping[TableKey, T], named: Mapping[TableKey, Any]) -> dict[TableKey, T]:
            names = {key[1] for key in named}
            return {key: each for key, each in found.items() if key[1] in names or key not in elsewhere}

        return replace(
            database,
            tables=ours(database.tables, model.tables),
            enums=ours(database.enums, model.enums),
            sequences=ours(database.sequences, model.sequences),
        )

    def _as_others_see_it(self) -> Catalogue:
        """The catalogue after listeners of ``column_reflect`` and the impl have seen its columns."""
        metadata = MetaData()
        listens = bool(Table("any", metadata).dispatch.column_reflect)
        reflects = self.impl.is_overridden("autogen_column_reflect")
        if not listens and not reflects:
            return self.catalogue
        tables = {}
        for (schema, name), record in self.catalogue.tables.items():
            table = Table(name, MetaData(), schema=schema)
            columns = [dict(column) for column in record.columns]
            for column in columns:
                table.dispatch.column_reflect(self.inspector, table, column)
                if reflects:
                    self.impl.autogen_column_reflect(self.inspector, table, column)
            tables[schema, name] = replace(record, columns=columns)
        return replace(self.catalogue, tables=tables)

    def key_of(self, table: Table) -> TableKey:
        """Schema, None for the default one, and name of a table of the models."""
        return key_of(table, self.catalogue.default_schema)

    @cached_property
    def _version_table(self) -> TableKey:
        migrations = self._context.migration_context
        schema = migrations.version_table_schema
        default = self.connection.dialect.default_schema_name
        return (None if schema == default else schema), migrations.version_table

    @cached_property
    def _side_tables(self) -> frozenset[TableKey]:
        """Our own beside it, unless the application has a table of that name."""
        return side_tables(self._context.migration_context) - self._models

    def _is_wanted(self, key: TableKey) -> bool:
        if key == self._version_table or key in self._side_tables:
            return False
        if key[0] not in self.schemas and key not in self._models:
            return False
        return self._context.run_name_filters(key[1], "table", {"schema_name": key[0]})

    def _is_modelled(self, key: TableKey) -> bool:
        return key not in self.catalogue.skipped and self._is_included(key[0]) and self._is_wanted(key)

    def _is_included(self, schema: str | None) -> bool:
        if schema not in self._included:
            self._included[schema] = self._context.run_name_filters(schema, "schema", {})
        return self._included[schema]


@contextmanager
def collector_paused() -> Iterator[None]:
    """Thousands of small objects that all stay: looking for garbage among them is half of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def asks_about_everything(context: AutogenContext) -> bool:
    """Whether a comparison may find a difference where both shapes are the same.

    That is so if the application compares types or defaults itself, by an option, by a method of its impl
    class or of a type, or has comparators of its own for tables or columns.
    """
    options = context.opts
    if callable(options.get("compare_type")) or callable(options.get("compare_server_default")):
        return True
    if any(context.migration_context.impl.is_overridden(method) for method in _HOOKS):
        return True
    if any(
        entry.target in ("table", "column") and not entry.function.__module__.startswith("alembic.")
        for entry in context.comparators._entries
    ):
        return True
    tables = context.table_key_to_table.values()
    types = {type(column.type): column.type for table in tables for column in table.columns}
    return any(own_comparison(type_) is not None for type_ in types.values())


_HOOKS = (
    "compare_type",
    "compare_server_default",
    "compare_indexes",
    "compare_unique_constraint",
    "compare_check_constraint",
    "correct_for_autogen_constraints",
    "correct_for_autogen_foreignkeys",
)

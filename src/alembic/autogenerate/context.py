"""What comparators and renderers are given: the options, both sides, and the filters in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from ..errors.autogenerate import MetadataMissing, NoDatabaseToCompare, TablesInSeveralMetadata
from .plugins import DEFAULT_PLUGINS, populate
from .reading import Reading, asks_about_everything
from .registered import comparators

if TYPE_CHECKING:
    from sqlalchemy import Connection, MetaData, Table
    from sqlalchemy.engine import Dialect
    from sqlalchemy.engine.reflection import Inspector
    from sqlalchemy.schema import SchemaItem

    from ..runtime.migration import MigrationContext
    from ..schema.catalogue import Catalogue
    from .pairs import Pairs, TablePair


class AutogenContext:
    """One comparison of models and database, or one rendering of operations.

    :param migration_context: the context that env.py configured.
    :param metadata: the models, one MetaData or several; by default the option ``target_metadata``.
    :param opts: options that take the place of the migration context's.
    :param autogenerate: False only to render: then there need be neither models nor a connection.
    :raises NoDatabaseToCompare: the migration context writes a script.
    :raises MetadataMissing: there are no models.
    :raises TablesInSeveralMetadata: a ValueError too: two MetaData have the same table.
    """

    metadata: MetaData | Sequence[MetaData] | None = None
    connection: Connection | None = None
    dialect: Dialect | None = None
    imports: set[str] = None  # type: ignore[assignment]  # set in __init__; the name is public on the class
    migration_context: MigrationContext = None  # type: ignore[assignment]  # as above

    def __init__(
        self,
        migration_context: MigrationContext,
        metadata: MetaData | Sequence[MetaData] | None = None,
        opts: dict[str, Any] | None = None,
        autogenerate: bool = True,
    ) -> None:
        if autogenerate and migration_context is not None and migration_context.as_sql:
            raise NoDatabaseToCompare()
        options = migration_context.opts if opts is None else opts
        self.metadata = options.get("target_metadata") if metadata is None else metadata
        if autogenerate and self.metadata is None and migration_context is not None:
            raise MetadataMissing(_script_location(migration_context))
        self.opts: Mapping[str, Any] = options
        self.migration_context = migration_context
        if migration_context is not None:
            self.connection = migration_context.bind
            self.dialect = migration_context.dialect
        self.imports = set()
        self._has_batch = False
        self._name_filters = tuple(filter(None, [options.get("include_name")]))
        self._object_filters = tuple(filter(None, [options.get("include_object")]))
        self.comparators = comparators.branch()
        if autogenerate:
            populate(self.comparators, options.get("autogenerate_plugins") or DEFAULT_PLUGINS)

    # -- the models --------------------------------------------------------------------------------

    @cached_property
    def _metadata_list(self) -> list[MetaData]:
        if self.metadata is None:
            return []
        return [self.metadata] if isinstance(self.metadata, sa.MetaData) else list(self.metadata)

    @cached_property
    def table_key_to_table(self) -> dict[str, Table]:
        """The tables of the models, by their keys, such as ``"table"`` or ``"schema.table"``."""
        found: dict[str, Table] = {}
        for metadata in self._metadata_list:
            twice = sorted(set(metadata.tables) & set(found))
            if twice:
                raise TablesInSeveralMetadata(twice)
            found.update(metadata.tables)
        return found

    @cached_property
    def sorted_tables(self) -> list[Table]:
        """The tables of the models, those that others refer to first."""
        return [table for metadata in self._metadata_list for table in metadata.sorted_tables]

    # -- the database ------------------------------------------------------------------------------

    @cached_property
    def reading(self) -> Reading:
        """Both sides, read when they are first asked for."""
        return Reading(self)

    @property
    def inspector(self) -> Inspector:
        """SQLAlchemy's Inspector, which answers from what was read and asks the database about the rest."""
        return self.reading.inspector

    @property
    def schemas(self) -> list[str | None]:
        """The schemas that are compared; None is the default one."""
        return self.reading.schemas

    @property
    def catalogue(self) -> Catalogue:
        """What was read of the database; read when this is first asked for."""
        return self.reading.catalogue

    @property
    def pairs(self) -> Pairs:
        """All tables of both sides; no change of the catalogue has any effect after this was first read."""
        return self.reading.pairs

    def pair(self, schema: str | None, tname: str) -> TablePair:
        """One table on both sides.

        :param schema: its schema; the default one may be named or None.
        :raises KeyError: neither side has it.
        """
        default = self.catalogue.default_schema
        return self.pairs[None if schema == default else schema, str(tname)]

    @cached_property
    def needs_every_table(self) -> bool:
        """Whether someone is to be asked about each table and column, even where both sides are the same."""
        return asks_about_everything(self)

    # -- filters -----------------------------------------------------------------------------------

    @property
    def filters_names(self) -> bool:
        """Whether there is an ``include_name``."""
        return bool(self._name_filters)

    @property
    def filters_objects(self) -> bool:
        """Whether there is an ``include_object``."""
        return bool(self._object_filters)

    def run_name_filters(self, name: str | None, type_: Any, parent_names: Any) -> bool:
        """Whether the application's ``include_name`` lets a name pass.

        :param type_: ``"schema"``, ``"table"``, ``"column"``, ``"index"``, ``"unique_constraint"``,
            ``"foreign_key_constraint"`` or ``"check_constraint"``.
        :param parent_names: ``schema_name`` and ``table_name``, as far as there are any; for anything in a
            table ``schema_qualified_table_name`` is added.
        """
        if not self._name_filters:
            return True
        if "schema_name" in parent_names:
            table = name if type_ == "table" else parent_names.get("table_name")
            if table:
                schema = parent_names["schema_name"]
                parent_names["schema_qualified_table_name"] = f"{schema}.{table}" if schema else table
        return all(let_pass(name, type_, parent_names) for let_pass in self._name_filters)

    def run_object_filters(
        self, object_: SchemaItem, name: Any, type_: Any, reflected: bool, compare_to: SchemaItem | None
    ) -> bool:
        """Whether the application's ``include_object`` lets an object pass.

        :param reflected: the object is the database's.
        :param compare_to: its counterpart on the other side, if there is one.
        """
        return all(let_pass(object_, name, type_, reflected, compare_to) for let_pass in self._object_filters)

    run_filters = run_object_filters

    @contextmanager
    def _within_batch(self) -> Iterator[None]:
        self._has_batch = True
        try:
            yield
        finally:
            self._has_batch = False


def _script_location(migration_context: MigrationContext) -> str:
    script = migration_context.script
    return "" if script is None else str(script.env_py_location)

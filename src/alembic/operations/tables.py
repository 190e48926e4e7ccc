"""Operations on whole tables."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from typing import TYPE_CHECKING, Any

from .operation import AlterTableOp, MigrateOperation
from .schemaobj import SchemaObjects

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.schema import MetaData, SchemaItem, Table

    from .context import OperationsContext


class CreateTableOp(MigrateOperation):
    """Creates a table.

    :param columns: columns, constraints and indexes.
    :param if_not_exists: leave a table of this name alone.
    :param kw: options of Table: ``comment``, ``info``, ``prefixes`` and those of single databases.
    """

    if TYPE_CHECKING:
        create_table: Callable[..., Table]

    def __init__(
        self,
        table_name: str,
        columns: Sequence[SchemaItem],
        *,
        schema: str | None = None,
        if_not_exists: bool | None = None,
        _namespace_metadata: MetaData | None = None,
        _constraints_included: bool = False,
        **kw: Any,
    ) -> None:
        self.schema, self.table_name, self.columns = schema, table_name, columns
        self.if_not_exists = if_not_exists
        self.info, self.comment, self.prefixes = _taken_from(kw)
        self.kw = kw
        self._constraints_included = _constraints_included
        self._namespace_metadata = _namespace_metadata

    @classmethod
    def from_table(cls, table: Table, *, _namespace_metadata: MetaData | None = None) -> CreateTableOp:
        """The operation that creates this table, with its constraints but without its indexes."""
        return cls(
            table.name,
            _contents(table),
            schema=table.schema,
            _namespace_metadata=table.metadata if _namespace_metadata is None else _namespace_metadata,
            # Columns say unique=True as well; the constraint must not be made twice.
            _constraints_included=True,
            **_options(table),
        )

    def to_table(self, migration_context: OperationsContext | None = None) -> Table:
        """The table; columns that are part of another one are copied."""
        return SchemaObjects(migration_context).table(
            self.table_name,
            *self.columns,
            schema=self.schema,
            prefixes=list(self.prefixes or ()),
            comment=self.comment,
            info=dict(self.info),
            _constraints_included=self._constraints_included,
            **self.kw,
        )

    def reverse(self) -> DropTableOp:
        """The operation that drops the table again; it keeps the table."""
        return DropTableOp.from_table(self.to_table(), _namespace_metadata=self._namespace_metadata)

    def to_diff_tuple(self) -> tuple[str, Table]:
        """``("add_table", Table)``"""
        return ("add_table", self.to_table())


class DropTableOp(MigrateOperation):
    """Drops a table.

    :param if_exists: do nothing if there is no such table.
    :param table_kw: options of Table, for the way back.
    """

    if TYPE_CHECKING:
        drop_table: Callable[..., None]

    def __init__(
        self,
        table_name: str,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        table_kw: MutableMapping[Any, Any] | None = None,
        _reverse: CreateTableOp | None = None,
    ) -> None:
        self.schema, self.table_name = schema, table_name
        self.if_exists, self._reverse = if_exists, _reverse
        self.table_kw: dict[str, Any] = dict(table_kw or {})
        self.info, self.comment, self.prefixes = _taken_from(self.table_kw)

    @classmethod
    def from_table(cls, table: Table, *, _namespace_metadata: MetaData | None = None) -> DropTableOp:
        """The operation that drops this table, and keeps it for the way back."""
        return cls(
            table.name,
            schema=table.schema,
            table_kw=_options(table),
            _reverse=CreateTableOp.from_table(table, _namespace_metadata=_namespace_metadata),
        )

    def to_table(self, migration_context: OperationsContext | None = None) -> Table:
        """The dropped table, or one of the same name without columns if it wasn't kept."""
        original = self._reverse
        return SchemaObjects(migration_context).table(
            self.table_name,
            *(original.columns if original is not None else ()),
            schema=self.schema,
            prefixes=list(self.prefixes or ()),
            comment=self.comment,
            info=dict(self.info),
            _constraints_included=original is not None and original._constraints_included,
            **self.table_kw,
        )

    def reverse(self) -> CreateTableOp:
        """The operation that creates the table again: without columns if it wasn't kept."""
        namespace = self._reverse._namespace_metadata if self._reverse is not None else None
        return CreateTableOp.from_table(self.to_table(), _namespace_metadata=namespace)

    def to_diff_tuple(self) -> tuple[str, Table]:
        """``("remove_table", Table)``"""
        return ("remove_table", self.to_table())


class RenameTableOp(AlterTableOp):
    """Renames a table.

    :param old_table_name: what it is called before.
    :param new_table_name: what it is called after, in the same schema.
    """

    if TYPE_CHECKING:
        rename_table: Callable[..., None]

    def __init__(self, old_table_name: str, new_table_name: str, *, schema: str | None = None) -> None:
        super().__init__(old_table_name, schema=schema)
        self.new_table_name = new_table_name

    def reverse(self) -> RenameTableOp:
        """The operation that gives the table its old name back."""
        return RenameTableOp(self.new_table_name, self.table_name, schema=self.schema)

    def to_diff_tuple(self) -> tuple[str, str | None, str, str]:
        """``("rename_table", schema, old name, new name)``"""
        return ("rename_table", self.schema, self.table_name, self.new_table_name)


def _taken_from(options: dict[str, Any]) -> tuple[dict[Any, Any], str | None, Any]:
    """Info, comment and prefixes, removed from the options of a Table."""
    return options.pop("info", {}), options.pop("comment", None), options.pop("prefixes", None)


def _contents(table: Table) -> list[SchemaItem]:
    """Columns and constraints in the order of their making; a type makes its own CHECK again."""
    constraints = [
        each
        for each in sorted(table.constraints, key=lambda each: each._creation_order)
        if not each._type_bound and (each is not table.primary_key or len(table.primary_key.columns))
    ]
    return [*table.columns, *constraints]


def _options(table: Table) -> dict[str, Any]:
    return {
        "comment": table.comment,
        "info": dict(table.info),
        "prefixes": list(table._prefixes),
        **table.kwargs,
    }

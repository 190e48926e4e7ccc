"""Operations on indexes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy.sql.elements import conv

from alembic.errors.operations import OriginalMissing

from .operation import MigrateOperation
from .schemaobj import SchemaObjects

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.schema import Index
    from sqlalchemy.sql.elements import ColumnElement, TextClause

    from .context import OperationsContext


class CreateIndexOp(MigrateOperation):
    """Creates an index.

    :param index_name: None takes the name from the naming convention.
    :param columns: column names, ``text()`` and SQL expressions.
    :param kw: options of single databases, such as ``postgresql_where``.
    """

    if TYPE_CHECKING:
        create_index: Callable[..., None]
        batch_create_index: Callable[..., None]

    def __init__(
        self,
        index_name: str | None,
        table_name: str,
        columns: Sequence[str | TextClause | ColumnElement[Any]],
        *,
        schema: str | None = None,
        unique: bool = False,
        if_not_exists: bool | None = None,
        **kw: Any,
    ) -> None:
        self.schema, self.table_name = schema, table_name
        self.index_name, self.columns, self.unique = index_name, columns, unique
        self.if_not_exists, self.kw = if_not_exists, kw

    @classmethod
    def from_index(cls, index: Index) -> CreateIndexOp:
        """The operation that creates this index of a Table."""
        assert index.table is not None
        return cls(
            index.name,
            index.table.name,
            list(index.expressions),
            schema=index.table.schema,
            unique=index.unique,
            **index.kwargs,
        )

    def to_index(self, migration_context: OperationsContext | None = None) -> Index:
        """The index, on a table of nothing but its columns."""
        return SchemaObjects(migration_context).index(
            self.index_name, self.table_name, self.columns, schema=self.schema, unique=self.unique, **self.kw
        )

    def reverse(self) -> DropIndexOp:
        """The operation that drops the index again; it keeps this one."""
        return DropIndexOp(
            # Without a name it is the one that the convention gives.
            self.index_name if self.index_name is not None else conv(str(self.to_index().name)),
            self.table_name,
            schema=self.schema,
            _reverse=self,
            unique=self.unique,
            **self.kw,
        )

    def to_diff_tuple(self) -> tuple[str, Index]:
        """``("add_index", Index)``"""
        return ("add_index", self.to_index())


class DropIndexOp(MigrateOperation):
    """Drops an index.

    :param table_name: its table; MySQL and SQL Server can't do without.
    :param if_exists: do nothing if there is no such index.
    :param kw: options of single databases, such as ``postgresql_concurrently``.
    """

    if TYPE_CHECKING:
        drop_index: Callable[..., None]
        batch_drop_index: Callable[..., None]

    def __init__(
        self,
        index_name: str,
        table_name: str | None = None,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        _reverse: CreateIndexOp | None = None,
        **kw: Any,
    ) -> None:
        self.schema, self.table_name = schema, table_name
        self.index_name, self._reverse = index_name, _reverse
        self.if_exists, self.kw = if_exists, kw

    @classmethod
    def from_index(cls, index: Index) -> DropIndexOp:
        """The operation that drops this index of a Table, and keeps it for the way back."""
        original = CreateIndexOp.from_index(index)
        return cls(
            index.name,  # type: ignore[arg-type]  # one without a name is refused when it is compiled
            original.table_name,
            schema=original.schema,
            _reverse=original,
            unique=original.unique,
            **original.kw,
        )

    def to_index(self, migration_context: OperationsContext | None = None) -> Index:
        """The dropped index, or one of the same name on a placeholder column if it wasn't kept."""
        columns = self._reverse.columns if self._reverse is not None else ["x"]
        return SchemaObjects(migration_context).index(
            self.index_name, self.table_name, columns, schema=self.schema, **self.kw
        )

    def reverse(self) -> CreateIndexOp:
        """The operation that creates the index again.

        :raises OriginalMissing: a ValueError too: the index was not kept.
        """
        if self._reverse is None:
            raise OriginalMissing("operation is not reversible; original index is not present", "DropIndexOp")
        return CreateIndexOp.from_index(self.to_index())

    def to_diff_tuple(self) -> tuple[str, Index]:
        """``("remove_index", Index)``"""
        return ("remove_index", self.to_index())

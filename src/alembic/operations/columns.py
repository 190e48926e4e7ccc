"""Operations on the columns of a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from sqlalchemy import types as sqltypes

from alembic.errors.operations import OriginalMissing

from .operation import AlterTableOp
from .schemaobj import SchemaObjects

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.schema import Column, Computed, FetchedValue, Identity
    from sqlalchemy.sql.elements import ColumnElement, TextClause
    from sqlalchemy.types import TypeEngine

    from .context import OperationsContext

ServerDefault: TypeAlias = (
    "str | Literal[False] | TextClause | ColumnElement[Any] | FetchedValue | Computed | Identity | None"
)
"""What may stand for a server default: False for "not said", None for "none"."""

Type: TypeAlias = "TypeEngine[Any] | type[TypeEngine[Any]]"


class AddColumnOp(AlterTableOp):
    """Adds a column.

    :param column: the column; its keys, checks, ``unique`` and ``index`` come with it.
    :param if_not_exists: leave a column of this name alone.
    :param inline_references: write foreign keys inside of the column instead of as constraints of their own.
    :param inline_primary_key: write PRIMARY KEY inside of the column.
    """

    #: Add the column only: its keys, checks and indexes are operations of their own. So it is with what
    #: autogenerate finds, and with what a revision file can say of a column.
    bare = False

    if TYPE_CHECKING:
        add_column: Callable[..., None]
        batch_add_column: Callable[..., None]

    def __init__(
        self,
        table_name: str,
        column: Column[Any],
        *,
        schema: str | None = None,
        if_not_exists: bool | None = None,
        inline_references: bool | None = None,
        inline_primary_key: bool | None = None,
        **kw: Any,
    ) -> None:
        super().__init__(table_name, schema=schema)
        self.column, self.kw = column, kw
        self.inline_references, self.inline_primary_key = inline_references, inline_primary_key
        self.if_not_exists = if_not_exists

    @classmethod
    def from_column(cls, col: Column[Any]) -> AddColumnOp:
        """The operation that adds a column of a Table."""
        return cls(col.table.name, col, schema=col.table.schema)

    @classmethod
    def from_column_and_tablename(cls, schema: str | None, tname: str, col: Column[Any]) -> AddColumnOp:
        """The operation that adds a column to the table of this name."""
        return cls(tname, col, schema=schema)

    def to_column(self) -> Column[Any]:
        """The column."""
        return self.column

    def reverse(self) -> DropColumnOp:
        """The operation that drops the column again; it keeps this one."""
        return DropColumnOp(
            self.table_name, self.column.name, schema=self.schema, if_exists=self.if_not_exists, _reverse=self
        )

    def to_diff_tuple(self) -> tuple[str, str | None, str, Column[Any]]:
        """``("add_column", schema, table name, Column)``"""
        return ("add_column", self.schema, self.table_name, self.column)


class DropColumnOp(AlterTableOp):
    """Drops a column.

    :param if_exists: do nothing if there is no such column.
    :param kw: options of single databases, such as ``mssql_drop_check``, and ``existing_type``.
    """

    if TYPE_CHECKING:
        drop_column: Callable[..., None]
        batch_drop_column: Callable[..., None]

    def __init__(
        self,
        table_name: str,
        column_name: str,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        _reverse: AddColumnOp | None = None,
        **kw: Any,
    ) -> None:
        super().__init__(table_name, schema=schema)
        self.column_name, self.kw = column_name, kw
        self.if_exists, self._reverse = if_exists, _reverse

    @classmethod
    def from_column_and_tablename(cls, schema: str | None, tname: str, col: Column[Any]) -> DropColumnOp:
        """The operation that drops this column, and keeps it for the way back."""
        original = AddColumnOp.from_column_and_tablename(schema, tname, col)
        return cls(tname, col.name, schema=schema, _reverse=original)

    def to_column(self, migration_context: OperationsContext | None = None) -> Column[Any]:
        """The dropped column, or one of the same name without a type if it wasn't kept."""
        if self._reverse is not None:
            return self._reverse.column
        return SchemaObjects(migration_context).column(
            self.column_name, self.kw.get("existing_type") or sqltypes.NULLTYPE
        )

    def reverse(self) -> AddColumnOp:
        """The operation that adds the column again.

        :raises OriginalMissing: a ValueError too: the column was not kept.
        """
        if self._reverse is None:
            raise OriginalMissing(
                "operation is not reversible; original column is not present", "DropColumnOp"
            )
        again = AddColumnOp.from_column_and_tablename(self.schema, self.table_name, self._reverse.column)
        again.if_not_exists = self.if_exists
        again.inline_references = self._reverse.inline_references
        if self._reverse.bare:
            again.bare = True
        again.inline_primary_key = self._reverse.inline_primary_key
        return again

    def to_diff_tuple(self) -> tuple[str, str | None, str, Column[Any]]:
        """``("remove_column", schema, table name, Column)``"""
        return ("remove_column", self.schema, self.table_name, self.to_column())


class AlterColumnOp(AlterTableOp):
    """Changes attributes of a column.

    Each ``modify_…`` is the wish, each ``existing_…`` what the column is like before. None means "not said"
    for type, nullability and name; False means it for default and comment, where None means "none".

    :param kw: further pairs such as ``autoincrement`` and ``existing_autoincrement``, and options of single
        databases such as ``postgresql_using``.
    """

    if TYPE_CHECKING:
        alter_column: Callable[..., None]
        batch_alter_column: Callable[..., None]

    def __init__(
        self,
        table_name: str,
        column_name: str,
        *,
        schema: str | None = None,
        existing_type: Any | None = None,
        existing_server_default: ServerDefault = False,
        existing_nullable: bool | None = None,
        existing_comment: str | None = None,
        modify_nullable: bool | None = None,
        modify_comment: str | Literal[False] | None = False,
        modify_server_default: Any = False,
        modify_name: str | None = None,
        modify_type: Any | None = None,
        **kw: Any,
    ) -> None:
        super().__init__(table_name, schema=schema)
        self.column_name, self.modify_name = column_name, modify_name
        self.existing_type, self.modify_type = existing_type, modify_type
        self.existing_nullable, self.modify_nullable = existing_nullable, modify_nullable
        self.existing_server_default, self.modify_server_default = (
            existing_server_default,
            modify_server_default,
        )
        self.existing_comment, self.modify_comment = existing_comment, modify_comment
        self.kw = kw

    def has_changes(self) -> bool:
        """Whether anything is to be modified at all."""
        return (
            self.modify_nullable is not None
            or self.modify_server_default is not False
            or self.modify_type is not None
            or self.modify_comment is not False
            or self.modify_name is not None
            or any(key.startswith("modify_") for key in self.kw)
        )

    def reverse(self) -> AlterColumnOp:
        """The operation that restores what existed before; a rename is turned round as well.

        What has no ``existing_…`` value can't be restored, and is left alone.
        """
        renamed = self.modify_name is not None
        back = AlterColumnOp(
            self.table_name,
            self.modify_name if self.modify_name is not None else self.column_name,
            schema=self.schema,
            modify_name=self.column_name if renamed else None,
            **self._unchanged_and_swapped(),
        )
        back.kw = dict(self.kw)
        for key in self.kw:
            existing = f"existing_{key.removeprefix('modify_')}"
            if existing in self.kw and existing != key:
                back.kw[key], back.kw[existing] = self.kw[existing], self.kw[key]
        return back

    def _unchanged_and_swapped(self) -> dict[str, Any]:
        state: dict[str, Any] = {}
        for attribute, unset in _ATTRIBUTES.items():
            before = getattr(self, f"existing_{attribute}")
            after = getattr(self, f"modify_{attribute}")
            if after is unset:
                state[f"existing_{attribute}"] = before
            else:
                state[f"existing_{attribute}"] = after
                state[f"modify_{attribute}"] = before
        return state

    def to_diff_tuple(self) -> Any:
        """A list of tuples, one for each modified attribute:
        ``("modify_type", schema, table name, column name, {"existing_…": …}, old, new)``.
        """
        return list(self._diffs())

    def _diffs(self) -> Iterator[tuple[Any, ...]]:
        place = (self.schema, self.table_name, self.column_name)
        for kind, attribute, others in _DIFFS:
            after = getattr(self, f"modify_{attribute}")
            if after is not _ATTRIBUTES[attribute]:
                existing = {f"existing_{other}": getattr(self, f"existing_{other}") for other in others}
                yield (kind, *place, existing, getattr(self, f"existing_{attribute}"), after)
        if self.modify_name is not None:
            existing = {f"existing_{each}": getattr(self, f"existing_{each}") for each in _ATTRIBUTES}
            yield ("modify_name", *place, existing, self.column_name, self.modify_name)


_ATTRIBUTES: dict[str, Any] = {"type": None, "nullable": None, "server_default": False, "comment": False}
"""The attributes with an ``existing_…`` and a ``modify_…`` value, and the value that says nothing."""

_DIFFS = (
    ("modify_type", "type", ("nullable", "server_default", "comment")),
    ("modify_nullable", "nullable", ("type", "server_default", "comment")),
    ("modify_default", "server_default", ("nullable", "type", "comment")),
    ("modify_comment", "comment", ("nullable", "type", "server_default")),
)

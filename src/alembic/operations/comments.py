"""Operations on the comments of tables; those of columns are a matter of altering the column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .operation import AlterTableOp
from .schemaobj import SchemaObjects

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.schema import Table

    from .context import OperationsContext


class CreateTableCommentOp(AlterTableOp):
    """Sets the comment of a table.

    :param comment: the comment.
    :param existing_comment: the one that it replaces, for the way back.
    """

    if TYPE_CHECKING:
        create_table_comment: Callable[..., None]
        batch_create_table_comment: Callable[..., None]

    def __init__(
        self,
        table_name: str,
        comment: str | None,
        *,
        schema: str | None = None,
        existing_comment: str | None = None,
    ) -> None:
        super().__init__(table_name, schema=schema)
        self.comment = comment
        self.existing_comment = existing_comment

    def to_table(self, migration_context: OperationsContext | None = None) -> Table:
        """A table of this name and comment, without columns."""
        return SchemaObjects(migration_context).table(
            self.table_name, schema=self.schema, comment=self.comment
        )

    def reverse(self) -> CreateTableCommentOp | DropTableCommentOp:
        """The operation that restores the earlier comment, or drops this one if there was none."""
        if self.existing_comment is None:
            return DropTableCommentOp(self.table_name, schema=self.schema, existing_comment=self.comment)
        return CreateTableCommentOp(
            self.table_name, self.existing_comment, schema=self.schema, existing_comment=self.comment
        )

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """``("add_table_comment", Table, existing comment)``"""
        return ("add_table_comment", self.to_table(), self.existing_comment)


class DropTableCommentOp(AlterTableOp):
    """Drops the comment of a table.

    :param existing_comment: the comment, for the way back.
    """

    if TYPE_CHECKING:
        drop_table_comment: Callable[..., None]
        batch_drop_table_comment: Callable[..., None]

    def __init__(
        self, table_name: str, *, schema: str | None = None, existing_comment: str | None = None
    ) -> None:
        super().__init__(table_name, schema=schema)
        self.existing_comment = existing_comment

    def to_table(self, migration_context: OperationsContext | None = None) -> Table:
        """A table of this name, without comment and columns."""
        return SchemaObjects(migration_context).table(self.table_name, schema=self.schema)

    def reverse(self) -> CreateTableCommentOp:
        """The operation that sets the comment again."""
        return CreateTableCommentOp(self.table_name, self.existing_comment, schema=self.schema)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """``("remove_table_comment", Table)``"""
        return ("remove_table_comment", self.to_table())

"""Every directive that a batch understands; its table is that of the batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from alembic.errors.operations import NotInBatch

from . import ops
from .abstract import AbstractOperations
from .registration import directive_of

if TYPE_CHECKING:
    from sqlalchemy.schema import Column, Table
    from sqlalchemy.sql import Executable
    from sqlalchemy.sql.elements import ColumnElement, TextClause

    from .batch import BatchOperationsImpl
    from .columns import ServerDefault, Type
    from .context import OperationsContext
    from .operation import MigrateOperation


class BatchOperations(AbstractOperations):
    """The directives of a batch, see ``op.batch_alter_table``; carried out when the batch is left."""

    impl: BatchOperationsImpl

    def __init__(self, migration_context: OperationsContext, impl: BatchOperationsImpl) -> None:
        super().__init__(migration_context, impl)
        #: What the batch consists of.
        self.operations: list[MigrateOperation] = []

    def _note(self, operation: MigrateOperation) -> None:
        self.operations.append(operation)

    def _noop(self, operation: Any) -> NoReturn:
        raise NotInBatch(str(operation))

    @directive_of(ops.AddColumnOp)
    def add_column(
        self,
        column: Column[Any],
        *,
        insert_before: str | None = None,
        insert_after: str | None = None,
        if_not_exists: bool | None = None,
        inline_references: bool | None = None,
        inline_primary_key: bool | None = None,
    ) -> None:
        """Add a column, see :meth:`Operations.add_column`.

        :param insert_before: the column that it comes before; needs a rebuild of the table.
        :param insert_after: the column that it comes after; needs a rebuild of the table.
        """
        self._say(
            ops.AddColumnOp,
            self.impl.table_name,
            column,
            schema=self.impl.schema,
            if_not_exists=if_not_exists,
            inline_references=inline_references,
            inline_primary_key=inline_primary_key,
            **_hints(insert_before, insert_after),
        )

    @directive_of(ops.DropColumnOp)
    def drop_column(self, /, column_name: str, **kw: Any) -> None:
        """Drop a column, see :meth:`Operations.drop_column`."""
        self._say(ops.DropColumnOp, self.impl.table_name, column_name, schema=self.impl.schema, **kw)

    @directive_of(ops.AlterColumnOp)
    def alter_column(
        self,
        /,
        column_name: str,
        *,
        nullable: bool | None = None,
        comment: str | Literal[False] | None = False,
        server_default: ServerDefault = False,
        new_column_name: str | None = None,
        type_: Type | None = None,
        existing_type: Type | None = None,
        existing_server_default: ServerDefault = False,
        existing_nullable: bool | None = None,
        existing_comment: str | None = None,
        insert_before: str | None = None,
        insert_after: str | None = None,
        **kw: Any,
    ) -> None:
        """Change what a column is like, see :meth:`Operations.alter_column`."""
        self._say(
            ops.AlterColumnOp,
            self.impl.table_name,
            column_name,
            schema=self.impl.schema,
            existing_type=existing_type,
            existing_server_default=existing_server_default,
            existing_nullable=existing_nullable,
            existing_comment=existing_comment,
            modify_nullable=nullable,
            modify_comment=comment,
            modify_server_default=server_default,
            modify_name=new_column_name,
            modify_type=type_,
            **_hints(insert_before, insert_after),
            **kw,
        )

    @directive_of(ops.CreateIndexOp)
    def create_index(
        self, /, index_name: str, columns: Sequence[str | TextClause | ColumnElement[Any]], **kw: Any
    ) -> None:
        """Create an index, see :meth:`Operations.create_index`."""
        self._say(ops.CreateIndexOp, index_name, self.impl.table_name, columns, schema=self.impl.schema, **kw)

    @directive_of(ops.DropIndexOp)
    def drop_index(self, /, index_name: str, **kw: Any) -> None:
        """Drop an index, see :meth:`Operations.drop_index`."""
        self._say(ops.DropIndexOp, index_name, self.impl.table_name, schema=self.impl.schema, **kw)

    @directive_of(ops.CreatePrimaryKeyOp)
    def create_primary_key(self, /, constraint_name: str | None, columns: Sequence[str], **kw: Any) -> None:
        """Add a primary key, see :meth:`Operations.create_primary_key`."""
        self._say(
            ops.CreatePrimaryKeyOp,
            constraint_name,
            self.impl.table_name,
            columns,
            schema=self.impl.schema,
            **kw,
        )

    @directive_of(ops.CreateUniqueConstraintOp)
    def create_unique_constraint(self, /, constraint_name: str, columns: Sequence[str], **kw: Any) -> Any:
        """Add a unique constraint, see :meth:`Operations.create_unique_constraint`."""
        kw["schema"] = self.impl.schema
        return self._say(ops.CreateUniqueConstraintOp, constraint_name, self.impl.table_name, columns, **kw)

    @directive_of(ops.CreateForeignKeyOp)
    def create_foreign_key(
        self,
        /,
        constraint_name: str | None,
        referent_table: str,
        local_cols: Sequence[str],
        remote_cols: Sequence[str],
        *,
        referent_schema: str | None = None,
        onupdate: str | None = None,
        ondelete: str | None = None,
        deferrable: bool | None = None,
        initially: str | None = None,
        match: str | None = None,
        **dialect_kw: Any,
    ) -> None:
        """Add a foreign key, see :meth:`Operations.create_foreign_key`."""
        self._say(
            ops.CreateForeignKeyOp,
            constraint_name,
            self.impl.table_name,
            referent_table,
            local_cols,
            remote_cols,
            onupdate=onupdate,
            ondelete=ondelete,
            deferrable=deferrable,
            initially=initially,
            match=match,
            source_schema=self.impl.schema,
            referent_schema=referent_schema,
            **dialect_kw,
        )

    @directive_of(ops.CreateCheckConstraintOp)
    def create_check_constraint(
        self, /, constraint_name: str, condition: str | ColumnElement[bool] | TextClause, **kw: Any
    ) -> None:
        """Add a check constraint, see :meth:`Operations.create_check_constraint`."""
        self._say(
            ops.CreateCheckConstraintOp,
            constraint_name,
            self.impl.table_name,
            condition,
            schema=self.impl.schema,
            **kw,
        )

    @directive_of(ops.CreateExcludeConstraintOp)
    def create_exclude_constraint(self, /, constraint_name: str, *elements: Any, **kw: Any) -> Table | None:
        """Add an EXCLUDE constraint, see :meth:`Operations.create_exclude_constraint`."""
        kw["schema"] = self.impl.schema
        self._say(ops.CreateExcludeConstraintOp, constraint_name, self.impl.table_name, elements, **kw)
        return None

    @directive_of(ops.DropConstraintOp)
    def drop_constraint(self, constraint_name: str, type_: str | None = None) -> None:
        """Drop a constraint, see :meth:`Operations.drop_constraint`."""
        self._say(
            ops.DropConstraintOp,
            constraint_name,
            self.impl.table_name,
            type_=type_,
            schema=self.impl.schema,
        )

    @directive_of(ops.CreateTableCommentOp)
    def create_table_comment(self, comment: str | None, *, existing_comment: str | None = None) -> None:
        """Set the comment of the table."""
        self._say(
            ops.CreateTableCommentOp,
            self.impl.table_name,
            comment,
            existing_comment=existing_comment,
            schema=self.impl.schema,
        )

    @directive_of(ops.DropTableCommentOp)
    def drop_table_comment(self, *, existing_comment: str | None = None) -> None:
        """Drop the comment of the table."""
        self._say(
            ops.DropTableCommentOp,
            self.impl.table_name,
            existing_comment=existing_comment,
            schema=self.impl.schema,
        )

    @directive_of(ops.ExecuteSQLOp)
    def execute(self, sqltext: Executable | str, *, execution_options: dict[str, Any] | None = None) -> None:
        """Run a statement, see :meth:`Operations.execute`: after the changes above it, before those below."""
        self._say(ops.ExecuteSQLOp, sqltext, execution_options=execution_options)


def _hints(before: str | None, after: str | None) -> dict[str, Any]:
    given = {"insert_before": before, "insert_after": after}
    return {hint: name for hint, name in given.items() if name is not None}

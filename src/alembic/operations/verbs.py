"""Every directive that a migration can call on ``op``, with its signature and its documentation.

Those on constraints are next door, in ``constraint_verbs``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy.util import immutabledict

from . import ops
from .batch import BatchOperationsImpl
from .batch_op import BatchOp
from .batch_verbs import BatchOperations
from .constraint_verbs import ConstraintVerbs
from .registration import directive_of

if TYPE_CHECKING:
    from sqlalchemy.schema import Column, SchemaItem, Table
    from sqlalchemy.sql import Executable
    from sqlalchemy.sql.elements import ColumnElement, TextClause
    from sqlalchemy.sql.expression import TableClause

    from .columns import ServerDefault, Type
    from .operation import MigrateOperation

_NONE: Mapping[str, Any] = immutabledict()


class Operations(ConstraintVerbs):
    """The directives of a migration; ``alembic.op`` speaks for the current object of this class.

    :param migration_context: the migration that the operations take part in.
    :param impl: what carries the operations out; by default the migration's dialect.
    """

    @directive_of(ops.CreateTableOp)
    def create_table(
        self, /, table_name: str, *columns: SchemaItem, if_not_exists: bool | None = None, **kw: Any
    ) -> Table:
        """Create a table, and return it as a Table that statements and :meth:`bulk_insert` can use.

        Indexes, comments and (on PostgreSQL) enum types of its columns are created with it. A foreign key
        with ``use_alter=True`` is added as soon as the table that it points to is there.

        :param table_name: the table.
        :param columns: columns, constraints and indexes.
        :param if_not_exists: leave a table of this name alone.
        :param kw: options of Table: ``schema``, ``comment``, ``info``, ``prefixes``, database options.
        """
        table: Table = self._say(ops.CreateTableOp, table_name, columns, if_not_exists=if_not_exists, **kw)
        return table

    @directive_of(ops.DropTableOp)
    def drop_table(
        self, /, table_name: str, *, schema: str | None = None, if_exists: bool | None = None, **kw: Any
    ) -> None:
        """Drop a table.

        :param table_name: the table.
        :param schema: its schema.
        :param if_exists: do nothing if there is no such table.
        :param kw: options of Table, for listeners to see.
        """
        self._say(ops.DropTableOp, table_name, schema=schema, if_exists=if_exists, table_kw=kw)

    @directive_of(ops.RenameTableOp)
    def rename_table(self, old_table_name: str, new_table_name: str, *, schema: str | None = None) -> None:
        """Rename a table, within its schema.

        :param old_table_name: what it is called.
        :param new_table_name: what it is to be called.
        :param schema: its schema.
        """
        self._say(ops.RenameTableOp, old_table_name, new_table_name, schema=schema)

    @directive_of(ops.CreateTableCommentOp)
    def create_table_comment(
        self,
        table_name: str,
        comment: str | None,
        *,
        existing_comment: str | None = None,
        schema: str | None = None,
    ) -> None:
        """Set the comment of a table.

        :param table_name: the table.
        :param comment: its new comment.
        :param existing_comment: the comment that it has, for the way back.
        :param schema: its schema.
        """
        self._say(
            ops.CreateTableCommentOp, table_name, comment, existing_comment=existing_comment, schema=schema
        )

    @directive_of(ops.DropTableCommentOp)
    def drop_table_comment(
        self, table_name: str, *, existing_comment: str | None = None, schema: str | None = None
    ) -> None:
        """Drop the comment of a table.

        :param table_name: the table.
        :param existing_comment: the comment that it has, for the way back.
        :param schema: its schema.
        """
        self._say(ops.DropTableCommentOp, table_name, existing_comment=existing_comment, schema=schema)

    @directive_of(ops.AddColumnOp)
    def add_column(
        self,
        table_name: str,
        column: Column[Any],
        *,
        schema: str | None = None,
        if_not_exists: bool | None = None,
        inline_references: bool | None = None,
        inline_primary_key: bool | None = None,
    ) -> None:
        """Add a column to a table.

        What the column brings along follows it: its foreign key, the CHECK of its type, UNIQUE for
        ``unique=True``, an index for ``index=True``, its comment; its enum type on PostgreSQL precedes it.

        :param table_name: the table.
        :param column: the column; not null and without default it can only be added to an empty table.
        :param schema: the schema of the table.
        :param if_not_exists: leave a column of this name alone.
        :param inline_references: write the foreign key into the same statement (``REFERENCES …``).
        :param inline_primary_key: write PRIMARY KEY into the same statement.
        """
        self._say(
            ops.AddColumnOp,
            table_name,
            column,
            schema=schema,
            if_not_exists=if_not_exists,
            inline_references=inline_references,
            inline_primary_key=inline_primary_key,
        )

    @directive_of(ops.DropColumnOp)
    def drop_column(
        self, /, table_name: str, column_name: str, *, schema: str | None = None, **kw: Any
    ) -> None:
        """Drop a column.

        :param table_name: the table.
        :param column_name: the column.
        :param schema: the schema of the table.
        :param kw: ``if_exists`` does nothing if there is no such column; on SQL Server ``mssql_drop_check``,
            ``mssql_drop_default`` and ``mssql_drop_foreign_key`` drop what depends on the column first.
        """
        self._say(ops.DropColumnOp, table_name, column_name, schema=schema, **kw)

    @directive_of(ops.AlterColumnOp)
    def alter_column(
        self,
        /,
        table_name: str,
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
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        """Change what a column is like; whatever is not given stays.

        MySQL and SQL Server restate the whole column for some of these changes, and therefore need to be told
        the ``existing_…`` values, ``existing_type`` at least.

        :param table_name: the table.
        :param column_name: the column, by its name so far.
        :param nullable: whether it takes NULL.
        :param comment: its comment; None drops it.
        :param server_default: its default: a string, ``text()``, SQL, ``Identity()``; None drops it.
        :param new_column_name: its new name.
        :param type_: its new type; a type that makes a CHECK exchanges it for that of ``existing_type``.
        :param existing_type: the type that it has.
        :param existing_server_default: the default that it has; None for none.
        :param existing_nullable: whether it takes NULL so far.
        :param existing_comment: the comment that it has.
        :param schema: the schema of the table.
        :param kw: ``postgresql_using`` is the expression that converts the rows to a new type; MySQL takes
            ``autoincrement`` and ``existing_autoincrement``.
        """
        self._say(
            ops.AlterColumnOp,
            table_name,
            column_name,
            schema=schema,
            existing_type=existing_type,
            existing_server_default=existing_server_default,
            existing_nullable=existing_nullable,
            existing_comment=existing_comment,
            modify_nullable=nullable,
            modify_comment=comment,
            modify_server_default=server_default,
            modify_name=new_column_name,
            modify_type=type_,
            **kw,
        )

    @directive_of(ops.CreateIndexOp)
    def create_index(
        self,
        /,
        index_name: str | None,
        table_name: str,
        columns: Sequence[str | TextClause | ColumnElement[Any]],
        *,
        schema: str | None = None,
        unique: bool = False,
        if_not_exists: bool | None = None,
        **kw: Any,
    ) -> None:
        """Create an index.

        :param index_name: its name; None takes that of the naming convention.
        :param table_name: the table.
        :param columns: column names, ``text()`` and SQL expressions.
        :param schema: the schema of the table.
        :param unique: whether it forbids duplicates.
        :param if_not_exists: leave an index of this name alone.
        :param kw: options of Index for single databases, such as ``postgresql_concurrently``.
        """
        self._say(
            ops.CreateIndexOp,
            index_name,
            table_name,
            columns,
            schema=schema,
            unique=unique,
            if_not_exists=if_not_exists,
            **kw,
        )

    @directive_of(ops.DropIndexOp)
    def drop_index(
        self,
        /,
        index_name: str,
        table_name: str | None = None,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        **kw: Any,
    ) -> None:
        """Drop an index.

        :param index_name: the index.
        :param table_name: its table, which MySQL and SQL Server need.
        :param schema: the schema of the table.
        :param if_exists: do nothing if there is no such index.
        :param kw: options of Index for single databases, such as ``postgresql_concurrently``.
        """
        self._say(ops.DropIndexOp, index_name, table_name, schema=schema, if_exists=if_exists, **kw)

    @directive_of(ops.BulkInsertOp)
    def bulk_insert(
        self, table: Table | TableClause, rows: list[dict[str, Any]], *, multiinsert: bool = True
    ) -> None:
        """Insert rows into a table.

        :param table: what :meth:`create_table` returned, or a ``table()`` of the columns in question.
        :param rows: a dictionary for each row, by column key. A column that a row leaves out has its default.
        :param multiinsert: False runs one INSERT a row, which values that are SQL expressions need.
        :raises RowsExpected: a TypeError too: this is not a list of dictionaries.
        """
        self._say(ops.BulkInsertOp, table, rows, multiinsert=multiinsert)

    @directive_of(ops.ExecuteSQLOp)
    def execute(self, sqltext: Executable | str, *, execution_options: dict[str, Any] | None = None) -> None:
        r"""Run a statement.

        :param sqltext: a string, which goes to the database, or into the script, exactly as it stands (except
            that ``\:`` stands for a colon, as in ``text()``); or a SQLAlchemy statement, with parameters if
            need be. When a script is written, parameters must be literals, see :meth:`inline_literal`.
        :param execution_options: SQLAlchemy's, for this statement.
        """
        self._say(ops.ExecuteSQLOp, sqltext, execution_options=execution_options)

    @contextmanager
    def batch_alter_table(
        self,
        table_name: str,
        schema: str | None = None,
        recreate: Literal["auto", "always", "never"] = "auto",
        partial_reordering: list[tuple[str, ...]] | None = None,
        copy_from: Table | None = None,
        table_args: tuple[Any, ...] = (),
        table_kwargs: Mapping[str, Any] = _NONE,
        reflect_args: tuple[Any, ...] = (),
        reflect_kwargs: Mapping[str, Any] = _NONE,
        naming_convention: dict[str, str] | None = None,
    ) -> Iterator[BatchOperations]:
        """A context manager that collects changes to one table and carries them out in order when it is left.

        Nothing is carried out if its body raises. Databases that can alter the table do so. Elsewhere, or if
        that is asked for, the table is made anew: once for all changes, or once before and once after each
        statement of :meth:`execute` among them. On a live SQLite nothing else of the table is changed by it;
        other databases, and scripts, get what SQLAlchemy knows of a table: no triggers, for example.

        :param table_name: the table.
        :param schema: its schema.
        :param recreate: "auto" makes the table anew where the database can't alter it, "always" anywhere,
            "never" nowhere. The following is about a table that is made anew.
        :param partial_reordering: groups of columns, each to follow each other in this order.
        :param copy_from: what the table is like. A script has no other way to know; with a connection it
            stands in the place of what the database says, except that no column gets lost by it.
        :param table_args: constraints and indexes that the table shall have as well. If there is a
            CHECK among them, other CHECKs without a name are dropped.
        :param table_kwargs: options of the table, such as ``sqlite_autoincrement``.
        :param reflect_args: columns that stand in the place of reflected ones; constraints.
        :param reflect_kwargs: keywords for reflection, such as ``listeners``.
        :param naming_convention: names for constraints that have none in the database.
        :raises BadRecreate: a ValueError too: there is no such ``recreate``.
        :raises TableUnknownInScript: a script would have to know the table.
        :raises OrderNeedsRebuild: a column is to have a place in a table that is not made anew.
        :raises ColumnMissing: a KeyError too. ConstraintMissing, ConstraintUnnamed are ValueErrors too.
        """
        batch = BatchOperationsImpl(
            self,
            table_name,
            schema,
            recreate,
            copy_from,
            table_args,
            dict(table_kwargs),
            reflect_args,
            dict(reflect_kwargs),
            naming_convention,
            partial_reordering,
        )
        changes = BatchOperations(self.migration_context, impl=batch)
        yield changes
        self._finish(batch, changes.operations)

    def _finish(self, batch: BatchOperationsImpl, operations: Sequence[MigrateOperation]) -> None:
        """Carry out what a batch has collected."""
        operation = BatchOp(batch, operations)
        with self._journaled(operation):
            batch.flush()
        self._note(operation)

"""How each built-in operation is carried out: in calls of the dialect's impl."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.schema import Constraint
from sqlalchemy.sql import Executable
from sqlalchemy.sql.base import SchemaEventTarget

from alembic.ddl import guards
from alembic.errors.ddl import StatementExpected
from alembic.errors.operations import RowsExpected

from . import ops
from .base import Operations
from .late_keys import add_late_keys, has_late_keys, table_exists

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.schema import Table

    from .abstract import AbstractOperations


@Operations.implementation_for(ops.CreateTableOp)
def create_table(operations: AbstractOperations, operation: ops.CreateTableOp) -> Table:
    """Create the table, and return it."""
    table = operation.to_table(operations.migration_context)
    # IF NOT EXISTS says nothing of the indexes and keys that follow the table.
    has_more = bool(table.indexes) or has_late_keys(table)
    if not (operation.if_not_exists and has_more and table_exists(operations, table)):
        operations.impl.create_table(table, **_given(if_not_exists=operation.if_not_exists))
        add_late_keys(operations, table)
    return table


@Operations.implementation_for(ops.DropTableOp)
def drop_table(operations: AbstractOperations, operation: ops.DropTableOp) -> None:
    """Drop the table."""
    table = operation.to_table(operations.migration_context)
    operations.impl.drop_table(table, **_given(if_exists=operation.if_exists))


@Operations.implementation_for(ops.RenameTableOp)
def rename_table(operations: AbstractOperations, operation: ops.RenameTableOp) -> None:
    """Rename the table."""
    operations.impl.rename_table(operation.table_name, operation.new_table_name, schema=operation.schema)


@Operations.implementation_for(ops.CreateTableCommentOp)
def create_table_comment(operations: AbstractOperations, operation: ops.CreateTableCommentOp) -> None:
    """Set the comment."""
    operations.impl.create_table_comment(operation.to_table(operations.migration_context))


@Operations.implementation_for(ops.DropTableCommentOp)
def drop_table_comment(operations: AbstractOperations, operation: ops.DropTableCommentOp) -> None:
    """Drop the comment."""
    operations.impl.drop_table_comment(operation.to_table(operations.migration_context))


@Operations.implementation_for(ops.AddColumnOp)
def add_column(operations: AbstractOperations, operation: ops.AddColumnOp) -> None:
    """Add the column, then its constraints, indexes and comment."""
    table = operations.schema_obj.table(
        operation.table_name, operation.to_column(), schema=operation.schema, _partial=True
    )
    column = next(iter(table.columns))
    impl = operations.impl
    done = [table.primary_key, *impl.inlined_constraints(column, operation.inline_references)]
    constraints = [
        each
        for each in sorted(table.constraints, key=lambda each: each._creation_order)
        if not any(each is one for one in done) and _wanted(each, operations)
    ]
    indexes = sorted(table.indexes, key=lambda each: str(each.name))
    if operation.bare:
        constraints, indexes = [each for each in constraints if getattr(each, "_type_bound", False)], []
    # IF NOT EXISTS says nothing of what follows the column.
    if operation.if_not_exists and (constraints or indexes) and _has_column(operations, operation):
        return
    impl.add_column(
        operation.table_name,
        column,
        schema=operation.schema,
        if_not_exists=operation.if_not_exists,
        inline_references=operation.inline_references,
        inline_primary_key=operation.inline_primary_key,
        **operation.kw,
    )
    for constraint in constraints:
        impl.add_constraint(constraint)
    for index in indexes:
        impl.create_index(index)
    dialect = operations.migration_context.dialect
    if column.comment and dialect.supports_comments and not dialect.inline_comments:
        impl.create_column_comment(column)


@Operations.implementation_for(ops.DropColumnOp)
def drop_column(operations: AbstractOperations, operation: ops.DropColumnOp) -> None:
    """Drop the column."""
    operations.impl.drop_column(
        operation.table_name,
        operation.to_column(operations.migration_context),
        schema=operation.schema,
        if_exists=operation.if_exists,
        **operation.kw,
    )


@Operations.implementation_for(ops.AlterColumnOp)
def alter_column(operations: AbstractOperations, operation: ops.AlterColumnOp) -> None:
    """Alter the column; a change of type exchanges the CHECKs that belong to the types."""
    impl = operations.impl
    if operation.modify_type is not None and operation.existing_type is not None:
        for constraint in _of_type(operations, operation, operation.column_name, operation.existing_type):
            impl.drop_constraint(constraint)
    impl.alter_column(
        operation.table_name,
        operation.column_name,
        nullable=operation.modify_nullable,
        server_default=operation.modify_server_default,
        name=operation.modify_name,
        type_=operation.modify_type,
        schema=operation.schema,
        existing_type=operation.existing_type,
        existing_server_default=operation.existing_server_default,
        existing_nullable=operation.existing_nullable,
        comment=operation.modify_comment,
        existing_comment=operation.existing_comment,
        **operation.kw,
    )
    if operation.modify_type is not None:
        name = operation.modify_name or operation.column_name
        for constraint in _of_type(operations, operation, name, operation.modify_type):
            impl.add_constraint(constraint)


@Operations.implementation_for(ops.CreateIndexOp)
def create_index(operations: AbstractOperations, operation: ops.CreateIndexOp) -> None:
    """Create the index."""
    index = operation.to_index(operations.migration_context)
    operations.impl.create_index(index, **_given(if_not_exists=operation.if_not_exists))


@Operations.implementation_for(ops.DropIndexOp)
def drop_index(operations: AbstractOperations, operation: ops.DropIndexOp) -> None:
    """Drop the index."""
    index = operation.to_index(operations.migration_context)
    operations.impl.drop_index(index, **_given(if_exists=operation.if_exists))


@Operations.implementation_for(ops.AddConstraintOp)
def create_constraint(operations: AbstractOperations, operation: ops.AddConstraintOp) -> None:
    """Add the constraint."""
    operations.impl.add_constraint(operation.to_constraint(operations.migration_context))


@Operations.implementation_for(ops.DropConstraintOp)
def drop_constraint(operations: AbstractOperations, operation: ops.DropConstraintOp) -> None:
    """Drop the constraint, by the name that it has under the naming convention."""
    constraint: Any
    if operation.constraint_name is None and operation._reverse is not None:
        # Its columns are known, and with them the name.
        constraint = operation._reverse.to_constraint(operations.migration_context)
    else:
        constraint = operations.schema_obj.generic_constraint(
            operation.constraint_name,
            operation.table_name,
            operation.constraint_type,
            schema=operation.schema,
        )
    operations.impl.drop_constraint(constraint, **_given(if_exists=operation.if_exists))


@Operations.implementation_for(ops.BulkInsertOp)
def bulk_insert(operations: AbstractOperations, operation: ops.BulkInsertOp) -> None:
    """Insert the rows."""
    if not isinstance(operation.rows, list):
        raise RowsExpected("List expected")
    # A set of types, for there may be very many rows.
    if not all(issubclass(kind, dict) for kind in set(map(type, operation.rows))):
        raise RowsExpected("List of dictionaries expected")
    operations.impl.bulk_insert(operation.table, operation.rows, multiinsert=operation.multiinsert)


@Operations.implementation_for(ops.ExecuteSQLOp)
def execute_sql(operations: AbstractOperations, operation: ops.ExecuteSQLOp) -> None:
    """Run the statement."""
    if not isinstance(operation.sqltext, (str, Executable)):
        raise StatementExpected(operation.sqltext)
    operations.impl.execute(operation.sqltext, execution_options=operation.execution_options)


@Operations.implementation_for(ops.ManualOp)
def manual(operations: AbstractOperations, operation: ops.ManualOp) -> None:
    """Do nothing: this is for a person to do."""


def _given(**options: Any) -> dict[str, Any]:
    """The options that were said: impls of third parties need not know them all."""
    return {option: value for option, value in options.items() if value is not None}


def _has_column(operations: AbstractOperations, operation: ops.AddColumnOp) -> bool:
    """Whether the database has the column already; False while a script is written."""
    impl = operations.migration_context.impl
    return not impl.as_sql and guards.column_exists(
        impl, operation.table_name, operation.column.name, operation.schema
    )


def _wanted(constraint: Constraint, operations: AbstractOperations) -> bool:
    """Whether the database needs the constraint; BOOLEAN needs no CHECK where it is a type of its own."""
    rule = constraint._create_rule
    # SQLAlchemy asks with a compiler, and looks at nothing but its dialect.
    return rule is None or bool(rule(operations.migration_context))


def _of_type(
    operations: AbstractOperations, operation: ops.AlterColumnOp, name: str, type_: Any
) -> Iterator[Constraint]:
    """The CHECKs that a type makes for its column, if the database needs them."""
    made = type_() if isinstance(type_, type) else type_
    if not any(isinstance(each, SchemaEventTarget) for each in (made, *made._variant_mapping.values())):
        return  # by far the commonest, and much cheaper than finding that a table has no such constraint
    schema_obj = operations.schema_obj
    table = schema_obj.table(operation.table_name, schema_obj.column(name, type_), schema=operation.schema)
    for constraint in sorted(table.constraints, key=lambda each: each._creation_order):
        if constraint._type_bound and _wanted(constraint, operations):
            yield constraint

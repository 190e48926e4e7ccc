"""What each built-in operation does to a schema, without a database: see :meth:`MigrateOperation.apply`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.schema import SetColumnComment, SetTableComment
from sqlalchemy.sql import Executable
from sqlalchemy.sql.ddl import BaseDDLElement, ExecutableDDLElement
from sqlalchemy.sql.elements import TextClause

from alembic.schema.knowledge import known, nothing_known, with_unknown

from . import ops
from .altered_types import drop_checks_of_type, refuse_to_leave_on_update, with_collation
from .batch_op import BatchOp
from .dispatch import Dispatcher
from .effects import (
    after_sql,
    altered,
    created,
    dropped,
    find_index,
    key_of,
    present_key,
    renamed,
    unknown,
)
from .given_names import name_in_copy, name_unnamed
from .schemaobj import SchemaObjects

if TYPE_CHECKING:
    from alembic.schema.rules import SchemaRules
    from alembic.schema.shapes import Schema, TableKey

    from .context import OperationsContext
    from .draft import TableDraft
    from .operation import MigrateOperation

_Function = TypeVar("_Function", bound=Callable[..., Any])
_functions = Dispatcher()


def applied(operation: MigrateOperation, schema: Schema, context: OperationsContext) -> Schema:
    """The schema after an operation, see :meth:`MigrateOperation.apply`."""
    result: Schema = _functions.dispatch(operation)(operation, schema, context)
    return result


@_functions.dispatch_for(ops.MigrateOperation)
def not_built_in(operation: Any, schema: Schema, context: OperationsContext) -> Schema:
    """Nothing is known of what an operation touches that only its author knows."""
    why = f"{type(operation).__name__} doesn't tell what it does"
    table_name = getattr(operation, "table_name", None)
    if not isinstance(table_name, str):
        return nothing_known(why)
    return unknown(schema, _key(operation, schema, context), why)


@_functions.dispatch_for(ops.OpContainer)
def container(operation: ops.OpContainer, schema: Schema, context: OperationsContext) -> Schema:
    """One after the other."""
    for each in operation.ops:
        schema = each.apply(schema, context)
    return schema


@_functions.dispatch_for(ops.MigrationScript)
def migration_script(operation: ops.MigrationScript, schema: Schema, context: OperationsContext) -> Schema:
    """The upgrade."""
    for each in operation.upgrade_ops_list:
        schema = each.apply(schema, context)
    return schema


# -- tables ------------------------------------------------------------------------------------------


@_functions.dispatch_for(ops.CreateTableOp)
def create_table(operation: ops.CreateTableOp, schema: Schema, context: OperationsContext) -> Schema:
    """One more table."""
    table = operation.to_table(context)
    key = present_key(schema, key_of(context, table.schema, table.name), context)
    if operation.if_not_exists and known(schema, key) is not False:
        return schema
    return created(schema, table, context)


@_functions.dispatch_for(ops.DropTableOp)
def drop_table(operation: ops.DropTableOp, schema: Schema, context: OperationsContext) -> Schema:
    """A table less."""
    return dropped(schema, _key(operation, schema, context), context)


@_functions.dispatch_for(ops.RenameTableOp)
def rename_table(operation: ops.RenameTableOp, schema: Schema, context: OperationsContext) -> Schema:
    """Another name, which foreign keys follow."""
    return renamed(schema, _key(operation, schema, context), operation.new_table_name, context)


# -- one table ---------------------------------------------------------------------------------------


def in_draft(operation: MigrateOperation, draft: TableDraft, context: OperationsContext) -> None:
    """Make the change of an operation on one table in a draft of that table.

    :raises NoDispatch: a ValueError too: it is none of the built-in operations on one table.
    """
    _changes.dispatch(operation)(operation, draft, context)


_changes = Dispatcher()


def change_for(kind: type[Any]) -> Callable[[_Function], _Function]:
    """A decorator: the function makes the change of such an operation in the draft of a table."""

    def register(function: _Function) -> _Function:
        def apply(operation: Any, schema: Schema, context: OperationsContext) -> Schema:
            key = _key(operation, schema, context)
            return altered(schema, key, context, lambda draft: function(operation, draft, context))

        _functions.dispatch_for(kind)(apply)
        return _changes.dispatch_for(kind)(function)

    return register


@change_for(ops.AddColumnOp)
def add_column(operation: ops.AddColumnOp, draft: TableDraft, context: OperationsContext) -> None:
    """One more column, with what it brings along."""
    table = SchemaObjects(context).table(
        operation.table_name, operation.to_column(), schema=operation.schema, _partial=True
    )
    column = next(iter(table.columns))
    if operation.if_not_exists and column.name in draft.table.columns:
        return
    draft.add_column(
        column,
        primary_key=bool(operation.inline_primary_key and column.primary_key),
        before=operation.kw.get("insert_before"),
        after=operation.kw.get("insert_after"),
    )
    if not column.primary_key:
        draft.table.columns[column.name].autoincrement = False
    if operation.bare:
        return
    for constraint in sorted(table.constraints, key=lambda each: each._creation_order):
        if constraint is not table.primary_key and not constraint._type_bound:
            draft.add_constraint(constraint)
    for index in sorted(table.indexes, key=lambda each: str(each.name)):
        draft.create_index(index)


@change_for(ops.DropColumnOp)
def drop_column(operation: ops.DropColumnOp, draft: TableDraft, context: OperationsContext) -> None:
    """A column less."""
    if not (operation.if_exists and operation.column_name not in draft.table.columns):
        draft.drop_column(operation.column_name)


@change_for(ops.AlterColumnOp)
def alter_column(operation: ops.AlterColumnOp, draft: TableDraft, context: OperationsContext) -> None:
    """Another type, nullability, default, comment or name; where a column is restated, what existed too."""
    wishes: dict[str, Any] = {
        "nullable": operation.modify_nullable,
        "server_default": operation.modify_server_default,
        "type_": operation.modify_type,
        "autoincrement": operation.kw.get("autoincrement", operation.kw.get("modify_autoincrement")),
        "comment": operation.modify_comment,
    }
    restated = any(
        value is not None and value is not False for name, value in wishes.items() if name != "server_default"
    )
    if context.impl.features.restates_columns and (restated or operation.modify_name is not None):
        for name, existing in (
            ("nullable", operation.existing_nullable),
            ("type_", operation.existing_type),
            ("autoincrement", operation.kw.get("existing_autoincrement")),
        ):
            if wishes[name] is None:
                wishes[name] = existing
        if wishes["server_default"] is False:
            wishes["server_default"] = operation.existing_server_default
        if wishes["comment"] is False and operation.existing_comment is not None:
            wishes["comment"] = operation.existing_comment
    if operation.modify_type is not None and not context.impl.features.types_bring_collations:
        wishes["type_"] = with_collation(operation, draft, context)
    if operation.modify_server_default is not False and context.impl.features.restates_columns:
        refuse_to_leave_on_update(operation, draft)
    if operation.modify_type is not None and operation.existing_type is not None:
        drop_checks_of_type(operation, draft, context)
    draft.alter_column(
        operation.column_name,
        new_name=operation.modify_name,
        before=operation.kw.get("insert_before"),
        after=operation.kw.get("insert_after"),
        **wishes,
    )


@change_for(ops.CreateIndexOp)
def create_index(operation: ops.CreateIndexOp, draft: TableDraft, context: OperationsContext) -> None:
    """One more index."""
    index = operation.to_index(context)
    if not (operation.if_not_exists and index.name in {each.name for each in draft.table.indexes}):
        draft.create_index(index)


@_changes.dispatch_for(ops.DropIndexOp)
def drop_index(operation: ops.DropIndexOp, draft: TableDraft, context: OperationsContext) -> None:
    """An index less."""
    name = str(operation.to_index(context).name)
    if not (operation.if_exists and name not in {each.name for each in draft.table.indexes}):
        draft.drop_index(name)


@_functions.dispatch_for(ops.DropIndexOp)
def drop_index_of_a_table(operation: ops.DropIndexOp, schema: Schema, context: OperationsContext) -> Schema:
    """An index less; its table is found by the index if the operation doesn't name it."""
    name = str(operation.to_index(context).name)
    key = _key(operation, schema, context) if operation.table_name else find_index(schema, name)
    if key is None:
        nameless = not schema.unknown and schema.unknown_rest is None and not operation.if_exists
        return nothing_known(f"no revision has created the index {name!r}") if nameless else schema
    return altered(schema, key, context, lambda draft: drop_index(operation, draft, context))


@change_for(ops.AddConstraintOp)
def add_constraint(operation: ops.AddConstraintOp, draft: TableDraft, context: OperationsContext) -> None:
    """One more constraint."""
    constraint = operation.to_constraint(context)
    if constraint._ddl_if is None and constraint._create_rule is None:
        draft.add_constraint(constraint)


@change_for(ops.DropConstraintOp)
def drop_constraint(operation: ops.DropConstraintOp, draft: TableDraft, context: OperationsContext) -> None:
    """A constraint less, by the name that it has under the naming convention."""
    constraint: Any
    if operation.constraint_name is None and operation._reverse is not None:
        constraint = operation._reverse.to_constraint(context)
    else:
        constraint = SchemaObjects(context).generic_constraint(
            operation.constraint_name,
            operation.table_name,
            operation.constraint_type,
            schema=operation.schema,
        )
    name = context.impl.rules.constraint_name(constraint)
    kind = None if operation.constraint_type is None else type(constraint)
    if operation.if_exists and draft.find_constraint(name, kind) is None:
        return
    draft.drop_constraint(name, kind)


@change_for(ops.CreateTableCommentOp)
def create_table_comment(
    operation: ops.CreateTableCommentOp, draft: TableDraft, context: OperationsContext
) -> None:
    """Another comment."""
    draft.set_comment(operation.comment)


@change_for(ops.DropTableCommentOp)
def drop_table_comment(
    operation: ops.DropTableCommentOp, draft: TableDraft, context: OperationsContext
) -> None:
    """No comment."""
    draft.set_comment(None)


# -- rows, SQL, nothing ------------------------------------------------------------------------------


@_functions.dispatch_for(ops.ExecuteSQLOp)
def execute_sql(operation: ops.ExecuteSQLOp, schema: Schema, context: OperationsContext) -> Schema:
    """Nothing is known any more of what DDL names; rows change no schema."""
    return after_statement(schema, operation.sqltext, context)


@_functions.dispatch_for(ops.BulkInsertOp)
@_functions.dispatch_for(ops.ManualOp)
def no_change(operation: Any, schema: Schema, context: OperationsContext) -> Schema:
    """Rows are no part of a schema; and what is for a person to do isn't done."""
    return schema


def after_statement(schema: Schema, statement: Executable | str, context: OperationsContext) -> Schema:
    """The schema after a statement, in words or as SQLAlchemy has it."""
    if isinstance(statement, (str, TextClause)):
        return after_sql(schema, statement if isinstance(statement, str) else statement.text, context)
    if isinstance(statement, sa.DDL):
        return after_sql(schema, str(statement.statement), context)
    if isinstance(statement, (SetTableComment, SetColumnComment)):
        return _of_element(schema, statement, context)
    if isinstance(statement, (BaseDDLElement, ExecutableDDLElement)):
        return _of_element(schema, statement, context)
    rows = getattr(statement, "is_dml", False) or getattr(statement, "is_select", False)
    if rows or isinstance(statement, (sa.sql.elements.ColumnElement, sa.Sequence)):
        return schema
    return nothing_known(f"a statement of the kind {type(statement).__name__} was executed")


def _of_element(schema: Schema, statement: Any, context: OperationsContext) -> Schema:
    """After DDL of SQLAlchemy: nothing is known of the table that it is about."""
    element = getattr(statement, "element", None)
    table = element if isinstance(element, sa.Table) else getattr(element, "table", None)
    why = f"{type(statement).__name__} was executed"
    if isinstance(table, sa.Table):
        return with_unknown(schema, [key_of(context, table.schema, table.name)], why)
    name = getattr(statement, "table_name", None)
    if isinstance(name, str):  # our own constructs
        return with_unknown(schema, [key_of(context, getattr(statement, "schema", None), name)], why)
    return nothing_known(why)


def _key(operation: Any, schema: Schema, context: OperationsContext) -> TableKey:
    if isinstance(operation, ops.CreateForeignKeyOp):
        given = operation.kw.get("source_schema"), operation.source_table
    else:
        given = getattr(operation, "schema", None), operation.table_name
    return present_key(schema, key_of(context, *given), context)


# -- batches -----------------------------------------------------------------------------------------


@_functions.dispatch_for(BatchOp)
def batch_op(operation: BatchOp, schema: Schema, context: OperationsContext) -> Schema:
    """All changes as one; statements of the user's own are judged when the table is done."""
    key = _key(operation, schema, context)
    batch = operation.batch
    statements = [each for each in operation.ops if isinstance(each, ops.ExecuteSQLOp)]
    changes = [each for each in operation.ops if not isinstance(each, ops.ExecuteSQLOp)]
    anew = batch.makes_anew()
    if anew and batch.copy_from is not None:
        schema = _as_described(schema, key, batch.copy_from, context)
    if anew and batch.reflect_args:
        schema = unknown(schema, key, "reflect_args of a batch say what else it is like")

    def change(draft: TableDraft) -> None:
        draft.naming_convention = batch.naming_convention
        if anew:
            draft.make_anew(described=batch.copy_from is not None)
        for each in changes:
            in_draft(each, draft, context)
            if not anew:
                name_unnamed(draft.table, schema, context)
        if anew:
            _add_arguments(draft, batch.table_args, batch.table_kwargs, context)
            draft.reorder(batch.partial_reordering or ())
            name_in_copy(draft, schema, context)

    if changes or anew:
        schema = altered(schema, key, context, change)
    for each in statements:
        schema = each.apply(schema, context)
    return schema


def _add_checks(draft: TableDraft, checks: Mapping[str, sa.CheckConstraint], rules: SchemaRules) -> None:
    """Add those that aren't there, and drop those that have no name and aren't said again."""
    for each in draft.table.constraints:
        if isinstance(each, sa.CheckConstraint) and each._type_bound and rules.constraint_name(each) is None:
            raise ValueError("CHECKs in table_args take the place of that of a type, too")
    while gone := [
        each
        for each in draft.checks()
        if rules.constraint_name(each) is None and rules.model_text(each.sqltext) not in checks
    ]:
        draft.drop(gone[0])
    kept = draft.checks()
    texts = [rules.model_text(each.sqltext) for each in kept if rules.constraint_name(each) is None]
    names = [rules.constraint_name(each) for each in kept]
    for text, check in checks.items():
        if text not in texts and (check.name is None or rules.constraint_name(check) not in names):
            draft.add_constraint(check)


def _as_described(schema: Schema, key: TableKey, table: sa.Table, context: OperationsContext) -> Schema:
    """A table as its author describes it, unless that would lose a column of which a revision knows."""
    present = schema.tables.get(key)
    if present is not None and set(present.columns) - {column.name for column in table.columns}:
        return unknown(schema, key, "copy_from lacks columns that it has")
    return created(schema, table, context)


def _add_arguments(
    draft: TableDraft, arguments: Sequence[Any], options: Mapping[str, Any], context: OperationsContext
) -> None:
    rules = context.impl.rules
    checks = {}
    for argument in arguments:
        if isinstance(argument, sa.CheckConstraint) and not context.impl.features.alters_constraints:
            checks[rules.model_text(argument.sqltext)] = argument
        elif isinstance(argument, sa.Column):
            draft.add_column(argument)
        elif isinstance(argument, sa.Index):
            draft.create_index(argument)
        else:
            draft.add_constraint(argument)
    if checks:
        _add_checks(draft, checks, rules)
    draft.set_options(options)

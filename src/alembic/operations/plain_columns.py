"""Columns that nothing else stands on, told from the operations of revisions without making tables of them.

Whether a column can be dropped just like that needs no whole schema. Of a long history it costs a small part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.sql import Executable
from sqlalchemy.sql.base import SchemaEventTarget
from sqlalchemy.sql.elements import TextClause

from alembic.schema.touched import touched_by

from . import ops

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alembic.schema.tokens import Flavour

    from .operation import MigrateOperation


class PlainColumns:
    """The columns that are in no key, index or expression for certain; of others it says nothing.

    :param flavour: how the database spells SQL.
    """

    def __init__(self, flavour: Flavour) -> None:
        self._flavour = flavour
        # By the name of the table, then by its schema: a name without one may mean any.
        self._names: dict[str, dict[str | None, set[str]]] = {}

    def has(self, table: str, schema: str | None, column: str) -> bool:
        """Whether a column is known as such a one."""
        return column.lower() in self._names.get(table.lower(), {}).get(schema, ())

    def note(self, operation: MigrateOperation) -> None:
        """An operation was carried out."""
        match operation:
            case ops.CreateTableOp():
                self._created(operation)
            case ops.AddColumnOp():
                self._added(operation.table_name, operation.schema, [operation.column])
            case ops.DropColumnOp():
                self._used(operation.table_name, [operation.column_name])
            case ops.AlterColumnOp():
                self._altered(operation)
            case ops.CreateIndexOp() | ops.CreatePrimaryKeyOp() | ops.CreateUniqueConstraintOp():
                columns = [] if operation.kw else operation.columns
                self._used(operation.table_name, columns)
            case ops.CreateForeignKeyOp():
                self._used(operation.source_table, operation.local_cols)
                self._used(operation.referent_table, operation.remote_cols)
            case ops.DropIndexOp() | ops.DropConstraintOp() | ops.BulkInsertOp():
                pass
            case ops.CreateTableCommentOp() | ops.DropTableCommentOp():
                pass
            case ops.RenameTableOp():
                self._used(operation.table_name)
                self._used(operation.new_table_name)
            case ops.ExecuteSQLOp():
                self.note_statement(operation.sqltext)
            case ops.DropTableOp() | ops.CreateCheckConstraintOp():
                self._used(operation.table_name)
            case ops.ModifyTableOps():  # a batch
                self._used(operation.table_name)
            case _:
                self.forget()

    def note_statement(self, statement: Executable | str) -> None:
        """A statement went out that no operation has sent."""
        if isinstance(statement, TextClause):
            statement = statement.text
        if isinstance(statement, str):
            touched = touched_by(statement, self._flavour)
            if touched.everything or touched.indexes or touched.schemas or touched.dependents:
                self.forget()
            for _, name in touched.tables:
                self._used(name)
        elif not isinstance(statement, sa.Insert | sa.Update | sa.Delete | sa.Select):
            self.forget()

    def forget(self) -> None:
        """Anything may have changed."""
        self._names.clear()

    def _created(self, operation: ops.CreateTableOp) -> None:
        self._used(operation.table_name)
        columns = [each for each in operation.columns if isinstance(each, sa.Column)]
        others = [each for each in operation.columns if not isinstance(each, sa.Column)]
        if operation.if_not_exists or not all(isinstance(each, _KEYS) for each in others):
            return
        self._added(operation.table_name, operation.schema, columns)
        for key in others:
            # A list of column names, which SQLAlchemy shows only once the constraint is in a table.
            self._used(operation.table_name, getattr(key, "_pending_colargs", ()))

    def _altered(self, operation: ops.AlterColumnOp) -> None:
        if operation.modify_name is not None or isinstance(operation.modify_type, SchemaEventTarget):
            self._used(operation.table_name, [operation.column_name, operation.modify_name])

    def _added(self, table: str, schema: str | None, columns: Iterable[sa.Column[Any]]) -> None:
        names = self._names.setdefault(table.lower(), {}).setdefault(schema, set())
        names.update(each.name.lower() for each in columns if _stands_alone(each))
        if any(each.constraints or each.computed is not None for each in columns):
            self._used(table)  # their expressions may name any column

    def _used(self, table: str, columns: Iterable[Any] = ()) -> None:
        """These columns are no longer plain; if one isn't just a name, none is."""
        names = list(columns)
        if not names or not all(name is None or isinstance(name, str) for name in names):
            self._names.pop(table.lower(), None)
            return
        for known in self._names.get(table.lower(), {}).values():
            known.difference_update(name.lower() for name in names if name)


_KEYS = (sa.PrimaryKeyConstraint, sa.UniqueConstraint, sa.ForeignKeyConstraint)


def _stands_alone(column: sa.Column[Any]) -> bool:
    type_has_rules = isinstance(column.type, SchemaEventTarget)  # such as the CHECK of an Enum
    parts = (column.primary_key, column.unique, column.index, column.foreign_keys, column.constraints)
    return not (type_has_rules or any(parts) or column.computed is not None)

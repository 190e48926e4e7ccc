"""The directives on constraints, with their signatures and documentation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from . import ops
from .abstract import AbstractOperations
from .registration import directive_of

if TYPE_CHECKING:
    from sqlalchemy.schema import Table
    from sqlalchemy.sql.elements import ColumnElement, TextClause


class ConstraintVerbs(AbstractOperations):
    """The directives on constraints; part of Operations."""

    @directive_of(ops.CreatePrimaryKeyOp)
    def create_primary_key(
        self,
        /,
        constraint_name: str | None,
        table_name: str,
        columns: Sequence[str],
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        """Add a primary key to a table.

        :param constraint_name: its name; None takes that of the naming convention, else the database
            chooses.
        :param table_name: the table.
        :param columns: its columns.
        :param schema: the schema of the table.
        :param kw: options of PrimaryKeyConstraint: ``deferrable``, ``initially``, those of single databases.
        """
        self._say(ops.CreatePrimaryKeyOp, constraint_name, table_name, columns, schema=schema, **kw)

    @directive_of(ops.CreateUniqueConstraintOp)
    def create_unique_constraint(
        self,
        /,
        constraint_name: str | None,
        table_name: str,
        columns: Sequence[str],
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> Any:
        """Add a unique constraint to a table.

        :param constraint_name: its name; None takes that of the naming convention, else the database
            chooses.
        :param table_name: the table.
        :param columns: its columns.
        :param schema: the schema of the table.
        :param kw: options of UniqueConstraint: ``deferrable``, ``initially``, options of single databases.
        """
        return self._say(
            ops.CreateUniqueConstraintOp, constraint_name, table_name, columns, schema=schema, **kw
        )

    @directive_of(ops.CreateForeignKeyOp)
    def create_foreign_key(
        self,
        /,
        constraint_name: str | None,
        source_table: str,
        referent_table: str,
        local_cols: Sequence[str],
        remote_cols: Sequence[str],
        *,
        onupdate: str | None = None,
        ondelete: str | None = None,
        deferrable: bool | None = None,
        initially: str | None = None,
        match: str | None = None,
        source_schema: str | None = None,
        referent_schema: str | None = None,
        **dialect_kw: Any,
    ) -> None:
        """Add a foreign key to a table.

        :param constraint_name: its name; None takes that of the naming convention, else the database
            chooses.
        :param source_table: the table that gets it.
        :param referent_table: the table that it points to.
        :param local_cols: its columns in the one.
        :param remote_cols: its columns in the other, in the same order.
        :param onupdate: what follows ON UPDATE.
        :param ondelete: what follows ON DELETE.
        :param deferrable: DEFERRABLE or NOT DEFERRABLE.
        :param initially: what follows INITIALLY.
        :param match: what follows MATCH.
        :param source_schema: the schema of the table that gets it.
        :param referent_schema: the schema of the table that it points to.
        :param dialect_kw: options of single databases, such as ``postgresql_not_valid``.
        """
        self._say(
            ops.CreateForeignKeyOp,
            constraint_name,
            source_table,
            referent_table,
            local_cols,
            remote_cols,
            onupdate=onupdate,
            ondelete=ondelete,
            deferrable=deferrable,
            initially=initially,
            match=match,
            source_schema=source_schema,
            referent_schema=referent_schema,
            **dialect_kw,
        )

    @directive_of(ops.CreateCheckConstraintOp)
    def create_check_constraint(
        self,
        /,
        constraint_name: str | None,
        table_name: str,
        condition: str | ColumnElement[bool] | TextClause,
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        """Add a check constraint to a table.

        :param constraint_name: its name, to which a naming convention for ``ck`` is applied.
        :param table_name: the table.
        :param condition: a string, taken as it stands; ``text()``; an SQL expression.
        :param schema: the schema of the table.
        :param kw: options of CheckConstraint: ``deferrable``, ``initially``, options of single databases.
        """
        self._say(ops.CreateCheckConstraintOp, constraint_name, table_name, condition, schema=schema, **kw)

    @directive_of(ops.CreateExcludeConstraintOp)
    def create_exclude_constraint(
        self, /, constraint_name: str, table_name: str, *elements: Any, **kw: Any
    ) -> Table | None:
        """Add an EXCLUDE constraint to a table; PostgreSQL only.

        :param constraint_name: its name.
        :param table_name: the table.
        :param elements: pairs of a column name or SQL expression and an operator.
        :param kw: ``where`` makes it partial; ``using`` names the index method; ``schema``, ``deferrable``,
            ``initially``, ``ops``.
        """
        self._say(ops.CreateExcludeConstraintOp, constraint_name, table_name, elements, **kw)
        return None

    @directive_of(ops.DropConstraintOp)
    def drop_constraint(
        self,
        constraint_name: str,
        table_name: str,
        type_: str | None = None,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
    ) -> None:
        """Drop a constraint of a table.

        :param constraint_name: its name; with ``type_`` a naming convention is applied, as when it was
            created.
        :param table_name: the table.
        :param type_: "foreignkey", "primary", "unique" or "check"; MySQL needs to know.
        :param schema: the schema of the table.
        :param if_exists: do nothing if there is no such constraint.
        """
        self._say(
            ops.DropConstraintOp, constraint_name, table_name, type_, schema=schema, if_exists=if_exists
        )

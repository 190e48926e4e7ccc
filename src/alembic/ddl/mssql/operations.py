"""How SQL Server carries out the directives."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy.schema import Column, Index, Table
from sqlalchemy.types import NullType
from sqlalchemy.util import immutabledict

from ...errors.ddl import IndexTableRequired
from ..base import ColumnDefault, ColumnName
from ..impl import DefaultImpl, is_generation
from .compile import Description, DropColumnConstraint, nullability_needs_type
from .conditions import conditional

if TYPE_CHECKING:
    from sqlalchemy.engine import CursorResult
    from sqlalchemy.sql import Executable, TableClause
    from sqlalchemy.sql.type_api import TypeEngine

    from alembic.schema.rules import SchemaRules


_SAYS_NOTHING = ("mssql_include", "mssql_clustered")


class MSSQLImpl(DefaultImpl):
    """SQL Server 2016 or later."""

    __dialect__ = "mssql"
    transactional_ddl = True
    batch_separator = "GO"
    type_synonyms = (*DefaultImpl.type_synonyms, {"NVARCHAR", "VARCHAR"})
    # An IDENTITY has a start and an increment, nothing else.
    identity_attrs_ignore = (
        *DefaultImpl.identity_attrs_ignore,
        "minvalue",
        "maxvalue",
        "nominvalue",
        "nomaxvalue",
        "cycle",
        "cache",
    )

    def make_rules(self) -> SchemaRules:
        """The rules of this database, loaded when something is to be compared."""
        from .compare import MSSQLRules

        return MSSQLRules(self.dialect)

    def adjust_reflected_dialect_options(self, reflected_object: Any, kind: str) -> dict[str, Any]:
        """Without INCLUDE of nothing and without NONCLUSTERED, which are the default."""
        options = super().adjust_reflected_dialect_options(reflected_object, kind)
        return {name: value for name, value in options.items() if value or name not in _SAYS_NOTHING}

    def _exec(
        self,
        construct: Executable | str,
        execution_options: Mapping[str, Any] | None = None,
        multiparams: Sequence[Mapping[str, Any]] | None = None,
        params: Mapping[str, Any] = immutabledict(),
    ) -> CursorResult[Any] | None:
        return super()._exec(conditional(construct, self.dialect), execution_options, multiparams, params)

    def emit_begin(self) -> None:
        """Write BEGIN TRANSACTION into a script."""
        self.static_output("BEGIN TRANSACTION" + self.command_terminator)

    def emit_commit(self) -> None:
        """Write COMMIT into a script, as a batch of its own."""
        super().emit_commit()
        if self.batch_separator:
            self.static_output(self.batch_separator)

    def alter_column(
        self,
        table_name: str,
        column_name: str,
        *,
        nullable: bool | None = None,
        server_default: Any = False,
        name: str | None = None,
        type_: TypeEngine[Any] | None = None,
        schema: str | None = None,
        existing_type: TypeEngine[Any] | None = None,
        existing_server_default: Any = None,
        existing_nullable: bool | None = None,
        **kw: Any,
    ) -> None:
        """Change a column: type and nullability in one statement, then its default, comment and name.

        Both are said together because the server takes NULL for granted where nothing is said. A default is a
        constraint, mostly named by the server: an existing one is looked up and dropped first.

        :raises ExistingTypeRequired: nullability changes and neither type is given.
        """
        if type_ is not None:
            if nullable is None:
                nullable = existing_nullable
            if nullable is None:
                warnings.warn(
                    "MS-SQL ALTER COLUMN operations that specify type_= should also specify a nullable= or "
                    "existing_nullable= argument to avoid implicit conversion of NOT NULL columns to NULL.",
                    stacklevel=2,
                )
            else:
                existing_type, type_ = type_, None
        if nullable is not None and existing_type is None:
            raise nullability_needs_type(table_name, column_name)
        if server_default is not False:
            if is_generation(server_default, existing_server_default):
                # Nothing else is altered: the standard rules refuse this.
                existing = {"schema": schema, "existing_server_default": existing_server_default}
                super().alter_column(table_name, column_name, server_default=server_default, **existing)
                return
            if server_default is None or existing_server_default is not False:
                self._exec(DropColumnConstraint(table_name, column_name, "default", schema))
        # The standard rules know the rest, but must not put the default between type and comment.
        super().alter_column(
            table_name,
            column_name,
            nullable=nullable,
            type_=type_,
            schema=schema,
            existing_type=existing_type,
            existing_nullable=existing_nullable,
            **kw,
        )
        if server_default is not False and server_default is not None:
            self._exec(ColumnDefault(table_name, column_name, server_default, schema=schema))
        if name is not None:
            self._exec(ColumnName(table_name, column_name, name, schema=schema))

    def drop_column(
        self,
        table_name: str,
        column: Column[Any],
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        **kw: Any,
    ) -> None:
        """Drop a column, which must not have constraints.

        :param kw: ``mssql_drop_default``, ``mssql_drop_check``, ``mssql_drop_foreign_key``: first drop the
            constraint of this kind that depends on the column, whatever its name.
        """
        for kind in ("default", "check", "foreign key"):
            if kw.pop(f"mssql_drop_{kind.replace(' ', '_')}", False):
                self._exec(DropColumnConstraint(table_name, column.name, kind, schema))
        super().drop_column(table_name, column, schema=schema, if_exists=if_exists, **kw)

    def create_index(self, index: Index, **kw: Any) -> None:
        """Create an index; ``mssql_include`` may name columns that the index's table object lacks."""
        table = index.table
        if table is not None:
            for column in index.dialect_options["mssql"]["include"] or ():
                if isinstance(column, str) and column not in table.c:
                    table.append_column(Column(column, NullType()))
        super().create_index(index, **kw)

    def drop_index(self, index: Index, **kw: Any) -> None:
        """Drop an index of a known table.

        :raises IndexTableRequired: the table is not given; index names belong to tables.
        """
        if index.table is None or index.table.name == "no_table":
            raise IndexTableRequired(str(index.name), "SQL Server")
        super().drop_index(index, **kw)

    def create_table_comment(self, table: Table) -> None:
        """Set the comment that the table object carries."""
        self._exec(Description("add", table.name, table.schema, None, table.comment))

    def drop_table_comment(self, table: Table) -> None:
        """Remove the table's comment."""
        self._exec(Description("drop", table.name, table.schema, None, None))

    def create_column_comment(self, column: Column[Any]) -> None:
        """Set the comment that the column object carries."""
        table = column.table
        self._exec(Description("add", table.name, table.schema, column.name, column.comment))

    def bulk_insert(
        self, table: TableClause | Table, rows: list[dict[str, Any]], multiinsert: bool = True
    ) -> None:
        """Insert rows; in a script, with values allowed for the identity column.

        On a connection SQLAlchemy switches IDENTITY_INSERT by itself where a row has such a value.
        """
        if not self.as_sql:
            super().bulk_insert(table, rows, multiinsert)
            return
        name = self.dialect.identifier_preparer.format_table(table)
        self._exec(f"SET IDENTITY_INSERT {name} ON")
        super().bulk_insert(table, rows, multiinsert)
        self._exec(f"SET IDENTITY_INSERT {name} OFF")

"""How MySQL and MariaDB carry out the directives."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy.schema import (
    CheckConstraint,
    Column,
    Constraint,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)
from sqlalchemy.util import immutabledict

from ...errors.ddl import IndexTableRequired, UnsupportedByDatabase
from ...errors.operations import ConstraintNameUnknown
from ..features import Features
from ..impl import DefaultImpl, is_generation
from ..statement import EMPTY, Statement
from .alteration import Change
from .changes import MySQLChanges
from .conditions import conditional, understood
from .live import alter_live
from .render import index_part
from .restatement import Existing, restatement

if TYPE_CHECKING:
    from sqlalchemy.engine import CursorResult
    from sqlalchemy.engine.interfaces import Dialect
    from sqlalchemy.sql import ClauseElement, Executable
    from sqlalchemy.sql.elements import quoted_name
    from sqlalchemy.sql.type_api import TypeEngine

    from alembic.schema.rules import SchemaRules

NAMED: dict[type[Constraint], str] = {
    CheckConstraint: "check",
    ForeignKeyConstraint: "foreignkey",
    UniqueConstraint: "unique",
}

UNNAMED_CHECK = (
    "The CHECK constraint of a column's former type in table '{table}' has no name and is left in place; if"
    " the server has one, drop it with op.drop_constraint() by the name that SHOW CREATE TABLE tells."
)


class MySQLImpl(DefaultImpl):
    """MySQL: a column is altered by restating all of it, and each DDL statement commits by itself."""

    __dialect__ = "mysql"
    transactional_ddl = False
    features = Features(
        widens_varchar=True,
        indexes_lose_columns=True,
        restates_columns=True,
        types_bring_collations=False,
        foreign_keys_make_indexes=True,
        own_keys_wait=True,
    )
    type_synonyms = (*DefaultImpl.type_synonyms, {"BOOL", "TINYINT"}, {"JSON", "LONGTEXT"})
    changes_class = MySQLChanges
    type_arg_extract = (r"character set (\S+)", r"collate (\S+)")

    def make_rules(self) -> SchemaRules:
        """The rules of this database, loaded when something is to be compared."""
        from .compare import MySQLRules

        return MySQLRules(self.dialect)

    def render_ddl_sql_expr(self, expr: ClauseElement, is_server_default: bool = False, **kw: Any) -> str:
        """The SQL of an expression; a part of an index in the parentheses that expressions need there."""
        sql = super().render_ddl_sql_expr(expr, is_server_default, **kw)
        return index_part(expr, sql) if kw.get("is_index") else sql

    def _exec(
        self,
        construct: Executable | str,
        execution_options: Mapping[str, Any] | None = None,
        multiparams: Sequence[Mapping[str, Any]] | None = None,
        params: Mapping[str, Any] = immutabledict(),
    ) -> CursorResult[Any] | None:
        guarded = conditional(construct, self.dialect)
        for sql in guarded:
            # Complete SQL, whose backslashes belong to it.
            self.sink.emit(Statement(sql, None, execution_options or EMPTY))
        if guarded:
            return None
        return super()._exec(understood(construct, self.dialect), execution_options, multiparams, params)

    def run_batch(self, batch: Any) -> bool:
        """Let a table that is to be made anew on a connection be read with all that it has.

        :returns: False: the batch goes on.
        :raises NotCarriedOver: the table has something that would be lost.
        """
        asked = batch.recreate == "always" and batch.copy_from is None
        if asked and not self.as_sql and "autoload_with" not in batch.reflect_kwargs:
            from .anew import whole_table

            batch.copy_from = whole_table(self, batch)
        return super().run_batch(batch)

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
        autoincrement: bool | None = None,
        existing_autoincrement: bool | None = None,
        comment: str | bool | None = False,
        existing_comment: str | None = None,
        **kw: Any,
    ) -> None:
        """Change a column in one statement, and nothing of it but what is asked.

        On a connection the column's definition is read, and whatever is not to change is said again as it is
        there; of the ``existing_`` values none is needed. A script has only those, and what is known of the
        table from earlier migrations: what a restated column has beyond that, the server forgets.

        :param existing_type: on a connection it counts if it names a character set or collation: ``type_``
            without one then is to have that of the table. So for ``existing_server_default`` and ON UPDATE.
        :param kw: ``check`` and ``existing_check``, conditions of the CHECK that is a part of the column on
            MariaDB; an empty one for none.

        :raises ExistingTypeRequired: a script restates the column and neither type is given or known.
        :raises ColumnNotDescribed: with ``strict``: a script restates it and its nullability or default is
            not given or known; else that is a warning in the log.
        :raises ColumnNotFound: the table on the connection has no such column.
        """
        if server_default is not False and is_generation(server_default, existing_server_default):
            # Nothing is altered before the standard rules have refused this.
            super().alter_column(
                table_name,
                column_name,
                schema=schema,
                server_default=server_default,
                existing_server_default=existing_server_default,
            )
            return
        change = Change(
            name,
            type_,
            nullable,
            server_default,
            autoincrement,
            comment,
            kw.get("check"),
            existing_type,
            existing_server_default,
        )
        if change.is_nothing:
            return
        if self.connection is not None and not self.as_sql:
            alter_live(self, table_name, column_name, schema, change)
            return
        existing = Existing(
            existing_type,
            existing_nullable,
            existing_server_default,
            existing_autoincrement,
            existing_comment,
            kw.get("existing_check"),
        )
        self._exec(restatement(self, table_name, column_name, schema, change, existing))

    def add_column(
        self,
        table_name: str,
        column: Column[Any],
        *,
        schema: str | quoted_name | None = None,
        if_not_exists: bool | None = None,
        inline_references: bool | None = None,
        inline_primary_key: bool | None = None,
    ) -> None:
        """Add a column.

        :raises UnsupportedByDatabase: for an identity that AUTO_INCREMENT can't stand for.
        """
        _check_identity(column)
        super().add_column(
            table_name,
            column,
            schema=schema,
            if_not_exists=if_not_exists,
            inline_references=inline_references,
            inline_primary_key=inline_primary_key,
        )

    def create_table(self, table: Table, **kw: Any) -> None:
        """Create a table with its indexes; errors as for :meth:`add_column`."""
        for column in table.columns:
            _check_identity(column)
        super().create_table(table, **kw)

    def drop_constraint(self, const: Constraint, **kw: Any) -> None:
        """Drop a constraint of a known kind; the servers have a statement of its own for each.

        The CHECK of a former Boolean or Enum may not be there at all, as older servers read a CHECK and
        forgot it: it is dropped if it exists, and without a name it stays, with a warning.

        :raises UnsupportedByDatabase: the kind is not known.
        :raises ConstraintNameUnknown: only a primary key can be dropped without a name.
        """
        kind = next((name for type_, name in NAMED.items() if isinstance(const, type_)), None)
        if kind is None and not isinstance(const, PrimaryKeyConstraint):
            raise UnsupportedByDatabase(
                "No generic 'DROP CONSTRAINT' in MySQL - please specify constraint type",
                hint='type_="foreignkey", "primary", "unique" or "check"',
            )
        if kind is not None and _has_no_name(const, self.dialect):
            if not const._type_bound:
                raise ConstraintNameUnknown(const.table.name, kind)
            warnings.warn(UNNAMED_CHECK.format(table=const.table.name), stacklevel=2)
            return
        if const._type_bound:
            kw["if_exists"] = True
        super().drop_constraint(const, **kw)

    def drop_index(self, index: Index, **kw: Any) -> None:
        """Drop an index of a known table.

        :raises IndexTableRequired: the table is not given; index names belong to tables.
        """
        if index.table is None or index.table.name == "no_table":
            raise IndexTableRequired(str(index.name), "MySQL")
        super().drop_index(index, **kw)


class MariaDBImpl(MySQLImpl):
    """MariaDB: as MySQL, with the differences that SQLAlchemy's dialect knows about."""

    __dialect__ = "mariadb"


def _has_no_name(constraint: Constraint, dialect: Dialect) -> bool:
    return constraint.name is None or dialect.identifier_preparer.format_constraint(constraint) is None


def _check_identity(column: Column[Any]) -> None:
    if column.identity is None or (column.table is not None and column is column.table._autoincrement_column):
        return
    raise UnsupportedByDatabase(
        f"MySQL has no identity columns other than an AUTO_INCREMENT primary key: column '{column.name}'",
        hint="make the column the primary key, or fill it from a sequence (MariaDB) or a trigger",
    )

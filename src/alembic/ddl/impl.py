"""How a dialect carries out each directive; the standard answers, and the registry of dialects."""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from copy import copy
from typing import TYPE_CHECKING, Any, Literal, TextIO, TypeAlias, cast

from sqlalchemy import Column, MetaData, PrimaryKeyConstraint, String, Table
from sqlalchemy.schema import (
    AddConstraint,
    Computed,
    Constraint,
    CreateIndex,
    CreateTable,
    DropConstraint,
    DropIndex,
    DropTable,
    DropTableComment,
    Identity,
    Index,
    SetColumnComment,
    SetTableComment,
)
from sqlalchemy.sql import text
from sqlalchemy.util import immutabledict

from ..errors.ddl import LiteralBindsOnlineError
from . import base, guards
from .autogen import Comparing, Params
from .batching import Batching
from .comparison import ComparisonResult
from .registry import ImplMeta, _impls, impl_for
from .rows import insert_rows
from .sinks import LiveSink, ScriptSink, Sink
from .stand_in import ScriptConnection
from .statement import EMPTY, Statement

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, CursorResult
    from sqlalchemy.engine.interfaces import Dialect
    from sqlalchemy.sql import Executable, TableClause
    from sqlalchemy.sql.elements import quoted_name
    from sqlalchemy.types import TypeEngine

    from .history import History
    from .journal import Journal

    ServerDefaultArgument: TypeAlias = base.ServerDefault | Literal[False] | None

__all__ = ["ComparisonResult", "DefaultImpl", "ImplMeta", "Params", "_impls"]

#: Characters that the version table's column has: in existing databases, and in new ones.
USUAL_WIDTH, WIDTH = 32, 255


class DefaultImpl(Comparing, Batching, metaclass=ImplMeta):
    """Carries out each directive for one dialect on one connection, or into one script.

    A dialect is a subclass with its SQLAlchemy name in ``__dialect__``; defining the class registers it. Each
    method below ends in :meth:`_exec`, which hands a statement to ``self.sink``.

    :param dialect: the SQLAlchemy dialect.
    :param connection: the connection to work on; None for a script.
    :param as_sql: write a script instead of running statements.
    :param transactional_ddl: overrides the class attribute when not None.
    :param output_buffer: receives the script.
    :param context_opts: the options of ``context.configure()``, read as a mapping.
    """

    __dialect__ = "default"

    transactional_ddl: bool = False
    command_terminator: str = ";"
    batch_separator: str = ""
    type_synonyms: tuple[set[str], ...] = ({"NUMERIC", "DECIMAL"},)
    type_arg_extract: Sequence[str] = ()
    identity_attrs_ignore: tuple[str, ...] = ("order", "on_null")
    #: For a script: what ``inspect()`` of the stand-in for a connection gives; None: that is refused.
    inspector: Any = None
    #: For a script: is told of each directive, and of each statement that goes around these.
    history: History | None = None
    #: For a live run: is told what statements belong to, where they can't be rolled back.
    journal: Journal | None = None
    #: What stands for the connection where there is none; made anew whenever it is asked for.
    stand_in: Callable[[Any], ScriptConnection] = ScriptConnection

    def __init__(
        self,
        dialect: Dialect,
        connection: Connection | None,
        as_sql: bool,
        transactional_ddl: bool | None,
        output_buffer: TextIO | None,
        context_opts: dict[str, Any],
    ) -> None:
        self.context_opts = context_opts
        self.literal_binds = bool(context_opts.get("literal_binds", False))
        if self.literal_binds and not as_sql:
            raise LiteralBindsOnlineError()
        self.dialect, self.connection = dialect, connection
        self.as_sql, self.output_buffer = as_sql, output_buffer
        if transactional_ddl is not None:
            self.transactional_ddl = transactional_ddl
        self.batch_separator = context_opts.get(f"{dialect.name}_batch_separator") or self.batch_separator
        # Free for whoever needs to remember something during a run; SQLAlchemy's DDL events use it as well.
        self.memo: dict[Any, Any] = {}
        self.sink: Sink = self._script_sink() if as_sql else self._live_sink()

    def _script_sink(self) -> ScriptSink:
        sink = ScriptSink(
            self.dialect,
            self.output_buffer or sys.stdout,
            terminator=self.command_terminator,
            batch_separator=self.batch_separator,
            literal_binds=self.literal_binds,
            through=lambda sql: self.static_output(sql),
        )
        self.dialect = sink.dialect
        return sink

    def _live_sink(self) -> LiveSink:
        # Without a connection there is nothing to emit to, but such an impl can still compare types.
        return LiveSink(cast("Connection", self.connection), self.features.rows_per_statement)

    @classmethod
    def get_by_dialect(cls, dialect: Dialect) -> type[DefaultImpl]:
        """The class in force for a dialect; one with the standard answers for a dialect that nobody knows."""
        return impl_for(dialect.name)

    # -- sending -----------------------------------------------------------------------------------

    @property
    def bind(self) -> Connection | None:
        """The connection; for a script a stand-in that writes whatever it is told to execute."""
        if self.connection is None and self.as_sql:
            return cast("Connection", self.stand_in(self))
        return self.connection

    def _exec(
        self,
        construct: Executable | str,
        execution_options: Mapping[str, Any] | None = None,
        multiparams: Sequence[Mapping[str, Any]] | None = None,
        params: Mapping[str, Any] = immutabledict(),
    ) -> CursorResult[Any] | None:
        """Hand one statement to the sink.

        :param construct: a string goes out as it stands; only SQLAlchemy's escape ``\\:name`` is undone.
        :param multiparams: run once for each of these.
        :param params: values for one run.
        """
        parameters = multiparams or params or None
        if isinstance(construct, str):
            construct = text(construct) if parameters else _without_colon_escapes(construct)
        return self.sink.emit(Statement(construct, parameters, execution_options or EMPTY))

    def execute(self, sql: Executable | str, execution_options: dict[str, Any] | None = None) -> None:
        """Run or write one statement."""
        self._exec(sql, execution_options)

    def static_output(self, text: str) -> None:
        """Write text that is not a statement, such as a comment."""
        self.sink.write(text)

    def emit_begin(self) -> None:
        """Write BEGIN into a script."""
        self.static_output("BEGIN" + self.command_terminator)

    def emit_commit(self) -> None:
        """Write COMMIT into a script."""
        self.static_output("COMMIT" + self.command_terminator)

    def start_migrations(self) -> None:
        """Called once before the first migration of a run; nothing here, for dialects to override."""

    def begin_step(self) -> None:
        """Called by the runner before each revision's function."""

    def end_step(self) -> None:
        """Called by the runner after each revision's function, in the same transaction.

        Runs what operations have put off until now, such as foreign keys between tables of the same step.
        """
        for call in self.memo.pop("at_step_end", ()):
            call()

    def remember(self) -> Any:
        """What is known of the steps so far, for :meth:`recall`."""
        return {key: copy(value) for key, value in self.memo.items()}

    def recall(self, known: Any) -> None:
        """Know no more than at that time: the steps since then were undone.

        :param known: what :meth:`remember` gave, which must serve for several times.
        """
        self.memo.clear()
        self.memo.update({key: copy(value) for key, value in known.items()})

    def needs_commit(self) -> bool:
        """Asked by the runner after each step: whether later ones can rely on it only when committed."""
        return False

    def over_commit(self) -> AbstractContextManager[None]:
        """A block around the end of such a transaction and the beginning of the next one."""
        return nullcontext()

    def end_run(self) -> None:
        """Called by the runner after the last revision's function, in its transaction."""

    def version_table_impl(
        self,
        *,
        version_table: str,
        version_table_schema: str | None,
        version_table_pk: bool,
        **kw: Any,
    ) -> Table:
        """The version table as a SQLAlchemy Table; override it for a column of another width.

        :param version_table_pk: with a primary key, named ``<table>_pkc``.
        """
        # A script has the width that scripts always had, unless it brings longer identifiers.
        width = USUAL_WIDTH if self.as_sql else WIDTH
        table = Table(
            version_table,
            MetaData(),
            Column("version_num", String(width), nullable=False),
            schema=version_table_schema,
        )
        if version_table_pk:
            table.append_constraint(PrimaryKeyConstraint("version_num", name=f"{version_table}_pkc"))
        return table

    # -- tables ------------------------------------------------------------------------------------

    def create_table(self, table: Table, **kw: Any) -> None:
        """CREATE TABLE, then its indexes and, where they are statements of their own, its comments.

        :param kw: ``if_not_exists``.
        """
        if kw.get("if_not_exists") and not self.features.create_table_if_not_exists:
            if guards.table_exists(self, table.name, table.schema):
                return
            del kw["if_not_exists"]
        table.dispatch.before_create(table, self.bind, checkfirst=self._checks_first(), _ddl_runner=self)
        self._exec(CreateTable(table, **kw))
        table.dispatch.after_create(table, self.bind, checkfirst=self._checks_first(), _ddl_runner=self)
        for index in _in_order(table.indexes):
            self.create_index(index)
        if self.dialect.supports_comments and not self.dialect.inline_comments:
            if table.comment:
                self.create_table_comment(table)
            for column in table.columns:
                if column.comment:
                    self.create_column_comment(column)

    def _checks_first(self) -> bool:
        """Whether listeners that create what a table needs may look whether it exists already."""
        return False

    def drop_table(self, table: Table, **kw: Any) -> None:
        """DROP TABLE.

        :param kw: ``if_exists``.
        """
        if kw.get("if_exists") and not self.features.drop_table_if_exists:
            if not guards.table_exists(self, table.name, table.schema):
                return
            del kw["if_exists"]
        table.dispatch.before_drop(table, self.bind, checkfirst=False, _ddl_runner=self)
        self._exec(DropTable(table, **kw))
        table.dispatch.after_drop(table, self.bind, checkfirst=False, _ddl_runner=self)

    def rename_table(
        self,
        old_table_name: str,
        new_table_name: str | quoted_name,
        schema: str | quoted_name | None = None,
    ) -> None:
        """Another name for a table."""
        self._exec(base.RenameTable(old_table_name, new_table_name, schema=schema))

    def create_table_comment(self, table: Table) -> None:
        """Set the comment that the table object carries."""
        self._exec(SetTableComment(table))

    def drop_table_comment(self, table: Table) -> None:
        """Remove the table's comment."""
        self._exec(DropTableComment(table))

    def create_column_comment(self, column: Column[Any]) -> None:
        """Set the comment that the column object carries."""
        self._exec(SetColumnComment(column))

    # -- columns -----------------------------------------------------------------------------------

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
        """ADD COLUMN.

        :param column: belongs to a table object of its own, which also holds its constraints.
        """
        if if_not_exists and not self.features.add_column_if_not_exists:
            if guards.column_exists(self, table_name, column.name, schema):
                return
            if_not_exists = None
        self._exec(
            base.AddColumn(
                table_name,
                column,
                schema=schema,
                if_not_exists=if_not_exists,
                inline_references=inline_references,
                inline_primary_key=inline_primary_key,
            )
        )

    def inlined_constraints(
        self, column: Column[Any], inline_references: bool | None = None
    ) -> Sequence[Constraint]:
        """Those constraints of the column's table that :meth:`add_column` writes into the column itself.

        Whoever adds a column adds the others by :meth:`add_constraint` afterwards.
        """
        if inline_references:
            return [key.constraint for key in base.inline_foreign_keys(column) if key.constraint is not None]
        return []

    def drop_column(
        self,
        table_name: str,
        column: Column[Any],
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        **kw: Any,
    ) -> None:
        """DROP COLUMN; of ``column`` only the name counts."""
        if if_exists and not self.features.drop_column_if_exists:
            if not guards.column_exists(self, table_name, column.name, schema):
                return
            if_exists = None
        self._exec(base.DropColumn(table_name, column, schema=schema, if_exists=if_exists))

    def alter_column(
        self,
        table_name: str,
        column_name: str,
        *,
        nullable: bool | None = None,
        server_default: ServerDefaultArgument = False,
        name: str | None = None,
        type_: TypeEngine[Any] | None = None,
        schema: str | None = None,
        autoincrement: bool | None = None,
        comment: str | Literal[False] | None = False,
        existing_comment: str | None = None,
        existing_type: TypeEngine[Any] | None = None,
        existing_server_default: ServerDefaultArgument = None,
        existing_nullable: bool | None = None,
        existing_autoincrement: bool | None = None,
        **kw: Any,
    ) -> None:
        """Change a column: nullability, server default, type, comment, and last its name.

        :param server_default: False leaves it, None drops it; so for ``comment``.
        """
        if autoincrement is not None or existing_autoincrement is not None:
            warnings.warn("autoincrement and existing_autoincrement only make sense for MySQL", stacklevel=2)
        known: dict[str, Any] = {
            "schema": schema,
            "existing_type": existing_type,
            "existing_server_default": None if existing_server_default is False else existing_server_default,
            "existing_nullable": existing_nullable,
            "existing_comment": existing_comment,
        }
        if nullable is not None:
            self._exec(base.ColumnNullable(table_name, column_name, nullable, **known))
        if server_default is not False:
            for change in self._default_changes(table_name, column_name, server_default, known):
                self._exec(change)
        if type_ is not None:
            self._exec(base.ColumnType(table_name, column_name, type_, **known))
        if comment is not False:
            self._exec(base.ColumnComment(table_name, column_name, comment, **known))
        if name is not None:
            self._exec(base.ColumnName(table_name, column_name, name, **known))

    def _default_changes(
        self, table_name: str, column_name: str, default: Any, known: dict[str, Any]
    ) -> list[base.AlterColumn]:
        """The constructs for a new server default: an ordinary one, a computed expression, or an identity."""
        both = (default, known["existing_server_default"])
        if any(isinstance(value, Computed) for value in both):
            return [base.ComputedColumnDefault(table_name, column_name, default, **known)]
        if any(isinstance(value, Identity) for value in both):
            return [base.IdentityColumnDefault(table_name, column_name, default, self, **known)]
        return [base.ColumnDefault(table_name, column_name, default, **known)]

    # -- indexes and constraints -------------------------------------------------------------------

    def create_index(self, index: Index, **kw: Any) -> None:
        """CREATE INDEX.

        :param kw: ``if_not_exists``.
        """
        if kw.get("if_not_exists") and not self.features.create_index_if_not_exists:
            table = _table_of(index)
            if guards.index_exists(self, table.name, str(index.name), table.schema):
                return
            del kw["if_not_exists"]
        self._exec(CreateIndex(index, **kw))

    def drop_index(self, index: Index, **kw: Any) -> None:
        """DROP INDEX.

        :param kw: ``if_exists``.
        """
        if kw.get("if_exists") and not self.features.drop_index_if_exists:
            table = _table_of(index)
            if not guards.index_exists(self, table.name, str(index.name), table.schema):
                return
            del kw["if_exists"]
        self._exec(DropIndex(index, **kw))

    def add_constraint(self, const: Any, **kw: Any) -> None:
        """ADD CONSTRAINT, unless the constraint itself says that this dialect has no need of it."""
        if const._create_rule is None or const._create_rule(self):
            self._exec(AddConstraint(const, **kw))

    def drop_constraint(self, const: Constraint, **kw: Any) -> None:
        """DROP CONSTRAINT.

        :param kw: ``if_exists``.
        """
        if const._create_rule is not None and not const._create_rule(self):
            return
        if kw.get("if_exists") and not self.features.drop_constraint_if_exists:
            if not guards.constraint_exists(self, const.table.name, str(const.name), const.table.schema):
                return
            del kw["if_exists"]
        rule, drop = const._create_rule, DropConstraint(const, **kw)
        const._create_rule = rule  # SQLAlchemy 2.0 marks it as one that is neither made nor dropped again
        self._exec(drop)

    # -- rows --------------------------------------------------------------------------------------

    def bulk_insert(
        self, table: TableClause | Table, rows: list[dict[str, Any]], multiinsert: bool = True
    ) -> None:
        """Insert rows, as few statements as the values allow.

        :param multiinsert: False runs one INSERT for each row, which then may hold SQL expressions.
        """
        insert_rows(self, table, rows, multiinsert)


def is_generation(*server_defaults: Any) -> bool:
    """Whether one of these makes a column computed or an identity, not only gives it a default."""
    return any(isinstance(value, (Computed, Identity)) for value in server_defaults)


_COLON_ESCAPE = re.compile(r"\\(:[\w$]*)(?![:\w$])")


def _without_colon_escapes(sql: str) -> str:
    return _COLON_ESCAPE.sub(r"\1", sql)


def _in_order(indexes: set[Index]) -> list[Index]:
    """A table's indexes by name: SQLAlchemy has them in a set, and a script is the same each time."""
    return sorted(indexes, key=lambda index: (str(index.name), [str(part) for part in index.expressions]))


def _table_of(index: Index) -> Table:
    return cast("Table", index.table)

"""Directives on PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import NoneType
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import Column, Table, func, select
from sqlalchemy.schema import Computed, Identity, Index
from sqlalchemy.sql.elements import ColumnClause
from sqlalchemy.types import NULLTYPE, Enum, String
from sqlalchemy.util import immutabledict

from ...errors.ddl import UsingWithoutType
from .. import base
from ..features import Features
from ..impl import DefaultImpl
from ..sinks import ScriptSink
from .changes import PostgresqlChanges
from .compile import PostgresqlColumnType, identity_changes
from .features import POSTGRESQL
from .named_types import NamedTypes

if TYPE_CHECKING:
    from sqlalchemy.engine import CursorResult
    from sqlalchemy.sql import Executable
    from sqlalchemy.sql.elements import ClauseElement, quoted_name
    from sqlalchemy.types import TypeEngine

    from alembic.schema.rules import SchemaRules

    from ..impl import ServerDefaultArgument


_ADDS_VALUE = re.compile(r"\s*ALTER\s+TYPE\s.*\sADD\s+VALUE\s", re.I | re.S)
_SETTINGS = "SELECT current_setting('role'), current_setting('search_path')"


class PostgresqlImpl(DefaultImpl):
    """PostgreSQL, with the enum and domain types that its columns need."""

    __dialect__ = "postgresql"

    transactional_ddl = True
    type_synonyms: tuple[set[str], ...] = (*DefaultImpl.type_synonyms, {"FLOAT", "DOUBLE PRECISION"})
    features: ClassVar[Features] = POSTGRESQL
    changes_class = PostgresqlChanges

    _value_added = False

    def make_rules(self) -> SchemaRules:
        """The rules of this database, loaded when something is to be compared."""
        from .compare import PostgresqlRules

        return PostgresqlRules(self.dialect)

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.named_types = NamedTypes(self)

    def _script_sink(self) -> ScriptSink:
        sink = super()._script_sink()
        # SQLAlchemy 2.0 assumes the opposite until it has asked the server: since PostgreSQL 9.1 a backslash
        # is an ordinary character in a string.
        sink.dialect._backslash_escapes = False  # type: ignore[attr-defined]  # PostgreSQL's dialects have it
        return sink

    def render_ddl_sql_expr(self, expr: ClauseElement, is_server_default: bool = False, **kw: Any) -> str:
        """The SQL of an expression; a part of an index in the parentheses that operators need there."""
        if kw.get("is_index") and not isinstance(expr, ColumnClause):
            expr = expr.self_group()
        return super().render_ddl_sql_expr(expr, is_server_default, **kw)

    def _exec(
        self,
        construct: Executable | str,
        execution_options: Mapping[str, Any] | None = None,
        multiparams: Sequence[Mapping[str, Any]] | None = None,
        params: Mapping[str, Any] = immutabledict(),
    ) -> CursorResult[Any] | None:
        result = super()._exec(construct, execution_options, multiparams, params)
        self.named_types.note(construct)
        text = construct if isinstance(construct, str) else getattr(construct, "text", None)
        if isinstance(text, str) and _ADDS_VALUE.match(text):
            self._value_added = True
        return result

    def needs_commit(self) -> bool:
        """Yes after ``ALTER TYPE … ADD VALUE``: nothing may use the value in the same transaction."""
        added, self._value_added = self._value_added, False
        return added

    @contextmanager
    def over_commit(self) -> Iterator[None]:
        """What ``SET LOCAL`` has set stays so in the next transaction, where it decides what a name means."""
        connection = None if self.as_sql else self.connection
        if connection is None:
            yield
            return
        before = connection.exec_driver_sql(_SETTINGS).one()
        yield
        after = connection.exec_driver_sql(_SETTINGS).one()
        for name, old, new in zip(("role", "search_path"), before, after, strict=True):
            if old != new:
                connection.execute(select(func.set_config(name, old, True)))

    def begin_step(self) -> None:
        """From here on, types that lose their last column wait for the end of the run."""
        super().begin_step()
        self.named_types.begin_step()

    def remember(self) -> Any:
        """What is known of the steps so far, for :meth:`recall`."""
        return super().remember(), self.named_types.remember(), self._value_added

    def recall(self, known: Any) -> None:
        """Know no more than at that time: the steps since then were undone."""
        memo, types, self._value_added = known
        super().recall(memo)
        self.named_types.recall(types)

    def end_run(self) -> None:
        """Drop the types that lost their last column in this run and that the migrations left behind."""
        super().end_run()
        self.named_types.end_run()

    def create_table(self, table: Table, **kw: Any) -> None:
        """CREATE TABLE, after the types that its columns need and that are not there yet."""
        self.named_types.create_for_table(table)
        super().create_table(table, **kw)

    def _checks_first(self) -> bool:
        return not self.as_sql

    def drop_table(self, table: Table, **kw: Any) -> None:
        """DROP TABLE; then the types that were created for it, unless something else uses them."""
        leaving = self.named_types.of_table(table)
        super().drop_table(table, **kw)
        self.named_types.leave(leaving)

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
        """ADD COLUMN, after the type that it needs, if that is not there yet."""
        self.named_types.create_for_column(column)
        super().add_column(
            table_name,
            column,
            schema=schema,
            if_not_exists=if_not_exists,
            inline_references=inline_references,
            inline_primary_key=inline_primary_key,
        )

    def drop_column(
        self,
        table_name: str,
        column: Column[Any],
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        **kw: Any,
    ) -> None:
        """DROP COLUMN; then the type that was created for it, unless something else uses it."""
        leaving = self.named_types.of_column(table_name, column.name, schema, column.type)
        super().drop_column(table_name, column, schema=schema, if_exists=if_exists, **kw)
        self.named_types.leave(leaving)

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
        existing_type: TypeEngine[Any] | None = None,
        existing_server_default: ServerDefaultArgument = None,
        existing_nullable: bool | None = None,
        existing_autoincrement: bool | None = None,
        **kw: Any,
    ) -> None:
        """Change a column, its type first.

        :param kw: ``postgresql_using``: SQL that makes the new value; ``comment``, ``existing_comment``.
        """
        using = kw.pop("postgresql_using", None)
        if using is not None and type_ is None:
            raise UsingWithoutType()
        if existing_server_default is False:
            existing_server_default = None
        if type_ is not None:
            server_default = self._change_type(
                table_name,
                column_name,
                type_,
                using,
                server_default,
                schema=schema,
                existing_type=existing_type,
                existing_server_default=existing_server_default,
                existing_nullable=existing_nullable,
            )
        super().alter_column(
            table_name,
            column_name,
            nullable=nullable,
            server_default=server_default,
            name=name,
            schema=schema,
            autoincrement=autoincrement,
            existing_type=existing_type,
            existing_server_default=existing_server_default,
            existing_nullable=existing_nullable,
            existing_autoincrement=existing_autoincrement,
            **kw,
        )

    def _change_type(
        self,
        table_name: str,
        column_name: str,
        type_: TypeEngine[Any],
        using: str | None,
        server_default: Any,
        **known: Any,
    ) -> Any:
        """Change the type; what comes back is the server default that is still to be set, or False.

        ALTER TYPE also converts the present default and fails where no implicit conversion exists, even if
        the rows themselves are converted by USING. So a default that would be in the way is dropped before.
        """
        new_type = base.ColumnType(table_name, column_name, type_).type_
        self.named_types.create_for_type(new_type)
        leaving = self.named_types.of_column(table_name, column_name, known["schema"])
        existing = known["existing_server_default"]
        if any(isinstance(default, (Computed, Identity)) for default in (server_default, existing)):
            drop_first = False
        elif server_default is False:
            drop_first = existing is not None and not _converts(known["existing_type"], new_type)
        else:
            has_default = existing is not None or self.named_types.has_default(
                table_name, column_name, known["schema"]
            )
            drop_first = server_default is None or (
                has_default and not _converts(known["existing_type"], new_type)
            )
        if drop_first:
            self._exec(base.ColumnDefault(table_name, column_name, None, **known))
        self._exec(PostgresqlColumnType(table_name, column_name, type_, using=using, **known))
        self.named_types.leave(leaving)
        if not drop_first:
            return server_default
        if server_default is None:
            return False
        return existing if server_default is False else server_default

    def _default_changes(
        self, table_name: str, column_name: str, default: Any, known: dict[str, Any]
    ) -> list[base.AlterColumn]:
        """Also between an ordinary default and an identity, dropping one before the other is set."""
        existing = known["existing_server_default"]
        if isinstance(default, Identity) and isinstance(existing, Identity):
            if not identity_changes(existing, default):
                return []
        elif isinstance(default, Identity) and not isinstance(existing, (NoneType, Computed)):
            bare = {**known, "existing_server_default": None}
            return [
                base.ColumnDefault(table_name, column_name, None, **known),
                base.IdentityColumnDefault(table_name, column_name, default, self, **bare),
            ]
        elif isinstance(existing, Identity) and not isinstance(default, (NoneType, Computed)):
            return [
                base.IdentityColumnDefault(table_name, column_name, None, self, **known),
                base.ColumnDefault(table_name, column_name, default, **known),
            ]
        return super()._default_changes(table_name, column_name, default, known)

    def run_batch(self, batch: Any) -> bool:
        """Let a table that is to be made anew on a connection be read with all that it has.

        :returns: False: the batch goes on.
        :raises NotCarriedOver: the table has something that would be lost.
        """
        if batch.recreate == "always" and batch.copy_from is None and not self.as_sql:
            from .anew import whole_table

            batch.copy_from = whole_table(self, batch)
        return super().run_batch(batch)

    def rows_copied(self, old: Table, new: Table) -> None:
        """A new table's numbers go on where those of the rows end."""
        column = new._autoincrement_column
        if column is None:
            return
        preparer = self.dialect.identifier_preparer
        name, number = preparer.format_table(new), preparer.format_column(column)
        texts = [String().literal_processor(self.dialect)(text) for text in (name, column.name)]  # type: ignore[no-untyped-call]  # SQLAlchemy's own is untyped
        sequence, last = f"pg_get_serial_sequence({', '.join(texts)})", f"max({number})"
        if column.key in old.c and old.c[column.key].name == old.c[column.key].key:
            before = (preparer.format_table(old), old.c[column.key].name)
            former = ", ".join(String().literal_processor(self.dialect)(each) for each in before)  # type: ignore[no-untyped-call]
            # Numbers of rows that are gone don't come again.
            last = f"greatest({last}, pg_sequence_last_value(pg_get_serial_sequence({former})::regclass))"
        self._exec(f"SELECT setval({sequence}, {last}) FROM {name}")

    def create_index(self, index: Index, **kw: Any) -> None:
        """CREATE INDEX; columns that only ``postgresql_include`` names need not be known to the table."""
        table = index.table
        assert isinstance(table, Table), "an index to be created belongs to a table"
        for name in index.dialect_options["postgresql"]["include"] or ():
            if isinstance(name, str) and name not in table.c:
                table.append_column(Column(name, NULLTYPE))
        super().create_index(index, **kw)


def _converts(old: TypeEngine[Any] | None, new: TypeEngine[Any]) -> bool:
    """Whether PostgreSQL surely converts a default from the old type to the new one by itself.

    Every type converts to a string type. Otherwise the families have to be the same; an enum is a family of
    its own.
    """
    if _is_enum(new):
        return False
    if issubclass(new._type_affinity or type(new), String):
        return True
    return old is not None and old._type_affinity is new._type_affinity and not _is_enum(old)


def _is_enum(type_: TypeEngine[Any]) -> bool:
    return isinstance(type_, Enum) and type_.native_enum

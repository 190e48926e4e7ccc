"""What a batch collects, and how it is carried out."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import MetaData, Table

from alembic.ddl.recreation import Recreation as ApplyBatchImpl
from alembic.ddl.sinks import ScriptSink
from alembic.ddl.statement import Statement
from alembic.errors.batch import TableUnknownInScript
from alembic.errors.operations import BadRecreate, NotInBatch, OrderNeedsRebuild

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import Dialect
    from sqlalchemy.schema import Column, Constraint, Index
    from sqlalchemy.sql import Executable

    from alembic.ddl.impl import DefaultImpl

    from .abstract import AbstractOperations

__all__ = ["ApplyBatchImpl", "BatchOperationsImpl"]

Entry = tuple[str, tuple[Any, ...], dict[str, Any]]
"""A method of the dialect's impl, and its arguments."""


class BatchOperationsImpl:
    """Takes the calls that would alter a table at once, and makes them when the batch is over.

    ``batch`` is the list of calls so far; the parameters are those of ``batch_alter_table``.
    """

    def __init__(
        self,
        operations: AbstractOperations,
        table_name: str,
        schema: str | None,
        recreate: str,
        copy_from: Table | None,
        table_args: tuple[Any, ...],
        table_kwargs: dict[str, Any],
        reflect_args: tuple[Any, ...],
        reflect_kwargs: dict[str, Any],
        naming_convention: Mapping[str, str] | None,
        partial_reordering: list[tuple[str, ...]] | None,
    ) -> None:
        if recreate not in ("auto", "always", "never"):
            raise BadRecreate(recreate)
        self.operations = operations
        self.table_name = table_name
        self.schema = schema
        self.recreate = recreate
        self.copy_from = copy_from
        self.table_args = table_args
        self.table_kwargs = table_kwargs
        self.reflect_args = reflect_args
        self.reflect_kwargs = reflect_kwargs
        self.naming_convention = naming_convention
        self.partial_reordering = partial_reordering
        self.batch: list[Entry] = []

    @property
    def dialect(self) -> Dialect:
        """The SQLAlchemy dialect of the migration."""
        return self.operations.migration_context.dialect

    @property
    def impl(self) -> DefaultImpl:
        """What carries the calls out in the end."""
        return self.operations.migration_context.impl

    def flush(self) -> None:
        """Carry out the calls, in order.

        :raises TableUnknownInScript: the table would have to be made anew in a script that does not know it.
        :raises OrderNeedsRebuild: a place for a column was asked for, which only a new table could give.
        """
        if self.recreate != "never" and self.impl.run_batch(self):
            return
        if self._should_recreate():
            self._recreate()
            return
        for name, args, kw in [self._plain(*entry) for entry in self.batch]:
            method = self.impl.native(name) if self.recreate == "never" else getattr(self.impl, name)
            method(*args, **kw)

    def _recreate(self) -> None:
        journal = self.impl.journal
        if journal is None or not journal.writes_ahead or any(name == "execute" for name, _, _ in self.batch):
            self._make_anew()
            return
        # Half-way the table has another name, and what it was like is known from nowhere else.
        entries = [part for entry in self.batch for part in entry]
        change = ("table made anew", self.table_name, self.schema, *entries)
        for sql in journal.planned(change, self._statements):
            self.impl.sink.emit(Statement(sql))

    def _statements(self) -> list[str]:
        """What makes the table anew, and is not carried out."""
        live, statements = self.impl.sink, list[str]()
        self.impl.sink = ScriptSink(
            self.dialect, io.StringIO(), terminator="", literal_binds=True, through=statements.append
        )
        try:
            self._make_anew()
        finally:
            self.impl.sink = live
        return statements

    def _make_anew(self) -> None:
        """Make the table anew; a statement that stands between two calls runs between two such rounds."""
        table, reflected = self._known_table()
        hints = self.partial_reordering or ()
        round_ = ApplyBatchImpl(self.impl, table, self.table_args, self.table_kwargs, reflected, hints)
        used = all(name == "execute" for name, _, _ in self.batch)
        for name, args, kw in [*self.batch, ("", (), {})]:
            if name not in ("", "execute"):
                getattr(round_, name)(*args, **kw)
                used = True
                continue
            if used:
                table = round_.carry_out()
                round_, used = ApplyBatchImpl(self.impl, table, reflected=reflected), False
            if name:
                self.impl.execute(*args, **kw)

    def _known_table(self) -> tuple[Table, bool]:
        """What the table is like, and whether it was read from the database."""
        if self.copy_from is not None:
            return self.copy_from, False
        known = self.impl.known_table(self.table_name, self.schema)
        if known is not None:
            return known, False
        if self.impl.as_sql:
            raise TableUnknownInScript(self.table_name, self.dialect.name)
        options: dict[str, Any] = {"resolve_fks": False, "autoload_with": self.impl.connection}
        options |= self.reflect_kwargs
        listeners = options.pop("listeners", [("column_reflect", self.impl.autogen_column_reflect)])
        metadata = MetaData(naming_convention=self.naming_convention)
        table = Table(
            self.table_name,
            metadata,
            *self.reflect_args,
            schema=self.schema,
            listeners=listeners,
            **options,
        )
        return table, True

    def _should_recreate(self) -> bool:
        return self.recreate == "always" or (self.recreate == "auto" and self._needs_rebuild(self.batch))

    def makes_anew(self) -> bool:
        """Whether the table is not just altered, as far as the dialect can tell without a database."""
        return self._should_recreate()

    def _needs_rebuild(self, entries: Sequence[Entry]) -> bool:
        """What the dialect says of some of the calls; those that alter nothing aren't asked about."""
        everything = self.batch
        self.batch = [entry for entry in entries if entry[0] not in ("execute", "rename_table")]
        try:
            return self.impl.requires_recreate_in_batch(self)
        finally:
            self.batch = everything

    @staticmethod
    def _plain(name: str, args: tuple[Any, ...], kw: dict[str, Any]) -> Entry:
        """The call without what only a rebuild would understand."""
        hints = [hint for hint in ("insert_before", "insert_after") if kw.get(hint) is not None]
        if hints and name == "add_column":
            raise OrderNeedsRebuild()
        if hints:
            warnings.warn(f"{hints[0]} moves no column of a table that is not rebuilt", stacklevel=2)
        return name, args, {key: kw[key] for key in kw if key not in ("insert_before", "insert_after")}

    def inlined_constraints(
        self, column: Column[Any], inline_references: bool | None = None
    ) -> Sequence[Constraint]:
        """Which constraints an added column brings along by itself; see the dialect's impl."""
        return self.impl.inlined_constraints(column, inline_references)

    def add_column(self, *arg: Any, **kw: Any) -> None:
        """Collect the call."""
        self.batch.append(("add_column", arg, kw))

    def drop_column(self, *arg: Any, **kw: Any) -> None:
        """Collect the call."""
        self.batch.append(("drop_column", arg, kw))

    def alter_column(self, *arg: Any, **kw: Any) -> None:
        """Collect the call."""
        self.batch.append(("alter_column", arg, kw))

    def add_constraint(self, const: Constraint) -> None:
        """Collect the call."""
        self.batch.append(("add_constraint", (const,), {}))

    def drop_constraint(self, const: Constraint, **kw: Any) -> None:
        """Collect the call."""
        self.batch.append(("drop_constraint", (const,), kw))

    def create_index(self, idx: Index, **kw: Any) -> None:
        """Collect the call."""
        self.batch.append(("create_index", (idx,), kw))

    def drop_index(self, idx: Index, **kw: Any) -> None:
        """Collect the call."""
        self.batch.append(("drop_index", (idx,), kw))

    def rename_table(self, *arg: Any, **kw: Any) -> None:
        """Collect the call."""
        self.batch.append(("rename_table", arg, kw))

    def create_table_comment(self, table: Table) -> None:
        """Collect the call."""
        self.batch.append(("create_table_comment", (table,), {}))

    def drop_table_comment(self, table: Table) -> None:
        """Collect the call."""
        self.batch.append(("drop_table_comment", (table,), {}))

    def create_column_comment(self, column: Any) -> None:
        """Collect the call."""
        self.batch.append(("create_column_comment", (column,), {}))

    def execute(self, sql: Executable | str, execution_options: dict[str, Any] | None = None) -> None:
        """Collect the call: a statement runs where it stands among the changes."""
        self.batch.append(("execute", (sql,), {"execution_options": execution_options}))

    def create_table(self, table: Table, **kw: Any) -> None:
        """Refused: a batch is about one table that exists."""
        raise NotInBatch("create_table")

    def drop_table(self, table: Table, **kw: Any) -> None:
        """Refused: a batch is about one table that exists."""
        raise NotInBatch("drop_table")

    def bulk_insert(self, *arg: Any, **kw: Any) -> None:
        """Refused: a batch changes a table, not its rows."""
        raise NotInBatch("bulk_insert")

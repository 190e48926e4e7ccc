"""What revisions make of a schema, without a database: their functions run, and their operations are applied.

The functions run as for a script (``--sql``), except that nothing is written. What they ask a database for
can't be answered: from there on nothing is known, but for tables that later revisions create.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table

from ..operations import Operations
from ..operations.batch_op import BatchOp
from ..operations.ops import CreateTableOp
from ..operations.plain_columns import PlainColumns
from ..operations.toschema import after_statement, not_built_in
from ..schema.knowledge import EMPTY, nothing_known
from .known_inspector import KnownInspector
from .migration import MigrationContext
from .versions import after

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect
    from sqlalchemy.sql import Executable

    from ..ddl.statement import Statement
    from ..operations.batch import BatchOperationsImpl
    from ..operations.operation import MigrateOperation
    from ..schema.shapes import Schema
    from ..script import ScriptDirectory
    from ..script.steps import MigrationStep
    from .events import Event


def replay(
    script: ScriptDirectory,
    revision: str | Sequence[str] = "heads",
    *,
    dialect: Dialect,
    opts: Mapping[str, Any] | None = None,
    arguments: Mapping[str, Any] | None = None,
    start: Schema = EMPTY,
    start_revisions: tuple[str, ...] = (),
    on_empty_tables: bool = False,
) -> Schema:
    """The schema that upgrading to some revision leads to.

    :param script: the revision files.
    :param revision: anything that names revisions; those themselves are included.
    :param dialect: the kind of database.
    :param opts: options of ``context.configure()``; of these ``target_metadata`` tells the naming convention.
    :param arguments: keywords for every ``upgrade()``.
    :param start: the schema before; its tables may be altered if their ``source`` is a SQLAlchemy Table.
    :param start_revisions: the revisions that ``start`` is at.
    :param on_empty_tables: revisions that read rows find none, as on a new database.
    """
    steps = _upgrade_steps(script, revision, start_revisions)
    kind = Replaying
    if on_empty_tables:
        from .empty_tables import ReplayingOnEmptyTables as kind
    return kind(dialect, {**(opts or {}), "script": script}).through(steps, start, arguments or {})


def plain_columns(
    script: ScriptDirectory,
    revision: str | Sequence[str],
    *,
    dialect: Dialect,
    opts: Mapping[str, Any],
    arguments: Mapping[str, Any],
) -> PlainColumns:
    """The columns that nothing stands on after upgrading to some revision; the parameters are as above."""
    listing = Listing(dialect, {**opts, "script": script})
    listing.through(_upgrade_steps(script, revision, ()), nothing_known("nobody keeps it"), arguments)
    return listing.plain


def _upgrade_steps(
    script: ScriptDirectory, revision: str | Sequence[str], heads: tuple[str, ...]
) -> list[MigrationStep]:
    names = [revision] if isinstance(revision, str) else list(revision)
    steps: list[MigrationStep] = []
    rows = heads
    for name in names:
        for step in script._upgrade_revs(name, rows):
            steps.append(step)
            rows = after(rows, step.row_changes(rows))
    return steps


class Replaying(MigrationContext):
    """The migration context of revisions whose operations are applied to a schema; see :func:`replay`.

    :param dialect: the kind of database.
    :param opts: options of ``context.configure()``.
    """

    def __init__(self, dialect: Dialect, opts: Mapping[str, Any]) -> None:
        kept = {key: value for key, value in opts.items() if key not in _OF_A_RUN}
        super().__init__(dialect, None, {**kept, "as_sql": True, "output_buffer": io.StringIO()})
        self.schema: Schema = EMPTY
        self.impl.sink = _Judging(self)
        self.impl.history = None
        self.impl.table_source = self._table
        self.impl.inspector = KnownInspector(
            lambda: self.schema, dialect.default_schema_name, (self.version_table_schema, self.version_table)
        )

    def _notify(self, event: Event) -> None:
        """Nothing: there is no run that anybody would follow."""

    def _table(self, name: str, schema: str | None) -> Table | None:
        table = self.schema.tables.get((schema, name))
        return table.source if table is not None and isinstance(table.source, Table) else None

    def follow(self, operation: MigrateOperation) -> None:
        """An operation of a revision."""
        self.schema = operation.apply(self.schema, self)

    def follow_statement(self, statement: Executable | str) -> None:
        """What went to the database around operations."""
        self.schema = after_statement(self.schema, statement, self)

    def follow_foreign(self, operation: MigrateOperation) -> None:
        """An operation that the application carries out in a way of its own."""
        self.schema = not_built_in(operation, self.schema, self)

    def failed(self, why: str) -> None:
        """A revision can't be followed to its end."""
        self.schema = nothing_known(why)

    def through(self, steps: Iterable[MigrationStep], schema: Schema, arguments: Mapping[str, Any]) -> Schema:
        """The schema after some steps."""
        self.schema = schema
        for step in steps:
            if not step.is_stamp:
                self._run(step, arguments)
        return self.schema

    def _run(self, step: MigrationStep, arguments: Mapping[str, Any]) -> None:
        before = self.schema
        function = step.migration_fn
        try:
            with ReplayingOperations.context(self):
                function(**arguments)
        except Exception as error:  # whatever a script does that needs a database; it is not ours to judge
            self.failed(f"{type(error).__name__}: {_first_line(error)}")
        self.schema = _placed(before, self.schema, f"revision {step.info.up_revision_id}")


class Listing(Replaying):
    """The same, for those who only ask which columns nothing stands on: no table is made for it."""

    def __init__(self, dialect: Dialect, opts: Mapping[str, Any]) -> None:
        super().__init__(dialect, opts)
        self.plain = PlainColumns(self.impl.rules.flavour)

    def follow(self, operation: MigrateOperation) -> None:
        """An operation of a revision."""
        self.plain.note(operation)

    def follow_statement(self, statement: Executable | str) -> None:
        """What went to the database around operations."""
        self.plain.note_statement(statement)

    def follow_foreign(self, operation: MigrateOperation) -> None:
        """An operation that the application carries out in a way of its own."""
        self.plain.forget()

    def failed(self, why: str) -> None:
        """A revision can't be followed to its end."""
        self.plain.forget()


class ReplayingOperations(Operations):
    """``op`` of a revision that is replayed: applies operations to the schema, and carries none out."""

    migration_context: Replaying

    def invoke(self, operation: MigrateOperation) -> Any:
        """Apply an operation; CREATE TABLE gives the table."""
        context = self.migration_context
        implementation = self._to_impl.dispatch(operation, context.impl.__dialect__)
        if implementation.__module__.startswith("alembic."):
            context.follow(operation)
        else:  # an application's own way of doing it
            context.follow_foreign(operation)
        return operation.to_table(context) if isinstance(operation, CreateTableOp) else None

    def _finish(self, batch: BatchOperationsImpl, operations: Sequence[MigrateOperation]) -> None:
        context = self.migration_context
        context.follow(BatchOp(batch, operations))


class _Judging:
    """A sink for what goes to the database around operations."""

    def __init__(self, context: Replaying) -> None:
        self._context = context

    def emit(self, statement: Statement) -> None:
        self._context.follow_statement(statement.construct)

    def write(self, text: str) -> None:
        """Nothing: a remark changes no schema."""


def _placed(before: Schema, after: Schema, place: str) -> Schema:
    """The schema whose new gaps tell the revision that has made them."""
    unknown = {
        key: why if before.unknown.get(key) == why else f"{place}: {why}"
        for key, why in after.unknown.items()
    }
    rest = after.unknown_rest
    if rest is not None and rest != before.unknown_rest:
        rest = f"{place}: {rest}"
    return replace(after, unknown=unknown, unknown_rest=rest)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0]


# Options of the run that asks for a replay, which the replay is no part of.
_OF_A_RUN = frozenset(
    ("fn", "as_sql", "output_buffer", "output_encoding", "purge", "starting_rev", "on_version_apply")
)

"""Directives on SQLite."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, ClassVar, Literal, cast

from sqlalchemy import LargeBinary, event
from sqlalchemy import cast as cast_as
from sqlalchemy.schema import Computed, Constraint, DefaultClause
from sqlalchemy.sql import ColumnElement
from sqlalchemy.types import NullType

from ...errors.batch import TableUnknownInScript
from ...errors.ddl import UnsupportedByDatabase
from ..features import Features
from ..impl import DefaultImpl
from ..sinks import LiveSink
from .alteration import Alteration, Entry
from .compile import checks_of_type
from .features import SQLITE
from .render import default_text
from .restated import Restated
from .spelling import reflected_default
from .stored import Place
from .values import processor_of
from .written import Moment, Written, around_new_table, go_on_counting, is_used

if TYPE_CHECKING:
    from sqlalchemy import Column, Index, Table
    from sqlalchemy.engine import Connection
    from sqlalchemy.engine.reflection import Inspector
    from sqlalchemy.sql import ClauseElement
    from sqlalchemy.sql.compiler import DDLCompiler
    from sqlalchemy.sql.elements import quoted_name
    from sqlalchemy.types import TypeEngine

    from alembic.schema.rules import SchemaRules

    from ..impl import ServerDefaultArgument

_COPY_AND_MOVE = (
    "Please refer to the batch mode feature which allows "
    "for SQLite migrations using a copy-and-move strategy."
)


class SQLiteImpl(DefaultImpl):
    """SQLite: what ALTER TABLE can't do is done by making the table anew; in a script, if it is known."""

    __dialect__ = "sqlite"

    # In public it stays False, as scripts and env.py files expect; the runner sends BEGIN by itself.
    transactional_ddl = False
    features: ClassVar[Features] = SQLITE

    _waiting: Alteration | None = None
    _in_step = _listening = False
    _written: Written | None = None

    def make_rules(self) -> SchemaRules:
        """The rules of this database, loaded when something is to be compared."""
        from .compare import SQLiteRules

        return SQLiteRules(self.dialect)

    def render_ddl_sql_expr(self, expr: ClauseElement, is_server_default: bool = False, **kw: Any) -> str:
        """The SQL of an expression; a server default in the parentheses that SQLite wants around it."""
        sql = super().render_ddl_sql_expr(expr, is_server_default, **kw)
        return default_text(sql) if is_server_default else sql

    def _live_sink(self) -> LiveSink:
        return LiveSink(cast("Connection", self.connection), processor_of=processor_of)

    def ddl_compiler(self) -> DDLCompiler:
        """What turns parts of a table into SQL."""
        return self.dialect.ddl_compiler(self.dialect, None)  # type: ignore[arg-type]  # as SQLAlchemy does

    # -- what alters a table: ALTER TABLE where it can, else the table is made anew --------------------

    def begin_step(self) -> None:
        """From now on, operations on one table that follow each other are carried out together."""
        super().begin_step()
        self._waiting, self._in_step = None, True

    def end_step(self) -> None:
        """Carry out what still waits."""
        super().end_step()
        self.flush()
        self._in_step = False

    def flush(self) -> None:
        """Carry out the operations that wait for others on the same table."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.carry_out()

    def alteration(self, table: str, schema: str | None = None, **options: Any) -> Alteration:
        """A list for operations on a table, to be carried out together; see :class:`.Alteration`."""
        assert self.connection is not None, "only a live database can tell what a table is"
        return Alteration(self, Place(self.connection, table, schema), **options)

    def _alter(self, table: str, schema: str | None, entry: Entry) -> None:
        """Carry out an operation, or let it wait for others on the same table."""
        if not isinstance(self.sink, LiveSink):
            self._write(table, schema, entry)
            return
        waiting = self._waiting
        if waiting is None or (waiting.place.name, waiting.place.schema) != (table, schema):
            self.flush()
            waiting = self.alteration(table, schema)
            if waiting.is_native(entry):
                getattr(self, f"native_{entry.name}")(*entry.args, **entry.kw)
                return
            self._wait(waiting)
        waiting.entries.append(entry)
        if not self._in_step:
            self.flush()

    def _write(self, table: str, schema: str | None, entry: Entry) -> None:
        """An operation in a script; a new table, if what it is like is known."""
        name, args, kw = entry
        written = self._written_of(table, schema)
        known = None
        if not _is_native(*entry) or (name == "drop_column" and self._is_used(written, args[1].name)):
            known = written.table()
        if known is not None:
            self._written = None  # indexes made again with the table are no changes of it
            written.make_anew(known, entry)
            self._written = written
        elif name == "alter_column" and not _is_native(*entry):
            raise TableUnknownInScript(table, self.dialect.name)
        else:
            getattr(self, f"native_{name}")(*args, **kw)
            written.note(entry)

    def _is_used(self, written: Written, column: str) -> bool:
        """Whether anything stands on a column, as far as is known."""
        place, history = written.place, self.history
        if place is None or history is None or written.has_changed:
            return is_used(written.table(), column)
        is_plain = history.is_plain(place.table, place.schema, column)
        return not is_plain and is_used(written.table(), column)

    def _written_of(self, table: str, schema: str | None) -> Written:
        """What the running directive has written of a table so far."""
        place = None if self.history is None else Moment(self.history.position, table, schema)
        written = self._written
        if written is None or place is None or written.place != place:
            written = self._written = Written(self, place, lambda: self.known_table(table, schema))
        return written

    def _wait(self, waiting: Alteration) -> None:
        """Let operations wait until anything else is said to the database."""
        self._waiting = waiting
        if not self._listening:
            self._listening = True
            connection = waiting.place.connection
            # Before the listener that begins a transaction: a table is best made anew outside of one.
            event.listen(connection, "before_cursor_execute", lambda *_: self.flush(), insert=True)
            event.listen(connection, "commit", lambda _: self.flush())
            event.listen(connection, "rollback", lambda _: self._forget())

    def _forget(self) -> None:
        self._waiting = None

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
        """Add a column together with its foreign keys and CHECKs."""
        if column.identity is not None and not column.primary_key:
            raise UnsupportedByDatabase(
                f"SQLite can't add identity column {column.name!r} to table {table_name!r}",
                hint="Only an INTEGER PRIMARY KEY counts by itself there; create the table with one.",
            )
        kw = {
            "schema": schema,
            "if_not_exists": if_not_exists,
            "inline_references": inline_references,
            "inline_primary_key": inline_primary_key,
        }
        self._alter(table_name, schema, Entry("add_column", (table_name, column), kw))

    def native_add_column(self, table_name: str, column: Column[Any], **kw: Any) -> None:
        """ADD COLUMN."""
        if column.unique:
            raise _no_constraints(column)
        super().add_column(table_name, column, **kw)

    def drop_column(
        self,
        table_name: str,
        column: Column[Any],
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        **kw: Any,
    ) -> None:
        """Drop a column, with the constraints and indexes that are on it."""
        self._alter(
            table_name,
            schema,
            Entry("drop_column", (table_name, column), {"schema": schema, "if_exists": if_exists, **kw}),
        )

    def native_drop_column(self, table_name: str, column: Column[Any], **kw: Any) -> None:
        """DROP COLUMN."""
        super().drop_column(table_name, column, **kw)

    def inlined_constraints(
        self, column: Column[Any], inline_references: bool | None = None
    ) -> Sequence[Constraint]:
        """Every foreign key and CHECK of the column."""
        return [*super().inlined_constraints(column, True), *checks_of_type(column)]

    def alter_column(
        self,
        table_name: str,
        column_name: str,
        *,
        schema: str | None = None,
        comment: str | Literal[False] | None = False,
        **kw: Any,
    ) -> None:
        """Change a column's type, nullability, default or name."""
        if comment is not False:
            raise _no_comments(table_name)
        self._alter(
            table_name, schema, Entry("alter_column", (table_name, column_name), {"schema": schema, **kw})
        )

    def native_alter_column(
        self,
        table_name: str,
        column_name: str,
        *,
        nullable: bool | None = None,
        server_default: ServerDefaultArgument = False,
        name: str | None = None,
        type_: TypeEngine[Any] | None = None,
        **kw: Any,
    ) -> None:
        """RENAME COLUMN; a script may get other changes as well, though SQLite would not take them."""
        others = server_default is not False or nullable is not None or type_ is not None
        if others and isinstance(self.sink, LiveSink):
            raise UnsupportedByDatabase(
                f"SQLite can't alter column {column_name!r} of table {table_name!r} without making it anew",
                hint="Leave out recreate='never'.",
            )
        super().alter_column(
            table_name,
            column_name,
            nullable=nullable,
            server_default=server_default,
            name=name,
            type_=type_,
            **kw,
        )

    def create_index(self, index: Index, **kw: Any) -> None:
        """CREATE INDEX, after what waits for its table."""
        table = cast("Table", index.table)
        self._alter(table.name, table.schema, Entry("create_index", (index,), kw))

    def native_create_index(self, index: Index, **kw: Any) -> None:
        """CREATE INDEX."""
        super().create_index(index, **kw)

    def native_drop_index(self, index: Index, **kw: Any) -> None:
        """DROP INDEX."""
        super().drop_index(index, **kw)

    def add_constraint(self, const: Any, **kw: Any) -> None:
        """Add a constraint."""
        self._alter(const.table.name, const.table.schema, Entry("add_constraint", (const,), kw))

    def native_add_constraint(self, const: Any, **kw: Any) -> None:
        """Refused, but for a CHECK that a type brings along, which a script leaves out with a warning."""
        if const._create_rule is None:
            raise _no_constraints(const)
        if const._create_rule(self):
            warnings.warn(
                f"Skipping unsupported ALTER for creation of implicit constraint. {_COPY_AND_MOVE}",
                stacklevel=2,
            )

    def drop_constraint(self, const: Constraint, **kw: Any) -> None:
        """Drop a constraint."""
        table = const.table
        self._alter(table.name, table.schema, Entry("drop_constraint", (const,), kw))

    def native_drop_constraint(self, const: Constraint, **kw: Any) -> None:
        """Refused, but for a CHECK that a type brought along."""
        if const._create_rule is None:
            raise _no_constraints(const)

    def create_table_comment(self, table: Table) -> None:
        """Refused: SQLite stores no comments."""
        raise _no_comments(table.name)

    def drop_table_comment(self, table: Table) -> None:
        """Refused: SQLite stores no comments."""
        raise _no_comments(table.name)

    def autogen_column_reflect(self, inspector: Inspector, table: Table, column_info: dict[str, Any]) -> None:
        """Put the parentheses back around a default that is an expression."""
        if column_info.get("default") is not None:
            column_info["default"] = reflected_default(column_info["default"])

    def render_type(self, type_obj: TypeEngine[Any], autogen_context: Any) -> str | Literal[False] | None:
        """A column without a type takes any value as it is; so does a BLOB, which can be written down."""
        if isinstance(type_obj, NullType):
            return f"{autogen_context.opts.get('sqlalchemy_module_prefix') or ''}BLOB()"
        return super().render_type(type_obj, autogen_context)

    def native(self, name: str) -> Callable[..., None]:
        """ALTER TABLE, and nothing else."""
        method: Callable[..., None] = getattr(self, f"native_{name}", None) or getattr(self, name)
        return method

    def requires_recreate_in_batch(self, batch_op: Any) -> bool:
        """Whether one of the queued operations is beyond ALTER TABLE.

        Whether a column can be dropped by it depends on what is on the column; so if that is known, as from
        ``copy_from``, only the simplest operations are left to it.
        """
        known = getattr(batch_op, "copy_from", None) is not None
        simple = ("create_index", "drop_index", "add_column")
        return not all(
            _is_native(name, args, kw) and (not known or name in simple) for name, args, kw in batch_op.batch
        )

    def run_batch(self, batch: Any) -> bool:
        """Carry a batch out on a live database; statements within it run where they stand."""
        if not isinstance(self.sink, LiveSink):
            return False
        self.flush()
        options: dict[str, Any] = {"naming_convention": batch.naming_convention, "batch": True}
        first = {
            "always": batch.recreate == "always",
            "restated": Restated(
                batch.copy_from,
                batch.table_args,
                batch.table_kwargs,
                batch.reflect_args,
                batch.reflect_kwargs,
            ),
        }
        pending = self.alteration(batch.table_name, batch.schema, **first, **options)
        for name, args, kw in batch.batch:
            if name == "execute":
                if pending.entries:
                    pending.carry_out()
                    pending = self.alteration(batch.table_name, batch.schema, **options)
                self.execute(*args, **kw)
            elif not name.endswith("_comment"):  # SQLite has none; a batch is often for other databases too
                pending.entries.append(Entry(name, args, kw))
        pending.order = batch.partial_reordering or ()
        pending.carry_out()
        return True

    def making_anew(self, table: Table) -> AbstractContextManager[None]:
        """In a script: what the statements need around them to lose nothing."""
        return around_new_table(self, table) if self.as_sql else nullcontext()

    def rows_copied(self, old: Table, new: Table) -> None:
        """In a script: AUTOINCREMENT goes on from where it was, even if the last rows are gone."""
        if self.as_sql:
            go_on_counting(self, old, new)

    def cast_for_batch_migrate(
        self, existing: Column[Any], existing_transfer: dict[str, Any], new_type: TypeEngine[Any]
    ) -> None:
        """A CAST from and to BLOB, which says the same bytes in another way.

        Anything else is converted by the affinity of the new column, which leaves a value as it is where it
        can't be said in the new type; CAST would make ``'abc'`` a 0 and ``'2020-01-31'`` a 2020.
        """
        is_blob = [
            issubclass(each._type_affinity or NullType, LargeBinary) for each in (existing.type, new_type)
        ]
        if is_blob[0] != is_blob[1]:
            existing_transfer["expr"] = cast_as(existing_transfer["expr"], new_type)


def _is_native(name: str, args: Sequence[Any], kw: dict[str, Any]) -> bool:
    """What can be told without a database."""
    if name in ("create_index", "drop_index", "drop_column"):
        return True
    if name == "add_column":
        return _can_be_added(args[1], kw)
    if name == "alter_column":
        changes = ("nullable", "type_", "autoincrement")
        return (
            all(kw.get(change) is None for change in changes)
            and kw.get("server_default", False) is False
            and kw.get("comment", False) is False
        )
    return False


def _can_be_added(column: Column[Any], kw: dict[str, Any]) -> bool:
    """Whether ADD COLUMN takes the column: not a key, constant default, and no stored expression."""
    if column.unique or kw.get("inline_primary_key"):
        return False
    default = column.server_default
    if isinstance(default, Computed):
        return not default.persisted
    return not (isinstance(default, DefaultClause) and isinstance(default.arg, ColumnElement))


def _no_constraints(part: Constraint | Column[Any]) -> UnsupportedByDatabase:
    return UnsupportedByDatabase(
        f"No support for ALTER of constraints in SQLite dialect. {_COPY_AND_MOVE}",
        hint="In a script, that needs to be told what the table is like: "
        f'op.batch_alter_table("{part.table.name}", copy_from=Table(…)).',
    )


def _no_comments(table: str) -> UnsupportedByDatabase:
    return UnsupportedByDatabase(
        f"SQLite has no comments: can't change one of table {table!r}",
        hint="Ask `op.get_context().dialect.supports_comments` first in a migration for several databases.",
    )

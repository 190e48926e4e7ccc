"""Directives on SQLite."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal, cast

from sqlalchemy.schema import Computed, Constraint, DefaultClause
from sqlalchemy.sql import ColumnElement

from ...errors.ddl import UnsupportedByDatabase
from ..features import Features
from ..impl import DefaultImpl
from ..sinks import LiveSink
from .compare import SQLiteRules
from .compile import checks_of_type
from .features import SQLITE
from .values import processor_of

if TYPE_CHECKING:
    from sqlalchemy import Column, Table
    from sqlalchemy.engine import Connection
    from sqlalchemy.sql.elements import quoted_name
    from sqlalchemy.types import TypeEngine

    from ..impl import ServerDefaultArgument

_COPY_AND_MOVE = (
    "Please refer to the batch mode feature which allows "
    "for SQLite migrations using a copy-and-move strategy."
)


class SQLiteImpl(DefaultImpl):
    """SQLite: what a column can carry is written into it; what else ALTER TABLE lacks is refused."""

    __dialect__ = "sqlite"

    # In public it stays False, as scripts and env.py files expect; the runner sends BEGIN by itself.
    transactional_ddl = False
    features: ClassVar[Features] = SQLITE
    rules_class = SQLiteRules

    def _live_sink(self) -> LiveSink:
        return LiveSink(cast("Connection", self.connection), processor_of=processor_of)

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
        """ADD COLUMN together with its foreign keys and CHECKs."""
        if column.unique:
            raise _no_constraints()
        if column.identity is not None and not column.primary_key:
            raise UnsupportedByDatabase(
                f"SQLite can't add identity column {column.name!r} to table {table_name!r}",
                hint="Only an INTEGER PRIMARY KEY counts by itself there; create the table with one.",
            )
        super().add_column(
            table_name,
            column,
            schema=schema,
            if_not_exists=if_not_exists,
            inline_references=inline_references,
            inline_primary_key=inline_primary_key,
        )

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
        nullable: bool | None = None,
        server_default: ServerDefaultArgument = False,
        name: str | None = None,
        type_: TypeEngine[Any] | None = None,
        schema: str | None = None,
        autoincrement: bool | None = None,
        comment: str | Literal[False] | None = False,
        **kw: Any,
    ) -> None:
        """RENAME COLUMN; other changes are refused on a connection, where the server would reject them."""
        if comment is not False:
            raise _no_comments(table_name)
        changes = {
            "nullable": nullable is not None,
            "server_default": server_default is not False,
            "type_": type_ is not None,
        }
        refused = [argument for argument, given in changes.items() if given]
        if refused and not self.as_sql:
            raise UnsupportedByDatabase(
                f"SQLite can't alter column {column_name!r} of table {table_name!r}: {', '.join(refused)}",
                hint=_COPY_AND_MOVE,
            )
        super().alter_column(
            table_name,
            column_name,
            nullable=nullable,
            server_default=server_default,
            name=name,
            type_=type_,
            schema=schema,
            autoincrement=autoincrement,
            **kw,
        )

    def add_constraint(self, const: Constraint, **kw: Any) -> None:
        """Refused, but for a CHECK that a type brings along, which is left out with a warning."""
        if const._create_rule is None:
            raise _no_constraints()
        if const._create_rule(self):
            warnings.warn(
                f"Skipping unsupported ALTER for creation of implicit constraint. {_COPY_AND_MOVE}",
                stacklevel=2,
            )

    def drop_constraint(self, const: Constraint, **kw: Any) -> None:
        """Refused, but for a CHECK that a type brought along."""
        if const._create_rule is None:
            raise _no_constraints()

    def create_table_comment(self, table: Table) -> None:
        """Refused: SQLite stores no comments."""
        raise _no_comments(table.name)

    def drop_table_comment(self, table: Table) -> None:
        """Refused: SQLite stores no comments."""
        raise _no_comments(table.name)

    def requires_recreate_in_batch(self, batch_op: Any) -> bool:
        """Whether one of the queued operations is beyond ALTER TABLE."""
        return not all(_is_native(name, args, kw) for name, args, kw in batch_op.batch)


def _is_native(name: str, args: Sequence[Any], kw: dict[str, Any]) -> bool:
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


def _no_constraints() -> UnsupportedByDatabase:
    return UnsupportedByDatabase(f"No support for ALTER of constraints in SQLite dialect. {_COPY_AND_MOVE}")


def _no_comments(table: str) -> UnsupportedByDatabase:
    return UnsupportedByDatabase(
        f"SQLite has no comments: can't change one of table {table!r}",
        hint="Ask `op.get_context().dialect.supports_comments` first in a migration for several databases.",
    )

"""What a batch says itself about the table that it changes: ``copy_from``, ``table_args``, ``reflect_args`` …

It is for what reflection can't see. On a live database nothing is lost for that reason, as the table's own
text is changed; so only that part of it has an effect that says something else than the text.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, Column, Computed, Index, MetaData, Table
from sqlalchemy.schema import Constraint, CreateTable, DefaultClause

from ..recreation import Recreation
from . import edits
from .compile import default_text
from .create_table import parse_create_table
from .definition import Definition

if TYPE_CHECKING:
    from .operations import SQLiteImpl
    from .stored import Place

log = logging.getLogger("alembic.ddl.sqlite")

_Options = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Restated:
    """The parameters of ``batch_alter_table`` that describe the table."""

    copy_from: Table | None = None
    table_args: Sequence[Any] = ()
    table_kwargs: _Options = field(default_factory=dict)
    reflect_args: Sequence[Any] = ()
    reflect_kwargs: _Options = field(default_factory=dict)

    def text(self, impl: SQLiteImpl, place: Place, text: str, renamed: Mapping[str, str]) -> str:
        """The definition to begin with: that of the database, or that of ``copy_from``.

        Columns that ``copy_from`` does not have are kept, as no one has asked to drop them; so are
        AUTOINCREMENT and WITHOUT ROWID.

        :param renamed: present names of columns by those in ``copy_from``.
        """
        if self.copy_from is None:
            return text
        copied = Recreation(impl, self.copy_from)
        for old, new in renamed.items():
            copied.alter_column(place.name, old, name=new)
        table = copied.new_table(place.name)
        made = edits.as_stored(str(CreateTable(table).compile(dialect=impl.dialect)))
        present, known = parse_create_table(text), parse_create_table(made)
        for column in present.columns.values():
            if not any(edits.same(column.name, each) for each in known.columns):
                log.warning("copy_from lacks column %s of table %s; it is kept", column.name, place.name)
                made = edits.with_column(made, present.of(column.span))
        clauses = [*present.constraints, *(each for one in present.columns.values() for each in one.clauses)]
        if any(clause.autoincrement for clause in clauses):
            made = edits.with_autoincrement(made)
        if "WITHOUT ROWID" in present.options:
            made = edits.with_option(made, "WITHOUT ROWID")
        return made

    def before(self, impl: SQLiteImpl, place: Place, definition: Definition) -> None:
        """Apply what is said about the table as it is."""
        if self.copy_from is None and (self.reflect_args or self.reflect_kwargs):
            self._reflected(impl, place, definition)
        if self.table_kwargs.get("sqlite_autoincrement"):
            definition.text = edits.with_autoincrement(definition.text)
        if self.table_kwargs.get("sqlite_strict"):
            definition.text = edits.with_option(definition.text, "STRICT")
        if self.table_kwargs.get("sqlite_with_rowid") is False:
            definition.text = edits.with_option(definition.text, "WITHOUT ROWID")

    def after(self, impl: SQLiteImpl, definition: Definition) -> list[Index]:
        """Apply what is said about the table as it becomes.

        :returns: indexes to create, if there are none of their names.
        """
        said = [each for each in (*self.table_args, *self.reflect_args) if isinstance(each, Constraint)]
        columns = [each for each in self.table_args if isinstance(each, Column)]
        for column in columns:
            if not any(edits.same(column.name, each) for each in definition.parsed.columns):
                definition.add_column(definition.table, column)
        indexes = [each for each in self.table_args if isinstance(each, Index)]
        present = list(definition.parsed.columns)
        table = Table(definition.table, MetaData(), *[Column(name) for name in present], *said, *indexes)
        checks = [each for each in said if isinstance(each, CheckConstraint)]
        if any(each in checks for each in self.table_args):
            definition.drop_checks_but(checks)
        for constraint in sorted(said, key=lambda each: each._creation_order):
            if not definition.has(constraint):
                definition.add_constraint(constraint)
        copied = [] if self.copy_from is None else [*self.copy_from.indexes]
        return sorted((*table.indexes, *copied), key=lambda each: str(each.name))

    def _reflected(self, impl: SQLiteImpl, place: Place, definition: Definition) -> None:
        """Apply the difference that ``reflect_args`` and ``reflect_kwargs`` make to what is reflected."""
        options: dict[str, Any] = {
            "autoload_with": place.connection,
            "resolve_fks": False,
            "schema": place.schema,
        }
        plain = Table(place.name, MetaData(), **options)
        columns = [each for each in self.reflect_args if isinstance(each, Column)]
        wanted = Table(place.name, MetaData(), *columns, **{**options, **self.reflect_kwargs})
        for column in wanted.columns:
            if column.name in plain.c:
                said = column if any(column is each for each in columns) else None
                changes = _differences(impl, plain.c[column.name], column, is_whole=said is None)
                if changes:
                    definition.alter_column(place.name, column.name, **changes)
        for constraint in sorted(wanted.constraints, key=lambda each: each._creation_order):
            if getattr(constraint, "_type_bound", False) and not definition.has(constraint):
                definition.add_constraint(constraint)


def _differences(
    impl: SQLiteImpl, plain: Column[Any], wanted: Column[Any], *, is_whole: bool
) -> dict[str, Any]:
    """What another description of a column changes.

    :param is_whole: what it does not say is said by that, too.
    """
    found: dict[str, Any] = {}
    compile_type = impl.dialect.type_compiler_instance.process
    if compile_type(plain.type) != compile_type(wanted.type):
        found["type_"] = wanted.type
    says_nullable = is_whole or isinstance(wanted._user_defined_nullable, bool)
    if says_nullable and plain.nullable != wanted.nullable and not plain.primary_key:
        found["nullable"] = wanted.nullable
    defaults = [_default(impl, each) for each in (plain, wanted)]
    if defaults[0] != defaults[1] and (is_whole or defaults[1] is not None):
        found["server_default"] = wanted.server_default
    return found


def _default(impl: SQLiteImpl, column: Column[Any]) -> str | None:
    default = column.server_default
    if isinstance(default, Computed):
        return str(default.sqltext)
    return default_text(impl.ddl_compiler(), default) if isinstance(default, DefaultClause) else None

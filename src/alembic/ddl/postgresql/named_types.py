"""Enum and domain types: created before a column that needs them, dropped with their last column.

On a connection the catalogue says which types are there and who uses them. A type that is created here is
marked by a comment, and only a marked one is dropped later: one that a migration (or its author) creates and
drops explicitly is left alone. Dropping waits for the end of the run, so that existing migrations which drop
their types themselves, after their tables or in a revision of its own, or use them again, find them.

A script knows only what itself has created. Where it can't know, CREATE TYPE is wrapped so that an existing
type is accepted, and nothing is dropped but what the directive itself describes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from sqlalchemy.dialects.postgresql import DOMAIN, ENUM
from sqlalchemy.dialects.postgresql.named_types import (
    CreateDomainType,
    CreateEnumType,
    DropDomainType,
    DropEnumType,
)
from sqlalchemy.schema import DDLElement
from sqlalchemy.sql.elements import TextClause
from sqlalchemy.types import ARRAY, INTEGER, SchemaType, TypeDecorator

from ...errors.ddl import NamedTypeDiffers
from ..base import MAKESHIFT
from ..rules import rule_for
from .catalogue import (
    OWNED,
    FoundType,
    UsedType,
    find_column,
    find_type,
    has_owned_types,
    types_of_table,
    unused_types,
)

if TYPE_CHECKING:
    from sqlalchemy import Column, Table
    from sqlalchemy.dialects.postgresql.base import PGDDLCompiler
    from sqlalchemy.engine import Connection, Dialect
    from sqlalchemy.sql import Executable
    from sqlalchemy.types import TypeEngine

    from .operations import PostgresqlImpl


Named: TypeAlias = ENUM | DOMAIN


class Leaving(NamedTuple):
    """A type that a directive takes a column from: what the catalogue knows, or what a script was told."""

    type: Named
    oid: int | None


class NamedTypes:
    """The enum and domain types of one run."""

    def __init__(self, impl: PostgresqlImpl) -> None:
        self._impl = impl
        # Redshift and others speak this dialect, or subclass its impl, without this catalogue.
        self._active = impl.dialect.name == "postgresql"
        self._owned_exist: bool | None = None
        self._in_run = False
        self._leaving: dict[tuple[str | None, str], Leaving] = {}
        self._written: set[tuple[str | None, str]] = set()

    # -- creating ----------------------------------------------------------------------------------

    def create_for_table(self, table: Table) -> None:
        """Create what the columns of a new table need.

        :raises NamedTypeDiffers: an enum type of the name exists, but can't hold all the values.
        """
        for column in table.columns:
            type_ = self._needed(column.type)
            if type_ is not None:
                self._create(type_, _is_applications(type_, table), table_is_new=True)
                self._silence(type_)

    def create_for_column(self, column: Column[Any]) -> None:
        """Create what a new column of an existing table needs, if it isn't there yet."""
        type_ = self._needed(column.type)
        if type_ is not None:
            self._create(type_, _is_applications(type_, column.table))

    def create_for_type(self, type_: TypeEngine[Any]) -> None:
        """Create what a column needs that gets this type, if it isn't there yet."""
        needed = self._needed(type_)
        if needed is not None:
            self._create(needed, _is_applications(needed))

    def _needed(self, type_: TypeEngine[Any]) -> Named | None:
        named = named_type(type_, self._impl.dialect) if self._active else None
        return named if named is not None and named.create_type else None

    def _create(self, type_: Named, is_applications: bool, *, table_is_new: bool = False) -> None:
        create = CreateEnumType(type_) if isinstance(type_, ENUM) else CreateDomainType(type_)
        connection = self._connection
        if connection is None:
            self._make_way(type_)
            if _key(type_) not in self._written:
                self._impl._exec(create if table_is_new else _CreateUnlessThere(create))
                self._written.add(_key(type_))
            return
        schema: Any = connection.schema_for_object(type_)  # type: ignore[arg-type]  # has a schema, if a plain attribute
        found = find_type(connection, _name(type_), schema)
        if found is not None and self._make_way(type_, found):
            found = find_type(connection, _name(type_), schema)
        if found is None:
            self._impl._exec(create)
            if not is_applications:
                self._impl._exec(_MarkOwned(type_))
                self._owned_exist = True
        elif table_is_new and isinstance(type_, ENUM):
            missing = tuple(label for label in type_.enums if label not in found.labels)
            if missing:
                raise NamedTypeDiffers(_name(type_), found.labels, missing)

    def _make_way(self, type_: Named, found: FoundType | None = None) -> bool:
        """Whether a type of the same name that is leaving, but is another one, was told to go now."""
        for key, leaving in self._leaving.items():
            is_same = key == _key(type_) if found is None else leaving.oid == found.oid
            if is_same:
                labels = found.labels if found is not None else getattr(leaving.type, "enums", None)
                if not isinstance(type_, ENUM) or tuple(labels or ()) != tuple(type_.enums):
                    self._drop_unused([key])
                    return True
        return False

    def _silence(self, type_: Named) -> None:
        """Keep SQLAlchemy's own listeners, which follow the table, from acting on the type too."""
        seen = self._impl.memo.setdefault(f"pg_{type_.__visit_name__}", set())
        seen.add((type_.schema, type_.name))

    def note(self, construct: Executable | str) -> None:
        """Learn from a statement of the script which types are there from now on."""
        if not self._impl.as_sql:
            return
        if isinstance(construct, (CreateEnumType, CreateDomainType)):
            self._written.add(_key(construct.element))
        elif isinstance(construct, (DropEnumType, DropDomainType)):
            self._written.discard(_key(construct.element))
        elif isinstance(construct, (str, TextClause)) and _MAY_DROP_TYPES.search(str(construct)):
            self._written.clear()

    # -- dropping ----------------------------------------------------------------------------------

    def of_table(self, table: Table) -> list[Leaving]:
        """The types that may go when the table goes; asked before it does."""
        told = [column.type for column in table.columns]
        for type_ in map(self._needed, told):
            if type_ is not None:
                self._silence(type_)
        described = self._described(told, table)
        connection = self._connection
        if connection is None:
            return [Leaving(type_, None) for type_ in described]
        if not described and not self._has_owned(connection):
            return []
        return _candidates(types_of_table(connection, table.name, table.schema), described)

    def of_column(
        self, table: str, column: str, schema: str | None, told: TypeEngine[Any] | None = None
    ) -> list[Leaving]:
        """The types that may go when the column goes, or changes its type; asked before it does."""
        described = self._described([told] if told is not None else [])
        connection = self._connection
        if connection is None:
            return [Leaving(type_, None) for type_ in described]
        if not described and not self._has_owned(connection):
            return []
        found = find_column(connection, table, column, schema)
        return _candidates([found.type] if found is not None and found.type is not None else [], described)

    def _described(self, told: Iterable[TypeEngine[Any]], table: Table | None = None) -> list[Named]:
        """The types that a directive itself names as its own."""
        needed = map(self._needed, told)
        return [type_ for type_ in needed if type_ is not None and not _is_applications(type_, table)]

    def _has_owned(self, connection: Connection) -> bool:
        """Asked once in a run: most databases have no such type, and need no query for each column."""
        if self._owned_exist is None:
            self._owned_exist = has_owned_types(connection)
        return self._owned_exist

    def has_default(self, table: str, column: str, schema: str | None) -> bool:
        """Whether the database is known to have a default for the column; a script knows of none."""
        connection = self._connection
        found = find_column(connection, table, column, schema) if connection is not None else None
        return found is not None and found.has_default

    def leave(self, types: Iterable[Leaving]) -> None:
        """Note that these types have lost a column; they go at the end of the run, or now outside of one."""
        for leaving in types:
            self._leaving.setdefault(_key(leaving.type), leaving)
        if not self._in_run:
            self._drop_unused(list(self._leaving))

    def begin_step(self) -> None:
        """Let dropping wait."""
        self._in_run = True

    def remember(self) -> dict[tuple[str | None, str], Leaving]:
        """The types that have lost a column so far."""
        return dict(self._leaving)

    def recall(self, leaving: dict[tuple[str | None, str], Leaving]) -> None:
        """Go back to these: the steps since then were undone."""
        self._leaving, self._owned_exist = dict(leaving), None

    def end_run(self) -> None:
        """Drop what nobody uses any more."""
        self._in_run = False
        self._drop_unused(list(self._leaving))

    def _drop_unused(self, keys: Iterable[tuple[str | None, str]]) -> None:
        going = [self._leaving.pop(key) for key in keys]
        if not going:
            return
        connection = self._connection
        if connection is None:
            for one in going:
                self._impl._exec(_DropIfUnused(_drop(one.type)))
                self._written.discard(_key(one.type))
            return
        unused = unused_types(connection, [one.oid for one in going if one.oid is not None])
        for one in going:
            if one.oid in unused:
                self._impl._exec(_drop(one.type))

    @property
    def _connection(self) -> Connection | None:
        return self._impl.connection if self._active and not self._impl.as_sql else None


# All others are the same on every dialect, or become another type without a name of its own.
_MAY_BE_NAMED = (SchemaType, TypeDecorator, ARRAY)


def named_type(type_: TypeEngine[Any], dialect: Dialect) -> Named | None:
    """The enum or domain type that a column of this type uses on PostgreSQL, None if it uses none."""
    if not isinstance(type_, _MAY_BE_NAMED) and not type_._variant_mapping:
        return None  # by far the commonest
    concrete = type_.dialect_impl(dialect)
    while True:
        if isinstance(concrete, TypeDecorator):
            concrete = concrete.impl_instance.dialect_impl(dialect)
        elif isinstance(concrete, ARRAY):
            concrete = concrete.item_type.dialect_impl(dialect)
        else:
            break
    return concrete if isinstance(concrete, (ENUM, DOMAIN)) else None


def _is_applications(type_: Named, table: Table | None = None) -> bool:
    """Whether the type belongs to a MetaData of the application, which then creates and drops it as a whole.

    From SQLAlchemy 2.1 on each type belongs to the MetaData of its table, and that may be a makeshift one.
    """
    owner = type_.metadata
    if owner is None or owner.info.get(MAKESHIFT):
        return False
    return table is None or owner is not table.metadata


def _candidates(used: Iterable[UsedType], described: Iterable[Named]) -> list[Leaving]:
    """Of the types that lose a column those that may go: marked ones, and what the directive names."""
    names = {_name(type_) for type_ in described}
    return [Leaving(_as_type(one), one.oid) for one in used if one.owned or one.name in names]


def _as_type(used: UsedType) -> Named:
    if used.kind == "e":
        return ENUM(name=used.name, schema=used.schema)
    return DOMAIN(used.name, INTEGER, schema=used.schema)


def _drop(type_: Named) -> DDLElement:
    return DropEnumType(type_) if isinstance(type_, ENUM) else DropDomainType(type_)


def _key(type_: Any) -> tuple[str | None, str]:
    return type_.schema, _name(type_)


def _name(type_: Any) -> str:
    return str(type_.name)


_MAY_DROP_TYPES = re.compile(r"\bdrop\s+(type|domain|schema|owned)\b", re.IGNORECASE)


class _MarkOwned(DDLElement):
    """Marks a type as one that goes with its last column."""

    def __init__(self, type_: Named) -> None:
        self.type = type_


class _CreateUnlessThere(DDLElement):
    """CREATE TYPE that accepts an existing one; PostgreSQL has no IF NOT EXISTS for types."""

    def __init__(self, create: DDLElement) -> None:
        self.create = create


class _DropIfUnused(DDLElement):
    """DROP TYPE that leaves a type alone which is used elsewhere, or not there."""

    def __init__(self, drop: DDLElement) -> None:
        self.drop = drop


@rule_for(_MarkOwned, "postgresql")
def _visit_mark_owned(element: _MarkOwned, compiler: PGDDLCompiler, **kw: Any) -> str:
    kind = "TYPE" if isinstance(element.type, ENUM) else "DOMAIN"
    return f"COMMENT ON {kind} {compiler.dialect.type_compiler_instance.process(element.type)} IS '{OWNED}'"


@rule_for(_CreateUnlessThere, "postgresql")
def _visit_create_unless_there(element: _CreateUnlessThere, compiler: PGDDLCompiler, **kw: Any) -> str:
    return _accepting("duplicate_object", compiler.process(element.create))


@rule_for(_DropIfUnused, "postgresql")
def _visit_drop_if_unused(element: _DropIfUnused, compiler: PGDDLCompiler, **kw: Any) -> str:
    return _accepting("dependent_objects_still_exist OR undefined_object", compiler.process(element.drop))


def _accepting(conditions: str, sql: str) -> str:
    quote = "$$"
    while quote in sql:
        quote = f"$q{len(quote)}$"
    return f"DO {quote} BEGIN {sql}; EXCEPTION WHEN {conditions} THEN NULL; END {quote}"

"""SQLAlchemy schema objects on makeshift tables, for operations that know names only.

``ALTER TABLE t ADD UNIQUE (a)`` is compiled by SQLAlchemy from a constraint on a column of a table; here that
table is made, with just the columns that are named, under the naming convention of the target metadata.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import literal_column, text
from sqlalchemy.schema import (
    CheckConstraint,
    Column,
    Constraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    SchemaItem,
    Table,
    UniqueConstraint,
)
from sqlalchemy.sql.visitors import replacement_traverse
from sqlalchemy.types import NULLTYPE

from alembic.ddl.base import MAKESHIFT
from alembic.errors.operations import ConstraintNameUnknown, UnknownConstraintType

if TYPE_CHECKING:
    from sqlalchemy.sql.elements import ColumnElement, TextClause

    from .context import OperationsContext

_BIND_LOOKALIKE = re.compile(r"(?<![:\w\\]):(?=\w)")
_NEEDS_COLUMNS = re.compile(r"%\((column|referred|constraint)_")


class SchemaObjects:
    """Makes tables, indexes and constraints from names.

    :param migration_context: its ``target_metadata`` option gives the naming convention; None for none.
    """

    def __init__(self, migration_context: OperationsContext | None = None) -> None:
        self.migration_context = migration_context

    def metadata(self) -> MetaData:
        """A new MetaData under the naming convention of the target metadata.

        Of several target metadata the convention is taken only if they agree on it.
        """
        convention = self._naming_convention()
        return MetaData(naming_convention=convention, info={MAKESHIFT: True})

    def _naming_convention(self) -> Mapping[Any, Any] | None:
        target = self.migration_context and self.migration_context.opts.get("target_metadata")
        if not target:
            return None
        several = target if isinstance(target, Sequence) else [target]
        conventions = [metadata.naming_convention for metadata in several]
        return conventions[0] if all(each == conventions[0] for each in conventions) else None

    def table(self, name: str, *columns: SchemaItem, **kw: Any) -> Table:
        """A Table of these columns, constraints and indexes.

        Items that belong to another table already are copied; others become part of the new one. Tables that
        foreign keys point to are made along with it.

        :param kw: options of Table. ``_constraints_included`` says that the items hold every constraint, and
            those implied by ``unique=True`` and ``index=True`` are not to be made again; ``_partial`` that
            the table has more columns than these, to which a foreign key may point.
        """
        plain_columns = kw.pop("_constraints_included", False)
        partial = kw.pop("_partial", False)
        own, foreign = [], []
        for item in columns:
            if isinstance(item, Constraint) and getattr(item, "parent", None) is not None:
                foreign.append(item)
            else:
                copy = _own(item, plain_columns)
                if (
                    copy is not item
                    and isinstance(item, Column)
                    and _is_earlier(item.table, name, kw.get("schema"))
                ):
                    for key in _keys_of_column(item, columns):
                        copy.append_foreign_key(key)
                own.append(copy)
        table = Table(name, self.metadata(), *own, **kw)
        names = {}
        for constraint in foreign:
            if isinstance(constraint, ForeignKeyConstraint):
                names.update({_target(key): target_of(key)[2] for key in constraint.elements})
            # Their type makes these itself, again, for the copied column.
            if not constraint._type_bound:
                copy = constraint._copy(target_table=table)
                copy._creation_order = constraint._creation_order  # which is the order of CREATE TABLE
                if getattr(constraint, "ops", None):  # of EXCLUDE, where SQLAlchemy forgets them
                    vars(copy)["ops"] = vars(constraint)["ops"]
                table.append_constraint(copy)
        for key in sorted(table.foreign_keys, key=lambda each: each.target_fullname):
            if partial or _target(key)[:2] != (table.schema, table.name):
                self._ensure_table_for_fk(table.metadata, key, names.get(_target(key)))
        return table

    def _ensure_table_for_fk(self, metadata: MetaData, fk: ForeignKey, name: str | None = None) -> None:
        """Make the column that a foreign key points to, so that SQLAlchemy can compile the key.

        :param name: the column's name, if it is not its key.
        """
        schema, table_name, key = _target(fk)
        referent = _table_in(metadata, schema, table_name)
        if referent is None:
            referent = Table(table_name, metadata, schema=schema)
        if key not in referent.columns:
            referent.append_column(Column(name or key, NULLTYPE, key=key))

    def column(self, name: str, type_: Any, **kw: Any) -> Column[Any]:
        """A Column."""
        return Column(name, type_, **kw)

    def primary_key_constraint(
        self,
        name: str | None,
        table_name: str,
        cols: Sequence[str],
        schema: str | None = None,
        **dialect_kw: Any,
    ) -> PrimaryKeyConstraint:
        """A primary key over the columns of these names."""
        cols = _names(cols)
        constraint = PrimaryKeyConstraint(*cols, name=name, **dialect_kw)
        self._makeshift(table_name, schema, cols, constraint)
        return constraint

    def unique_constraint(
        self,
        name: str | None,
        source: str,
        local_cols: Sequence[str],
        schema: str | None = None,
        **kw: Any,
    ) -> UniqueConstraint:
        """A unique constraint over the columns of these names; ``kw`` are its options."""
        local_cols = _names(local_cols)
        constraint = UniqueConstraint(*local_cols, name=name, **kw)
        self._makeshift(source, schema, [*local_cols, *_included(kw)], constraint)
        return constraint

    def check_constraint(
        self,
        name: str | None,
        source: str,
        condition: str | TextClause | ColumnElement[Any],
        schema: str | None = None,
        **kw: Any,
    ) -> CheckConstraint:
        """A check constraint; a condition in a string is taken as it stands, colons and all."""
        if isinstance(condition, str):
            condition = verbatim(condition)
        # Without this a condition on columns of a real table would attach itself there.
        constraint = CheckConstraint(condition, name=name, _autoattach=False, **kw)
        self._makeshift(source, schema, ["x"], constraint)
        return constraint

    def foreign_key_constraint(
        self,
        name: str | None,
        source: str,
        referent: str,
        local_cols: Sequence[str],
        remote_cols: Sequence[str],
        onupdate: str | None = None,
        ondelete: str | None = None,
        deferrable: bool | None = None,
        source_schema: str | None = None,
        referent_schema: str | None = None,
        initially: str | None = None,
        match: str | None = None,
        **dialect_kw: Any,
    ) -> ForeignKeyConstraint:
        """A foreign key between two tables, which may be one and the same."""
        local_cols, remote_cols = _names(local_cols), _names(remote_cols)
        if (source, source_schema) == (referent, referent_schema):
            target = table = self._makeshift(source, source_schema, [*local_cols, *remote_cols])
        else:
            table = self._makeshift(source, source_schema, local_cols)
            target = Table(referent, table.metadata, *_columns(remote_cols), schema=referent_schema)
        constraint = ForeignKeyConstraint(
            local_cols,
            [target.columns[each] for each in remote_cols],
            name=name,
            onupdate=onupdate,
            ondelete=ondelete,
            deferrable=deferrable,
            initially=initially,
            match=match,
            **dialect_kw,
        )
        table.append_constraint(constraint)
        return constraint

    def generic_constraint(
        self, name: str | None, table_name: str, type_: str | None, schema: str | None = None, **kw: Any
    ) -> Constraint:
        """A constraint of which only name and kind are known, for dropping it.

        :param type_: "foreignkey", "primary", "unique", "check"; None when the kind isn't known, which keeps
            the naming convention out of it.
        :raises UnknownConstraintType: a TypeError too.
        :raises ConstraintNameUnknown: there is no name, and the naming convention doesn't give it either.
        """
        if type_ not in _NAMELESS:
            raise UnknownConstraintType(type_, sorted(filter(None, _NAMELESS)))
        if name is None:
            self._require_conventional_name(table_name, type_)
        constraint: Constraint = _NAMELESS[type_](name, kw)
        self._makeshift(table_name, schema, (), constraint)
        return constraint

    def _require_conventional_name(self, table_name: str, type_: str | None) -> None:
        convention = self._naming_convention() or {}
        pattern = next(
            (convention[key] for key in _CONVENTION_KEYS.get(type_, ()) if key in convention), None
        )
        if not isinstance(pattern, str) or _NEEDS_COLUMNS.search(pattern):
            raise ConstraintNameUnknown(table_name, type_)

    def index(
        self,
        name: str | None,
        tablename: str | None,
        columns: Sequence[str | TextClause | ColumnElement[Any]],
        schema: str | None = None,
        **kw: Any,
    ) -> Index:
        """An index over names and expressions.

        :param tablename: None for an index whose table isn't known, for dropping it where that suffices.
        """
        if isinstance(columns, str):
            columns = [columns]
        typed: dict[str, Column[Any]] = {}

        def makeshift(element: Any, **_: Any) -> Any:
            if isinstance(element, Column) and element.table is not None:
                return typed.setdefault(element.name, _own(element, plain_columns=True))
            return None

        # Columns of a real table would attach the index to it.
        expressions: list[Any] = [
            each if isinstance(each, str) else replacement_traverse(each, {}, makeshift) for each in columns
        ]
        names = [each for each in expressions if isinstance(each, str)]
        index = Index(name, *expressions, **kw)
        others = [each for each in (*names, *_included(kw)) if each not in typed]
        Table(
            tablename or _NO_TABLE,
            self.metadata(),
            *_columns(others),
            *typed.values(),
            *(() if index.table is not None else (index,)),
            schema=schema,
        )
        return index

    def _makeshift(
        self, name: str, schema: str | None, columns: Iterable[str], *constraints: Constraint
    ) -> Table:
        return Table(name, self.metadata(), *_columns(columns), *constraints, schema=schema)


_NO_TABLE = "no_table"

_NAMELESS: Mapping[str | None, Any] = {
    None: lambda name, kw: Constraint(name, **kw),
    "foreignkey": lambda name, kw: ForeignKeyConstraint([], [], name=name, **kw),
    "primary": lambda name, kw: PrimaryKeyConstraint(name=name, **kw),
    "unique": lambda name, kw: UniqueConstraint(name=name, **kw),
    "check": lambda name, kw: CheckConstraint("", name=name, **kw),
}

_CONVENTION_KEYS: Mapping[str | None, tuple[Any, ...]] = {
    "foreignkey": ("fk", ForeignKeyConstraint),
    "primary": ("pk", PrimaryKeyConstraint),
    "unique": ("uq", UniqueConstraint),
    "check": ("ck", CheckConstraint),
}


def verbatim(sql: str) -> TextClause:
    """``text()`` that is compiled to just this SQL: no colon in it stands for a value."""
    return text(_BIND_LOOKALIKE.sub(r"\:", sql))


def _names(columns: Sequence[str]) -> list[str]:
    """The names as a list; a lone string is one name, not a sequence of letters."""
    return [columns] if isinstance(columns, str) else list(columns)


def _columns(names: Iterable[str]) -> list[Column[Any]]:
    return [Column(name, NULLTYPE) for name in dict.fromkeys(names)]


def _included(options: Mapping[str, Any]) -> list[str]:
    """Column names in options such as ``postgresql_include``, which the table must have as well."""
    return [
        name
        for option, names in options.items()
        if option.endswith("_include") and names
        for name in names
        if isinstance(name, str)
    ]


def _own(item: SchemaItem, plain_columns: bool) -> Any:
    """The item itself, or a copy when a table has it already."""
    if isinstance(item, Column) and item.table is not None:
        copy = item._copy()
        if plain_columns:
            copy.unique = copy.index = None
        return copy
    if isinstance(item, Index) and item.table is not None:
        elements: Sequence[Any] = item.expressions
        expressions = [replacement_traverse(each, {}, _by_name) for each in elements]
        return Index(item.name, *expressions, unique=item.unique, **item.kwargs)
    return item


def _by_name(element: Any, **_: Any) -> Any:
    return literal_column(element.name) if isinstance(element, Column) else None


def _is_earlier(table: Table, name: str, schema: str | None) -> bool:
    """Whether the table was made here, for the same operation: its columns are to come out the same again."""
    return MAKESHIFT in table.metadata.info and (table.name, table.schema) == (name, schema)


def _keys_of_column(column: Column[Any], items: Sequence[SchemaItem]) -> list[ForeignKey]:
    """Copies of the foreign keys that a column brought along, which SQLAlchemy leaves out of its copy."""
    own = [key for key in column.foreign_keys if not any(key.constraint is item for item in items)]
    return [key._copy() for key in sorted(own, key=lambda each: each.target_fullname)]


def target_of(key: ForeignKey) -> tuple[str | None, str, str]:
    """Schema, table and column that a foreign key points to; the column by its name, if that can be known."""
    schema, table, column = _target(key)
    referent = _table_in(key.parent.table.metadata, schema, table) if key.parent.table is not None else None
    if referent is not None and column in referent.columns:
        return schema, table, referent.columns[column].name
    return schema, table, column


def _target(key: ForeignKey) -> tuple[str | None, str, str]:
    """Schema, table and column that a foreign key points to; the column by its key."""
    tokens = getattr(key, "target_tokens", None)  # SQLAlchemy 2.1 and up
    schema, table, column = tokens if tokens is not None else key._column_tokens
    return schema, table, column if column is not None else key.parent.key


def _table_in(metadata: MetaData, schema: str | None, table: str) -> Table | None:
    return metadata.tables.get(f"{schema}.{table}" if schema else table)

"""A table made anew from a SQLAlchemy Table: in scripts, and on databases that could ALTER it as well.

The new table is created beside the old one, takes over its rows, and then its name. What can't be said by a
SQLAlchemy Table (triggers, views on it, privileges) is not carried over; SQLite has a better way on a live
connection, see :mod:`alembic.ddl.sqlite.rebuild`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    select,
    types,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import Computed, DefaultClause, FetchedValue
from sqlalchemy.sql.visitors import replacement_traverse
from sqlalchemy.util import immutabledict

from ..errors.batch import ColumnMissing, ColumnThere, ConstraintMissing, ConstraintUnnamed
from ..errors.operations import NotInBatch

if TYPE_CHECKING:
    from sqlalchemy.schema import Constraint
    from sqlalchemy.types import TypeEngine

    from .impl import DefaultImpl


_UNIQUE_OPTIONS = ("name", "deferrable", "initially")
_KEY_OPTIONS = ("name", "onupdate", "ondelete", "deferrable", "initially", "match")


class Recreation:
    """Takes the operations on a table, as methods of an impl, and then makes the table anew.

    Columns go by the names that they had before, or by their new ones. A column that is added under the name
    that another had before takes that name over.

    :param impl: the dialect.
    :param table: what the table is like.
    :param table_args: more constraints and indexes, as of ``Table``; ``table_kwargs`` is for its keywords.
    :param reflected: the table was read from the database.
    :param partial_reordering: columns that are to follow each other.
    """

    def __init__(
        self,
        impl: DefaultImpl,
        table: Table,
        table_args: Sequence[Any] = (),
        table_kwargs: Mapping[str, Any] = immutabledict(),
        reflected: bool = False,
        partial_reordering: Sequence[Sequence[str]] = (),
    ) -> None:
        self.impl = impl
        self.table = table
        self.reflected = reflected
        self.columns: dict[str, Column[Any]] = {}
        self.named_constraints: dict[str, Constraint] = {}
        self.unnamed_constraints: list[Constraint] = []
        self.indexes: dict[str, Index] = {}
        self.new_indexes: dict[str, tuple[Index, dict[str, Any]]] = {}
        self.column_transfers: dict[str, dict[str, Any]] = {}
        self.comment = table.comment
        # Keys of columns whose former name is that of an added one, by that name.
        self._displaced: dict[str, str] = {}
        self._table_args, self._table_kwargs = table_args, table_kwargs
        self._hints = partial_reordering
        self._primary_key: tuple[Any, list[str]] = (None, [])
        self._take(table)

    def _take(self, table: Table) -> None:
        for column in table.columns:
            self.columns[column.name] = _copied(column)
            self.column_transfers[column.name] = {"expr": column}
        key = table.primary_key
        self._primary_key = key.name, [column.name for column in key.columns]
        for constraint in sorted(table.constraints, key=lambda each: each._creation_order):
            if not isinstance(constraint, PrimaryKeyConstraint) and not _of_type(constraint):
                self._put(constraint)
        for index in sorted(table.indexes, key=lambda each: str(each.name)):
            self.indexes[str(index.name)] = index

    def _put(self, constraint: Constraint) -> None:
        if isinstance(constraint.name, str):
            self.named_constraints[str(constraint.name)] = constraint
        else:
            self.unnamed_constraints.append(constraint)

    # -- operations --------------------------------------------------------------------------------

    def add_column(
        self,
        table_name: str,
        column: Column[Any],
        insert_before: str | None = None,
        insert_after: str | None = None,
        **kw: Any,
    ) -> None:
        """One more column, at the end or where it is wanted.

        :raises ColumnThere: there is one of this name.
        """
        if any(each.name == column.name for each in self.columns.values()):
            if kw.get("if_not_exists"):
                return
            raise ColumnThere(self.table.name, column.name)
        if column.name in self.columns:
            self._displace(column.name)
        self.columns[column.name] = _copied(column)
        for constraint in self.impl.inlined_constraints(column, kw.get("inline_references")):
            if not _of_type(constraint):
                self._put(constraint)
        if insert_before is not None or insert_after is not None:
            self._move(column.name, insert_before, insert_after)

    def drop_column(self, table_name: str, column: Column[Any], **kw: Any) -> None:
        """A column less, with the constraints and indexes that are on it; CHECKs stay.

        A column that is added again under its name has them as before.
        """
        if kw.get("if_exists") and column.name not in self.columns:
            return
        key = self._key(column.name)
        del self.columns[key]
        self.column_transfers.pop(key, None)

    def alter_column(
        self,
        table_name: str,
        column_name: str,
        nullable: bool | None = None,
        server_default: Any = False,
        name: str | None = None,
        type_: TypeEngine[Any] | type[TypeEngine[Any]] | None = None,
        autoincrement: Any = None,
        comment: Any = False,
        insert_before: str | None = None,
        insert_after: str | None = None,
        **kw: Any,
    ) -> None:
        """Another type, nullability, default, comment, name or place."""
        key = self._key(column_name)
        column = self.columns[key]
        if type_ is not None:
            wanted: TypeEngine[Any] = types.to_instance(type_)
            if key in self.column_transfers:
                self.impl.cast_for_batch_migrate(column, self.column_transfers[key], wanted)
            column.type = wanted
        if nullable is not None:
            column.nullable = nullable
        if server_default is not False:
            _set_default(column, server_default)
        if autoincrement is not None:
            column.autoincrement = autoincrement
        if comment is not False:
            column.comment = comment
        if name is not None:
            column.name = cast("Any", name)
        if insert_before is not None or insert_after is not None:
            self._move(key, insert_before, insert_after)

    def add_constraint(self, const: Constraint) -> None:
        """One more constraint; a primary key takes the place of the one there is."""
        if isinstance(const, PrimaryKeyConstraint):
            self._primary_key = const.name, self._keys(const)
            for key in self._primary_key[1]:
                self.columns[key].nullable = False
        elif not _of_type(const):  # those that a column's type brings along come with the column
            self._put(const)

    def drop_constraint(self, const: Constraint, **kw: Any) -> None:
        """A constraint less.

        :raises ConstraintUnnamed: it has none, by which it could be told from others.
        :raises ConstraintMissing: there is none of this name.
        """
        if _of_type(const):
            return
        if not isinstance(const.name, str):
            raise ConstraintUnnamed()
        if self.named_constraints.pop(str(const.name), None) is not None:
            return
        if isinstance(const, PrimaryKeyConstraint) or const.name == self._primary_key[0]:
            self._primary_key = None, []
        elif not self._drop_of_type(str(const.name)) and not kw.get("if_exists"):
            raise ConstraintMissing("constraint", str(const.name), list(self.named_constraints))

    def create_index(self, idx: Index, **kw: Any) -> None:
        """One more index, made when the table has its name back."""
        self.new_indexes[str(idx.name)] = idx, kw

    def drop_index(self, idx: Index, **kw: Any) -> None:
        """An index less.

        :raises ConstraintMissing: there is none of this name.
        """
        if self.indexes.pop(str(idx.name), None) is None and not kw.get("if_exists"):
            raise ConstraintMissing("index", str(idx.name), list(self.indexes))

    def create_table_comment(self, table: Table) -> None:
        """Another comment of the table."""
        self.comment = table.comment

    def drop_table_comment(self, table: Table) -> None:
        """No comment of the table."""
        self.comment = None

    def create_column_comment(self, column: Column[Any]) -> None:
        """Another comment of a column."""
        self.columns[self._key(column.name)].comment = column.comment

    def rename_table(self, *arg: Any, **kw: Any) -> None:
        """Refused: a batch is about one table, which keeps its name."""
        raise NotInBatch("rename_table")

    # -- carrying out ------------------------------------------------------------------------------

    def carry_out(self) -> Table:
        """Create the new table, copy the rows, drop the old one, rename, create the indexes.

        :returns: the new table.
        """
        with self.impl.making_anew(self.table):
            return self._replace()

    def _replace(self) -> Table:
        impl, old = self.impl, self.table
        new = self.new_table()
        waiting = _own_keys(new) if impl.features.own_keys_wait else []
        for key in waiting:
            key.use_alter = True
        impl.prep_table_for_batch(self, old)
        impl.create_table(new)
        try:
            self._copy_rows(new)
            impl.rows_copied(old, new)
            impl.drop_table(old)
        except BaseException:
            with suppress(DBAPIError):  # where a transaction has failed, it takes the table along
                impl.drop_table(new)
            raise
        impl.rename_table(new.name, old.name, schema=old.schema)
        new.name = old.name
        for index in filter(self._is_possible, self.indexes.values()):
            impl.create_index(self._index_on(index, new))
        for index, kw in self.new_indexes.values():
            impl.create_index(self._index_on(index, new), **kw)
        for key in waiting:
            impl.add_constraint(key)
        return new

    def new_table(self, name: str | None = None) -> Table:
        """The table as it is to be.

        :param name: left out, it has the one for the time in which the old one is there.
        """
        old, metadata = self.table, MetaData()
        # MySQL's comment is read as an option too, where it would outlive the one that is dropped.
        said = {key: each for key, each in old.dialect_kwargs.items() if not key.endswith("_comment")}
        options: dict[str, Any] = {**said, **self._table_kwargs}
        options.setdefault("prefixes", list(old._prefixes))
        options.setdefault("comment", self.comment)
        columns = [_copied(self.columns[key], key) for key in self._order()]
        for column in columns:
            column.primary_key = False  # which column is, tells the constraint
        table = Table(name or copy_name(old.name), metadata, *columns, schema=old.schema, **options)
        pk_name, keys = self._primary_key
        keys = [key for key in keys if key in self.columns]
        if keys:
            table.append_constraint(PrimaryKeyConstraint(*[table.c[key] for key in keys], name=pk_name))
        for argument in self._table_args:
            argument._set_parent_with_dispatch(table)
        for constraint in (*self.named_constraints.values(), *self.unnamed_constraints):
            if self._is_possible(constraint):
                self._transfer(constraint, table)
        return table

    def _transfer(self, constraint: Any, table: Table) -> None:
        own = [table.c[key] for key in self._keys(constraint)]
        options = {**constraint.dialect_kwargs}
        made: Constraint
        if isinstance(constraint, ForeignKeyConstraint):
            targets = [self._target(element, table) for element in constraint.elements]
            options |= {name: getattr(constraint, name) for name in _KEY_OPTIONS}
            made = ForeignKeyConstraint(own, targets, **options)
        elif isinstance(constraint, UniqueConstraint):
            options |= {name: getattr(constraint, name) for name in _UNIQUE_OPTIONS}
            made = UniqueConstraint(*own, **options)
        elif isinstance(constraint, CheckConstraint):
            made = CheckConstraint(self._on(constraint.sqltext, table), name=constraint.name, **options)
        else:
            made = constraint._copy(target_table=table)
        table.append_constraint(made)

    def _target(self, element: ForeignKey, table: Table) -> Column[Any]:
        """What a foreign key refers to: a stand-in for another table."""
        schema, name, column = element._column_tokens
        own = (schema, name) == (self.table.schema, self.table.name)
        of_old = element.parent is not None and element.parent.table is self.table
        known = self._displaced.get(str(column)) if of_old else None
        if own and (key := known or self._find(str(column))) is not None:
            if self.impl.features.references_follow_rename:
                return table.c[key]
            column = str(self.columns[key].name)
        target = Table(name, table.metadata, schema=schema, keep_existing=True)
        column = str(column)  # that of a key without columns is None only in models
        if column not in target.c:
            target.append_column(Column(column, types.NullType()))
        return target.c[column]

    def _copy_rows(self, new: Table) -> None:
        names, sources = [], []
        for column in new.columns:
            transfer = self.column_transfers.get(column.key)
            if transfer is not None and column.computed is None:
                source = transfer["expr"]
                names.append(column.key)
                sources.append(source if isinstance(source, Column) else source.label(column.name))
        if names:
            chosen = select(*sources)
            self.impl._exec(new.insert().inline().from_select(names, chosen, include_defaults=False))

    def _index_on(self, index: Index, table: Table) -> Index:
        parts = [self._on(part, table) for part in index.expressions]
        return Index(index.name, *parts, unique=index.unique, _table=table, **index.kwargs)

    def _on(self, part: Any, table: Table) -> Any:
        """The expression, of another table whose columns are by their old names."""

        def moved(element: Any, **kw: Any) -> Any:
            key = self._key_of(element) if isinstance(element, Column) else None
            return None if key is None else table.c[key]

        return replacement_traverse(part, {}, moved)

    # -- names and places --------------------------------------------------------------------------

    def _find(self, name: str) -> str | None:
        if name in self.columns:
            return name
        return next((key for key, column in self.columns.items() if column.name == name), None)

    def _displace(self, key: str) -> None:
        """Keep a column that was renamed by another key, as its old name becomes that of a new column."""
        other = self._displaced[key] = f"{key}\0"  # which nobody has for a name
        self.columns = {(other if each == key else each): self.columns[each] for each in self.columns}
        if key in self.column_transfers:
            self.column_transfers[other] = self.column_transfers.pop(key)
        name, keys = self._primary_key
        self._primary_key = name, [other if each == key else each for each in keys]

    def _key_of(self, column: Any) -> str | None:
        """The key of a column that a constraint or an index is on; None if there is none any more."""
        if column.table is not self.table:
            return self._find(column.name)
        key = self._displaced.get(column.name, column.name)
        return key if key in self.columns else None

    def _key(self, name: str) -> str:
        key = self._find(name)
        if key is None:
            raise ColumnMissing(self.table.name, name, [str(each.name) for each in self.columns.values()])
        return key

    def _keys(self, part: Any) -> list[str]:
        """The columns of a constraint or an index, by their old names."""
        if isinstance(part, CheckConstraint):
            return []  # its text is nobody's business
        return [self._key_of(column) or column.name for column in getattr(part, "columns", ())]

    def _is_possible(self, part: Any) -> bool:
        """Whether there are the columns that a constraint or an index is on."""
        return all(key in self.columns for key in self._keys(part))

    def _move(self, key: str, before: str | None, after: str | None) -> None:
        neighbour = self._key(str(after) if before is None else before)
        if neighbour == key:
            return
        keys = [each for each in self.columns if each != key]
        keys.insert(keys.index(neighbour) + (before is None), key)
        self.columns = {each: self.columns[each] for each in keys}

    def _order(self) -> list[str]:
        return reordered(list(self.columns), [[self._key(name) for name in hint] for hint in self._hints])

    def _drop_of_type(self, name: str) -> bool:
        """Drop the CHECK that a column's type brings along, if it has this name."""
        for column in self.columns.values():
            kind = cast("Any", column.type)
            if getattr(kind, "create_constraint", False) and kind.name == name:
                column.type = kind.copy()
                cast("Any", column.type).create_constraint = False
                return True
        return False


def copy_name(table: str) -> str:
    """The name that a table has for the moment in which it is made anew."""
    return f"_alembic_tmp_{table}"[:50]


def reordered(names: Sequence[str], hints: Sequence[Sequence[str]]) -> list[str]:
    """The names with those of each hint one behind the other, where the first of them was."""
    order = list(names)
    for hint in hints:
        start = min(order.index(name) for name in hint)
        rest = [name for name in order if name not in hint]
        place = sum(name not in hint for name in order[:start])
        order = [*rest[:place], *hint, *rest[place:]]
    return order


def _own_keys(table: Table) -> list[ForeignKeyConstraint]:
    keys = sorted(table.foreign_key_constraints, key=lambda each: each._creation_order)
    return [each for each in keys if each.referred_table is table]


def _of_type(constraint: Any) -> bool:
    return bool(getattr(constraint, "_type_bound", False))


def _copied(column: Column[Any], key: str | None = None) -> Column[Any]:
    """The column without what belongs to its table; by its old name, if that is given."""
    copied = column._copy()
    copied.index = copied.unique = None
    copied.foreign_keys.clear()
    if key is not None:
        copied.key = key
    return copied


def _set_default(column: Column[Any], default: Any) -> None:
    column.server_default = column.computed = column.identity = None
    if default is None:
        return
    made: Any = default._copy() if isinstance(default, Computed) else default
    made = made if isinstance(made, FetchedValue) else DefaultClause(made)
    made._set_parent(column)

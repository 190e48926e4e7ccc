"""A table that is being changed without a database: SQLAlchemy's Table before, another Table after.

The replay of operations works on this. Nothing is emitted here, and the Table that one begins with is never
touched. Tables that are really made anew, by statements, are a matter of :mod:`alembic.ddl.recreation`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa

from alembic.ddl.recreation import reordered
from alembic.errors.batch import ColumnMissing, ConstraintMissing, ConstraintUnnamed

from .draft_order import placed
from .draft_parts import Copying, Pair, column_with, mentions
from .implied_indexes import drop_covered, forget_origin, left_behind

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

    from alembic.ddl.features import Features
    from alembic.schema.rules import SchemaRules

UNSET: Literal[False] = False
"""Stands for "leave it" where None means "none"; it is what ``alter_column`` takes for that."""


class TableDraft:
    """Changes to one table; :attr:`table` is what they have made of it so far.

    Names of columns that a change speaks of are those of now; a name that no column has any more finds the
    column that had it in the beginning. Names of constraints and indexes are final: no naming convention is
    applied to them again.

    :param table: the table to begin with.
    :param rules: how the database writes SQL, for following renamed columns into expressions that are text.
    :param features: what the database does by itself.
    """

    def __init__(self, table: sa.Table, rules: SchemaRules, features: Features) -> None:
        self._copying = Copying(rules)
        self._features = features
        #: Names for finding constraints that have none: those that they would have under this convention.
        self.naming_convention: Mapping[str, Any] | None = None
        #: What has become of each column, by the name that it had in the beginning; None if it was dropped.
        self.fates: dict[str, str | None] = {column.name: column.name for column in table.columns}
        #: The table as it is now, in a MetaData of its own.
        self.table = table
        self._become(self._same_columns())

    @property
    def sources(self) -> dict[str, str]:
        """For each column of now that was there in the beginning: its name then; in the order of then."""
        return {now: then for then, now in self.fates.items() if now is not None}

    def resolve(self, name: str) -> str:
        """The present name of a column.

        :raises ColumnMissing: a KeyError too: there is none.
        """
        if name in self.table.columns:
            return name
        fate = self.fates.get(name)
        if fate is None and not self._copying.flavour.keeps_case:
            fate = next(
                (each for each in map(str, self.table.columns.keys()) if each.lower() == name.lower()), None
            )
        if fate is None:
            raise ColumnMissing(self.table.name, name, list(self.table.columns.keys()))
        return fate

    # -- columns -----------------------------------------------------------------------------------

    def add_column(
        self,
        column: sa.Column[Any],
        *,
        primary_key: bool = False,
        before: str | None = None,
        after: str | None = None,
    ) -> None:
        """Add a copy of a column, at the end or where it is said; its constraints and indexes are not added.

        CHECKs that are written with the column, and what its type brings along, do come with it.

        :param primary_key: the column becomes the (last) part of the primary key.
        """
        present = [(each, column_with(each)) for each in self.table.columns]
        added = column_with(column)
        self._become(placed([*present, (None, added)], added, self._name(before), self._name(after)))
        if primary_key:
            key = self.table.primary_key
            names = [*(each.name for each in key.columns), column.name]
            together = sa.PrimaryKeyConstraint(*names, name=_name_of(key))
            sa.Table("key", sa.MetaData(), *(sa.Column(each, sa.types.NULLTYPE) for each in names), together)
            self._replace_key(together)

    def drop_column(self, name: str) -> None:
        """Drop a column, and with it the constraints and indexes that it is part of."""
        gone = self.resolve(name)
        columns = [(each, column_with(each)) for each in self.table.columns if each.name != gone]
        self.fates = {then: None if now == gone else now for then, now in self.fates.items()}
        if self._features.indexes_lose_columns:
            self._shrink_keys(gone)
        kept = [each for each in self._constraints() if not mentions(each, gone, self._copying.flavour)]
        indexes = [each for each in self._indexes() if not mentions(each, gone, self._copying.flavour)]
        self._become(columns, constraints=kept, indexes=indexes)

    def alter_column(
        self,
        name: str,
        *,
        nullable: bool | None = None,
        server_default: Any = UNSET,
        new_name: str | None = None,
        type_: TypeEngine[Any] | type[TypeEngine[Any]] | None = None,
        autoincrement: bool | Literal["auto", "ignore_fk"] | None = None,
        comment: str | Literal[False] | None = UNSET,
        before: str | None = None,
        after: str | None = None,
    ) -> None:
        """Change what a column is like, and its place; the arguments are those of the directive.

        Another name is followed into constraints, indexes and expressions.
        """
        old = self.resolve(name)
        new = old if new_name is None else new_name
        changes: dict[str, Any] = {"name": new}
        if nullable is not None:
            changes["nullable"] = nullable
        if server_default is not UNSET:
            changes["server_default"] = server_default
        if type_ is not None:
            changes["type_"] = type_
        if autoincrement is not None:
            changes["autoincrement"] = autoincrement
        if comment is not UNSET:
            changes["comment"] = comment
        columns = [
            (each, column_with(each, **changes) if each.name == old else column_with(each))
            for each in self.table.columns
        ]
        altered = next(made for each, made in columns if each.name == old)
        self.fates = {then: new if now == old else now for then, now in self.fates.items()}
        self._become(placed(columns, altered, self._name(before), self._name(after)))

    def reorder(self, hints: Iterable[Sequence[str]]) -> None:
        """Put the columns of each hint one behind the other, where the first of them is."""
        resolved = [[self.resolve(name) for name in hint] for hint in hints]
        columns = {each.name: (each, column_with(each)) for each in self.table.columns}
        self._become([columns[name] for name in reordered(list(columns), resolved)])

    # -- constraints and indexes -------------------------------------------------------------------

    def add_constraint(self, constraint: sa.Constraint) -> None:
        """Add a copy of a constraint, which may belong to another (makeshift) table; a primary key replaces
        the one there is.
        """
        if isinstance(constraint, sa.PrimaryKeyConstraint):
            self._replace_key(constraint)
        else:
            self._become(self._same_columns(), constraints=[*self._constraints(), constraint])
            if isinstance(constraint, sa.ForeignKeyConstraint):
                drop_covered(self.table, constraint)

    def drop_constraint(self, name: str | None, kind: type[sa.Constraint] | None = None) -> None:
        """Drop a constraint.

        :param name: its name; None for the only one of its kind, such as the primary key.
        :param kind: the class of the constraint, where that is known.
        :raises ConstraintMissing: a ValueError too: there is none of this name.
        :raises ConstraintUnnamed: a ValueError too: without a name, it isn't the only one.
        """
        gone = self.find_constraint(name, kind)
        if gone is None and name is None:
            raise ConstraintUnnamed()
        if gone is None:
            raise ConstraintMissing("constraint", name or "", _names(self.table.constraints))
        self.drop(gone)

    def drop(self, gone: sa.Constraint) -> None:
        """Drop a constraint of the table as it is now."""
        if isinstance(gone.parent, sa.Column):
            columns = [
                (each, column_with(each, without=gone) if each is gone.parent else column_with(each))
                for each in self.table.columns
            ]
            self._become(columns)
        else:
            before = self.table
            kept = [each for each in self._constraints() if each is not gone]
            self._become(self._same_columns(), constraints=kept)
            if self._features.foreign_keys_make_indexes:
                self._add_indexes(left_behind(before, self.table))

    def find_constraint(
        self, name: str | None, kind: type[sa.Constraint] | None = None
    ) -> sa.Constraint | None:
        """The constraint that :meth:`drop_constraint` would drop; None if it can't be told."""
        of_kind = [each for each in self._every_constraint() if kind is None or isinstance(each, kind)]
        found = [each for each in of_kind if name is None or _name_of(each) == name]
        if not found and name is not None and kind is sa.PrimaryKeyConstraint:
            found = of_kind  # a key that was made without a name has got one from the database
        if not found and name is not None and self.naming_convention:
            found = [each for each in of_kind if each.name is None and self._conventional(each) == name]
        return found[0] if len(found) == 1 else None

    def checks(self) -> list[sa.CheckConstraint]:
        """The CHECKs of the table and its columns, without those that come with a type."""
        every = [each for each in self._every_constraint() if isinstance(each, sa.CheckConstraint)]
        return [each for each in every if not each._type_bound]

    def _every_constraint(self) -> list[Any]:
        return [*self._constraints(), *(check for each in self.table.columns for check in each.constraints)]

    def _conventional(self, constraint: sa.Constraint) -> str | None:
        """The name that a constraint without one would have."""
        named = self._copying.table(
            self.table, self._same_columns(), constraints=[constraint], convention=self.naming_convention
        )
        return next(
            (_name_of(each) for each in named.constraints if isinstance(each, type(constraint))), None
        )

    def create_index(self, index: sa.Index) -> None:
        """Add a copy of an index, which may belong to another (makeshift) table."""
        self._add_indexes([index])

    def make_anew(self, *, described: bool) -> None:
        """Let the changes to come be those of a table that is made anew.

        What the database has made for foreign keys is read and made again as an index of the table's own; and
        what a dropped column leaves behind isn't up to the database any more.

        :param described: the table wasn't read.
        """
        self._features = replace(self._features, indexes_lose_columns=False)
        if self._features.foreign_keys_make_indexes and not described:
            bare = self._copying.table(self.table, self._same_columns(), constraints=())
            self._add_indexes(left_behind(self.table, bare))
            for index in self.table.indexes:
                forget_origin(index)

    def _add_indexes(self, indexes: Iterable[sa.Index]) -> None:
        self._become(self._same_columns(), indexes=[*self._indexes(), *indexes])

    def drop_index(self, name: str) -> None:
        """Drop an index.

        :raises ConstraintMissing: a ValueError too: there is none.
        """
        kept = [each for each in self._indexes() if _name_of(each) != name]
        if len(kept) == len(self.table.indexes):
            raise ConstraintMissing("index", name, _names(self.table.indexes))
        self._become(self._same_columns(), indexes=kept)

    # -- the table itself --------------------------------------------------------------------------

    def set_options(self, options: Mapping[str, Any]) -> None:
        """Give the table more options, of those that ``Table`` takes."""
        if options:
            said = {**self.table.dialect_kwargs, **options}
            self._become(self._same_columns(), options=said, comment=said.pop("comment", self.table.comment))

    def rename(self, name: str) -> None:
        """Give the table another name; foreign keys to itself follow."""
        self._become(self._same_columns(), name=name)

    def set_comment(self, comment: str | None) -> None:
        """Give the table a comment, or none."""
        self._become(self._same_columns(), comment=comment)

    def retarget(
        self, old: tuple[str | None, str], new: tuple[str | None, str], columns: Mapping[str, str]
    ) -> None:
        """Have foreign keys to another table follow its new name, and those of its columns.

        :param columns: new names by old ones.
        """
        self._become(self._same_columns(), moved=(old, new, columns))

    # -- how -------------------------------------------------------------------------------------------

    def _become(
        self, columns: Sequence[tuple[sa.Column[Any] | None, sa.Column[Any]]], **changes: Any
    ) -> None:
        self.table = self._copying.table(self.table, columns, **changes)
        if self._features.keys_are_not_null:
            for column in self.table.primary_key.columns:
                column.nullable = False
        if self._features.foreign_keys_make_indexes:
            drop_covered(self.table)

    def _same_columns(self) -> list[Pair]:
        return [(each, column_with(each)) for each in self.table.columns]

    def _constraints(self) -> list[Any]:
        return sorted(self.table.constraints, key=lambda each: each._creation_order)

    def _indexes(self) -> list[sa.Index]:
        return sorted(self.table.indexes, key=lambda each: str(each.name))

    def _replace_key(self, key: sa.PrimaryKeyConstraint) -> None:
        others = [each for each in self._constraints() if not isinstance(each, sa.PrimaryKeyConstraint)]
        self._become(self._same_columns(), constraints=[key, *others])

    def _shrink_keys(self, gone: str) -> None:
        """Leave a column out of the keys and indexes that have others as well."""
        constraints = [self._copying.shrunk(each, gone) for each in self._constraints()]
        indexes = [self._copying.shrunk(each, gone) for each in self._indexes()]
        self._become(self._same_columns(), constraints=constraints, indexes=indexes)

    def _name(self, name: str | None) -> str | None:
        return None if name is None else self.resolve(name)


def _name_of(item: sa.Constraint | sa.Index) -> str | None:
    return str(item.name) if isinstance(item.name, str) else None


def _names(items: Iterable[sa.Constraint | sa.Index]) -> list[str]:
    return sorted(name for name in map(_name_of, items) if name is not None)

"""What a table is to become: its CREATE TABLE text, changed by one operation after the other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    ForeignKeyConstraint,
    Identity,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    column,
    types,
)
from sqlalchemy.sql.naming import _constraint_name_for_table
from sqlalchemy.util import immutabledict

from ...errors.batch import ColumnMissing, ConstraintMissing, ConstraintUnnamed
from ...errors.ddl import UnsupportedByDatabase
from ...errors.sqlite import ReferenceAcrossSchemas
from ...schema.expressions import normalise
from ...schema.tokens import SQLITE
from ..changes import Changes
from ..literals import literal_text
from . import edits
from .compile import column_text, default_text, generation_text
from .create_table import Clause, ClauseKind, ColumnDefinition, CreateTable, parse_create_table

if TYPE_CHECKING:
    from sqlalchemy.schema import Constraint

    from .operations import SQLiteImpl

_KINDS: dict[type[Any], ClauseKind] = {
    PrimaryKeyConstraint: ClauseKind.PRIMARY_KEY,
    UniqueConstraint: ClauseKind.UNIQUE,
    ForeignKeyConstraint: ClauseKind.FOREIGN_KEY,
    CheckConstraint: ClauseKind.CHECK,
}

_WORDS = {
    "primary": ClauseKind.PRIMARY_KEY,
    "unique": ClauseKind.UNIQUE,
    "foreignkey": ClauseKind.FOREIGN_KEY,
    "check": ClauseKind.CHECK,
}


class Definition:
    """A table's definition on its way from what it is to what it becomes.

    :param impl: compiles what is new.
    :param table: the table's name, for messages.
    :param text: the statement that made it.
    :param renamed: columns that have been renamed since the operations were written: present names by old
        ones.
    :param future: columns that get their new names only later: present names by these.
    :param naming_convention: tells which constraint without a name a name means.
    :param returning: columns that are dropped and then added again; what is on them stays.
    """

    def __init__(
        self,
        impl: SQLiteImpl,
        table: str,
        text: str,
        renamed: Mapping[str, str] = immutabledict(),
        future: Mapping[str, str] = immutabledict(),
        naming_convention: Mapping[str, str] | None = None,
        returning: Collection[str] = (),
    ) -> None:
        self.text = text
        self.table = table
        self.dropped: list[str] = []
        self.added: list[str] = []
        self._impl = impl
        self.renamed = renamed
        self._future = future
        self._convention = naming_convention
        self._returning = returning
        self._sources: dict[str, str] = {}

    @property
    def parsed(self) -> CreateTable:
        """The text as it stands now, in its parts."""
        return parse_create_table(self.text)

    @property
    def counts(self) -> bool:
        """Whether it has an AUTOINCREMENT."""
        parsed = self.parsed
        clauses = [*parsed.constraints, *(each for one in parsed.columns.values() for each in one.clauses)]
        return any(clause.autoincrement for clause in clauses)

    def source(self, name: str) -> str:
        """The SQL expression that gives a column its value from the old row."""
        return self._sources.get(name, self._quote(name))

    def add_column(
        self,
        table: Any,
        added: Column[Any],
        *,
        schema: str | None = None,
        if_not_exists: bool | None = None,
        inline_references: bool | None = None,
        inline_primary_key: bool | None = None,
        insert_before: str | None = None,
        insert_after: str | None = None,
    ) -> None:
        """One more column, at the end or where it is wanted."""
        if if_not_exists and any(edits.same(name, added.name) for name in self.parsed.columns):
            return
        text = column_text(self._impl.ddl_compiler(), added, inline_primary_key=inline_primary_key)
        own, referring, other = text.partition(" REFERENCES ")
        text = self.with_present_names(own, columns=[*self.parsed.columns, added.name]) + referring + other
        before = None if insert_before is None else self.name_of(insert_before)
        after = None if insert_after is None else self.name_of(insert_after)
        self.text = edits.with_column(self.text, text, before=before, after=after)
        self.added.append(added.name)

    def drop_column(
        self,
        table: Any,
        dropped: Column[Any],
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        **kw: Any,
    ) -> None:
        """A column less, with the constraints that are on it."""
        if if_exists and not any(edits.same(name, dropped.name) for name in self.parsed.columns):
            return
        name = self.name_of(dropped.name)
        returns = any(edits.same(name, each) for each in self._returning)
        self.text = edits.without_column(self.text, name, alone=returns)
        if not returns:
            self.dropped.append(name)

    def alter_column(
        self,
        table: Any,
        column_name: str,
        *,
        nullable: bool | None = None,
        server_default: Any = False,
        type_: Any = None,
        existing_type: Any = None,
        insert_before: str | None = None,
        insert_after: str | None = None,
        **kw: Any,
    ) -> None:
        """Another type, nullability, default or place; names change otherwise."""
        name = self.name_of(column_name)
        if type_ is not None:
            self._change_type(name, types.to_instance(type_), existing_type)
        if server_default is not False:
            self._change_default(name, server_default)
        if nullable is not None:
            self.text = edits.with_nullable(self.text, name, nullable)
        if insert_before is not None or insert_after is not None:
            self._move(name, insert_before, insert_after)

    def add_constraint(self, constraint: Constraint) -> None:
        """One more constraint; a primary key takes the place of the one there is."""
        if not self._is_wanted(constraint):
            return
        if isinstance(constraint, PrimaryKeyConstraint):
            self._remove(lambda column, clause: clause.kind is ClauseKind.PRIMARY_KEY)
        self.text = edits.with_constraint(self.text, self._in_present_names(constraint))

    def drop_constraint(self, constraint: Constraint, *, if_exists: bool | None = None) -> None:
        """A constraint less: the one of this name, else one without a name that is the same otherwise.

        :raises ConstraintMissing: there is none.
        :raises ConstraintUnnamed: it has neither a name nor columns.
        """
        if not self._is_wanted(constraint) or self._remove_like(constraint):
            return
        name = constraint.name if isinstance(constraint.name, str) else None
        if getattr(constraint, "_type_bound", False):
            return  # the type brings it along, where it does
        if name is None:
            raise ConstraintUnnamed()
        if self._remove(
            lambda column, clause: clause.name is None and name in self._would_be(column, clause)
        ):
            return
        if not if_exists:
            raise ConstraintMissing("constraint", name, self._constraint_names())

    def _remove_like(self, constraint: Constraint, *, dry: bool = False) -> bool:
        """Remove the constraint of this name, or else one without a name that is the same for the rest.

        :param dry: only tell whether there is one.
        """
        before = self.text
        name = constraint.name if isinstance(constraint.name, str) else None
        try:
            return (
                name is not None and self._remove(lambda owner, clause: edits.same(clause.name, name))
            ) or self._remove(
                lambda owner, clause: clause.name is None and self._equals(constraint, owner, clause)
            )
        finally:
            if dry:
                self.text = before

    def _equals(self, constraint: Constraint, owner: ColumnDefinition | None, clause: Clause) -> bool:
        kind = _KINDS.get(type(constraint))
        if kind is not clause.kind:
            return False
        if isinstance(constraint, CheckConstraint):
            return self._normalised(clause) == normalise(self._text_of_check(constraint), SQLITE)
        columns = [self._present(each.name) for each in getattr(constraint, "columns", ())]
        if kind is ClauseKind.PRIMARY_KEY and not columns:
            return True
        if columns != _names(owner, clause):
            return False
        target = clause.reference.table if clause.reference else None
        wanted = [each.target_fullname.rpartition(".")[0] for each in getattr(constraint, "elements", ())]
        return not wanted or any(each == target or each.endswith(f".{target}") for each in wanted)

    def _present(self, name: str) -> str:
        try:
            return self.name_of(name)
        except ColumnMissing:
            return name

    def _normalised(self, clause: Clause) -> str | None:
        return normalise(self.parsed.of(clause.expression), SQLITE) if clause.expression else None

    def _text_of_check(self, check: CheckConstraint) -> str:
        sql = self._impl.ddl_compiler().sql_compiler.process(
            check.sqltext, include_table=False, literal_binds=True
        )
        return self.with_present_names(sql)

    def has(self, constraint: Constraint) -> bool:
        """Whether there is such a constraint: of this name, or of none and for the rest the same."""
        return self._remove_like(constraint, dry=True)

    def drop_checks_but(self, kept: Iterable[CheckConstraint]) -> None:
        """Drop CHECKs without a name that aren't among these."""
        texts = [normalise(self._text_of_check(each), SQLITE) for each in kept]

        def is_gone(owner: ColumnDefinition | None, clause: Clause) -> bool:
            return (
                clause.kind is ClauseKind.CHECK
                and clause.name is None
                and self._normalised(clause) not in texts
            )

        while self._remove(is_gone):
            pass

    def place(self, order: list[list[str]]) -> None:
        """Put columns that are named together one behind the other, as ``partial_reordering`` says."""
        names = list(self.parsed.columns)
        for hints in order:
            wanted = [self.name_of(hint) for hint in hints]
            start = min(names.index(name) for name in wanted)
            rest = [name for name in names if name not in wanted]
            at = len([name for name in names[:start] if name not in wanted])
            names = [*rest[:at], *wanted, *rest[at:]]
        self.text = edits.in_order(self.text, names)

    def name_of(self, name: str) -> str:
        """The name that the table has for a column which operations may call by its old name.

        :raises ColumnMissing: there is no such column.
        """
        columns = list(self.parsed.columns)
        present = None if name in self.added else self.renamed.get(name)
        for candidate in (present, name, self._future.get(name)):
            for each in columns:
                if edits.same(each, candidate):
                    return each
        raise ColumnMissing(self.table, name, columns)

    def with_present_names(
        self, sql: str, renamed: Mapping[str, str] | None = None, columns: Iterable[str] | None = None
    ) -> str:
        """A piece of SQL in which columns go by the names that they have, not by those they had.

        :param renamed: instead of those here, present names by old ones.
        :param columns: instead of the present ones.
        """
        known = list(self.parsed.columns if columns is None else columns)
        names = {**self._future, **self.renamed} if renamed is None else renamed
        outdated = {
            old.lower(): self._quote(name)
            for old, name in names.items()
            if not any(edits.same(old, each) for each in known)
        }
        return edits.with_names(sql, outdated) if outdated else sql

    # -- parts of the above ------------------------------------------------------------------------

    def _change_type(self, name: str, new: Any, existing: Any) -> None:
        text = self._impl.dialect.type_compiler_instance.process(new)
        old = self._declared(name)
        collations = (getattr(new, "collation", None), getattr(existing, "collation", None))
        if any(collations):
            self._remove(lambda each, clause: _is(each, name) and clause.kind is ClauseKind.COLLATE)
        self.text = edits.with_type(self.text, name, text)
        transfer: dict[str, Any] = {"expr": column(name)}
        expression = transfer["expr"]
        self._impl.cast_for_batch_migrate(Column(name, old), transfer, new)
        if transfer["expr"] is not expression:
            self._sources[name] = literal_text(transfer["expr"], self._impl.dialect)

    def _declared(self, name: str) -> Any:
        """The type that the column has in the text."""
        parsed = self.parsed
        span = edits.column_of(parsed, name).type_span
        dialect: Any = self._impl.dialect
        return dialect._resolve_type_affinity(parsed.of(span) if span else "")

    def _change_default(self, name: str, default: Any) -> None:
        if isinstance(default, Identity):
            raise UnsupportedByDatabase(
                f"SQLite has no identity columns: can't make one of {name!r} in table {self.table!r}",
                hint="Only an INTEGER PRIMARY KEY counts by itself there.",
            )
        if isinstance(default, Computed):
            clause = self.with_present_names(generation_text(self._impl.ddl_compiler(), default))
            self.text = edits.with_generation(self.text, name, clause)
            return
        value = None if default is None else default_text(self._impl.ddl_compiler(), default)
        self.text = edits.with_default(self.text, name, value)

    def _move(self, name: str, before: str | None, after: str | None) -> None:
        neighbour = self.name_of(str(after) if before is None else before)
        if neighbour == name:
            return
        names = [each for each in self.parsed.columns if each != name]
        place = names.index(neighbour) + (before is None)
        self.text = edits.in_order(self.text, [*names[:place], name, *names[place:]])

    def _remove(self, is_meant: Callable[[ColumnDefinition | None, Clause], bool]) -> bool:
        try:
            self.text = edits.without_constraint(self.text, is_meant)
        except edits.NotThere:
            return False
        return True

    def _constraint_names(self) -> list[str]:
        parsed = self.parsed
        clauses = [*parsed.constraints, *(each for one in parsed.columns.values() for each in one.clauses)]
        return [clause.name for clause in clauses if clause.name]

    def _would_be(self, owner: ColumnDefinition | None, clause: Clause) -> tuple[str, ...]:
        """What a constraint without a name is called: by autogenerate, and by the naming convention."""
        kind = next((word for word, each in _WORDS.items() if each is clause.kind), None)
        if kind is None:
            return ()
        names = _names(owner, clause)
        if clause.kind is ClauseKind.CHECK and clause.expression is not None:
            parsed = self.parsed
            text = parsed.of(clause.expression)
            names = [each for each in parsed.columns if edits.speaks_of(text, each)]
        given = Changes(self._impl.dialect).given_name(kind, self.table, names, ())
        return tuple(filter(None, (given, self._conventional(clause, names))))

    def _conventional(self, clause: Clause, names: list[str]) -> str | None:
        if not self._convention:
            return None
        table = Table(
            self.table, MetaData(naming_convention=self._convention), *map(Column, self.parsed.columns)
        )
        made: Constraint
        if clause.kind is ClauseKind.UNIQUE:
            made = UniqueConstraint(*names)
        elif clause.kind is ClauseKind.FOREIGN_KEY and clause.reference is not None:
            target = clause.reference
            remote = target.columns or names
            made = ForeignKeyConstraint(names, [f"{target.table}.{each}" for each in remote])
        elif clause.kind is ClauseKind.PRIMARY_KEY:
            made = PrimaryKeyConstraint(*names)
        else:
            return None
        table.append_constraint(made)
        return str(_constraint_name_for_table(made, table))  # type: ignore[no-untyped-call]  # SQLAlchemy's own

    def _is_wanted(self, constraint: Constraint) -> bool:
        rule = constraint._create_rule
        return rule is None or bool(rule(self._impl))

    def _sql(self, constraint: Constraint) -> str:
        text = self._impl.ddl_compiler().process(constraint)
        if text is None:  # SQLAlchemy leaves them out in silence
            raise ReferenceAcrossSchemas(self.table, str(constraint.name))
        return str(text).strip()

    def _in_present_names(self, constraint: Constraint) -> str:
        sql = self._sql(constraint)
        if not isinstance(constraint, ForeignKeyConstraint):
            return self.with_present_names(sql)
        own, referring, other = sql.partition(" REFERENCES ")
        if edits.same(constraint.elements[0].target_fullname.rpartition(".")[0], self.table):
            table, parenthesis, columns = other.partition("(")
            other = table + parenthesis + self.with_present_names(columns)
        return self.with_present_names(own) + referring + other

    def _quote(self, name: str) -> str:
        return self._impl.dialect.identifier_preparer.quote(name)


def _names(owner: ColumnDefinition | None, clause: Clause) -> list[str]:
    """The columns of a constraint, be it of the table or of one column."""
    return [key.name for key in clause.columns] if owner is None else [owner.name]


def _is(owner: ColumnDefinition | None, name: str) -> bool:
    return owner is not None and edits.same(owner.name, name)

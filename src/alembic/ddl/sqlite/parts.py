"""The parts of a CREATE TABLE statement, each with the exact place where it stands in the text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


class Span(NamedTuple):
    """From which character to which, the latter not included."""

    start: int
    end: int


class ClauseKind(Enum):
    """What a clause of a column, or a constraint of a table, is."""

    PRIMARY_KEY = "PRIMARY KEY"
    UNIQUE = "UNIQUE"
    CHECK = "CHECK"
    FOREIGN_KEY = "FOREIGN KEY"  # REFERENCES of a column as well
    NOT_NULL = "NOT NULL"
    NULL = "NULL"
    DEFAULT = "DEFAULT"
    COLLATE = "COLLATE"
    GENERATED = "GENERATED"
    DEFERRABLE = "DEFERRABLE"  # apart from the REFERENCES that it belongs to
    NAME_ONLY = "CONSTRAINT"  # a name with nothing to name


@dataclass(frozen=True, slots=True)
class KeyColumn:
    """One column of a PRIMARY KEY or UNIQUE, as written."""

    name: str
    collation: str | None = None
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """What a foreign key refers to; no columns: the primary key.

    :param on_delete: and ``on_update``: the action in upper case; None where the text says nothing.
    :param deferrable: None where the text says nothing.
    """

    table: str
    table_span: Span
    columns: tuple[str, ...] = ()
    on_delete: str | None = None
    on_update: str | None = None
    match: str | None = None
    deferrable: bool | None = None
    initially: str | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """A constraint of a table, or one of the things that follow a column's type.

    :param span: all of it, from CONSTRAINT on where it has a name.
    :param name: given by CONSTRAINT, without quotes.
    :param columns: of a table's PRIMARY KEY, UNIQUE or FOREIGN KEY.
    :param expression: of CHECK and GENERATED what is inside the parentheses, of DEFAULT the value as written.
    :param conflict: what ON CONFLICT says, in upper case.
    :param word: the collation; STORED or VIRTUAL; DESC of a column's PRIMARY KEY.
    :param reference: of a foreign key; of a stray DEFERRABLE only that.
    """

    kind: ClauseKind
    span: Span
    name: str | None = None
    name_span: Span | None = None
    columns: tuple[KeyColumn, ...] = ()
    expression: Span | None = None
    conflict: str | None = None
    word: str | None = None
    autoincrement: bool = False
    reference: Reference | None = None


@dataclass(frozen=True, slots=True)
class ColumnDefinition:
    """A column.

    :param span: from its name to the end of its last clause.
    :param type_span: the declared type; None: there is none.
    """

    span: Span
    name: str
    name_span: Span
    type_span: Span | None
    clauses: tuple[Clause, ...]

    def clause(self, kind: ClauseKind) -> Clause | None:
        """The last clause of this kind: SQLite lets it win."""
        return next((clause for clause in reversed(self.clauses) if clause.kind is kind), None)


Definition = ColumnDefinition | Clause


@dataclass(frozen=True, slots=True)
class CreateTable:
    """The statement.

    :param definitions: columns, then constraints, in their order.
    :param body: between the parentheses.
    :param options: STRICT, WITHOUT ROWID, in upper case.
    """

    text: str
    name: str
    name_span: Span
    body: Span
    definitions: tuple[Definition, ...]
    options: tuple[str, ...] = ()

    @property
    def columns(self) -> dict[str, ColumnDefinition]:
        """The columns by name."""
        return {part.name: part for part in self.definitions if isinstance(part, ColumnDefinition)}

    @property
    def constraints(self) -> tuple[Clause, ...]:
        """The constraints of the table; those of single columns are with the column."""
        return tuple(part for part in self.definitions if isinstance(part, Clause))

    @property
    def primary_key(self) -> list[str]:
        """The columns of the primary key, in its order; empty if there is none."""
        for part in self.definitions:
            if isinstance(part, Clause):
                if part.kind is ClauseKind.PRIMARY_KEY:
                    return [column.name for column in part.columns]
            elif part.clause(ClauseKind.PRIMARY_KEY) is not None:
                return [part.name]
        return []

    @property
    def pieces(self) -> tuple[str, ...]:
        """The whole text: what is between the definitions and each definition, alternating."""
        found, position = [], 0
        for part in self.definitions:
            found += [self.text[position : part.span.start], self.of(part.span)]
            position = part.span.end
        return (*found, self.text[position:])

    def of(self, span: Span) -> str:
        """The text in this place."""
        return self.text[span.start : span.end]


class NoCreateTable(ValueError):
    """The text is no CREATE TABLE statement that SQLite would have taken."""

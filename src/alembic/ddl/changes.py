"""SQL of changes for which there is no directive, and what else autogenerate must know of a database.

A dialect folder's ``changes.py`` subclasses :class:`Changes`; these are the standard answers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.schema import CreateSequence, DropSequence

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine

    from ..schema.shapes import Column as ColumnShape
    from ..schema.shapes import EnumType, Exclude, Options
    from ..schema.shapes import Sequence as SequenceShape


class EnumUse(NamedTuple):
    """A column's use of an enumeration type.

    :param dimensions: of an array of it; 0 if it is no array.
    """

    schema: str | None
    name: str
    dimensions: int = 0


#: A statement and the one that undoes it.
Undoable = tuple[str, str]


class Changes:
    """What any database answers that understands standard SQL.

    :param dialect: of the database.
    """

    #: A foreign key needs an index on its own columns, which can't be dropped while the key is there.
    keys_need_indexes = False

    #: A column that counts by itself has to be a key at every moment.
    counting_columns_are_keys = False

    #: A column that is part of a foreign key, on either end, can't change its type.
    keys_hold_types = False

    #: A column that others are generated from can't change its type.
    generated_columns_hold_types = False

    #: The names that the database gives to constraints without one follow a rule.
    names_can_be_told = False

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    # -- names -------------------------------------------------------------------------------------

    def quote(self, name: str) -> str:
        """An identifier, in quotes if it needs them."""
        return str(self.dialect.identifier_preparer.quote(name))

    def qualified(self, schema: str | None, name: str) -> str:
        """The name of a table, type or sequence with its schema."""
        return self.quote(name) if schema is None else f"{self.quote(schema)}.{self.quote(name)}"

    def literal(self, text: str) -> str:
        """A string as it stands in SQL."""
        return "'" + text.replace("'", "''") + "'"

    def given_name(self, kind: str, table: str, columns: Sequence[str], taken: Collection[str]) -> str | None:
        """The name for a constraint to which the models give none; as a rule the one that the server would.

        :param kind: "primary", "unique", "foreignkey", "check" or "exclude".
        :param taken: the names of the table's constraints and indexes.
        """
        middle = () if kind == "primary" else tuple(columns)
        return self._free("_".join((table, *middle, SUFFIXES[kind])), taken)

    def name_in_renamed(self, name: str, old: str, new: str) -> str:
        """The name that a foreign key has when its table has got another name."""
        return name

    def _free(self, name: str, taken: Collection[str]) -> str:
        longest = self.dialect.max_identifier_length
        numbers: Iterator[str] = iter(["", *map(str, range(1, len(taken) + 2))])
        candidates = (f"{name[: longest - len(number)]}{number}" for number in numbers)
        return next(each for each in candidates if each not in taken)

    # -- tables ------------------------------------------------------------------------------------

    def replace_primary_key(
        self, schema: str | None, table: str, before: Sequence[str], after: Sequence[str]
    ) -> Undoable | None:
        """One statement for what dropping and creating a primary key can't do; None where they can."""
        return None

    def table_options(
        self, schema: str | None, table: str, before: Options, after: Options
    ) -> list[Undoable] | None:
        """Statements that change the options of a table; None if there are none for such a change."""
        return None

    def exclude(self, schema: str | None, table: str, constraint: Exclude, name: str) -> Undoable:
        """Adding an EXCLUDE constraint as it was read, and dropping it."""
        alter = f"ALTER TABLE {self.qualified(schema, table)}"
        named = self.quote(name)
        return f"{alter} ADD CONSTRAINT {named} {constraint.text}", f"{alter} DROP CONSTRAINT {named}"

    def conversion(self, before: TypeEngine[Any], after: TypeEngine[Any], column: str) -> dict[str, Any]:
        """Arguments of ``alter_column`` that tell how to convert values, where the server asks for it."""
        return {}

    def restates_default(self, before: TypeEngine[Any], after: TypeEngine[Any]) -> bool:
        """Whether a server default doesn't survive a change of the column's type as it was written."""
        return False

    def column_words(self, before: ColumnShape, after: ColumnShape) -> dict[str, Any]:
        """Arguments that ``alter_column()`` needs beyond its own to leave a column as it is, or change it."""
        return {}

    # -- sequences ---------------------------------------------------------------------------------

    def create_sequence(self, sequence: SequenceShape) -> Undoable:
        """Creating a sequence, and dropping it."""
        made = sa.Sequence(sequence.name, schema=sequence.schema, **_known(sequence.options))
        return self._sql(CreateSequence(made)), self._sql(DropSequence(made))

    def alter_sequence(self, before: SequenceShape, after: SequenceShape) -> Undoable | None:
        """Changing the options of a sequence, and changing them back; None where that can't be."""
        there, back = self._altered(before, after), self._altered(after, before)
        return (there, back) if there is not None and back is not None else None

    def _altered(self, before: SequenceShape, after: SequenceShape) -> str | None:
        old, new = dict(before.options), dict(after.options)
        clauses = []
        for option in sorted({*old, *new}):
            if old.get(option) == new.get(option):
                continue
            clause = self.sequence_clause(option, new.get(option))
            if clause is None:
                return None
            clauses.append(clause)
        return f"ALTER SEQUENCE {self.qualified(after.schema, after.name)} {' '.join(clauses)}"

    def sequence_clause(self, option: str, value: Any) -> str | None:
        """One clause of ALTER SEQUENCE; a value of None stands for the default."""
        match option, value:
            case "start", _:
                return f"START WITH {1 if value is None else value}"
            case "increment", _:
                return f"INCREMENT BY {1 if value is None else value}"
            case (("minvalue" | "maxvalue"), None):
                return f"NO {option.upper()}"
            case (("minvalue" | "maxvalue"), _):
                return f"{option.upper()} {value}"
            case "cycle", _:
                return "CYCLE" if value else "NO CYCLE"
            case "cache", _:
                return f"CACHE {1 if value is None else value}"
        return None

    # -- enumeration types -------------------------------------------------------------------------

    def enum_of(self, type_: TypeEngine[Any]) -> EnumUse | None:
        """The named enumeration type that a column of this type uses; None if it uses none."""
        return None

    def create_enum(self, enum: EnumType) -> Undoable:
        """Creating an enumeration type, and dropping it."""
        name = self.qualified(enum.schema, enum.name)
        values = ", ".join(map(self.literal, enum.values))
        return f"CREATE TYPE {name} AS ENUM ({values})", f"DROP TYPE {name}"

    def add_enum_value(self, enum: EnumType, value: str, *, after: str | None, before: str | None) -> str:
        """Adding a value at its place in the order of the others.

        :param after: the value that it comes after; None if it's the first.
        :param before: the first one so far, if it's to be the first.
        """
        where = "" if after is None else f" AFTER {self.literal(after)}"
        if after is None and before is not None:
            where = f" BEFORE {self.literal(before)}"
        return f"ALTER TYPE {self.qualified(enum.schema, enum.name)} ADD VALUE {self.literal(value)}{where}"

    def copy_comment(self, schema: str | None, name: str, to: str) -> str:
        """Giving another enumeration type the comment of one, which is known only when this is run."""
        source, target = (self.qualified(schema, each) for each in (name, to))
        command = self.literal(f"COMMENT ON TYPE {target} IS ")
        comment = f"obj_description({self.literal(source)}::regtype, 'pg_type')"
        return f"DO $$ BEGIN EXECUTE {command} || quote_nullable({comment}); END $$"

    def retype(self, schema: str | None, table: str, column: str, use: EnumUse, to: str) -> str:
        """Turning a column to another enumeration type, by way of the values' texts."""
        array = "[]" * use.dimensions
        name = self.qualified(use.schema, to)
        column = self.quote(column)
        return (
            f"ALTER TABLE {self.qualified(schema, table)} ALTER COLUMN {column}"
            f" TYPE {name}{array} USING {column}::text{array}::{name}{array}"
        )

    def default_of(self, schema: str | None, table: str, column: str, default: str | None) -> str:
        """Setting a column's server default to this SQL, or dropping it."""
        action = "DROP DEFAULT" if default is None else f"SET DEFAULT {default}"
        return f"ALTER TABLE {self.qualified(schema, table)} ALTER COLUMN {self.quote(column)} {action}"

    def rename_enum(self, schema: str | None, name: str, to: str) -> Undoable:
        """Another name for an enumeration type, and the old one."""
        there = f"ALTER TYPE {self.qualified(schema, name)} RENAME TO {self.quote(to)}"
        return there, f"ALTER TYPE {self.qualified(schema, to)} RENAME TO {self.quote(name)}"

    def _sql(self, construct: Any) -> str:
        return " ".join(str(construct.compile(dialect=self.dialect)).split())


SUFFIXES = {"primary": "pkey", "unique": "key", "foreignkey": "fkey", "check": "check", "exclude": "excl"}

_SEQUENCE_OPTIONS = ("start", "increment", "minvalue", "maxvalue", "cycle", "cache", "order", "data_type")


def _known(options: Options) -> dict[str, Any]:
    return {option: value for option, value in options if option in _SEQUENCE_OPTIONS}

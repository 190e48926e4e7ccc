"""What PostgreSQL says where there is no directive."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ENUM

from ..changes import SUFFIXES, Changes, EnumUse, Undoable
from .named_types import named_type

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

    from ...schema.shapes import Options


class PostgresqlChanges(Changes):
    """Storage options of tables, and the names that the server gives by itself."""

    generated_columns_hold_types = True
    names_can_be_told = True

    def given_name(self, kind: str, table: str, columns: Sequence[str], taken: Collection[str]) -> str | None:
        """As the server: what is too long is cut evenly, and a name that is taken gets a number.

        See ``ChooseConstraintName`` and ``makeObjectName`` in the server's indexcmds.c and pg_constraint.c.
        """
        says_none = kind == "primary" or (kind == "check" and len(columns) != 1)
        middle = "" if says_none else "_".join(columns)
        number = 0
        while True:
            name = self._object_name(table, middle, f"{SUFFIXES[kind]}{number or ''}")
            if name not in taken:
                return name
            number += 1

    def _object_name(self, table: str, middle: str, label: str) -> str:
        first, second = table.encode(), middle.encode()
        room = self.dialect.max_identifier_length - len(label) - 1 - (1 if second else 0)
        while len(first) + len(second) > room:
            if len(first) > len(second):
                first = first[:-1]
            else:
                second = second[:-1]
        parts = (first.decode(errors="ignore"), second.decode(errors="ignore"), label)
        return "_".join(part for part in parts if part)

    def enum_of(self, type_: TypeEngine[Any]) -> EnumUse | None:
        """Also through arrays and TypeDecorators."""
        named = named_type(type_, self.dialect)
        if not isinstance(named, ENUM):
            return None
        concrete: Any = type_.dialect_impl(self.dialect)
        dimensions = (concrete.dimensions or 1) if isinstance(concrete, sa.types.ARRAY) else 0
        return EnumUse(named.schema, str(named.name), dimensions)

    def conversion(self, before: TypeEngine[Any], after: TypeEngine[Any], column: str) -> dict[str, Any]:
        """USING, where the server has no assignment cast from one type to the other."""
        old, new = (self._type(each) for each in (before, after))
        if _converts(old, new):
            return {}
        value = self.quote(column)
        if new == "boolean" and old in _NUMBERS:
            return {"postgresql_using": f"{value} <> 0"}
        through = "integer" if old == "boolean" and new in _NUMBERS else "text"
        direct = old in _STRINGS or (old, new) == ("boolean", "integer") or through == new
        middle = "" if direct else f"::{through}"
        return {"postgresql_using": f"{value}{middle}::{self._spelled(after)}"}

    def restates_default(self, before: TypeEngine[Any], after: TypeEngine[Any]) -> bool:
        """It is converted, or refuses to be: only among numbers and among strings that leaves no trace."""
        old, new = (self._type(each) for each in (before, after))
        return old != new and not any(old in family and new in family for family in (_NUMBERS, _STRINGS))

    def _spelled(self, type_: TypeEngine[Any]) -> str:
        return str(self.dialect.type_compiler_instance.process(type_))

    def _type(self, type_: TypeEngine[Any]) -> str:
        """The type's name without arguments, as the server calls it."""
        name = _ARGUMENTS.sub("", self._spelled(type_)).strip().lower()
        return _SYNONYMS.get(name, name)

    def table_options(
        self, schema: str | None, table: str, before: Options, after: Options
    ) -> list[Undoable] | None:
        """SET and RESET of storage parameters such as fillfactor; LOGGED and UNLOGGED; the tablespace."""
        old, new = _flat(before), _flat(after)
        alter = f"ALTER TABLE {self.qualified(schema, table)}"
        statements: list[Undoable] = []
        for option in sorted({*old, *new}):
            if old.get(option) == new.get(option):
                continue
            there, back = self._clause(option, new.get(option)), self._clause(option, old.get(option))
            if there is None or back is None:
                return None
            statements.append((f"{alter} {there}", f"{alter} {back}"))
        return statements

    def _clause(self, option: tuple[str, str], value: object) -> str | None:
        match option:
            case ("with", parameter):
                return f"RESET ({parameter})" if value is None else f"SET ({parameter}={value})"
            case ("unlogged", _):
                return "SET UNLOGGED" if value else "SET LOGGED"
            case ("tablespace", _):
                return f"SET TABLESPACE {self.quote(str(value or 'pg_default'))}"
        return None


_ARGUMENTS = re.compile(r"\s*\([^)]*\)")
_SYNONYMS = {
    "varchar": "character varying",
    "char": "character",
    "int": "integer",
    "float": "double precision",
    "decimal": "numeric",
    "timestamp": "timestamp without time zone",
    "time": "time without time zone",
}
_NUMBERS = frozenset(("smallint", "integer", "bigint", "numeric", "real", "double precision"))
_STRINGS = frozenset(("text", "character varying", "character", "citext"))
# The types that have assignment casts among each other: see pg_cast.
_FAMILIES = (
    _NUMBERS,
    _STRINGS,
    frozenset(("date", "timestamp without time zone", "timestamp with time zone")),
    frozenset(("time without time zone", "time with time zone")),
    frozenset(("json", "jsonb")),
    frozenset(("bit", "bit varying")),
    frozenset(("inet", "cidr")),
)


_ONE_WAY = frozenset(
    (
        ("integer", "money"),
        ("bigint", "money"),
        ("numeric", "money"),
        ("money", "numeric"),
        ("timestamp without time zone", "time without time zone"),
        ("timestamp with time zone", "time without time zone"),
        ("timestamp with time zone", "time with time zone"),
        ("time without time zone", "interval"),
        ("interval", "time without time zone"),
    )
)


def _converts(old: str, new: str) -> bool:
    """Whether ALTER COLUMN TYPE converts by itself; anything becomes a string."""
    if old.endswith("[]") and new.endswith("[]"):
        return _converts(old[:-2], new[:-2])
    if old == new or new in _STRINGS or (old, new) in _ONE_WAY:
        return True
    return any(old in family and new in family for family in _FAMILIES)


def _flat(options: Options) -> dict[tuple[str, str], object]:
    """The options by name, each storage parameter by itself."""
    found: dict[tuple[str, str], object] = {}
    for option, value in options:
        if option == "with":
            found |= {(option, parameter): each for parameter, each in dict(value).items()}
        else:
            found[option, ""] = value
    return found

"""A change of one column, applied to the definition that the server tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import types as sqltypes

from ...errors.ddl import UnsupportedByDatabase
from ...schema.tokens import MYSQL
from ..base import format_column_name, format_server_default, format_type
from .column_types import definition as type_parts
from .compile import is_mariadb
from .conditions import literal
from .definition import ANSI, Definition, Part
from .strings import quoted

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import Dialect
    from sqlalchemy.sql.compiler import DDLCompiler
    from sqlalchemy.sql.type_api import TypeEngine

    from ...schema.tokens import Flavour

_OF_CHARACTERS = frozenset(("char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set"))
_COMPRESSIBLE = (_OF_CHARACTERS - {"char", "enum", "set"}) | frozenset(
    ("varbinary", "tinyblob", "blob", "mediumblob", "longblob")
)


@dataclass(frozen=True, slots=True)
class Change:
    """What ``alter_column`` is asked; None, and False for default and comment, leave a thing as it is.

    The two ``existing_`` ones count for what a type or default takes along. A new type without a character
    set or collation does away with it if the old one is said to have it, and else leaves it. A new default
    without ON UPDATE does away with it if the column is described by its old type, or by a default that has
    it.
    """

    name: str | None = None
    type_: TypeEngine[Any] | None = None
    nullable: bool | None = None
    server_default: Any = False
    autoincrement: bool | None = None
    comment: Any = False
    check: str | None = None
    existing_type: TypeEngine[Any] | None = None
    existing_server_default: Any = None

    @property
    def is_nothing(self) -> bool:
        """Whether nothing is to be changed."""
        return self.name is None and self.is_of_the_name

    @property
    def is_of_the_name(self) -> bool:
        """Whether nothing is to be changed but the name."""
        return self.is_of_the_default and self.server_default is False

    @property
    def is_of_the_default(self) -> bool:
        """Whether nothing is to be changed but the default and the name."""
        others = (self.type_, self.nullable, self.autoincrement, self.check)
        return self.comment is False and all(value is None for value in others)


class Alteration:
    """The new definition of a column, and whether the server has a statement for less than all of it.

    :param compiler: for a dialect that doubles no percent signs.
    :param column: the column's name.
    :param present: its definition.
    """

    def __init__(self, compiler: DDLCompiler, column: str, present: Definition, change: Change) -> None:
        self._compiler, self._dialect = compiler, compiler.dialect
        self.column, self.present, self.change = column, present, change

    @property
    def is_renaming(self) -> bool:
        """Whether RENAME COLUMN is enough, which takes along whatever refers to the column."""
        return self.change.is_of_the_name and knows_rename_column(self._dialect)

    @property
    def is_default(self) -> bool:
        """Whether ALTER COLUMN is enough: a constant, or none.

        DROP DEFAULT takes ON UPDATE along on MariaDB, and on MySQL makes a column that may be NULL one that
        needs a value.
        """
        default = self.change.server_default
        if (
            not self.change.is_of_the_default
            or self.change.name is not None
            or Part.ON_UPDATE in self.present
        ):
            return False
        if Part.AUTO_INCREMENT in self.present and default is not None:
            # The server would take it, and forget it.
            return False
        if default is None:
            return is_mariadb(self._dialect) or self.present[Part.NULLABILITY] == "NOT NULL"
        return isinstance(default, str)

    def clauses(self) -> list[str]:
        """What follows ALTER TABLE, in one statement for each."""
        old, new = self._name(self.column), self._name(self.change.name or self.column)
        if self.is_renaming:
            return [f"RENAME COLUMN {old} TO {new}"]
        result = self.definition()
        begin = f"MODIFY {old}" if self.change.name is None else f"CHANGE {old} {new}"
        if not _gets_default(result):
            return [f"{begin} {result}"]
        # It can't be stated without a default, but any that is a constant can be dropped.
        stated = result.having(Part.DEFAULT, "DEFAULT '2000-01-01 00:00:00'")
        return [f"{begin} {stated}", f"ALTER COLUMN {new} DROP DEFAULT"]

    def definition(self) -> Definition:
        """The definition that results."""
        change, result = self.change, self.present
        if change.type_ is not None:
            result = self._with_type(result, change.type_)
        if change.name is not None:
            result = result.after_renaming(self.column, quoted(change.name), flavour(self._dialect))
        if change.nullable is not None:
            result = self._with_nullability(result, change.nullable)
        if change.server_default is not False:
            result = self._with_default(result, change.server_default)
        result = self._with_autoincrement(result)
        if change.comment is not False:
            result = self._with_comment(result, change.comment)
        if change.check:
            result = result.having(Part.CHECK, f"CHECK ({change.check})")
        elif change.check is not None:
            result = result.without(Part.CHECK)
        return result

    def _with_type(self, result: Definition, type_: TypeEngine[Any]) -> Definition:
        text = self._type(type_)
        parts = type_parts(text)
        if result[Part.CHECK].lower() == f"check (json_valid({quoted(self.column.lower())}))":
            # The JSON of MariaDB consists of these.
            result = result.without(Part.CHARSET, Part.COLLATION, Part.CHECK)
        elif parts.head not in _OF_CHARACTERS or _has_charset(text) or self._existing_has_charset():
            result = result.without(Part.CHARSET, Part.COLLATION)
        if parts.head not in _COMPRESSIBLE:
            result = result.without_words("COMPRESSED")
        if parts.head == "timestamp" and not {Part.NULLABILITY, Part.GENERATED} & result.parts:
            result = result.having(Part.NULLABILITY, "NULL")
        return result.having(Part.TYPE, text)

    def _existing_has_charset(self) -> bool:
        existing = self.change.existing_type
        return existing is not None and _has_charset(self._type(existing))

    def _with_nullability(self, result: Definition, nullable: bool) -> Definition:
        if not nullable:
            if Part.GENERATED in result and is_mariadb(self._dialect):
                raise UnsupportedByDatabase(
                    f"MariaDB has no NOT NULL for generated columns, such as '{self.column}'",
                    hint=f"Add a CHECK to the table: {self.column} IS NOT NULL",
                )
            if result[Part.DEFAULT].upper() == "DEFAULT NULL":
                result = result.without(Part.DEFAULT)
            return result.having(Part.NULLABILITY, "NOT NULL")
        if Part.GENERATED in result:
            # MariaDB doesn't take the word there.
            return result.without(Part.NULLABILITY)
        # TIMESTAMP is NOT NULL on older servers unless NULL is said.
        return result.having(Part.NULLABILITY, "NULL")

    def _with_default(self, result: Definition, default: Any) -> Definition:
        text = "" if default is None else self._default(default)
        if _mentions_on_update(text) or self._replaces_on_update():
            result = result.without(Part.ON_UPDATE)
        return result.having(Part.DEFAULT, f"DEFAULT {text}") if text else result.without(Part.DEFAULT)

    def _replaces_on_update(self) -> bool:
        # As generated migrations have it, which tell the type but of two defaults only the new one.
        if self.change.existing_type is not None:
            return True
        existing = self.change.existing_server_default
        return existing is not None and existing is not False and _mentions_on_update(self._default(existing))

    def _with_autoincrement(self, result: Definition) -> Definition:
        counts = self.change.autoincrement
        if counts:
            result = result.having(Part.AUTO_INCREMENT, "AUTO_INCREMENT")
        elif counts is False:
            result = result.without(Part.AUTO_INCREMENT)
        if Part.AUTO_INCREMENT not in result or Part.DEFAULT not in result:
            return result
        if self.change.server_default is not False:
            raise UnsupportedByDatabase(
                f"A column with AUTO_INCREMENT, such as '{self.column}', can't have a default",
                hint=f'op.alter_column(..., "{self.column}", server_default=..., autoincrement=False)',
            )
        return result.without(Part.DEFAULT)

    def _with_comment(self, result: Definition, comment: str | None) -> Definition:
        if not comment:
            return result.without(Part.COMMENT)
        return result.having(Part.COMMENT, f"COMMENT {literal(comment, self._dialect)}")

    def _type(self, type_: TypeEngine[Any]) -> str:
        return format_type(self._compiler, sqltypes.to_instance(type_))

    def _default(self, default: Any) -> str:
        return format_server_default(self._compiler, default)

    def _name(self, name: str) -> str:
        return format_column_name(self._compiler, name)


def flavour(dialect: Dialect) -> Flavour:
    """How the server writes SQL."""
    return ANSI if getattr(dialect, "_server_ansiquotes", False) else MYSQL


def _gets_default(result: Definition) -> bool:
    """Whether the server gives the column a default, or even ON UPDATE, because none is stated.

    A moment with ON UPDATE gets the zero one. The first TIMESTAMP gets both on a server without
    explicit_defaults_for_timestamp, such as MariaDB before 10.10.
    """
    may = Part.ON_UPDATE in result or type_parts(result[Part.TYPE]).head == "timestamp"
    return (
        may and result[Part.NULLABILITY] == "NOT NULL" and not {Part.DEFAULT, Part.GENERATED} & result.parts
    )


def _has_charset(type_text: str) -> bool:
    parts = type_parts(type_text)
    return parts.charset is not None or parts.collation is not None


def _mentions_on_update(default: str) -> bool:
    return " ON UPDATE " in f" {' '.join(default.upper().split())} "


def knows_rename_column(dialect: Any) -> bool:
    """Whether the server has RENAME COLUMN: MySQL 8.0, MariaDB 10.5.2."""
    version: tuple[Any, ...] = dialect.server_version_info or ()
    return version >= ((10, 5, 2) if is_mariadb(dialect) else (8, 0))

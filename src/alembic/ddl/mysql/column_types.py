"""Column types: from information_schema to SQLAlchemy's objects, and from either side to one spelling."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import types as sqltypes
from sqlalchemy.dialects import mysql

from .strings import literal, members

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine


class Definition(NamedTuple):
    """A type as CREATE TABLE has it, taken apart; all but ``arguments`` in lower case.

    :param arguments: what stands in parentheses, or None.
    :param charset: character set; None if it is not said.
    :param collation: collation; ``"_bin"`` for the binary one of the character set.
    """

    head: str
    arguments: str | None
    unsigned: bool
    zerofill: bool
    charset: str | None
    collation: str | None


def definition(text: str) -> Definition:
    """The parts of a type's SQL."""
    found = _TYPE.fullmatch(text.strip())
    if found is None:
        return Definition(text.strip().lower(), None, False, False, None, None)
    head, arguments, rest = found.groups()
    words = f" {' '.join((head + ' ' + rest).lower().split())} "
    charset, collation = _CHARSET.search(words), _COLLATION.search(words)
    said_charset = charset.group(1) if charset else None
    if " national " in words or " nchar " in words or " nvarchar " in words:
        said_charset = "utf8mb3"
    elif " ascii " in words:
        said_charset = "latin1"
    elif " unicode " in words:
        said_charset = "ucs2"
    said_collation = collation.group(1) if collation else None
    heads = " ".join(
        word for word in head.lower().split() if word not in ("national", "unsigned", "zerofill")
    )
    if said_collation is None and rest and " binary" in f" {rest.lower()}":
        said_collation = "_bin"
    zerofill = " zerofill " in words
    return Definition(
        _SYNONYMS.get(heads, heads),
        None if arguments is None else arguments.strip(),
        # ZEROFILL makes a number unsigned.
        zerofill or " unsigned " in words,
        zerofill,
        said_charset and plain_charset(said_charset),
        said_collation and plain_charset(said_collation),
    )


# The arguments of ENUM and SET may hold anything, so they end with the last parenthesis there is.
_TYPE = re.compile(
    r"((?:national\s+|long\s+)?[a-z_]\w*(?:\s+varying|\s+precision)?)\s*(?:\((.*)\))?([^()']*)",
    re.DOTALL | re.IGNORECASE,
)
_CHARSET = re.compile(r" (?:character set|charset) [`'\"]?(\w+)")
_COLLATION = re.compile(r" collate [`'\"]?(\w+)")
_SYNONYMS = {
    "bool": "tinyint",
    "boolean": "tinyint",
    "int1": "tinyint",
    "int2": "smallint",
    "int3": "mediumint",
    "int4": "int",
    "int8": "bigint",
    "integer": "int",
    "middleint": "mediumint",
    "dec": "decimal",
    "fixed": "decimal",
    "numeric": "decimal",
    "number": "decimal",
    "double precision": "double",
    "real": "double",
    "float4": "float",
    "float8": "double",
    "character": "char",
    "nchar": "char",
    "nvarchar": "varchar",
    "char varying": "varchar",
    "character varying": "varchar",
    "varcharacter": "varchar",
    "long varchar": "mediumtext",
    "long": "mediumtext",
    "long varbinary": "mediumblob",
}
INTEGERS = frozenset(("tinyint", "smallint", "mediumint", "int", "bigint"))
_DEFAULT_ARGUMENTS = {"char": "1", "binary": "1", "bit": "1", "decimal": "10,0"}
_SIZES = ((2**8, "tiny"), (2**16, ""), (2**24, "medium"), (2**32, "long"))


def plain_charset(name: str) -> str:
    """A character set or collation without the old name of utf8mb3."""
    name = name.lower()
    return "utf8mb3" + name[4:] if name == "utf8" or name.startswith("utf8_") else name


def base_text(parts: Definition, bytes_a_character: int = 4) -> str:
    """The type without its character set, synonyms replaced by one of them.

    :param bytes_a_character: decides which type TEXT with a length becomes.
    """
    head, arguments = parts.head, parts.arguments
    if head in ("enum", "set"):
        return f"{head}({','.join(map(literal, members(arguments or '')))})"
    if arguments is not None:
        arguments = "".join(arguments.split())
    if head in ("text", "blob") and arguments:
        needed = int(arguments) * (bytes_a_character if head == "text" else 1)
        return next((size + head for limit, size in _SIZES if needed < limit), "long" + head)
    if head == "float" and arguments and "," not in arguments:
        head, arguments = ("float" if int(arguments) <= 24 else "double"), None
    elif head == "decimal" and arguments and "," not in arguments:
        arguments += ",0"
    elif head == "year" or (head in ("datetime", "timestamp", "time") and arguments == "0"):
        arguments = None
    if arguments is None:
        arguments = _DEFAULT_ARGUMENTS.get(head)
    flags = (" unsigned" if parts.unsigned else "") + (" zerofill" if parts.zerofill else "")
    return (head if arguments is None else f"{head}({arguments})") + flags


def without_width(text: str) -> str:
    """An integer type without its display width, which says nothing about its values."""
    return _WIDTH.sub(r"\1", text)


def has_width(text: str) -> bool:
    """Whether this is an integer type with a display width."""
    return _WIDTH.match(text) is not None


_WIDTH = re.compile(r"^(tinyint|smallint|mediumint|int|bigint)\(\d+\)")


class TypeReader:
    """Makes SQLAlchemy's types of what information_schema tells, one object for all equal ones.

    :param dialect: the dialect of the connection.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._names: Any = getattr(dialect, "ischema_names", {})
        self._known: dict[tuple[str, str | None, str | None, bool], TypeEngine[Any]] = {}

    def type(
        self, column_type: str, charset: str | None, collation: str | None, is_json: bool
    ) -> TypeEngine[Any]:
        """The type that ``Inspector.get_columns()`` gives; NullType for one that SQLAlchemy does not know.

        :param column_type: as in information_schema.columns.
        :param charset: the character set, unless it is that of the table; as is the collation.
        :param is_json: the JSON of MariaDB, a LONGTEXT that takes nothing else.
        """
        key = (column_type, charset, collation, is_json)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._made(*key)
        return known

    def _made(
        self, column_type: str, charset: str | None, collation: str | None, is_json: bool
    ) -> TypeEngine[Any]:
        if is_json:
            return mysql.JSON()
        parts = definition(column_type)
        type_ = self._names.get(_head(column_type))
        if type_ is None:
            warnings.warn(f"Did not recognize type '{column_type}' of a column", stacklevel=2)
            return sqltypes.NullType()
        arguments, words = _arguments(type_, parts)
        if charset is not None and issubclass(type_, sqltypes.String):
            words |= {"charset": charset, "collation": collation}
        return type_(*arguments, **words)  # type: ignore[no-any-return]  # the dialect's dict is untyped


def _head(column_type: str) -> str:
    return re.split(r"\W", column_type, maxsplit=1)[0].lower()


def _arguments(type_: Any, parts: Definition) -> tuple[list[Any], dict[str, Any]]:
    words: dict[str, Any] = {}
    if issubclass(type_, (mysql.ENUM, mysql.SET)):
        values = members(parts.arguments or "")
        if issubclass(type_, mysql.SET) and "" in values:
            words["retrieve_as_bitwise"] = True
        return list(values), words
    numbers = [int(number) for number in re.findall(r"\d+", parts.arguments or "")]
    if issubclass(type_, (mysql.DATETIME, mysql.TIME, mysql.TIMESTAMP)):
        return [], {"fsp": numbers[0]} if numbers else {}
    # Float is no longer a Numeric in SQLAlchemy 2.1.
    if issubclass(type_, sqltypes.Numeric | sqltypes.Float | sqltypes.Integer):
        if parts.unsigned:
            words["unsigned"] = True
        if parts.zerofill:
            words["zerofill"] = True
    return numbers, words


def bytes_of(charset: str | None) -> int:
    """The most bytes that a character takes."""
    return _BYTES.get(charset or "utf8mb4", 1)


_BYTES = {
    "utf8mb4": 4,
    "utf16": 4,
    "utf16le": 4,
    "utf32": 4,
    "gb18030": 4,
    "utf8mb3": 3,
    "ujis": 3,
    "eucjpms": 3,
    "ucs2": 2,
    "big5": 2,
    "sjis": 2,
    "cp932": 2,
    "gbk": 2,
    "gb2312": 2,
    "euckr": 2,
}

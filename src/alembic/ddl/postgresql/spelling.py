"""One spelling for what PostgreSQL lets one spell in several ways: types, server defaults, collations.

Only what is surely the same is made the same; the rest is for the server to say (see :mod:`.settle`). Each
spelling is SQL that PostgreSQL takes and understands as it understood the original.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from ...schema.expressions import POSTGRESQL, normalise


@lru_cache(maxsize=4096)
def type_text(text: str) -> str:
    """A type as format_type() spells it, in lower case, blanks and quotes as :func:`.normalise` has them.

    :param text: from either side, without a collation.
    """
    spelled = normalise(text, POSTGRESQL)
    item = _DIMENSIONS.sub("", spelled)
    suffix = "" if item == spelled else "[]"
    if item.startswith("pg_catalog."):
        item = item.removeprefix("pg_catalog.")
    match = _ARGUMENTS.search(item)
    arguments = match[1] if match else ""
    words = " ".join((item[: match.start()] + " " + item[match.end() :] if match else item).split())
    known = _SYNONYMS.get(words)
    return (_single(known or words, arguments) or known or item) + suffix


def _single(words: str, arguments: str) -> str | None:
    """A type of which PostgreSQL has more than one spelling; None for all others."""
    if words in ("character", "bit"):
        return f"{words}({arguments or 1})"
    if words == "numeric" and arguments and "," not in arguments:
        return f"numeric({arguments}, 0)"
    if words == "float":
        return "real" if arguments and int(arguments) <= 24 else "double precision"
    if words in ("real", "double precision"):
        return words
    if words.startswith(("timestamp", "time")) and words.endswith("time zone"):
        head, _, tail = words.partition(" ")
        # Six digits of a second are what these types have by themselves.
        return words if arguments in ("", "6") else f"{head}({arguments}) {tail}"
    if words == "interval" or words.startswith("interval "):
        return words if arguments in ("", "6") else f"{words}({arguments})"
    if words in _WITH_ARGUMENTS:
        return f"{words}({arguments})" if arguments else words
    return None


_DIMENSIONS = re.compile(r"( array)?(\s*\[\d*\])*$")
_ARGUMENTS = re.compile(r"\(([^()]*)\)")
_WITH_ARGUMENTS = frozenset(("character varying", "bit varying", "numeric"))
_SYNONYMS = {
    "bigserial": "bigint",
    "bool": "boolean",
    "char": "character",
    "char varying": "character varying",
    "dec": "numeric",
    "decimal": "numeric",
    "float4": "real",
    "float8": "double precision",
    "int": "integer",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "nchar": "character",
    "serial": "integer",
    "smallserial": "smallint",
    "time": "time without time zone",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
    "timetz": "time with time zone",
    "varbit": "bit varying",
    "varchar": "character varying",
}


def split_collation(text: str) -> tuple[str, str | None]:
    """A type as SQLAlchemy writes it, and its collation, None for the one that it has anyway."""
    match = _COLLATE.search(text)
    if match is None:
        return text, None
    return text[: match.start()] + text[match.end() :], collation(match[1])


def collation(text: str) -> str | None:
    """The name of a collation as it stands after COLLATE; None for the default one."""
    schema, name = _COLLATION_PARTS.fullmatch(text).groups()  # type: ignore[union-attr]  # it matches any text
    if name[:1] != '"':
        name = f'"{name}"'
    if schema in ("pg_catalog", '"pg_catalog"'):
        schema = None
    if schema is None and name == '"default"':
        return None
    return f"{schema}.{name}" if schema else name


_COLLATE = re.compile(
    r'\s+COLLATE\s+((?:(?:"(?:[^"]|"")*"|\w+)\.)?(?:"(?:[^"]|"")*"|[^\s"\[]+))', re.IGNORECASE
)
_COLLATION_PARTS = re.compile(r'(?:("(?:[^"]|"")*"|\w+)\.(?="))?(.*)', re.DOTALL)


@lru_cache(maxsize=8192)
def default(text: str, column_type: str) -> str | None:
    """A server default for a column of that type (spelled by :func:`type_text`); None for NULL."""
    spelled = _NOW.get(text) or normalise(text, POSTGRESQL)
    spelled = _NOW.get(spelled, spelled)
    if spelled == "null" or spelled.startswith("null::"):
        return None
    base = _without_arguments(column_type)
    match = _LITERAL.fullmatch(spelled)
    if match is not None:
        literal, cast = match.groups()
        if cast is None or _is_harmless(type_text(cast), column_type):
            return _value(literal[1:-1], base) or literal
        return spelled
    if base in _NUMBERS and (match := _CAST_NUMBER.fullmatch(spelled)) is not None:
        number, cast = match.groups()
        if cast is None or ("." not in number and _without_arguments(type_text(cast)) in _NUMBERS):
            return _number(number)
    return _SEQUENCE.sub(r"nextval('\1')", spelled)


_NOW = {
    "CURRENT_TIMESTAMP": "now()",
    "current_timestamp": "now()",
    "transaction_timestamp()": "now()",
}
_LITERAL = re.compile(r"('(?:[^']|'')*')(?:::(.+))?", re.DOTALL)
_CAST_NUMBER = re.compile(r"([-+]?\s*\d+(?:\.\d+)?)(?:::([a-z][a-z0-9 ]*(?:\(.*\))?))?")
_SEQUENCE = re.compile(r"nextval\('((?:[^']|'')*)'::regclass\)")
_PLAIN_NUMBER = re.compile(r"[-+]?\s*\d+(?:\.\d+)?")
_NUMBERS = frozenset(("smallint", "integer", "bigint", "numeric", "real", "double precision"))
_STRINGS = frozenset(("text", "character varying"))
_TRUE, _FALSE = (
    frozenset(("true", "t", "yes", "y", "on", "1")),
    frozenset(("false", "f", "no", "n", "off", "0")),
)


def _is_harmless(cast: str, column_type: str) -> bool:
    """Whether a string literal with the cast is what it is without, in a column of that type."""
    source, target = _without_arguments(cast), _without_arguments(column_type)
    if source in _STRINGS and target in _STRINGS:
        return cast in (source, column_type)
    # A cast that sets a length or a scale of its own may change the value.
    return cast in (source, column_type) and source == target


def _value(literal: str, base: str) -> str | None:
    """What a string says in a column of numbers or truth values; None if it's to be left."""
    if base in _NUMBERS and _PLAIN_NUMBER.fullmatch(literal.strip()):
        return _number(literal.strip())
    if base == "boolean":
        said = literal.strip().lower()
        return "true" if said in _TRUE else "false" if said in _FALSE else None
    return None


def _number(text: str) -> str:
    """A number without needless digits: 0.00 and 0 are the same number."""
    number = Decimal(text.replace(" ", ""))
    plain = f"{number:f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain in ("-0", "") else plain


def _without_arguments(text: str) -> str:
    return (
        " ".join(_ARGUMENTS.sub(" ", text).replace(" [", "[").split()).replace(" [", "[")
        if "(" in text
        else text
    )

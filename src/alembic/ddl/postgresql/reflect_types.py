"""SQLAlchemy's types for what PostgreSQL's format_type() writes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy.dialects.postgresql import ARRAY, DOMAIN, ENUM, INTERVAL
from sqlalchemy.types import NULLTYPE
from sqlalchemy.util import warn

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine


class FoundEnum(NamedTuple):
    """An enum type; ``schema`` is None where the search path finds it."""

    schema: str | None
    name: str
    labels: tuple[str, ...]


class FoundDomain(NamedTuple):
    """A domain; ``schema`` is None where the search path finds it."""

    schema: str | None
    name: str
    type: str
    not_null: bool
    default: str | None
    collation: str | None
    checks: tuple[tuple[str, str], ...]


class TypeReader:
    """Turns type texts into SQLAlchemy's types, each text once.

    :param dialect: its ``ischema_names`` tell the types, those of extensions of SQLAlchemy among them.
    :param named: enum and domain types by the text that format_type() writes for them.
    """

    def __init__(self, dialect: Dialect, named: Mapping[str, FoundEnum | FoundDomain]) -> None:
        self._classes: Mapping[str, Any] = dialect.ischema_names  # type: ignore[attr-defined]  # PostgreSQL's have it
        self._named = named
        self._known: dict[tuple[str, str | None], TypeEngine[Any]] = {}

    def read(self, text: str, collation: str | None = None) -> TypeEngine[Any]:
        """The type; NullType, with a warning, if nobody knows it.

        :param collation: name of a collation other than the type's own.
        """
        key = (text, collation)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._read(text, collation)
        return found

    def _read(self, text: str, collation: str | None) -> TypeEngine[Any]:
        item = text
        while item.endswith("[]"):
            item = item[:-2]
        type_ = self._single(item, collation)
        # PostgreSQL remembers neither the number of dimensions nor their sizes.
        return type_ if item == text or type_ is NULLTYPE else ARRAY(type_)

    def _single(self, text: str, collation: str | None) -> TypeEngine[Any]:
        named = self._named.get(text)
        if isinstance(named, FoundEnum):
            return ENUM(*named.labels, name=named.name, schema=named.schema)
        if isinstance(named, FoundDomain):
            return self._domain(named)
        words, arguments = _split(text)
        options: dict[str, Any] = {} if collation is None else {"collation": collation}
        if words == "interval" or words.startswith("interval "):
            fields = words.removeprefix("interval").strip()
            return INTERVAL(precision=int(arguments[0]) if arguments else None, fields=fields or None)
        # A type of an extension whose schema is not in the search path is written with that schema.
        of_name = self._classes.get(words) or self._classes.get(words.rpartition(".")[2])
        if of_name is None:
            warn(f"Did not recognize type '{text}'")
            return NULLTYPE
        if words.startswith(("timestamp", "time")) and words.endswith("time zone"):
            precision = int(arguments[0]) if arguments else None
            made = of_name(timezone=words.endswith("with time zone"), precision=precision)
        elif words == "double precision":
            made = of_name(53)
        elif words == "bit varying":
            made = of_name(*map(int, arguments), varying=True)
        else:
            made = of_name(*(_number(argument) for argument in arguments), **options)
        type_: TypeEngine[Any] = made
        return type_

    def _domain(self, found: FoundDomain) -> TypeEngine[Any]:
        check = found.checks[0] if found.checks else (None, None)
        return DOMAIN(
            found.name,
            self.read(found.type),
            schema=found.schema,
            collation=found.collation,
            default=found.default,
            not_null=found.not_null,
            constraint_name=check[0],
            check=check[1],
            create_type=False,
        )


def _split(text: str) -> tuple[str, list[str]]:
    """The words of a type without what is in parentheses, and that."""
    match = _ARGUMENTS.search(text)
    if match is None:
        return text, []
    arguments = [argument.strip() for argument in match[1].split(",")]
    return text[: match.start()] + text[match.end() :], arguments


def _number(argument: str) -> Any:
    return int(argument) if argument.lstrip("-").isdigit() else argument


_ARGUMENTS = re.compile(r"\(([^()]*)\)")

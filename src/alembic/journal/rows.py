"""The rows of the journal as values, and what identifies a statement in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from ..masking import masked
from ..schema.tokens import Flavour, Kind, significant_tokens
from .nature import Nature

# MySQL's TEXT holds 65,535 bytes.
_MOST = 15_000
_LONG = 100_000
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


class State:
    """What is known of a statement of an unfinished revision."""

    BEGUN = "begun"  # sent; that it ended is not known
    DONE = "done"  # took effect
    UNDONE = "undone"  # failed or was rolled back: sent, and without effect
    DECREED = "decreed"  # a person has said that it counts as done
    UNWINDING = "unwinding"  # took effect, and is being undone


class Row(NamedTuple):
    """A row of the journal.

    :param number: of the statement in its revision, from 1.
    :param direction: ``upgrade`` or ``downgrade``.
    :param statement: its text, without passwords and shortened.
    :param shape: a digest of its text; of one that changes rows, without the values in it.
    :param details: a digest of these values and of the parameters.
    :param source: a digest of the revision's file as it was then.
    :param plan: the statements, as JSON, of the change that it is a part of, where these were derived from
        what the database was like.
    :param fingerprint: of what it touches, before it; None if that can't be told.
    :param row_count: how many rows it changed.
    :param row_key: the key that the server gave to an inserted row.
    :param written_at: in UTC, as ISO 8601 has it.
    """

    number: int
    revision: str
    direction: str
    state: str
    statement: str
    shape: str
    details: str
    source: str
    plan: str | None = None
    fingerprint: str | None = None
    row_count: int | None = None
    row_key: int | None = None
    written_at: str = ""

    @property
    def line(self) -> str:
        """Its statement as one line of an ordinary length."""
        return line_of(self.statement)

    @property
    def took_effect(self) -> bool:
        """Whether it is known to have."""
        return self.state in (State.DONE, State.DECREED, State.UNWINDING)


class Identity(NamedTuple):
    """What tells a statement from others."""

    shape: str
    details: str


def identity(sql: str, parameters: str, nature: Nature, flavour: Flavour) -> Identity:
    """The identity of a statement; white space, comments and the case of keywords don't count.

    :param parameters: as :func:`parameters_text` gives them.
    """
    values: list[str] = []
    if len(sql) > _LONG:
        parts = [sql]
    else:
        parts = []
        for token in significant_tokens(sql, flavour):
            if nature is Nature.ROWS and token.kind in (Kind.STRING, Kind.NUMBER):
                values.append(token.text)
                parts.append("?")
            else:
                parts.append(token.text)
        while parts and parts[-1] == ";":
            parts.pop()
    return Identity(digest(" ".join(parts)), digest(repr((values, parameters))))


def parameters_text(parameters: Any, many: bool) -> str:
    """The parameters of a statement as text; of many sets, their number, the first and the last."""
    if many and isinstance(parameters, Sequence) and len(parameters) > 2:
        return f"{len(parameters)} {_text(parameters[0])} {_text(parameters[-1])}"
    return _text(parameters) if parameters else ""


def _text(value: Any) -> str:
    return _ADDRESS.sub("", described(value))


def described(value: Any) -> str:
    """A text for a value that is the same in every process."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key!r}: {described(each)}" for key, each in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(described, value)) + "]"
    if isinstance(value, memoryview):
        return repr(bytes(value))
    if hasattr(value, "compile") and hasattr(value, "get_children"):
        return str(value)  # an SQL expression, whose repr() is an address
    if hasattr(value, "arg") and not isinstance(value, type):
        return f"{type(value).__name__}({described(value.arg)})"  # a server default
    return _ADDRESS.sub("", repr(value))


def digest(text: str) -> str:
    """A short text in the place of a long one."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def stored(sql: str) -> str:
    """The text of a statement as the journal has it."""
    text = masked(sql.strip()).encode("utf-8", "replace").decode()
    return text if len(text) <= _MOST else text[:_MOST] + " …"


def line_of(sql: str) -> str:
    """One line of an ordinary length for a statement."""
    line = " ".join(sql.split())
    return line if len(line) <= 100 else line[:99] + "…"

"""What a statement leaves behind in a database, from which can be told later whether it was carried out.

A process may die, or lose its connection, between sending a statement and hearing of its end. Where such a
statement can't be rolled back, what it touches is looked at before it, and again afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar

from ..schema.tokens import STANDARD, Flavour
from .rules import HOMES

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: An execution option: the companions of a run needn't see this statement, it is none of a migration.
UNWATCHED = "alembic_unwatched"
QUIET = {UNWATCHED: True}


class Traces:
    """The standard answers, for a database of which nothing is known.

    :cvar flavour: its SQL.
    :cvar commits_ddl: DDL ends the transaction that it stands in, and can't be rolled back.
    :cvar begin: begins a transaction on a connection where each statement takes effect at once.
    :cvar idle: a statement that does nothing and gives no rows; empty where none is known.
    """

    flavour: ClassVar[Flavour] = STANDARD
    commits_ddl: ClassVar[bool] = False
    begin: ClassVar[str] = ""
    idle: ClassVar[str] = ""

    def idle_after_insert(self, key: int | None) -> str:
        """The same, after which the server's functions tell the key of a row that was inserted before."""
        return self.idle

    def fingerprint(self, connection: Connection, sql: str) -> str | None:
        """What the objects look like that a statement changes; None if it can't be told from them.

        That it changes if the statement is carried out, and only then, or that running the statement a second
        time makes no difference.
        """
        return None

    def loses_rows(self, connection: Connection, tables: Sequence[str]) -> bool:
        """Whether rows of any of these tables can't be rolled back."""
        return False

    def prepare(self, connection: Connection, sql: str) -> None:
        """Clear away what an attempt of this statement that failed has left behind, and is in its way."""

    def outside(self, words: Sequence[str]) -> bool:
        """Whether the database refuses a statement of these words inside of a transaction, or may."""
        return True


def fingerprint_of(parts: Sequence[object]) -> str:
    """A short text that differs if any of the parts does."""
    return sha256(repr(tuple(parts)).encode()).hexdigest()


_CLASSES = {"mysql": "MySQLTraces", "oracle": "OracleTraces", "postgresql": "PostgresqlTraces"}


@cache
def traces_of(dialect: str) -> Traces:
    """The answers for a database, by the name of its dialect."""
    home = HOMES.get(dialect, "")
    if home not in _CLASSES:
        return Traces()
    made: Traces = getattr(import_module(f"{__package__}.{home}.traces"), _CLASSES[home])()
    return made

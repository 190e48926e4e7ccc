"""Whoever keeps track of what a script does to the schema while it is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from sqlalchemy.sql import Executable


class History(Protocol):
    """Is told of everything in the order in which it goes out."""

    arguments: Mapping[str, Any]
    """What every ``upgrade()`` is called with."""

    position: int
    """How much has been noted; the same for all that one directive does."""

    def note(self, operation: Any) -> None:
        """An operation was carried out."""

    def note_statement(self, statement: Executable | str) -> None:
        """A statement went out that no operation has sent."""

    def triggers(self, table: str, schema: str | None) -> list[str]:
        """The SQL of the triggers on a table that revisions have made, as far as it still says the same."""

    def step_begins(self) -> None:
        """What comes next is said by a revision."""

    def step_done(self, heads: tuple[str, ...]) -> None:
        """A revision is complete; the version rows are these."""

    def is_plain(self, table: str, schema: str | None, column: str) -> bool:
        """Whether a column is in no key, index or expression for certain; False: ask for the table."""

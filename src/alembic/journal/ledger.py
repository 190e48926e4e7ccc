"""What of a transaction's statements is left when it is committed: savepoints may have been gone back to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .nature import Nature, reading
from .rows import State

if TYPE_CHECKING:
    from ..schema.tokens import Flavour
    from .sent import Sent


def rows_of(sent: Sequence[Sent], flavour: Flavour) -> list[Sent]:
    """Those statements that get a row; the ones that were undone are marked as such."""
    kept: list[Sent] = []
    savepoints: dict[str, int] = {}
    temporary: set[str] = set()
    for each in sent:
        what = reading(each.sql, flavour, temporary)
        if what.temporary is not None:
            temporary.add(what.temporary.lower())
        if what.nature in (Nature.ROWS, Nature.SCHEMA, Nature.OPAQUE):
            kept.append(each)
        elif what.nature is Nature.CONTROL and each.state == State.DONE:
            _control(each.sql, what.words, kept, savepoints)
    return kept


def _control(sql: str, words: Sequence[str], kept: list[Sent], savepoints: dict[str, int]) -> None:
    name = sql.rstrip("; \n").split()[-1].lower()
    if words[0] == "SAVEPOINT":
        savepoints[name] = len(kept)
    elif words[0] in ("ROLLBACK", "ABORT"):
        begin = savepoints.get(name, 0) if "TO" in words else 0
        for undone in kept[begin:]:
            undone.state = State.UNDONE

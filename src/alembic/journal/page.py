"""The rows that one run of a revision's function adds to the journal."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from .nature import Nature, reading
from .rows import Row, digest, identity, stored

if TYPE_CHECKING:
    from ..schema.tokens import Flavour
    from ..script.steps import RevisionStep
    from .sent import Sent


class Page:
    """Makes the rows of a revision.

    :param last: the number of the last row that there is already.
    """

    def __init__(self, step: RevisionStep, flavour: Flavour, last: int) -> None:
        self.step = step
        self._flavour, self._last = flavour, last
        self._plans: dict[str, str] = {}

    @cached_property
    def source(self) -> str:
        """A digest of the revision's file."""
        path = getattr(self.step.revision, "path", None)
        try:
            return digest(Path(path).read_text("utf-8", "replace")) if path else "unknown"
        except OSError:
            return "unknown"

    def plan(self, key: str, statements: Sequence[str]) -> None:
        """Keep in mind that these statements are those of one change."""
        self._plans |= dict.fromkeys(statements, json.dumps([key, list(statements)]))

    def row(self, sent: Sent, nature: Nature, state: str) -> Row:
        """The row of a statement: a new one, or what comes in the place of the one of its number."""
        if sent.number is None:
            self._last += 1
        return Row(
            sent.number or self._last,
            self.step.revision.revision,
            self.step.name,
            state,
            stored(sent.sql),
            *identity(sent.sql, sent.parameters_text(), nature, self._flavour),
            self.source,
            self._plans.get(sent.sql),
            None,
            sent.row_count,
            sent.row_key,
        )

    def rows(self, sent: Sequence[Sent], temporary: Collection[str]) -> list[Row]:
        """The rows of statements that were sent."""
        return [
            self.row(each, reading(each.sql, self._flavour, temporary).nature, each.state) for each in sent
        ]

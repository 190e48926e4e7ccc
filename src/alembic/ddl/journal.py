"""Whoever writes down what a live run does where that can't be rolled back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol


class Journal(Protocol):
    """Is told what the statements of a run belong to."""

    @property
    def writes_ahead(self) -> bool:
        """Whether the next statements can't be rolled back, or there are some that were not."""

    def operation_begins(self, operation: Any) -> None:
        """What is sent from now on carries this operation out."""

    def operation_ends(self) -> None:
        """The operation that began last is complete."""

    def planned(self, change: Sequence[object], make: Callable[[], list[str]]) -> list[str]:
        """The statements of a change: those that an interrupted run has begun to carry out, else new ones.

        For statements that depend on what the database is like, and so on each other's effect.

        :param change: identifies it.
        :param make: derives them from the database as it is now.
        """

    def scratch(self) -> AbstractContextManager[None]:
        """A block whose statements leave nothing behind, and run each time."""

"""Shapes that callers of the configuration may name in their own annotations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypedDict


class MessagingOptions(TypedDict, total=False):
    """How much is printed: ``quiet`` silences everything but failures."""

    quiet: bool


class CommandFunction(Protocol):
    """A function that :meth:`alembic.config.CommandLine.register_command` accepts."""

    __name__: str

    def __call__(self, config: Any, *args: Any, **kwargs: Any) -> Any: ...


PostWriteHookConfig = Mapping[str, str]
"""Options of one post-write hook; ``_hook_name`` holds its name."""

"""Small things for tests of dialects; mostly those of ``sqlalchemy.testing``."""

from __future__ import annotations

from typing import Any

from sqlalchemy.testing import engines
from sqlalchemy.testing.util import flag_combinations, metadata_fixture, provide_metadata, resolve_lambda

__all__ = ["flag_combinations", "metadata_fixture", "provide_metadata", "resolve_lambda", "testing_engine"]


def testing_engine(url: Any = None, options: dict[str, Any] | None = None, future: bool = False) -> Any:
    """A new engine on the database under test, that is disposed of after the test.

    :param url: of another one.
    :param options: for ``create_engine()``; those that begin with ``sqlalchemy_`` are left out of it.
    :param future: nothing; engines have been of that kind for long.
    """
    made: Any = engines
    return made.testing_engine(url, options=dict(options or {}))

"""The fixtures that users get."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from alembic.testing.crash import Database
from alembic.testing.pytest_plugin import PytestCrashTest, SharedForks, crash_forks

__all__ = ["crash_forks"]


@pytest.fixture
def crash_test(crash_forks: SharedForks) -> Iterator[Callable[..., PytestCrashTest]]:
    """As the plugin's, without its option."""
    with ExitStack() as made:

        def make(database: Database, **options: Any) -> PytestCrashTest:
            options.setdefault("forks", crash_forks.for_database(database.url))
            return made.enter_context(PytestCrashTest(database, **options))

        yield make

"""Which crashes the package recovers from as it stands, and how many points the suite strikes at."""

from __future__ import annotations

import importlib.util
import os

import pytest

HAS_JOURNAL = importlib.util.find_spec("alembic.journal") is not None

needs_journal = pytest.mark.xfail(not HAS_JOURNAL, reason="statements are not journalled yet", strict=False)
"""What only a journal of statements can put right."""


def points(usual: int) -> int | None:
    """How many points to strike at: ALEMBIC_TEST_CRASH_POINTS, which may be "all", else the usual number."""
    given = os.environ.get("ALEMBIC_TEST_CRASH_POINTS")
    if given is None:
        return usual
    return None if given == "all" else int(given)

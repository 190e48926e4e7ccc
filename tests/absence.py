"""What this machine cannot offer: its tests are skipped with the reason, or fail where it is required."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

MARK = ": left out: "


def absent(what: str, why: Exception) -> NoReturn:
    """Skip the test, or fail it when ALEMBIC_TEST_REQUIRE (comma separated) names what it needs."""
    required = os.environ.get("ALEMBIC_TEST_REQUIRE", "").replace(" ", "").split(",")
    if what in required:
        pytest.fail(f"{what} is required (ALEMBIC_TEST_REQUIRE) but absent: {why}", pytrace=False)
    pytest.skip(f"{what}{MARK}{why}")


def summary(reports: list[pytest.TestReport]) -> dict[str, str]:
    """What was left out in a run and why; reports are all that arrives from xdist's workers."""
    left_out = {}
    for report in reports:
        reason = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else ""
        if MARK in reason:
            what, _, why = reason.removeprefix("Skipped: ").partition(MARK)
            left_out[what] = why
    return dict(sorted(left_out.items()))

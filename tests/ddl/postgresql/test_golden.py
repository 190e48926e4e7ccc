"""PostgreSQL: each directive becomes the script that stands below it in the golden files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ddl.golden import check

HERE = Path(__file__).parent


@pytest.mark.parametrize("name", sorted(path.name for path in HERE.glob("*.golden")))
def test_golden(name: str) -> None:
    check(HERE / name, "postgresql")

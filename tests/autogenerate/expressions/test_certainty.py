"""What a server may have rewritten is no certain difference; what none rewrites is."""

from __future__ import annotations

import pytest

from alembic.schema.certainty import is_certain
from alembic.schema.tokens import MSSQL


@pytest.mark.parametrize(
    "text",
    [
        "a > 0",
        "[a]>(0) AND [b]<=(5) OR c LIKE 'x%'",
        "len(name) > 3",
        "a IS NOT NULL",
        "a * 2 + b.c",
        "N'x' = name",
    ],
)
def test_no_server_rewrites_these(text: str) -> None:
    assert is_certain(text, MSSQL)


@pytest.mark.parametrize(
    "text",
    [
        "a IN (1, 2)",
        "a BETWEEN 1 AND 2",
        "CAST(a AS int)",
        "NOT a > 1",
        "CASE WHEN a THEN b END",
        "a || b",
        "'open",
        "CURRENT_TIMESTAMP > a",
        "a != 1",
        "coalesce(a, b)",
        "a % 2 = 0",
    ],
)
def test_a_server_may_rewrite_these(text: str) -> None:
    assert not is_certain(text, MSSQL)

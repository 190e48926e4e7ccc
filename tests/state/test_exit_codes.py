"""The exit statuses of ``alembic status`` are those that the documentation promises."""

from __future__ import annotations

import re
from pathlib import Path

from alembic.command.state import CASES

PAGE = Path(__file__).parents[2] / "docs" / "exit-codes.md"


def test_each_case_is_on_the_page() -> None:
    rows = re.findall(r"^\| (\d+) \| (.+?) \|", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    assert sorted(CASES.values()) == sorted(
        int(code) for code, commands in rows if commands.startswith("`status`")
    )


def test_the_order_is_on_the_page() -> None:
    order = ", ".join(str(code) for code in CASES.values())
    assert f"that of the gravest: {order} in this order" in PAGE.read_text("utf-8").replace("\n", " ")

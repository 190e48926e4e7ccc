"""No file over 500 lines, save those that ARCHITECTURE.md lists with a reason."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIMIT = 500
FOLDERS = ("src", "tests", "benchmarks", "demo")


def _files() -> dict[str, int]:
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    return {path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines()) for path in found}


def _exceptions() -> dict[str, str]:
    """The lines `- \\`path\\`: reason` below the heading "Long files" of ARCHITECTURE.md."""
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    _, _, section = text.partition("## Long files")
    section = section.partition("\n## ")[0]
    return dict(re.findall(r"^- `([^`]+\.py)`:? *(.*)$", section, flags=re.MULTILINE))


def test_no_file_is_long_without_a_reason() -> None:
    excused = _exceptions()
    long = {name: lines for name, lines in sorted(_files().items()) if lines > LIMIT and name not in excused}
    assert not long, f"split by subject, or say why in ARCHITECTURE.md under 'Long files': {long}"


def test_every_exception_is_still_needed_and_has_a_reason() -> None:
    sizes = _files()
    for name, reason in _exceptions().items():
        assert len(reason) > 20, f"{name}: no reason given"
        assert sizes.get(name, 0) > LIMIT, f"{name} is no exception any more"


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "misc"])
def test_no_module_is_named_for_nothing(word: str) -> None:
    assert [name for name in _files() if name.startswith("src/") and Path(name).stem == word] == []

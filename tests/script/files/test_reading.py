"""Revision files are text in the encoding they declare; the unreadable ones are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from alembic.errors import RevisionFileUnreadable
from alembic.script import files


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("# naïve\n".encode(), "# naïve\n"),
        (b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
        ("# -*- coding: latin-1 -*-\n# naïve\n".encode("latin-1"), "# -*- coding: latin-1 -*-\n# naïve\n"),
        ("#!/usr/bin/python\r\n# vim: set fileencoding=cp1251 :\r\n# да\n".encode("cp1251"), None),
        ('"""coding: nonsense"""\n# é\n'.encode(), '"""coding: nonsense"""\n# é\n'),
        (b"x = 1\ny = 2\n# coding: nonsense\n", "x = 1\ny = 2\n# coding: nonsense\n"),
        (b"", ""),
        (b"#" * 70_000 + b"\nend", "#" * 70_000 + "\nend"),
    ],
    ids=["utf-8", "bom", "declared", "second-line", "in-docstring", "third-line", "empty", "long"],
)
def test_text_is_read_in_the_declared_encoding(tmp_path: Path, content: bytes, text: str | None) -> None:
    path = tmp_path / "r.py"
    path.write_bytes(content)
    assert files.read_text(str(path)) == (content.decode("cp1251") if text is None else text)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"# \xff\xfe\n", "can't decode byte 0xff"),
        (b"# coding: klingon\n", "unknown encoding: klingon"),
    ],
)
def test_bytes_that_are_no_text_are_an_error_naming_the_file(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "r.py"
    path.write_bytes(content)
    with pytest.raises(RevisionFileUnreadable) as caught:
        files.read_text(str(path))
    assert caught.value.path == str(path)
    assert reason in str(caught.value)
    assert str(path) in caught.value.message


def test_a_file_that_cannot_be_opened_is_an_error_naming_it(tmp_path: Path) -> None:
    (tmp_path / "dangling.py").symlink_to(tmp_path / "nowhere")
    with pytest.raises(RevisionFileUnreadable, match=r"dangling\.py"):
        files.read_text(str(tmp_path / "dangling.py"))
    (tmp_path / "folder.py").mkdir()
    with pytest.raises(RevisionFileUnreadable, match=r"folder\.py"):
        files.read_text(str(tmp_path / "folder.py"))

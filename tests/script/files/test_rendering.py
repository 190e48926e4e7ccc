"""Templates turned to text; a failure writes nothing and says where to look."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from alembic.errors import OutputEncodingInvalid, TemplateNotFound, TemplateRenderingFailed
from alembic.script.rendering import encode, render, template_to_file, write_whole


def template(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "t.mako"
    path.write_text(text, encoding="utf-8")
    return path


def test_names_that_were_not_given_are_false(tmp_path: Path) -> None:
    path = template(tmp_path, 'é ${up if up else "pass"} ${given}')
    assert render(path, given="ü") == "é pass ü"


@pytest.mark.parametrize("text", ["${nope}", "${1 / 0}", "% if x:\n", "<%def"])
def test_a_failure_names_a_file_with_the_traceback(tmp_path: Path, text: str) -> None:
    dest = tmp_path / "out.py"
    with pytest.raises(TemplateRenderingFailed) as caught:
        template_to_file(template(tmp_path, text), dest, "utf-8")
    said = re.fullmatch(
        r"Template rendering failed; see (\S+) for a template-oriented traceback\.", caught.value.message
    )
    assert said
    account = Path(said.group(1))
    assert str(tmp_path / "t.mako") in account.read_text() or "t.mako" in str(caught.value)
    account.unlink()
    assert not dest.exists()


def test_a_missing_template_is_named(tmp_path: Path) -> None:
    with pytest.raises(TemplateNotFound, match=r"gone\.mako"):
        render(tmp_path / "gone.mako")


def test_text_is_written_or_appended_in_the_encoding_asked_for(tmp_path: Path) -> None:
    dest = tmp_path / "out.txt"
    template_to_file(template(tmp_path, "${x}\n"), dest, "latin-1", x="é")
    assert dest.read_bytes() == b"\xe9\n"
    template_to_file(tmp_path / "t.mako", dest, "utf-8", append_with_newlines=True, x="é")
    assert dest.read_bytes() == b"\xe9\n\n\n\xc3\xa9\n"


def test_an_encoding_that_will_not_do_is_an_error() -> None:
    with pytest.raises(OutputEncodingInvalid, match="'ascii'"):
        encode("é", "ascii")
    with pytest.raises(OutputEncodingInvalid, match="klingon"):
        encode("e", "klingon")


def test_a_name_may_be_as_long_as_the_file_system_takes(tmp_path: Path) -> None:
    name = "x" * 252 + ".py"
    write_whole(str(tmp_path / name), b"x")
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError):
        write_whole(str(tmp_path / "taken"), b"x")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["taken"]

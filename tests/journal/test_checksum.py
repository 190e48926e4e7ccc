"""A checksum changes with what a revision does, and with nothing else."""

from __future__ import annotations

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from alembic.journal import checksum as module
from alembic.journal.checksum import _header, _read, checksum, checksum_of
from alembic.script.modules import load_python_file

FILE = '''\
"""add users

Revision ID: b1
Revises: a1
Create Date: 2026-01-01 12:00:00.000000

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = 'b1'
down_revision: Union[str, Sequence[str], None] = 'a1'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None

LENGTH: int = 20


def upgrade() -> None:
    """Upgrade schema."""
    op.create_table("users", sa.Column("id", sa.Integer(), nullable=False), sa.Column("n", sa.String(LENGTH)))
    op.execute("UPDATE users SET n = 'x'")  # all of them


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_table("users")
'''


def edited(*changes: tuple[str, str]) -> str:
    text = FILE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


SAME = {
    "a comment more": edited(("LENGTH: int = 20\n", "# as in HR's system\nLENGTH: int = 20\n")),
    "a comment less": edited(("  # all of them", "")),
    "another message": edited(("add users", "add the users")),
    "docstrings": edited(
        ('    """Upgrade schema."""\n', ""), ('    """Downgrade schema."""\n', "    pass\n")
    ),
    "quotes": edited(("'b1'", '"b1"'), ("\"UPDATE users SET n = 'x'\"", "'UPDATE users SET n = \\'x\\''")),
    "lines and commas": edited(
        ('op.drop_table("users")', 'op.drop_table(\n        "users",\n    )'),
        ("LENGTH: int = 20", "LENGTH: int = (20)"),
    ),
    "annotations": edited(
        (" -> None", ""),
        ("LENGTH: int =", "LENGTH ="),
        ("Union[str, Sequence[str], None]", "str | None"),
        ("from typing import Sequence, Union\n\n", ""),
    ),
    "the order of imports": edited(
        (
            "from alembic import op\nimport sqlalchemy as sa",
            "import sqlalchemy as sa\n\nfrom alembic import op",
        )
    ),
    "line ends": FILE.replace("\n", "\r\n"),
    "another place": edited(("down_revision: Union[str, Sequence[str], None] = 'a1'", "down_revision = 'x'")),
}

OTHER = {
    "SQL": edited(("n = 'x'", "n = 'y'")),
    "a value": edited(("LENGTH: int = 20", "LENGTH: int = 21")),
    "an argument": edited(("nullable=False", "nullable=True")),
    "an argument less": edited((", nullable=False", "")),
    "a call less": edited(('op.execute("UPDATE users SET n = \'x\'")', "pass")),
    "the order": edited(
        ('sa.Column("id", sa.Integer(), nullable=False), sa.Column("n", sa.String(LENGTH))',
         'sa.Column("n", sa.String(LENGTH)), sa.Column("id", sa.Integer(), nullable=False)')
    ),
    "another type": edited(("sa.Integer()", "sa.BigInteger()")),
    "the downgrade": edited(('op.drop_table("users")', 'op.drop_table("people")')),
    "an import": edited(("import sqlalchemy as sa", "import sqlalchemy_other as sa")),
    "a number for a text": edited(("LENGTH: int = 20", "LENGTH: int = '20'")),
    "a text for a name": edited(("sa.String(LENGTH)", "sa.String('LENGTH')")),
    "more setting": FILE + "\nirreversible = 'rows are gone'\n",
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_how_it_is_written_does_not_count(name: str) -> None:
    assert checksum(SAME[name]) == checksum(FILE)


def test_each_other_meaning_has_another_checksum() -> None:
    assert len({checksum(text) for text in [FILE, *OTHER.values()]}) == len(OTHER) + 1


def test_parentheses_count_where_they_mean_something() -> None:
    assert len({checksum(f"x = {text}") for text in ("(1 + 2) * 3", "1 + 2 * 3", "('a',)", "('a')")}) == 4


@pytest.mark.parametrize("text", [*SAME.values(), *OTHER.values()])
def test_the_short_cut_over_a_usual_beginning_changes_nothing(text: str) -> None:
    imports: list[str] = []
    words: list[str] = []
    _read(text, imports, words)
    assert checksum(text) == sha256("\n".join([*sorted(imports), *words]).encode()).hexdigest()


def test_the_short_cut_is_taken() -> None:
    assert _header(FILE) is not None and _header(FILE.encode()) is not None
    assert _header(SAME["line ends"]) is None


def test_it_is_the_same_in_every_process_and_version() -> None:
    """A record made by one version of Python is compared by another."""
    assert checksum(FILE) == "35a262338a62f8899bead28ea3bf8c32723793fc751aa8c0082555fd8abba3b9"
    program = f"from alembic.journal.checksum import checksum; print(checksum({FILE!r}))"
    outcome = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert outcome.stdout.strip() == checksum(FILE)


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "b1_.py"
    path.write_bytes(b"# -*- coding: latin-1 -*-\nx = '\xe4'\n")
    assert checksum_of(str(path)) == checksum("x = 'ä'")
    path.write_text("def (", "utf-8")
    assert checksum_of(str(path)) == ""
    assert checksum_of(str(tmp_path / "gone.py")) == ""
    assert checksum_of(None) == ""


def test_it_is_kept_behind_the_bytecode_of_exactly_this_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    read: list[str] = []
    monkeypatch.setattr(module, "checksum", lambda source: read.append(source) or checksum(source))

    path = tmp_path / "b1_.py"
    path.write_text("def upgrade(): return 1\n", "utf-8")
    first = checksum_of(str(path))
    assert not (tmp_path / "__pycache__").exists()  # of a file that was never run

    assert load_python_file(tmp_path, path.name).upgrade() == 1
    assert [checksum_of(str(path)) for _ in range(3)] == [first] * 3
    assert len(read) == 2
    # The file is loaded as before, by Python itself too.
    assert load_python_file(tmp_path, path.name).upgrade() == 1
    command = [sys.executable, "-c", "import b1_; print(b1_.upgrade())"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, text=True).stdout == "1\n"

    path.write_text("def upgrade(): return 2\n", "utf-8")
    second = checksum_of(str(path))
    assert second == checksum("def upgrade(): return 2\n") != first
    assert load_python_file(tmp_path, path.name).upgrade() == 2
    assert [checksum_of(str(path)) for _ in range(3)] == [second] * 3
    assert len(read) == 4
    loaded = load_python_file(tmp_path, path.name)
    path.unlink()
    assert (checksum_of(str(path), loaded), checksum_of(str(path))) == (second, "")

"""Script directories made for a test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic.script import ScriptDirectory

TEMPLATE = '''\
"""${message}

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}
Create Date: ${create_date}
"""
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade():
    ${upgrades if upgrades else "pass"}


def downgrade():
    ${downgrades if downgrades else "pass"}
'''


def write(
    folder: Path,
    revision: str,
    down: object = None,
    *,
    labels: object = None,
    depends_on: object = None,
    doc: str | None = None,
    more: str = "",
) -> Path:
    """A revision file ``<revision>_.py`` in a folder of revision files."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{revision}_.py"
    path.write_text(
        f'"""{revision if doc is None else doc}"""\n'
        f"revision = {revision!r}\ndown_revision = {down!r}\n"
        f"branch_labels = {labels!r}\ndepends_on = {depends_on!r}\n{more}\n"
        "def upgrade(): pass\ndef downgrade(): pass\n",
        encoding="utf-8",
    )
    return path


def directory(tmp_path: Path, template: str = TEMPLATE, **settings: Any) -> ScriptDirectory:
    """A script directory at ``tmp_path``, with what files it has."""
    (tmp_path / "script.py.mako").write_text(template, encoding="utf-8")
    return ScriptDirectory(tmp_path, **{"messaging_opts": {"quiet": True}, **settings})


def names(folder: Path) -> list[str]:
    """All files and folders below, bytecode apart."""
    return sorted(
        str(path.relative_to(folder)) for path in folder.rglob("*") if "__pycache__" not in path.parts
    )

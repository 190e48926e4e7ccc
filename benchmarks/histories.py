"""Migration histories to measure on, always the same ones: linear of any length, and branchy."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.project import Project

FILE = '''\
"""{message}

Revision ID: {revision}
Revises: {revises}
Create Date: 2026-01-01 12:00:00.000000

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = {revision!r}
down_revision: Union[str, Sequence[str], None] = {down!r}
branch_labels: Union[str, Sequence[str], None] = {labels!r}
depends_on: Union[str, Sequence[str], None] = {depends_on!r}


def upgrade() -> None:
    """Upgrade schema."""
    {upgrade}


def downgrade() -> None:
    """Downgrade schema."""
    {downgrade}
'''


class Node(NamedTuple):
    """One revision of a history to be written."""

    revision: str
    down: str | tuple[str, ...] | None
    labels: str | None = None
    depends_on: str | None = None


def linear(count: int) -> list[Node]:
    """A chain of so many revisions."""
    ids = _ids(count)
    return [Node(ids[i], ids[i - 1] if i else None) for i in range(count)]


def branchy(count: int) -> list[Node]:
    """Again and again: a fork into three branches of three, one depending on another, and their merge."""
    ids = iter(_ids(count + 16))
    nodes = [Node(next(ids), None)]
    while len(nodes) < count:
        base = nodes[-1].revision
        tips: list[str] = []
        firsts: list[str] = []
        for branch in range(3):
            down = base
            for step in range(3):
                revision = next(ids)
                label = f"branch{len(nodes)}" if branch == 0 and step == 0 and len(nodes) % 100 < 10 else None
                needs = firsts[0] if branch == 2 and step == 1 else None
                nodes.append(Node(revision, down, label, needs))
                down = revision
                if step == 0:
                    firsts.append(revision)
            tips.append(down)
        nodes.append(Node(next(ids), tuple(tips)))
    return nodes


def _ids(count: int) -> list[str]:
    source = random.Random(count)
    return [f"{source.getrandbits(48):012x}" for _ in range(count)]


def light(number: int) -> tuple[str, str]:
    """Bodies of one operation: every tenth revision makes a table, the others add a column or an index."""
    table = f"table_{number // 10}"
    if number % 10 == 0:
        columns = (
            'sa.Column("id", sa.Integer(), nullable=False),\n        '
            'sa.Column("name", sa.String(length=50), nullable=False),\n        '
            'sa.Column("created", sa.DateTime(), nullable=True),\n        '
            'sa.PrimaryKeyConstraint("id"),'
        )
        return f'op.create_table(\n        "{table}",\n        {columns}\n    )', f'op.drop_table("{table}")'
    if number % 10 == 5:
        index = f"ix_{table}_name"
        return f'op.create_index("{index}", "{table}", ["name"])', f'op.drop_index("{index}", "{table}")'
    column = f"column_{number % 10}"
    return (
        f'op.add_column("{table}", sa.Column("{column}", sa.String(length=20), nullable=True))',
        f'op.drop_column("{table}", "{column}")',
    )


def full(number: int) -> tuple[str, str]:
    """Bodies of three operations, as people write them: a table, an index on it, one column more."""
    table = f"table_{number}"
    upgrade = f"""op.create_table(
        "{table}",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=True),
        sa.Column("price", sa.Numeric(precision=10, scale=2), nullable=True),
        sa.Column("created", sa.DateTime(), server_default=sa.func.current_timestamp(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_index("ix_{table}_name", "{table}", ["name"])
    op.add_column("{table}", sa.Column("note", sa.Text(), nullable=True))"""
    downgrade = f"""op.drop_index("ix_{table}_name", table_name="{table}")
    op.drop_table("{table}")"""
    return upgrade, downgrade


def write(nodes: list[Node], directory: Path, bodies: Callable[[int], tuple[str, str]] = light) -> Project:
    """The history as a project in that directory; one that stands there already is used again."""
    complete = directory / "complete"
    if complete.exists():
        return _reopen(directory)
    project = Project(directory)
    for number, node in enumerate(nodes):
        upgrade, downgrade = bodies(number)
        text = FILE.format(
            message=f"step {number}",
            revision=node.revision,
            revises=node.down if isinstance(node.down, str) else ", ".join(node.down or ()),
            down=node.down,
            labels=node.labels,
            depends_on=node.depends_on,
            upgrade=upgrade,
            downgrade=downgrade,
        )
        (project.versions / f"{node.revision}_step_{number}.py").write_text(text, "utf-8")
    stamped(directory / "head.db", _tip(nodes))
    complete.touch()
    return _reopen(directory)


def _reopen(directory: Path) -> Project:
    project = Project.__new__(Project)
    project.directory, project.versions = directory, directory / "migrations" / "versions"
    project.options, project.ini, project.url = "{}", "", f"sqlite:///{directory / 'head.db'}"
    return project.configure()


def _tip(nodes: list[Node]) -> str:
    return nodes[-1].revision


def stamped(path: Path, revision: str) -> None:
    """A SQLite database that believes to be at that revision."""
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
            "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
        )
        connection.execute("INSERT INTO alembic_version VALUES (?)", (revision,))
    connection.close()

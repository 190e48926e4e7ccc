"""Against Alembic 1.20.1 on the same project: the same file, the same lines in the log."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest

from tests.project import Project, Result

from .conftest import Modelled

BEFORE = """
sa.Table("gone", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("x", sa.String(20)),
         sa.Index("ix_gone_x", "x"))
sa.Table("team", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(20)))
sa.Table(
    "users", metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(20), nullable=True),
    sa.Column("old", sa.Integer),
    sa.Column("team", sa.Integer),
    sa.Column("note", sa.String(9)),
    sa.Index("ix_users_name", "name"),
    sa.UniqueConstraint("note", name="uq_users_note"),
)
"""
AFTER = """
sa.Table("came", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("y", sa.Text),
         sa.Index("ix_came_y", "id", unique=True))
sa.Table("team", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(20)))
sa.Table(
    "users", metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(20), nullable=False),
    sa.Column("new", sa.Date),
    sa.Column("team", sa.Integer, sa.ForeignKey("team.id", name="fk_users_team")),
    sa.Column("note", sa.String(30)),
    sa.Index("ix_users_name", "name", unique=True),
)
"""


# Statements that only one of the two writes, with the reason.
UNIQUE = "op.create_unique_constraint(op.f('uq_users_note'), 'users', ['note'])"
OURS = {
    # The server makes an index for the foreign key, which stays when the key is dropped.
    "mariadb": {"op.drop_index('fk_users_team', table_name='users')"},
    # An option that says nothing is not written.
    "postgresql": {UNIQUE},
}
THEIRS = {"postgresql": {UNIQUE.replace("])", "], postgresql_nulls_not_distinct=False)")}}


def bodies(path: Path) -> dict[str, list[str]]:
    """The statements of each function, whatever their layout."""
    tree = ast.parse(path.read_text())
    return {
        node.name: [ast.unparse(statement) for statement in node.body]
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    }


def told(result: Result) -> list[str]:
    """What was detected; each SERIAL column that is none of it has a line of Alembic's, too."""
    return [line for line in result.stderr.splitlines() if line.startswith("INFO  [alembic.autogenerate")]


def both(modelled: Modelled, genuine: Path, *argv: str) -> tuple[Result, Result]:
    """Ours, then theirs; the files are in versions and in theirs/versions."""
    project = modelled.project
    ours = project.run(*argv)
    other = Project.__new__(Project)
    other.directory = project.directory.parent / "theirs"
    if not other.directory.exists():
        shutil.copytree(project.directory, other.directory)
        for path in (other.directory / "migrations" / "versions").glob("*.py"):
            path.unlink()
    return ours, other.run(*argv, python=genuine)


@pytest.mark.parametrize("server", ["sqlite", "postgresql", "mariadb"])
def test_a_revision(modelled: Modelled, genuine: Path, server: str, request: pytest.FixtureRequest):
    modelled.project.configure(request.getfixturevalue(f"{server}_url"))
    modelled.models(BEFORE)
    modelled.create()
    modelled.models(AFTER)
    ours, theirs = both(modelled, genuine, "revision", "--autogenerate", "--rev-id", "aa11", "-m", "change")
    ours.ok(), theirs.ok()
    name = "aa11_change.py"
    mine = bodies(modelled.project.versions / name)
    other = bodies(modelled.project.directory.parent / "theirs" / "migrations" / "versions" / name)
    for function in ("upgrade", "downgrade"):
        added = set(mine[function]) - set(other[function])
        missing = set(other[function]) - set(mine[function])
        assert (added, missing) == (
            (OURS.get(server, set()), THEIRS.get(server, set()))
            if function == "downgrade"
            else (set(), set())
        )
    assert sorted(told(ours)) == sorted(told(theirs))


def test_nothing_new(modelled: Modelled, genuine: Path):
    modelled.models(AFTER)
    modelled.create()
    ours, theirs = both(modelled, genuine, "check")
    assert (
        (ours.code, ours.stdout)
        == (theirs.code, theirs.stdout)
        == (0, "No new upgrade operations detected.\n")
    )


def test_something_new(modelled: Modelled, genuine: Path):
    modelled.models(BEFORE)
    ours, theirs = both(modelled, genuine, "check")
    assert ours.code == theirs.code == 255
    assert "FAILED: New upgrade operations detected: " in ours.stderr
    assert "FAILED: New upgrade operations detected: " in theirs.stdout

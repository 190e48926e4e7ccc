"""The environments that `init` makes, with models: compared, migrated, compared again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.project import Project

MODELS = """\
import sqlalchemy as sa

metadata = sa.MetaData()
sa.Table(
    "users",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(50), nullable=False, server_default="nobody"),
    sa.Index("ix_users_name", "name"),
)
"""


def initialised(tmp_path: Path, template: str) -> Project:
    """A project that `init` made in the directory, without our own ini file and env.py."""
    project = Project.__new__(Project)
    project.directory = tmp_path
    project.run("init", "-t", template, "migrations").ok()
    (tmp_path / "models.py").write_text(MODELS)
    return project


def replace(path: Path, pattern: str, by: str) -> None:
    text, count = re.subn(pattern, by, path.read_text(), flags=re.MULTILINE)
    assert count, (path, pattern)
    path.write_text(text)


def whole_life(project: Project) -> Path:
    assert project.run("check").code == 255
    project.run("revision", "--autogenerate", "-m", "users").ok()
    project.run("upgrade", "head").ok()
    assert project.run("check").ok().stdout == "No new upgrade operations detected.\n"
    project.run("downgrade", "base").ok()
    project.run("upgrade", "head").ok()
    [path] = (project.directory / "migrations" / "versions").glob("*.py")
    return path


@pytest.mark.parametrize("template", ["generic", "pyproject", "async", "pyproject_async"])
def test_one_database(tmp_path: Path, template: str):
    project = initialised(tmp_path, template)
    driver = "sqlite+aiosqlite" if "async" in template else "sqlite"
    ini = tmp_path / "alembic.ini"
    replace(ini, r"^sqlalchemy\.url = .*$", f"sqlalchemy.url = {driver}:///{tmp_path}/x.db")
    env = tmp_path / "migrations" / "env.py"
    replace(env, r"^target_metadata = None$", "from models import metadata as target_metadata")
    path = whole_life(project)
    assert "server_default" in path.read_text()


def test_two_databases(tmp_path: Path):
    project = initialised(tmp_path, "multidb")
    ini = tmp_path / "alembic.ini"
    for number in (1, 2):
        replace(
            ini,
            rf"^(\[engine{number}\]\n(?:#.*\n)*)sqlalchemy\.url = .*$",
            rf"\1sqlalchemy.url = sqlite:///{tmp_path}/{number}.db",
        )
    env = tmp_path / "migrations" / "env.py"
    replace(
        env,
        r"^target_metadata = \{\}$",
        "import models\ntarget_metadata = {'engine1': models.metadata, 'engine2': models.sa.MetaData()}",
    )
    path = whole_life(project)
    text = path.read_text()
    assert text.count("create_table") == 1
    assert "create_table" in text.partition("def upgrade_engine2")[0]

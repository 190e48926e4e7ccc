"""A project with models beside it, to be compared with its database through the command line."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from tests.project import Project

OPTIONS = "dict(target_metadata=__import__('runpy').run_path('models.py')['metadata'], {})"


class Modelled:
    """A migration project whose env.py compares with the metadata of ``models.py``.

    `options` are further keyword arguments of `context.configure`, in Python source form.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self.run, self.call = project.run, project.call
        template = project.directory / "migrations" / "script.py.mako"
        text = template.read_text("utf-8")
        template.write_text(text.replace("as sa\n", 'as sa\n${imports if imports else ""}\n'), "utf-8")
        self.options("")
        self.models("")

    def options(self, source: str) -> None:
        self.project.configure(options=OPTIONS.format(source))

    def models(self, source: str) -> None:
        """Write models.py: ``source`` adds tables to ``metadata``."""
        text = f"import sqlalchemy as sa\n\nmetadata = sa.MetaData()\n{textwrap.dedent(source)}"
        (self.project.directory / "models.py").write_text(text, "utf-8")

    def hook(self, source: str) -> None:
        """Have env.py run a ``process_revision_directives(context, revision, directives)`` of this body."""
        body = textwrap.indent(textwrap.dedent(source).strip(), "    ")
        self.options("process_revision_directives=hook")
        env = self.project.env_py.read_text("utf-8")
        self.project.env_py.write_text(
            f"from alembic.operations import ops\n\n\n"
            f"def hook(context, revision, directives):\n{body}\n\n\n{env}",
            "utf-8",
        )

    def create(self) -> None:
        """Create the tables of the models, as an application without migrations does."""
        import runpy

        metadata: Any = runpy.run_path(str(self.project.directory / "models.py"))["metadata"]
        engine = create_engine(self.project.url, poolclass=NullPool)
        metadata.create_all(engine)

    def files(self) -> list[Path]:
        return sorted(self.project.versions.glob("*.py"))


@pytest.fixture
def modelled(project: Project) -> Modelled:
    return Modelled(project)

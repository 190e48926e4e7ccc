"""A project with models, on the database that a test names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from tests.autogenerate.commands.conftest import Modelled
from tests.project import Project


class Lived(Modelled):
    """A project whose revisions are generated and applied one after the other."""

    def sql(self, *statements: str) -> list[Any]:
        """Carry out statements; what the last of them returns."""
        rows: list[Any] = []
        with sa.create_engine(self.project.url, poolclass=NullPool).begin() as connection:
            for statement in statements:
                result = connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
                rows = [tuple(row) for row in result] if result.returns_rows else []
        return rows

    def generate(self, revision: str, source: str | None = None) -> str:
        """Write the revision that leads to the models of `source`; its text."""
        if source is not None:
            self.models(source)
        self.call("revision", "--autogenerate", "--rev-id", revision, "-m", "x").ok()
        return next(self.project.versions.glob(f"{revision}_*.py")).read_text("utf-8")

    def upgrade(self) -> None:
        """To the head, after which nothing is left to do."""
        self.call("upgrade", "head").ok()
        self.call("check").ok()


@pytest.fixture
def on(request: pytest.FixtureRequest, project: Project) -> Callable[[str], Lived]:
    """The project on a database of the kind named."""

    def moved(kind: str) -> Lived:
        return Lived(project.configure(request.getfixturevalue(f"{kind}_url")))

    return moved

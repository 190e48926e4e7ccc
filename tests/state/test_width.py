"""Point 3 of issue 5, trap 23: identifiers longer than the version table's column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import create_engine, event, inspect, text
from sqlalchemy.engine import Engine
from sqlalchemy.pool import NullPool

from alembic.ddl.postgresql import PostgresqlImpl
from alembic.runtime.migration import MigrationContext
from tests.project import Project

LONG = "a" * 33
TOO_LONG = "b" * 256
OLD_TABLE = "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"


def _execute(url: str, *statements: str) -> None:
    with create_engine(url, poolclass=NullPool).begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def _column(url: str) -> dict[str, Any]:
    with create_engine(url, poolclass=NullPool).connect() as connection:
        (column,) = inspect(connection).get_columns("alembic_version")
        return dict(column)


def _width(url: str) -> int:
    width: int = _column(url)["type"].length
    return width


def _chain(project: Project, *revisions: str) -> None:
    """Such as Project.chain, but for names that are too long for files."""
    down: str | None = None
    for revision in revisions:
        path = project.revision("new", down, upgrade=f'op.create_table("t_{revision[:9]}", sa.Column("n"))')
        short = path.read_text("utf-8").replace("revision = 'new'", f"revision = {revision!r}")
        path.unlink()
        (project.versions / f"{revision[:20]}.py").write_text(
            short.replace('"n")', '"n", sa.Integer)'), "utf-8"
        )
        down = revision


@pytest.fixture(params=["postgresql", "mariadb"])
def server_url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(f"{request.param}_url"))


def test_a_new_table_has_255(project: Project, database_url: str) -> None:
    project.configure(database_url)
    _chain(project, "a1", "c" * 255)
    project.call("upgrade", "head").ok()
    assert _width(database_url) == 255
    assert project.applied() == ["c" * 255]


def test_ensure_version_makes_the_same(project: Project, database_url: str) -> None:
    project.configure(database_url).call("ensure_version").ok()
    assert _width(database_url) == 255


def test_an_old_column_is_widened_when_it_must(project: Project, server_url: str) -> None:
    _execute(server_url, OLD_TABLE)
    project.configure(server_url)
    _chain(project, "a1", LONG)
    project.call("upgrade", "a1").ok()
    assert _width(server_url) == 32, "not before there is need"
    result = project.call("upgrade", "head").ok()
    assert "Making alembic_version.version_num wider: 255 characters" in result.stderr
    column = _column(server_url)
    assert (column["type"].length, column["nullable"], column["default"]) == (255, False, None)
    assert project.applied() == [LONG]


def test_a_stamp_widens_too(project: Project, server_url: str) -> None:
    _execute(server_url, OLD_TABLE)
    project.configure(server_url)
    _chain(project, LONG)
    project.call("stamp", "head").ok()
    assert (_width(server_url), project.applied()) == (255, [LONG])


def test_the_rest_of_the_column_stays(project: Project, server_url: str) -> None:
    collation = '"C"' if "postgresql" in server_url else "ascii_bin"
    kind = f"VARCHAR(32) COLLATE {collation}"
    _execute(server_url, OLD_TABLE.replace("VARCHAR(32)", kind))
    project.configure(server_url)
    _chain(project, LONG)
    project.call("upgrade", "head").ok()
    column = _column(server_url)["type"]
    assert (column.length, column.collation) == (255, collation.strip('"'))


def test_a_column_that_was_widened_by_hand_is_left_alone(project: Project, server_url: str) -> None:
    _execute(server_url, OLD_TABLE.replace("32", "64"))
    project.configure(server_url)
    _chain(project, LONG)
    project.call("upgrade", "head").ok()
    assert (_width(server_url), project.applied()) == (64, [LONG])


def test_too_long_for_any_column(project: Project, server_url: str) -> None:
    project.configure(server_url)
    _chain(project, "a1", TOO_LONG)
    result = project.call("upgrade", "head")
    assert result.code == 255
    assert "holds identifiers of up to 255 characters; too long:" in " ".join(result.stderr.split())
    assert (project.tables(), project.applied()) == ([], [])


def test_what_is_rolled_back_is_done_again(postgresql_url: str) -> None:
    """As when a step is repeated after its COMMIT had to be given up."""
    _execute(postgresql_url, OLD_TABLE)
    with create_engine(postgresql_url, poolclass=NullPool).connect() as connection:
        versions = MigrationContext.configure(connection)._versions
        versions.check_width([LONG])
        versions.widen()
        connection.rollback()
        versions.widen()
        connection.commit()
    assert _width(postgresql_url) == 255


def test_where_widening_is_not_safe_nothing_runs(
    project: Project, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PostgresqlImpl, "features", replace(PostgresqlImpl.features, widens_varchar=False))
    _execute(postgresql_url, OLD_TABLE)
    project.configure(postgresql_url)
    _chain(project, "a1", LONG)
    result = project.call("upgrade", "head")
    assert result.code == 255
    assert f"holds identifiers of up to 32 characters; too long: '{LONG}'" in " ".join(result.stderr.split())
    assert (project.tables(), project.applied()) == ([], [])


def test_what_stands_on_the_column_is_told_before_anything_runs(
    project: Project, postgresql_url: str
) -> None:
    """PostgreSQL changes no column that a view shows."""
    _execute(postgresql_url, OLD_TABLE, "CREATE VIEW versions AS SELECT version_num FROM alembic_version")
    project.configure(postgresql_url)
    _chain(project, "a1", LONG)
    result = project.call("upgrade", "head")
    assert (result.code, "used by a view" in result.stderr) == (1, True)
    assert (project.tables(), project.applied()) == ([], [])


def test_a_script_has_the_usual_width_unless_it_brings_more(project: Project) -> None:
    project.configure("postgresql://")
    _chain(project, "a1", LONG)
    assert "version_num VARCHAR(32) NOT NULL" in project.call("upgrade", "--sql", "a1").ok().stdout
    assert "version_num VARCHAR(255) NOT NULL" in project.call("upgrade", "--sql", "head").ok().stdout


def test_short_identifiers_cost_no_question(project: Project, postgresql_url: str) -> None:
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: Any) -> None:
        seen.append(statement)

    project.configure(postgresql_url)
    project.chain("a1", "b2")
    project.call("upgrade", "a1").ok()
    event.listen(Engine, "before_cursor_execute", note)
    try:
        project.call("upgrade", "head").ok()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert not _of_the_column(seen)


def _of_the_column(statements: Sequence[str]) -> list[str]:
    return [
        statement for statement in statements if "pg_attribute" in statement or "ALTER TABLE" in statement
    ]

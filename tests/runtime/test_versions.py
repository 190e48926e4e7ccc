"""Contract 7.3: the version table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Column, Connection, MetaData, String, Table, create_engine, event, inspect, text
from sqlalchemy.pool import NullPool

from alembic.errors import CommandError
from alembic.runtime.migration import HeadMaintainer, MigrationContext
from alembic.runtime.versions import after
from alembic.script.steps import DeleteRow, InsertRow, UpdateRow
from tests.project import Project


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with create_engine(database_url, poolclass=NullPool).connect() as connection:
        yield connection


@pytest.fixture
def context(connection: Connection) -> MigrationContext:
    return MigrationContext.configure(connection)


def rows(connection: Connection) -> list[str]:
    return sorted(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())


def test_a_missing_table_has_no_rows_and_stays_missing(
    connection: Connection, context: MigrationContext
) -> None:
    assert context.get_current_heads() == ()
    assert context.get_current_revision() is None
    assert inspect(connection).get_table_names() == []


def test_its_definition(connection: Connection, context: MigrationContext) -> None:
    context._ensure_version_table()
    [column] = inspect(connection).get_columns("alembic_version")
    assert (column["name"], column["nullable"]) == ("version_num", False)
    assert getattr(column["type"], "length", None) == 255
    key = inspect(connection).get_pk_constraint("alembic_version")
    assert key["constrained_columns"] == ["version_num"]
    if connection.dialect.name == "postgresql":
        assert key["name"] == "alembic_version_pkc"


def test_it_may_have_no_primary_key_another_name_and_a_schema(postgresql_url: str) -> None:
    with create_engine(postgresql_url).connect() as connection:
        connection.execute(text("CREATE SCHEMA other"))
        connection.commit()
        options = {"version_table": "v", "version_table_schema": "other", "version_table_pk": False}
        context = MigrationContext.configure(connection, opts=options)
        context._ensure_version_table()
        assert inspect(connection).get_table_names(schema="other") == ["v"]
        assert inspect(connection).get_pk_constraint("v", schema="other")["constrained_columns"] == []
        assert context.get_current_heads() == ()


def test_creating_it_twice_does_no_harm(connection: Connection, context: MigrationContext) -> None:
    context._ensure_version_table()
    HeadMaintainer(context, ())._insert_version("a")
    context._ensure_version_table()
    assert rows(connection) == ["a"]
    context._ensure_version_table(purge=True)
    assert rows(connection) == []


def test_rows_are_sorted(connection: Connection, context: MigrationContext) -> None:
    context._ensure_version_table()
    maintainer = HeadMaintainer(context, ())
    for version in ("c", "a", "b"):
        maintainer._insert_version(version)
    assert context.get_current_heads() == ("a", "b", "c")
    assert maintainer.heads == {"a", "b", "c"}
    with pytest.raises(CommandError) as raised:
        context.get_current_revision()
    assert str(raised.value) == (
        "Version table 'alembic_version' has more than one head present; please use get_current_heads()"
    )


def test_transitions(connection: Connection, context: MigrationContext) -> None:
    context._ensure_version_table()
    maintainer = HeadMaintainer(context, ())
    maintainer._insert_version("a")
    maintainer._update_version("a", "b")
    maintainer._insert_version("o'c")
    maintainer._delete_version("b")
    assert rows(connection) == ["o'c"]
    assert maintainer.heads == {"o'c"}


def test_a_row_that_is_not_there_is_noticed(context: MigrationContext) -> None:
    context._ensure_version_table()
    maintainer = HeadMaintainer(context, ("a",))
    with pytest.raises(CommandError) as raised:
        maintainer._update_version("a", "b")
    assert str(raised.value).splitlines()[0] == (
        "Online migration expected to match one row when updating 'a' to 'b' in 'alembic_version'; 0 found"
    )
    with pytest.raises(CommandError) as raised:
        maintainer._delete_version("a")
    assert str(raised.value).splitlines()[0] == (
        "Online migration expected to match one row when deleting 'a' in 'alembic_version'; 0 found"
    )
    assert maintainer.heads == {"a"}


def test_statements_have_bound_values_and_are_compiled_once(
    connection: Connection, context: MigrationContext
) -> None:
    context._ensure_version_table()
    seen: list[str] = []
    compiled: set[int] = set()

    @event.listens_for(connection, "before_cursor_execute")
    def note(conn: object, cursor: object, statement: str, parameters: Any, context: Any, many: bool) -> None:
        seen.append(statement)
        compiled.add(id(context.compiled))

    maintainer = HeadMaintainer(context, ())
    maintainer._insert_version("r0")
    for number in range(20):
        maintainer._update_version(f"r{number}", f"r{number + 1}")
    assert len(seen) == 21
    assert len(set(seen)) == 2
    assert len(compiled) == 2
    assert not [statement for statement in seen if "'r" in statement or "RETURNING" in statement]


def test_rows_after_changes_keep_their_places() -> None:
    assert after(("a", "b"), [UpdateRow("a", "x"), InsertRow("c"), DeleteRow("b")]) == ("x", "c")
    assert after((), []) == ()


LONG = "a" * 33


def test_sqlite_holds_any_length(project: Project) -> None:
    project.chain("a", LONG)
    project.call("upgrade", "head").ok()
    assert project.applied() == [LONG]


def test_a_dialect_may_describe_another_table(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alembic.ddl.impl import DefaultImpl

    def wide(self: DefaultImpl, *, version_table: str, version_table_schema: str | None, **kw: Any) -> Table:
        return Table(version_table, MetaData(), Column("version_num", String(200), primary_key=True))

    monkeypatch.setattr(DefaultImpl, "version_table_impl", wide)
    context = MigrationContext.configure(connection)
    context._ensure_version_table()
    [column] = inspect(connection).get_columns("alembic_version")
    assert getattr(column["type"], "length", None) == 200

"""Which schemas and tables are compared."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from tests.autogenerate.core.comparing import both, column, connected, differences, made, nothing, table


def _execute(url: str, *statements: str) -> None:
    engine = sa.create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_default_schema_by_name(postgresql_url: str) -> None:
    def models(**kw: Any) -> Any:
        name = "public.p" if kw else "p"
        key = column("p_id", sa.Integer, lambda: sa.ForeignKey(f"{name}.id"))
        return both(table(name="p", **kw), table(key, column("s", sa.String(9), unique=True), **kw))

    assert differences(postgresql_url, models(), models(schema="public")) == []
    assert differences(postgresql_url, models(schema="public"), models()) == []
    wider = both(models(schema="public"), table(name="more", schema="public"))
    ((kind, added),) = differences(postgresql_url, models(), wider)
    assert (kind, added.schema) == ("add_table", "public")


def test_changes_in_the_default_schema_name_no_schema(postgresql_url: str) -> None:
    before, after = table(schema="public"), table(column("x", sa.Integer), schema="public")
    ((kind, schema, name, _),) = differences(postgresql_url, before, after)
    assert (kind, schema, name) == ("add_column", None, "t")


def test_all_schemas(postgresql_url: str) -> None:
    _execute(postgresql_url, "CREATE SCHEMA one", "CREATE SCHEMA two")
    _execute(postgresql_url, "CREATE TABLE one.t (id SERIAL PRIMARY KEY)", "CREATE TABLE two.old (id INT)")
    wanted = both(table(column("x", sa.Integer), schema="one"), table(schema="two", name="new"))
    found = differences(postgresql_url, None, wanted, include_schemas=True)
    described = sorted((each[0], each[1] if each[0] == "add_column" else each[1].fullname) for each in found)
    assert described == [("add_column", "one"), ("add_table", "two.new"), ("remove_table", "two.old")]
    only_one = differences(
        postgresql_url,
        None,
        wanted,
        include_schemas=True,
        include_name=lambda name, type_, parents: type_ != "schema" or name != "two",
    )
    assert [(each[0], each[1]) for each in only_one] == [("add_column", "one")]


def test_schemas_that_only_the_models_name(postgresql_url: str) -> None:
    """Without include_schemas a table of the models is found where it is; nothing else there is dropped."""
    _execute(postgresql_url, "CREATE SCHEMA one", "CREATE TABLE one.t (id SERIAL PRIMARY KEY)")
    _execute(postgresql_url, "CREATE TABLE one.of_others (id INT)")
    assert differences(postgresql_url, None, table(schema="one")) == []
    ((kind, schema, *_),) = differences(postgresql_url, None, table(column("x", sa.Integer), schema="one"))
    assert (kind, schema) == ("add_column", "one")
    ((kind, added),) = differences(postgresql_url, None, table(schema="not_there"))
    assert (kind, added.schema) == ("add_table", "not_there")


def test_version_table_is_left_alone(database_url: str) -> None:
    version_table = "CREATE TABLE {} (version_num VARCHAR(32) NOT NULL)"
    _execute(database_url, version_table.format("alembic_version"), version_table.format("mine"))
    assert [each[1].name for each in differences(database_url, None, nothing)] == ["mine"]
    with connected(database_url, None) as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "mine"})
        assert [each[1].name for each in compare_metadata(context, made(nothing))] == ["alembic_version"]


def test_version_table_of_another_schema(postgresql_url: str) -> None:
    _execute(postgresql_url, "CREATE SCHEMA one", "CREATE TABLE one.alembic_version (version_num TEXT)")
    _execute(postgresql_url, "CREATE TABLE alembic_version (version_num TEXT)")
    options: dict[str, Any] = {"include_schemas": True, "version_table_schema": "one"}
    ((kind, removed),) = differences(postgresql_url, None, nothing, **options)
    assert (kind, removed.schema) == ("remove_table", None)


def test_views_are_left_alone(database_url: str) -> None:
    _execute(database_url, "CREATE VIEW v AS SELECT 1 AS id")
    assert differences(database_url, None, nothing) == []


def test_models_in_several_metadata(database_url: str) -> None:
    with connected(database_url, both(table(name="a"), table(name="b"))) as connection:
        context = MigrationContext.configure(connection)
        several = [made(table(name="a")), made(table(name="b"))]
        assert compare_metadata(context, several) == []  # type: ignore[arg-type]  # as users pass them


def test_tables_are_created_in_the_order_they_refer_to_each_other(database_url: str) -> None:
    wanted = both(
        table(column("b_id", lambda: sa.ForeignKey("b.id")), name="a"),
        table(column("c_id", lambda: sa.ForeignKey("c.id")), name="b"),
        table(name="c"),
    )
    assert [each[1].name for each in differences(database_url, nothing, wanted)] == ["c", "b", "a"]


def test_nothing_is_read_if_no_schema_is_wanted(database_url: str) -> None:
    def include_name(name: str | None, type_: str, parent_names: dict[str, Any]) -> bool:
        return type_ != "schema"

    wanted = both(table(), table(name="new"))
    assert differences(database_url, table(), wanted, include_name=include_name) == []

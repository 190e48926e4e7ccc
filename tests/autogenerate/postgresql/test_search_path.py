"""A search path of several schemas: the first is the application's own, the others are its neighbours'."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext


@pytest.fixture
def connection(postgresql_url: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(postgresql_url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA tenant")
        connection.exec_driver_sql("CREATE TYPE public.mood AS ENUM ('ok', 'sad')")
        connection.exec_driver_sql("CREATE SEQUENCE public.numbers")
        connection.exec_driver_sql("CREATE TABLE public.shared (id int PRIMARY KEY, m public.mood)")
        connection.exec_driver_sql("CREATE TABLE public.neighbour (id int PRIMARY KEY)")
        connection.exec_driver_sql("CREATE TABLE tenant.own (id int PRIMARY KEY)")
        connection.exec_driver_sql("CREATE TABLE tenant.old (id int PRIMARY KEY)")
        yield connection


def differences(connection: sa.Connection, *tables: sa.Table | Any, **opts: Any) -> list[Any]:
    metadata = sa.MetaData()
    sa.Table("own", metadata, sa.Column("id", sa.Integer, primary_key=True, autoincrement=False))
    for make in tables:
        make(metadata)
    found = compare_metadata(MigrationContext.configure(connection, opts=opts), metadata)
    return [(each[0], getattr(each[1], "name", each[1])) for each in found]


def shared(metadata: sa.MetaData) -> None:
    sa.Table(
        "shared",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("m", sa.Enum("ok", "sad", name="mood")),
    )


def test_only_the_first_schema_loses_tables(connection: sa.Connection) -> None:
    """Dropping what another application keeps in a later schema would be a catastrophe for it."""
    connection.exec_driver_sql("SET LOCAL search_path TO tenant, public")
    assert differences(connection) == [("remove_table", "old")]


def test_what_a_model_means_is_found_in_any_schema_of_the_path(connection: sa.Connection) -> None:
    connection.exec_driver_sql("SET LOCAL search_path TO tenant, public")
    assert differences(connection, shared) == [("remove_table", "old")]


def test_all_schemas_are_compared_if_that_is_asked_for(connection: sa.Connection) -> None:
    connection.exec_driver_sql("SET LOCAL search_path TO tenant, public")
    found = differences(connection, include_schemas=True)
    assert ("remove_table", "neighbour") in found and ("remove_table", "shared") in found


def test_the_usual_path(connection: sa.Connection) -> None:
    assert sorted(differences(connection, shared)) == [
        ("add_table", "own"),
        ("execute", "DROP SEQUENCE numbers"),
        ("remove_table", "neighbour"),
    ]

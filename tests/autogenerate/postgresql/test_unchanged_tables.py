"""What is no business of the models, and what they say in another way."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column

from .conftest import Compare
from .models import columns, create


def test_storage(engine: sa.Engine, compare: Compare) -> None:
    """What SQLAlchemy 2.0 can't say in models is not compared."""
    metadata = sa.MetaData()
    sa.Table("t", metadata, *columns(), prefixes=["UNLOGGED"])
    create(engine, metadata, None)
    if "with" in metadata.tables["t"].dialect_options["postgresql"]:
        metadata.tables["t"].dialect_options["postgresql"]["with"] = {
            "fillfactor": 70,
            "autovacuum_enabled": False,
            "toast.autovacuum_enabled": True,
        }
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE t SET (fillfactor = 70, autovacuum_enabled = false)")
    assert compare(metadata) == []


def test_partitions(engine: sa.Engine, compare: Compare) -> None:
    metadata = sa.MetaData()
    table = sa.Table("p", metadata, Column("n", sa.Integer), postgresql_partition_by="RANGE (n)")
    create(engine, metadata, None)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (9)")
        connection.exec_driver_sql("CREATE INDEX i ON p (n)")
    sa.Index("i", table.c.n)
    assert compare(metadata) == []


def test_what_models_leave_to_the_database(engine: sa.Engine, compare: Compare) -> None:
    """How a table is partitioned, and what its column counts with, if the models say only that it counts."""
    metadata = sa.MetaData()
    for name in ("identity", "loose", "parent"):
        sa.Table(name, metadata, Column("id", sa.Integer, primary_key=True))
    sa.Table("parts", metadata, Column("n", sa.Integer))
    sa.Table("child", metadata, Column("extra", sa.Integer), postgresql_inherits="parent")
    with engine.begin() as connection:
        for statement in (
            "CREATE TABLE identity (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY)",
            "CREATE SEQUENCE ids; CREATE TABLE loose (id int PRIMARY KEY DEFAULT nextval('ids'))",
            "CREATE TABLE parts (n int) PARTITION BY LIST (n)",
            "CREATE TABLE parent (id serial PRIMARY KEY, CHECK (id > 0))",
            "ALTER TABLE parent DROP CONSTRAINT parent_id_check",
            "CREATE TABLE child (extra int) INHERITS (parent)",
        ):
            connection.exec_driver_sql(statement)
    sequence = [difference for difference in compare(metadata) if "ids" not in str(difference)]
    assert sequence == []


def test_relations_of_others(engine: sa.Engine, compare: Compare) -> None:
    """Views, whether models name them or not."""
    metadata = sa.MetaData()
    for name in ("a_view", "stored", "kept"):
        sa.Table(name, metadata, Column("id", sa.Integer))
    with engine.begin() as connection:
        for statement in (
            "CREATE VIEW a_view AS SELECT 1 AS id",
            "CREATE MATERIALIZED VIEW stored AS SELECT 1 AS id",
            "CREATE VIEW nobody_names AS SELECT 1 AS id",
            "CREATE TABLE kept (id int)",
        ):
            connection.exec_driver_sql(statement)
    assert compare(metadata) == []


def test_default_schema_by_name(engine: sa.Engine, compare: Compare) -> None:
    metadata = sa.MetaData(schema="public")
    sa.Table("a", metadata, Column("id", sa.Integer, primary_key=True), Column("e", sa.Enum("x", name="e")))
    sa.Table("b", metadata, Column("a_id", sa.ForeignKey("public.a.id")), sa.Index("i", "a_id"))
    create(engine, metadata, None)
    assert compare(metadata) == []
    assert compare(metadata, include_schemas=True) == []


def test_schemas_with_names_of_all_kinds(engine: sa.Engine, compare: Compare) -> None:
    """Tables of one name in each; a driver wants percent signs doubled, which the names don't have."""
    metadata = sa.MetaData()
    for schema in ("it's 50%", "My.Schema", "größe:x", 'a"b'):
        mood = sa.Enum("50%", "b", name="mood", schema=schema)
        table = sa.Table(
            "t",
            metadata,
            Column("s", sa.String(9)),
            Column("e", mood, server_default="50%"),
            sa.CheckConstraint("s <> '5%'", name="ck"),
            schema=schema,
        )
        sa.Index("ix", sa.func.lower(table.c.s), postgresql_where=table.c.s.in_(["5%"]))
    with engine.begin() as connection:
        for schema in metadata._schemas:
            connection.execute(sa.schema.CreateSchema(schema))
        metadata.create_all(connection)
    assert compare(metadata, include_schemas=True) == []

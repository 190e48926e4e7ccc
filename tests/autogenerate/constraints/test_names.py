"""The name written out for what the models leave unnamed is the one that the server would have given."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, MetaData, String, Table, UniqueConstraint
from sqlalchemy.pool import NullPool

from alembic.autogenerate import compare_metadata, produce_migrations
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

LONG = "a_table_with_a_name_that_is_just_about_as_long_as_it_can_be"
WIDE = "größe_" * 7


def _models(constrained: bool, name: str, column: str) -> MetaData:
    metadata = MetaData()
    Table("p", metadata, Column("id", Integer, primary_key=True), Column("code", String(9), unique=True))
    items: list[Any] = [
        UniqueConstraint(column),
        UniqueConstraint(column, "b"),
        UniqueConstraint("b", column, "c"),
        CheckConstraint("b > 0"),
        CheckConstraint("b > 1 AND b < 100"),
        CheckConstraint("b < c"),
        sa.ForeignKeyConstraint(["b"], ["p.id"]),
        sa.ForeignKeyConstraint(["d"], ["p.code"]),
    ]
    Table(
        name,
        metadata,
        Column("id", Integer, primary_key=constrained, autoincrement=False, nullable=False),
        Column(column, String(50)),
        Column("b", Integer),
        Column("c", Integer),
        Column("d", String(9)),
        *(items if constrained else []),
    )
    return metadata


def _names(engine: sa.Engine, table: str) -> set[str | None]:
    inspector = sa.inspect(engine)
    found = [
        *inspector.get_unique_constraints(table),
        *inspector.get_check_constraints(table),
        *inspector.get_foreign_keys(table),
    ]
    return {each["name"] for each in found} | {inspector.get_pk_constraint(table)["name"]}


@pytest.mark.parametrize(("name", "column"), [("t", "a"), (LONG, "a"), ("t", WIDE), (LONG, WIDE)])
def test_postgresql(postgresql_url: str, name: str, column: str) -> None:
    engine = sa.create_engine(postgresql_url, poolclass=NullPool)
    target = _models(True, name, column)
    target.create_all(engine)
    given_by_server = _names(engine, name)
    target.drop_all(engine)
    _models(False, name, column).create_all(engine)
    with engine.begin() as connection:
        context = MigrationContext.configure(connection)
        operations = Operations(context)
        for container in produce_migrations(context, target).upgrade_ops.ops:
            for operation in container.ops:
                operations.invoke(operation)
        assert compare_metadata(MigrationContext.configure(connection), target) == []
    assert _names(engine, name) == given_by_server


def test_a_naming_convention_comes_first(postgresql_url: str) -> None:
    engine = sa.create_engine(postgresql_url, poolclass=NullPool)
    MetaData()
    old = MetaData()
    Table("t", old, Column("a", Integer))
    old.create_all(engine)
    new = MetaData(naming_convention={"uq": "unique_%(table_name)s_%(column_0_name)s"})
    Table("t", new, Column("a", Integer, unique=True))
    with engine.connect() as connection:
        ((kind, constraint),) = compare_metadata(MigrationContext.configure(connection), new)
    assert (kind, constraint.name) == ("add_constraint", "unique_t_a")


def test_mariadb_numbers_what_is_taken(mariadb_url: str) -> None:
    engine = sa.create_engine(mariadb_url, poolclass=NullPool)
    for constrained in (False, True):
        metadata = MetaData()
        Table("p", metadata, Column("id", Integer, primary_key=True))
        items: list[Any] = [
            UniqueConstraint("a"),
            UniqueConstraint("a", "b"),
            CheckConstraint("a > 0"),
            sa.ForeignKeyConstraint(["b"], ["p.id"]),
            sa.ForeignKeyConstraint(["a"], ["p.id"]),
        ]
        Table("t", metadata, Column("a", Integer), Column("b", Integer), *(items if constrained else []))
        if not constrained:
            metadata.create_all(engine)
            continue
        with engine.connect() as connection:
            diffs = compare_metadata(MigrationContext.configure(connection), metadata)
    assert sorted((kind, str(each.name)) for kind, each in diffs) == [
        ("add_constraint", "CONSTRAINT_1"),
        ("add_constraint", "a"),
        ("add_constraint", "a_2"),
        ("add_fk", "t_ibfk_1"),
        ("add_fk", "t_ibfk_2"),
    ]


def test_foreign_key_by_a_column(mariadb_url: str) -> None:
    engine = sa.create_engine(mariadb_url, poolclass=NullPool)
    metadata = MetaData()
    Table("p", metadata, Column("id", Integer, primary_key=True))
    Table("t", metadata, Column("b", Integer, ForeignKey("p.id")))
    metadata.create_all(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []

"""The same between schemas: what belongs together is found whatever its schema is called."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Column, Enum, ForeignKey, Integer, MetaData, Sequence, String, Table
from sqlalchemy.pool import NullPool

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from tests.autogenerate.roundtrip.cycle import round_trip
from tests.autogenerate.storage import storage

Make = Callable[[MetaData, bool], Any]


def _keys_between_schemas(m: MetaData, new: bool) -> None:
    Table("t", m, Column("id", Integer, primary_key=True), schema="one")
    if new:
        Table(
            "t",
            m,
            Column("id", Integer, primary_key=True),
            Column("one", Integer, ForeignKey("one.t.id"), index=True),
            schema="two",
        )
        Table("t", m, Column("id", Integer, primary_key=True), Column("two", Integer, ForeignKey("two.t.id")))


def _circle(m: MetaData, new: bool) -> None:
    Table("stays", m, Column("id", Integer, primary_key=True))
    if new:
        for schema, other in (("one", "two.t"), ("two", "one.t")):
            Table(
                "t",
                m,
                Column("id", Integer, primary_key=True),
                Column("other", Integer, ForeignKey(f"{other}.id", name=f"fk_{schema}")),
                schema=schema,
            )


def _types(m: MetaData, new: bool) -> None:
    values = ("a", "b", "c") if new else ("c", "a")
    mood = Enum(*values, name="mood", schema="one")
    Table("t", m, Column("id", Integer, primary_key=True), Column("mood", mood), schema="two")
    Table("u", m, Column("id", Integer, primary_key=True), Column("mood", mood, server_default="a"))


def _sequences(m: MetaData, new: bool) -> None:
    column = Column("n", Integer)
    if new:
        seq = Sequence("counter", schema="one", metadata=m, start=5)
        column = Column("n", Integer, seq, server_default=seq.next_value())
    Table("t", m, Column("id", Integer, primary_key=True), column, schema="two")


def _everything_of_a_table(m: MetaData, new: bool) -> None:
    items: list[Any] = []
    if new:
        items = [
            sa.UniqueConstraint("code"),
            sa.CheckConstraint("n > 0", name="ck"),
            sa.Index("ix", "n", "code"),
            Column("late", sa.Date, comment="late"),
        ]
    Table(
        "My Table",
        m,
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("code", String(9), nullable=False, primary_key=new),
        Column("n", sa.BigInteger if new else Integer),
        *items,
        schema="two",
        comment="new" if new else None,
        **storage(50 if new else None),
    )


def _explicitly_default(m: MetaData, new: bool) -> None:
    """Trap 25: the default schema may be named."""
    Table("p", m, Column("id", Integer, primary_key=True), schema="public")
    items: list[Any] = [Column("p", Integer, ForeignKey("public.p.id"), index=True)] if new else []
    Table("t", m, Column("id", Integer, primary_key=True), *items, schema="public")


PAIRS: dict[str, Make] = {
    "keys between schemas": _keys_between_schemas,
    "tables of two schemas in a circle": _circle,
    "types of another schema": _types,
    "sequences of another schema": _sequences,
    "everything of a table": _everything_of_a_table,
    "the default schema by its name": _explicitly_default,
}


@pytest.fixture
def engine(postgresql_url: str) -> Iterator[sa.Engine]:
    made = sa.create_engine(postgresql_url, poolclass=NullPool)
    _empty(made)
    yield made
    made.dispose()


def _empty(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        for schema in ("one", "two"):
            connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
            connection.exec_driver_sql(f"CREATE SCHEMA {schema}")


def _models(make: Make, new: bool) -> MetaData:
    metadata = MetaData()
    make(metadata, new)
    return metadata


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("first", [False, True])
def test_there_and_back(engine: sa.Engine, name: str, first: bool) -> None:
    before, after = _models(PAIRS[name], first), _models(PAIRS[name], not first)
    assert round_trip(engine, before, after, include_schemas=True) > 0


def test_a_schema_that_is_not_asked_about_is_left_alone(engine: sa.Engine) -> None:
    _models(_types, True).create_all(engine)
    metadata = MetaData()
    Table("u", metadata, Column("id", Integer, primary_key=True))
    with engine.connect() as connection:
        diffs = compare_metadata(MigrationContext.configure(connection), metadata)
    # The type belongs to a schema that isn't compared.
    assert [diff[:3] for diff in diffs] == [("remove_column", None, "u")]

"""A table that goes comes back whole in the downgrade, or the downgrade says what it can't bring back."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ENUM, INT4RANGE, ExcludeConstraint
from sqlalchemy.pool import NullPool

from alembic.autogenerate import produce_migrations
from alembic.runtime.migration import MigrationContext
from tests.autogenerate.roundtrip.cycle import round_trip
from tests.autogenerate.storage import storage


def _parents(m: MetaData) -> None:
    Table(
        "p",
        m,
        Column("id", Integer, primary_key=True),
        Column("code", String(9), unique=True, nullable=False),
    )


def _whole(m: MetaData, **kw: Any) -> Table:
    return Table(
        "whole",
        m,
        Column("id", Integer, primary_key=True, comment="the key"),
        Column("p", Integer, ForeignKey("p.id", name="fk", ondelete="CASCADE"), index=True),
        Column("code", String(9), ForeignKey("p.code", onupdate="CASCADE"), nullable=False),
        Column("n", Integer, server_default="3", comment="it's a number"),
        Column("double", Integer, Computed("n * 2", persisted=True)),
        UniqueConstraint("code", "n", name="uq"),
        CheckConstraint("n > 0 AND 'a:b' <> 'c:d'", name="ck"),
        Index("ix_n", "n", unique=True),
        comment="100% whole",
        **kw,
    )


def _on_postgresql(m: MetaData) -> None:
    whole = _whole(m, **storage(70))
    whole.append_column(Column("mood", ENUM("a", "b", name="mood"), server_default="a"))
    whole.append_column(Column("seq", Integer, Identity(always=True, start=7), nullable=False))
    whole.append_column(Column("during", INT4RANGE))
    whole.append_constraint(ExcludeConstraint(("during", "&&"), name="ex", using="gist", where="n > 1"))
    whole.append_constraint(
        UniqueConstraint("n", "id", name="uq_later", deferrable=True, initially="DEFERRED")
    )
    Index("ix_part", whole.c.code, postgresql_where=text("n > 5"), postgresql_include=["n"])
    Index("ix_expr", sa.func.lower(whole.c.code), whole.c.n.desc())


def _trip(url: str, make: Any) -> None:
    engine = sa.create_engine(url, poolclass=NullPool)
    full, empty = MetaData(), MetaData()
    for metadata in (full, empty):
        _parents(metadata)
    make(full)
    assert round_trip(engine, full, empty) > 0
    assert round_trip(engine, empty, full) > 0


def test_postgresql(postgresql_url: str) -> None:
    _trip(postgresql_url, _on_postgresql)


def test_mariadb(mariadb_url: str) -> None:
    _trip(mariadb_url, lambda m: _whole(m, mariadb_engine="InnoDB", mariadb_row_format="COMPRESSED"))


def test_sqlite(sqlite_url: str) -> None:
    _trip(sqlite_url, _whole)


def test_what_does_not_come_back_is_said(postgresql_url: str) -> None:
    engine = sa.create_engine(postgresql_url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE secret (id int)")
        connection.exec_driver_sql("ALTER TABLE secret ENABLE ROW LEVEL SECURITY")
        connection.exec_driver_sql("CREATE POLICY mine ON secret USING (id > 1)")
        metadata = MetaData()
        _parents(metadata)
        script = produce_migrations(MigrationContext.configure(connection), metadata)
    (again,) = [each for each in script.downgrade_ops.ops if getattr(each, "table_name", "") == "secret"]
    (note,) = again.notes
    assert note.startswith("Not made again:") and "row level security" in note


def test_nor_do_partitions(mariadb_url: str) -> None:
    engine = sa.create_engine(mariadb_url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE split (id int) PARTITION BY HASH (id) PARTITIONS 2")
        metadata = MetaData()
        _parents(metadata)
        script = produce_migrations(MigrationContext.configure(connection), metadata)
    (again,) = [each for each in script.downgrade_ops.ops if getattr(each, "table_name", "") == "split"]
    assert again.notes == ("Not made again: partitions.",)

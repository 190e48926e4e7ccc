"""Expressions from before their column's type was changed: the server keeps casts that nobody wrote."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from .conftest import Compare

WHOLE = (
    "c IN (1, 2, 3)",
    "c NOT IN (1, 2)",
    "coalesce(c, 1) > 0",
    "c BETWEEN 1 AND 5",
    "c / 2 > 1 OR c = -1",
)
TEXTS = ("c IN ('a', 'b')", "c <> 'a'", "coalesce(c, 'x') <> 'y'", "lower(c) = 'x'", "c || 'x' <> 'ax'")
EXACT = ("c IN (1, 2)", "c > 0 AND c < 10", "coalesce(c, 1) * 2 + 1 > 0")
CHANGES: list[tuple[str, Any, tuple[str, ...]]] = [
    ("integer", sa.BigInteger(), WHOLE),
    ("smallint", sa.Integer(), WHOLE),
    ("bigint", sa.Integer(), WHOLE),
    ("varchar(20)", sa.Text(), TEXTS),
    ("text", sa.String(20), TEXTS),
    ("varchar(20)", sa.String(40), TEXTS),
    ('varchar(20) COLLATE "C"', sa.Text(collation="C"), TEXTS),
    ("numeric(8, 2)", sa.Numeric(12, 4), (*EXACT, "c IN (1, 2.5)", "c / 2 > 1")),
    ("numeric(8, 2)", sa.Integer(), EXACT),
    ("integer", sa.Numeric(12, 4), EXACT),
]


def _change(engine: sa.Engine, before: str, *expressions: str, type_: Any) -> None:
    """A table with these expressions in its constraints and indexes, whose column then got another type."""
    with engine.begin() as connection:
        options = {"no_parameters": True}
        statements = [f"CREATE TABLE t (id int PRIMARY KEY, c {before})"]
        for number, sql in enumerate(expressions):
            statements += [
                f"ALTER TABLE t ADD CONSTRAINT ck{number} CHECK ({sql}), ADD CHECK ({sql} AND {number} > -1)",
                f"CREATE INDEX ix{number} ON t (id) WHERE {sql}",
                f"CREATE INDEX iy{number} ON t (({sql}))",
                f"ALTER TABLE t ADD CONSTRAINT ex{number} EXCLUDE USING btree (id WITH =) WHERE ({sql})",
            ]
        after = type_.compile(engine.dialect)
        for statement in (*statements, f"ALTER TABLE t ALTER c TYPE {after} USING c::{after}"):
            connection.exec_driver_sql(statement, execution_options=options)


def _model(*expressions: str, type_: Any) -> sa.MetaData:
    metadata = sa.MetaData()
    table = sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("c", type_))
    for number, sql in enumerate(expressions):
        table.append_constraint(sa.CheckConstraint(sql, name=f"ck{number}"))
        table.append_constraint(sa.CheckConstraint(f"{sql} AND {number} > -1"))
        sa.Index(f"ix{number}", table.c.id, postgresql_where=sa.text(sql))
        sa.Index(f"iy{number}", sa.text(f"({sql})"), _table=table)
        where = sa.text(sql)
        exclude = pg.ExcludeConstraint(("id", "="), using="btree", where=where, name=f"ex{number}")
        table.append_constraint(exclude)
    return metadata


@pytest.mark.parametrize(
    ("before", "type_", "expressions"),
    CHANGES,
    ids=[f"{before} to {type_!r}" for before, type_, _ in CHANGES],
)
def test_the_casts_of_the_former_type_are_no_difference(
    engine: sa.Engine, compare: Compare, before: str, type_: Any, expressions: tuple[str, ...]
) -> None:
    _change(engine, before, *expressions, type_=type_)
    assert compare(_model(*expressions, type_=type_)) == []


@pytest.mark.parametrize(
    ("before", "type_", "there", "wanted"),
    [
        ("integer", sa.BigInteger(), "c IN (1, 2, 3)", "c IN (1, 2, 4)"),
        ("integer", sa.BigInteger(), "c IN (1, 2, 3)", "c NOT IN (1, 2, 3)"),
        ("integer", sa.BigInteger(), "c IN (1, 2)", "c IN (2, 1)"),
        ("varchar(20)", sa.Text(), "c IN ('a', 'b')", "c IN ('a', 'c')"),
        ("varchar(20)", sa.Text(), "c IN ('a')", "upper(c) IN ('a')"),
        # The former type's division, precision, range, blanks or time zone: another meaning.
        ("numeric(8, 2)", sa.Integer(), "c / 2 > 1", "c / 2 > 1"),
        ("smallint", sa.BigInteger(), "c & 1 = 1", "c & 1 = 1"),
        ("char(5)", sa.Text(), "c <> 'a'", "c <> 'a'"),
        ("timestamp", sa.DateTime(timezone=True), "c > '2020-01-01'", "c > '2020-01-01'"),
    ],
)
def test_true_differences_are_found(
    engine: sa.Engine, compare: Compare, before: str, type_: Any, there: str, wanted: str
) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE TABLE t (c {before}, CONSTRAINT ck CHECK ({there}))")
        connection.exec_driver_sql(f"ALTER TABLE t ALTER c TYPE {type_.compile(engine.dialect)}")
    metadata = sa.MetaData()
    sa.Table("t", metadata, sa.Column("c", type_), sa.CheckConstraint(wanted, name="ck"))
    assert [(change[0], change[1].name) for change in compare(metadata)] == [
        ("remove_constraint", "ck"),
        ("add_constraint", "ck"),
    ]


def test_columns_that_were_changed_together(engine: sa.Engine, compare: Compare) -> None:
    sql = "a IN ('x', 'y') AND b IN ('x', 'y') AND n IN (1, 2)"
    metadata = sa.MetaData()
    table = sa.Table("t", metadata, sa.Column("a", sa.Text), sa.Column("b", sa.Text))
    table.append_column(sa.Column("n", sa.Integer))
    table.append_constraint(sa.CheckConstraint(sql, name="ck"))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (a varchar, b varchar, n int)")
        connection.exec_driver_sql(f"ALTER TABLE t ADD CONSTRAINT ck CHECK ({sql})")
        connection.exec_driver_sql("ALTER TABLE t ALTER a TYPE text, ALTER b TYPE text")
    assert compare(metadata) == []


@pytest.mark.parametrize(
    ("before", "default", "type_"),
    [
        ("integer", "1", sa.BigInteger()),
        ("integer", "length('abc')", sa.BigInteger()),
        ("bigint", "-1", sa.Integer()),
        ("bigint", "'5'", sa.Integer()),
        ("varchar(20)", "'x'", sa.Text()),
        ("varchar(20)", "upper('x')", sa.Text()),
        ("text", "'x' || 'y'", sa.String(20)),
        ("varchar(20)", "current_user", sa.Text()),
        ("numeric(8, 2)", "0", sa.Numeric(12, 4)),
        ("numeric(8, 2)", "1.5", sa.Numeric(12, 4)),
        ("numeric(8, 2)", "random()", sa.Numeric(12, 4)),
        ("varchar(20)", "gen_random_uuid()", sa.Text()),
    ],
)
def test_defaults(engine: sa.Engine, compare: Compare, before: str, default: str, type_: Any) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE TABLE t (c {before} DEFAULT {default})")
        connection.exec_driver_sql(f"ALTER TABLE t ALTER c TYPE {type_.compile(engine.dialect)}")
    metadata = sa.MetaData()
    sa.Table("t", metadata, sa.Column("c", type_, server_default=sa.text(default)))
    assert compare(metadata) == []


def test_in_one_statement_more(engine: sa.Engine) -> None:
    """Two that settle, with an answer each, however many columns got another type."""
    _change(engine, "integer", *WHOLE, type_=sa.BigInteger())
    sent: list[str] = []
    with engine.connect() as connection:
        sa.event.listen(connection, "before_cursor_execute", lambda *args: sent.append(args[2]))
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, _model(*WHOLE, type_=sa.BigInteger())) == []
        left = connection.exec_driver_sql("SELECT relname FROM pg_class WHERE relpersistence = 't'")
        assert left.all() == []
    assert sum("DO $block" in statement for statement in sent) == 2

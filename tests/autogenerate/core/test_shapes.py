"""Models and database become the same shapes; what can't be told apart is equal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from alembic.schema import shapes
from alembic.schema.from_catalogue import from_catalogue
from alembic.schema.from_metadata import from_metadata, table_of_model
from alembic.schema.inspection import read_by_inspector
from alembic.schema.rules import SchemaRules
from tests.autogenerate.core.comparing import both, column, connected, made, table

RULES = SchemaRules(sqlite.dialect())


def _shape(*items: Any, **kw: Any) -> shapes.Table:
    return table_of_model(sa.Table("t", sa.MetaData(), *items, **kw), RULES)


def test_read_tables_equal_their_models(sqlite_url: str) -> None:
    models = both(
        table(name="p"),
        table(
            column("name", sa.String(20), nullable=False, server_default="it's", unique=True),
            column("n", sa.Integer, lambda: sa.ForeignKey("p.id", ondelete="cascade"), index=True),
            column("amount", sa.Numeric(10, 2)),
        ),
    )
    with connected(sqlite_url, models) as connection:
        read = read_by_inspector(connection, [None], lambda key: True)
    database, model = from_catalogue(read, RULES), from_metadata([made(models)], RULES)
    assert list(database.tables) == [(None, "p"), (None, "t")] == list(model.tables)
    assert database == model


def test_only_wanted_tables_are_read(sqlite_url: str) -> None:
    with connected(sqlite_url, both(table(name="a"), table(name="b"))) as connection:
        read = read_by_inspector(connection, [None], lambda key: key[1] == "b")
    assert list(read.tables) == [(None, "b")]


def test_column() -> None:
    shape = _shape(
        sa.Column("a", sa.String(5), server_default="x", nullable=False, comment="c", key="other"),
    ).columns["a"]
    assert (shape.name, shape.type_text, shape.nullable, shape.default) == ("a", "VARCHAR(5)", False, "'x'")
    assert shape.comment is None, "SQLite has no comments"
    assert shape.source.key == "other"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("x", "'x'"),
        ("it's", "'it''s'"),
        (sa.text("CURRENT_TIMESTAMP"), "CURRENT_TIMESTAMP"),
        (sa.text("'10%'"), "'10%'"),
        (sa.text("NULL"), None),
        (sa.func.length("a"), "length('a')"),
        (sa.literal("a:b"), "'a:b'"),
        (None, None),
    ],
    ids=str,
)
def test_default_of_a_model(given: Any, expected: str | None) -> None:
    assert _shape(sa.Column("a", sa.String(5), server_default=given)).columns["a"].default == expected


def test_elements_of_indexes() -> None:
    a, b = sa.Column("a", sa.String(5), key="other"), sa.Column("b", sa.Integer)
    shape = _shape(
        a,
        b,
        sa.Index("i1", a, b.desc()),
        sa.Index("i2", sa.func.lower(a)),
        sa.Index("i3", b.desc().nulls_last()),
        sa.Index("i4", sa.text("b DESC"), sa.text("lower(a)")),
        sa.Index("i5", b.asc(), unique=True),
    )
    assert {index.name: index.elements for index in shape.indexes} == {
        "i1": ("a", "b DESC"),
        "i2": ("(lower(a))",),
        "i3": ("b DESC NULLS LAST",),
        "i4": ("b DESC", "(lower(a))"),
        "i5": ("b",),
    }
    assert [index.unique for index in shape.indexes] == [False, False, False, False, True]


def test_foreign_key() -> None:
    metadata = sa.MetaData()
    sa.Table("p", metadata, sa.Column("id", sa.Integer, key="pid", primary_key=True), schema="main")
    key = sa.ForeignKey("main.p.pid", ondelete="no  action", onupdate="set null", initially="immediate")
    child = sa.Table("t", metadata, sa.Column("p_id", key))
    (shape,) = table_of_model(child, RULES, "main").foreign_keys
    assert (shape.columns, shape.target, shape.target_columns) == (("p_id",), (None, "p"), ("id",))
    assert shape.options == (("onupdate", "SET NULL"),)


def test_names_made_by_a_convention() -> None:
    metadata = sa.MetaData(
        naming_convention={"uq": "uq_%(table_name)s_%(column_0_name)s", "ix": "ix_%(column_0_label)s"}
    )
    made_table = sa.Table(
        "t", metadata, sa.Column("a", sa.Integer, unique=True), sa.Column("b", sa.Integer, index=True)
    )
    shape = table_of_model(made_table, RULES)
    assert [each.name for each in (*shape.uniques, *shape.indexes)] == ["uq_t_a", "ix_t_b"]


def test_long_conventional_names_are_cut_as_in_ddl() -> None:
    metadata = sa.MetaData(naming_convention={"uq": "uq_%(table_name)s_%(column_0_name)s"})
    rules = SchemaRules(sa.make_url("postgresql+psycopg://").get_dialect()())
    name = "x" * 70
    made_table = sa.Table("t", metadata, sa.Column(name, sa.Integer, unique=True))
    (unique,) = table_of_model(made_table, rules).uniques
    assert unique.name is not None and len(unique.name) <= 63
    assert f"CONSTRAINT {unique.name} " in str(
        sa.schema.CreateTable(made_table).compile(dialect=rules.dialect)
    )


def test_ddl_if_decides_for_each_database() -> None:
    column_ = sa.Column("a", sa.Integer)
    shape = _shape(
        column_,
        sa.Index("here", column_).ddl_if(dialect="sqlite"),
        sa.Index("elsewhere", column_).ddl_if(dialect="postgresql"),
        sa.CheckConstraint("a > 0", name="ck").ddl_if(dialect="mysql"),
    )
    assert [index.name for index in shape.indexes] == ["here"]
    assert shape.checks == ()


def test_names_and_sources_tell_nothing_apart() -> None:
    shape = _shape(sa.Column("a", sa.Integer, sa.ForeignKey("p.id", name="one"), primary_key=True))
    other = _shape(sa.Column("a", sa.Integer, sa.ForeignKey("p.id", name="two"), primary_key=True))
    assert shape == other
    assert shape != replace(other, columns={})


def test_order_of_constraints_is_no_difference() -> None:
    a, b = sa.UniqueConstraint("a", name="z"), sa.UniqueConstraint("b", name="y")
    columns = [sa.Column("a", sa.Integer), sa.Column("b", sa.Integer)]
    one = _shape(*columns, a, b)
    assert [unique.name for unique in one.uniques] == ["y", "z"]


def test_identity_defaults_say_nothing() -> None:
    assert RULES.identity(
        {"always": True, "start": 1, "increment": 1, "cache": 1, "maxvalue": 2147483647}
    ) == (shapes.Identity(True))
    assert RULES.identity({"start": 5, "increment": 2}).options == (("increment", 2), ("start", 5))


def test_types_are_remembered_by_what_they_are() -> None:
    assert RULES.type_text(sa.String(5)) == "VARCHAR(5)"
    assert RULES.type_text(sa.String(6)) == "VARCHAR(6)"
    assert RULES.type_text(sa.String(5).with_variant(sa.Integer(), "sqlite")) == "INTEGER"
    assert RULES.type_text(sa.Enum("a", "bbb", name="e", native_enum=False)) == "VARCHAR(3)"
    assert RULES.type_text(sa.types.NullType()) == "NULL"

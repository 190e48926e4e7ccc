"""A database for which nobody has written rules: SQLAlchemy's Inspector, and no guesses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from alembic.ddl.impl import DefaultImpl, _impls
from alembic.schema.rules import SchemaRules
from tests.autogenerate.core.comparing import both, column, differences, nothing, table


@pytest.fixture(autouse=True)
def unknown() -> Iterator[None]:
    """SQLite as if nothing were known about it but what SQLAlchemy tells."""
    before = dict(_impls)

    class UnknownImpl(DefaultImpl):
        __dialect__ = "sqlite"

        def make_rules(self) -> SchemaRules:
            return SchemaRules(self.dialect)

    yield
    _impls.clear()
    _impls.update(before)


def models(**kw: Any) -> Any:
    def make(metadata: sa.MetaData) -> None:
        sa.Table("p", metadata, sa.Column("id", sa.Integer, primary_key=True))
        sa.Table(
            "t",
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("name", sa.String(50), unique=True, nullable=False),
            sa.Column("flag", sa.Boolean(create_constraint=True, name="ck_flag")),
            sa.Column("kind", sa.Enum("a", "b", name="kind", create_constraint=True)),
            sa.Column("made", sa.DateTime, server_default=sa.func.now()),
            sa.Column("p_id", sa.ForeignKey("p.id", ondelete="CASCADE")),
            sa.Column("twice", sa.Integer, sa.Computed("id * 2", persisted=kw.get("persisted"))),
            sa.CheckConstraint(kw.get("check", "length(name)>2"), name="ck_name"),
            sa.Index("ix_lower", sa.text("lower(name)")),
            sa.Index("ix_desc", "p_id", sa.desc("made")),
        )

    return make


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection")
def test_what_was_created_is_found_unchanged(sqlite_url: str) -> None:
    assert differences(sqlite_url, models(), models()) == []


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection")
def test_checks_and_computed_expressions_are_not_guessed_at(sqlite_url: str) -> None:
    other = models(check="length( name ) > 2", persisted=False)
    assert differences(sqlite_url, models(), other) == []


@pytest.mark.parametrize(
    ("before", "after", "differ"),
    [
        (sa.String(10), sa.String(20), True),
        (sa.String(10), sa.String(), False),
        (sa.Numeric(10, 2), sa.DECIMAL(10, 2), False),
        (sa.Numeric(10, 2), sa.DECIMAL(10), False),
        (sa.Numeric(10, 2), sa.Numeric(10, 4), True),
        (sa.Integer(), sa.SmallInteger(), True),
        (sa.TIMESTAMP(), sa.DateTime(), True),
    ],
    ids=lambda value: repr(value),
)
def test_types_are_compared_part_by_part(
    sqlite_url: str, before: sa.types.TypeEngine[Any], after: sa.types.TypeEngine[Any], differ: bool
) -> None:
    found = differences(sqlite_url, table(column("x", before)), table(column("x", after)))
    assert bool(found) is differ


def test_synonyms_of_the_dialect(sqlite_url: str) -> None:
    class WithSynonyms(DefaultImpl):
        __dialect__ = "sqlite"
        type_synonyms = (*DefaultImpl.type_synonyms, {"TIMESTAMP", "DATETIME"}, {"DOUBLE PRECISION", "REAL"})

    before = table(column("x", sa.TIMESTAMP), column("y", sa.DOUBLE_PRECISION))
    assert differences(sqlite_url, before, table(column("x", sa.DateTime), column("y", sa.REAL))) == []


def test_defaults_are_compared_on_request_only(sqlite_url: str) -> None:
    before = table(column("x", sa.Integer, server_default="5"))
    after = table(column("x", sa.Integer, server_default="6"))
    assert differences(sqlite_url, before, after) == []
    ((change,),) = differences(sqlite_url, None, after, compare_server_default=True)
    assert change[0] == "modify_default"
    assert differences(sqlite_url, None, before, compare_server_default=True) == []


def test_tables_columns_keys_and_indexes_come_and_go(sqlite_url: str) -> None:
    before = both(table(name="p"), table(column("a", sa.Integer, index=True)))
    after = both(
        table(name="p"),
        table(column("b", sa.String(9), unique=True), column("p_id", lambda: sa.ForeignKey("p.id"))),
    )
    kinds = [each[0] for each in differences(sqlite_url, before, after)]
    assert sorted(kinds) == [
        "add_column",
        "add_column",
        "add_constraint",
        "add_fk",
        "remove_column",
        "remove_index",
    ]
    assert [each[0] for each in differences(sqlite_url, before, nothing)].count("remove_table") == 2


def test_foreign_key_options_are_compared_where_the_inspector_tells_them(sqlite_url: str) -> None:
    def referring(**kw: Any) -> Any:
        return both(table(name="p"), table(column("p_id", lambda: sa.ForeignKey("p.id", name="fk", **kw))))

    assert differences(sqlite_url, referring(), referring(ondelete="NO ACTION")) == []
    found = differences(sqlite_url, referring(), referring(ondelete="CASCADE"))
    assert [each[0] for each in found] == ["remove_fk", "add_fk"]

"""What Alembic misses on PostgreSQL, each change by itself: found, rendered, applied, and then gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Column, text
from sqlalchemy.dialects import postgresql as pg

from alembic import op
from alembic.autogenerate import compare_metadata, produce_migrations, render_python_code
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from .models import create

Parts = Callable[[], list[Any]]


def _key() -> Column[Any]:
    return Column("id", sa.Integer, primary_key=True)


def _enum(*labels: str) -> Column[Any]:
    return Column("c", sa.Enum(*labels, name="mood"))


def _string(*args: Any, **options: Any) -> list[Any]:
    return [Column("n", sa.Integer), Column("c", *(args or (sa.String(50),)), **options)]


def _indexed(*parts: Any, **options: Any) -> list[Any]:
    return [*_string(), sa.Index("i", *(parts or ("c",)), **options)]


def _exclude(where: str | None = None) -> list[Any]:
    condition = text(where) if where else None
    return [
        Column("n", sa.Integer),
        Column("r", pg.INT4RANGE),
        pg.ExcludeConstraint(("r", "&&"), name="x", where=condition),
    ]


def _computed(expression: str) -> list[Any]:
    made = Column("c", sa.Integer, sa.Computed(expression, persisted=True))
    return [Column("n", sa.Integer), made, sa.Index("on_it", "c")]


def _check(condition: str, name: str | None = "ck") -> list[Any]:
    return [*_string(), sa.CheckConstraint(condition, name=name)]


CHANGES: dict[str, tuple[Parts, Parts]] = {
    "primary key columns": (
        lambda: [_key(), Column("c", sa.Integer, nullable=False)],
        lambda: [Column("id", sa.Integer, nullable=False), Column("c", sa.Integer, primary_key=True)],
    ),
    "primary key gains a column": (
        lambda: [_key(), Column("c", sa.Integer, nullable=False)],
        lambda: [_key(), Column("c", sa.Integer, primary_key=True)],
    ),
    "enum value added": (lambda: [_enum("sad")], lambda: [_enum("sad", "ok")]),
    "enum value removed": (lambda: [_enum("sad", "ok")], lambda: [_enum("ok")]),
    "named check added": (lambda: _string(), lambda: _check("n > 0")),
    "check removed": (lambda: _check("n > 0"), lambda: _string()),
    "check changed": (lambda: _check("n > 0"), lambda: _check("n > 1")),
    "unnamed check added": (lambda: _string(), lambda: _check("n > 0", None)),
    "check of a type changed": (
        lambda: _string(sa.Enum("a", "b", name="e", native_enum=False, length=5, create_constraint=True)),
        lambda: _string(sa.Enum("a", "c", name="e", native_enum=False, length=5, create_constraint=True)),
    ),
    "exclude added": (lambda: _exclude()[:2], lambda: _exclude()),
    "exclude removed": (lambda: _exclude(), lambda: _exclude()[:2]),
    "exclude changed": (lambda: _exclude(), lambda: _exclude("n > 0")),
    "computed expression changed": (lambda: _computed("n * 2"), lambda: _computed("n * 3")),
    "index where added": (lambda: _indexed(), lambda: _indexed(postgresql_where=text("n > 0"))),
    "index where changed": (
        lambda: _indexed(postgresql_where=text("n > 0")),
        lambda: _indexed(postgresql_where=text("n > 1")),
    ),
    "index using": (lambda: _indexed(), lambda: _indexed(postgresql_using="hash")),
    "index operator class": (
        lambda: _indexed(),
        lambda: _indexed(postgresql_ops={"c": "varchar_pattern_ops"}),
    ),
    "index include": (lambda: _indexed(), lambda: _indexed(postgresql_include=["n"])),
    "index storage": (lambda: _indexed(), lambda: _indexed(postgresql_with={"fillfactor": 50})),
    "index collation": (lambda: _indexed(), lambda: _indexed(text('c COLLATE "C"'))),
    "index descending": (lambda: _indexed(), lambda: _indexed(text("c DESC"))),
    "index expression": (lambda: _indexed(text("lower(c)")), lambda: _indexed(text("upper(c)"))),
    "index nulls not distinct": (
        lambda: _indexed(unique=True),
        lambda: _indexed(unique=True, postgresql_nulls_not_distinct=True),
    ),
    "unique deferrable": (
        lambda: [*_string(), sa.UniqueConstraint("c", name="u")],
        lambda: [*_string(), sa.UniqueConstraint("c", name="u", deferrable=True, initially="DEFERRED")],
    ),
    "unique nulls not distinct": (
        lambda: [*_string(), sa.UniqueConstraint("c", name="u")],
        lambda: [*_string(), sa.UniqueConstraint("c", name="u", postgresql_nulls_not_distinct=True)],
    ),
    "foreign key match": (
        lambda: [_key(), *_string(), sa.ForeignKeyConstraint(["n"], ["t.id"], name="f")],
        lambda: [_key(), *_string(), sa.ForeignKeyConstraint(["n"], ["t.id"], name="f", match="FULL")],
    ),
    "string gets a length": (lambda: _string(sa.String), lambda: _string(sa.String(50))),
    "string loses its length": (lambda: _string(sa.String(50)), lambda: _string(sa.String)),
    "precision": (lambda: _string(sa.Numeric), lambda: _string(sa.Numeric(10, 2))),
    "collation": (lambda: _string(sa.String(50)), lambda: _string(sa.String(50, collation="C"))),
    "collation of another type": (lambda: _string(sa.String(50)), lambda: _string(sa.Text(collation="C"))),
    "text to integer": (lambda: _string(sa.Text), lambda: _string(sa.Integer)),
    "server default": (lambda: _string(server_default="a"), lambda: _string(server_default="b")),
    "server default with type": (
        lambda: _string(sa.Integer, server_default="1"),
        lambda: _string(sa.Text, server_default="x"),
    ),
    "identity": (lambda: _string(sa.Integer, nullable=False), lambda: _string(sa.Integer, sa.Identity())),
    "identity always": (
        lambda: _string(sa.Integer, sa.Identity()),
        lambda: _string(sa.Integer, sa.Identity(always=True, increment=3)),
    ),
    "unlogged": (lambda: _string(), lambda: _string()),
    "fillfactor": (lambda: _string(), lambda: _string()),
}
OPTIONS: dict[str, dict[str, Any]] = {
    "unlogged": {"prefixes": ["UNLOGGED"]},
    "fillfactor": {"postgresql_with": {"fillfactor": 70}},
}


@pytest.mark.parametrize("name", CHANGES)
def test_change(engine: sa.Engine, name: str) -> None:
    before, after = sa.MetaData(), sa.MetaData()
    sa.Table("t", before, *CHANGES[name][0]())
    try:
        sa.Table("t", after, *CHANGES[name][1](), **OPTIONS.get(name, {}))
    except sa.exc.ArgumentError:
        pytest.skip("this SQLAlchemy can't say that in models")
    _there_and_back(engine, before, after)


SEQUENCES = {
    "added": ({}, {"start": 5}),
    "changed": ({"increment": 1}, {"increment": 7, "cycle": True}),
}


@pytest.mark.parametrize("name", SEQUENCES)
def test_sequence(engine: sa.Engine, name: str) -> None:
    old, new = SEQUENCES[name]
    before, after = sa.MetaData(), sa.MetaData()
    if old:
        sa.Sequence("numbers", metadata=before, **old)
    sa.Sequence("numbers", metadata=after, **new)
    _there_and_back(engine, before, after)


def test_enum_of_an_array(engine: sa.Engine) -> None:
    before, after = sa.MetaData(), sa.MetaData()
    sa.Table("t", before, Column("c", pg.ARRAY(pg.ENUM("a", "b", name="e"))))
    sa.Table("t", after, Column("c", pg.ARRAY(pg.ENUM("b", "c", name="e"))))
    _there_and_back(engine, before, after)


def _there_and_back(engine: sa.Engine, before: sa.MetaData, after: sa.MetaData) -> None:
    """The difference is found; the upgrade leaves none, nor does the downgrade."""
    create(engine, before, None)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, before) == []
        script = produce_migrations(context, after)
        assert not script.upgrade_ops.is_empty()
        upgrade = render_python_code(script.upgrade_ops, migration_context=context)
        downgrade = render_python_code(script.downgrade_ops, migration_context=context)
    for code, target in ((upgrade, after), (downgrade, before)):
        with engine.begin() as connection:
            context = MigrationContext.configure(connection)
            context.impl.begin_step()
            with Operations.context(context):
                exec(f"def run():\n    {code}\nrun()", {"op": op, "sa": sa, "postgresql": pg})
            context.impl.end_step()
            context.impl.end_run()
        with engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), target) == [], code

"""PostgreSQL's enumeration types: created before they are needed, changed, dropped last."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, Index, Integer, MetaData, Table
from sqlalchemy.dialects.postgresql import ARRAY, ENUM
from sqlalchemy.pool import NullPool

from alembic.autogenerate import produce_migrations
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from tests.autogenerate.roundtrip.cycle import round_trip

Make = Callable[[MetaData], Any]


def _mood(*values: str, name: str = "mood", **kw: Any) -> Any:
    return ENUM(*values, name=name, **kw)


def _table(*make: Callable[[], Any], name: str = "t") -> Make:
    return lambda m: Table(name, m, Column("id", Integer, primary_key=True), *(each() for each in make))


def _column(type_: Callable[[], Any], *args: Any, name: str = "c", **kw: Any) -> Callable[[], Column[Any]]:
    return lambda: Column(name, type_(), *args, **kw)


def _both(*make: Make) -> Make:
    def all_of_them(m: MetaData) -> None:
        for each in make:
            each(m)

    return all_of_them


AB = _mood("a", "b")
ABC = _mood("a", "b", "c")

PAIRS: dict[str, tuple[Make, Make]] = {
    "comes with a column": (_table(), _table(_column(lambda: _mood("a", "b"), server_default="a"))),
    "comes for two tables, one new": (
        _table(),
        _both(_table(_column(lambda: _mood("a"))), _table(_column(lambda: _mood("a")), name="u")),
    ),
    "comes with an altered column": (
        _table(_column(lambda: sa.Text())),
        _table(_column(lambda: _mood("a", "b"))),
    ),
    "value added at the end": (
        _table(_column(lambda: _mood("a", "b"))),
        _table(_column(lambda: _mood("a", "b", "c"))),
    ),
    "values added everywhere": (
        _table(_column(lambda: _mood("b", "d"))),
        _table(_column(lambda: _mood("a", "a2", "b", "c", "c2", "d", "e"))),
    ),
    "value added and used as default": (
        _table(_column(lambda: _mood("a", "b"), server_default="a")),
        _table(_column(lambda: _mood("a", "b", "c"), server_default="c")),
    ),
    "value added and used by a new column": (
        _table(_column(lambda: _mood("a", "b"))),
        _table(
            _column(lambda: _mood("a", "b", "c")),
            _column(lambda: _mood("a", "b", "c"), name="d", server_default="c", nullable=False),
        ),
    ),
    "value removed, default stays": (
        _table(_column(lambda: _mood("a", "b", "c"), server_default="a", nullable=False)),
        _table(_column(lambda: _mood("a", "b"), server_default="a", nullable=False)),
    ),
    "value removed that was the default": (
        _table(_column(lambda: _mood("a", "b", "c"), server_default="c")),
        _table(_column(lambda: _mood("a", "b"), server_default="b")),
    ),
    "value removed with the default": (
        _table(_column(lambda: _mood("a", "b", "c"), server_default="c")),
        _table(_column(lambda: _mood("a", "b"))),
    ),
    "reordered": (
        _table(_column(lambda: _mood("a", "b", "c"))),
        _table(_column(lambda: _mood("c", "a", "b"))),
    ),
    "all values exchanged": (
        _table(_column(lambda: _mood("a", "b"))),
        _table(_column(lambda: _mood("x", "y", "z"))),
    ),
    "reordered under index, check and array": (
        _table(
            _column(lambda: _mood("a", "b", "c")),
            _column(lambda: ARRAY(_mood("a", "b", "c")), name="many"),
            lambda: Index("ix_c", "c", postgresql_where=sa.text("c = 'a'")),
            lambda: Index("ix_plain", "c"),
            lambda: CheckConstraint("c <> 'b'", name="ck_c"),
        ),
        _table(
            _column(lambda: _mood("c", "a", "b")),
            _column(lambda: ARRAY(_mood("c", "a", "b")), name="many"),
            lambda: Index("ix_c", "c", postgresql_where=sa.text("c = 'a'")),
            lambda: Index("ix_plain", "c"),
            lambda: CheckConstraint("c <> 'b'", name="ck_c"),
        ),
    ),
    "value removed, one of its columns goes": (
        _table(_column(lambda: _mood("a", "b")), _column(lambda: _mood("a", "b"), name="d")),
        _table(_column(lambda: _mood("a"))),
    ),
    "one type for another": (
        _table(_column(lambda: _mood("a", "b"), server_default="a")),
        _table(_column(lambda: _mood("a", "b", name="temper"), server_default="a")),
    ),
    "becomes text": (
        _table(_column(lambda: _mood("a", "b"), server_default="a")),
        _table(_column(lambda: sa.Text(), server_default="a")),
    ),
    "table goes": (_both(_table(), _table(_column(lambda: _mood("a")), name="u")), _table()),
    "name to be quoted, value with a quote": (
        _table(),
        _table(_column(lambda: _mood("it's", 'a "b"', name="My Mood"))),
    ),
    "values with quotes added": (
        _table(_column(lambda: _mood("x", name="My Mood"))),
        _table(_column(lambda: _mood("it's", "x", 'a "b"', name="My Mood"))),
    ),
    "in a column named to be quoted": (
        _table(_column(lambda: _mood("a", "b"), name="Is It"), name="My Table"),
        _table(_column(lambda: _mood("b", "a"), name="Is It"), name="My Table"),
    ),
}


@pytest.fixture
def engine(postgresql_url: str) -> Iterator[sa.Engine]:
    made = sa.create_engine(postgresql_url, poolclass=NullPool)
    yield made
    made.dispose()


def _models(make: Make) -> MetaData:
    metadata = MetaData()
    make(metadata)
    return metadata


@pytest.mark.parametrize("name", PAIRS)
def test_there_and_back(engine: sa.Engine, name: str) -> None:
    before, after = PAIRS[name]
    assert round_trip(engine, _models(before), _models(after)) > 0
    assert round_trip(engine, _models(after), _models(before)) > 0


def _generated(engine: sa.Engine, before: Make, after: Make, **opts: Any) -> ops.MigrationScript:
    with engine.begin() as connection:
        _models(before).create_all(connection)
        return produce_migrations(MigrationContext.configure(connection, opts=opts), _models(after))


def _statements(container: ops.OpContainer) -> list[str]:
    return [diff[1] for diff in container.as_diffs() if diff[0] == "execute"]


def test_values_are_added_one_by_one_where_they_belong(engine: sa.Engine) -> None:
    script = _generated(engine, *PAIRS["values added everywhere"])
    assert _statements(script.upgrade_ops) == [
        "ALTER TYPE mood ADD VALUE 'a' BEFORE 'b'",
        "ALTER TYPE mood ADD VALUE 'a2' AFTER 'a'",
        "ALTER TYPE mood ADD VALUE 'c' AFTER 'b'",
        "ALTER TYPE mood ADD VALUE 'c2' AFTER 'c'",
        "ALTER TYPE mood ADD VALUE 'e' AFTER 'd'",
    ]


def test_a_value_that_goes_is_a_risk_that_is_told(engine: sa.Engine) -> None:
    script = _generated(engine, *PAIRS["value removed, default stays"])
    notes = [note for operation in script.upgrade_ops.ops for note in operation.notes]
    assert notes == ["Fails if t.c still holds 'c'."]
    assert [note for operation in script.downgrade_ops.ops for note in operation.notes] == []


def test_the_way_back_from_a_new_value_tells_its_risk(engine: sa.Engine) -> None:
    script = _generated(engine, *PAIRS["value added at the end"])
    assert [note for operation in script.upgrade_ops.ops for note in operation.notes] == []
    notes = [note for operation in script.downgrade_ops.ops for note in operation.notes]
    assert notes == ["Fails if t.c still holds 'c'."]


def test_rows_keep_their_values(engine: sa.Engine) -> None:
    before, after = PAIRS["reordered"]
    with engine.begin() as connection:
        _models(before).create_all(connection)
        connection.exec_driver_sql("INSERT INTO t (c) VALUES ('b'), ('a'), ('c'), (NULL)")
        context = MigrationContext.configure(connection)
        for statement in _statements(produce_migrations(context, _models(after)).upgrade_ops):
            connection.exec_driver_sql(statement)
        rows = connection.exec_driver_sql("SELECT c::text FROM t ORDER BY t.c NULLS LAST").scalars().all()
    assert rows == ["c", "a", "b", None]


def test_a_type_that_a_filtered_table_may_use_is_left_alone(engine: sa.Engine) -> None:
    script = _generated(
        engine,
        _both(_table(), _table(_column(lambda: _mood("a")), name="theirs")),
        _table(),
        include_name=lambda name, kind, parents: name != "theirs",
    )
    assert script.upgrade_ops.is_empty()


def test_a_type_goes_only_if_its_plugin_is_in_use(engine: sa.Engine) -> None:
    script = _generated(
        engine,
        *PAIRS["value added at the end"],
        autogenerate_plugins=["alembic.autogenerate.*", "~alembic.autogenerate.enums"],
    )
    assert script.upgrade_ops.is_empty()

"""What a filter refuses is neither added, removed nor changed; what a foreign impl says about keys counts."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, MetaData, Table, UniqueConstraint
from sqlalchemy.pool import NullPool

from alembic.autogenerate import compare_metadata
from alembic.ddl.impl import ComparisonResult, DefaultImpl
from alembic.ddl.postgresql import PostgresqlImpl
from alembic.runtime.migration import MigrationContext


def _models(*items: Any) -> MetaData:
    metadata = MetaData()
    Table("p", metadata, Column("id", Integer, primary_key=True))
    Table(
        "t",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("a", Integer),
        Column("b", Integer),
        *items,
    )
    return metadata


@pytest.fixture
def connection(postgresql_url: str) -> Iterator[sa.Connection]:
    with sa.create_engine(postgresql_url, poolclass=NullPool).connect() as made:
        yield made


def _diffs(connection: sa.Connection, before: MetaData, after: MetaData, **opts: Any) -> list[Any]:
    before.create_all(connection)
    found: list[Any] = compare_metadata(MigrationContext.configure(connection, opts=opts), after)
    return found


THINGS: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {
    "index": (lambda: Index("x", "a"), lambda: Index("x", "b")),
    "unique_constraint": (lambda: UniqueConstraint("a", name="x"), lambda: UniqueConstraint("b", name="x")),
    "check_constraint": (
        lambda: CheckConstraint("a > 0", name="x"),
        lambda: CheckConstraint("a > 1", name="x"),
    ),
    "foreign_key_constraint": (
        lambda: sa.ForeignKeyConstraint(["a"], ["p.id"], name="x"),
        lambda: sa.ForeignKeyConstraint(["b"], ["p.id"], name="x"),
    ),
}


@pytest.mark.parametrize("kind", THINGS)
@pytest.mark.parametrize("change", ["added", "removed", "changed"])
@pytest.mark.parametrize("filtered_by", ["include_name", "include_object"])
def test_filters_are_the_same_both_ways(
    connection: sa.Connection, kind: str, change: str, filtered_by: str
) -> None:
    one, other = THINGS[kind]
    before = _models(*([] if change == "added" else [one()]))
    after = _models(*([] if change == "removed" else [other() if change == "changed" else one()]))
    assert _diffs(connection, before, after) != []
    asked = []

    def include_name(name: str | None, type_: str, parents: Any) -> bool:
        asked.append((name, type_))
        return type_ != kind

    def include_object(obj: Any, name: Any, type_: str, reflected: bool, other: Any) -> bool:
        asked.append((name, type_))
        assert isinstance(obj, sa.schema.SchemaItem)
        return type_ != kind

    hook = {"include_name": include_name, "include_object": include_object}[filtered_by]
    assert _diffs(connection, before, after, **{filtered_by: hook}) == []
    assert ("x", kind) in asked


def test_an_object_filter_sees_both_sides(connection: sa.Connection) -> None:
    seen: list[tuple[str, bool, str | None]] = []

    def include_object(obj: Any, name: Any, type_: str, reflected: bool, other: Any) -> bool:
        if type_ == "index":
            seen.append((str(name), reflected, other.name if other is not None else None))
        return True

    before = _models(Index("gone", "a"), Index("changed", "a"))
    after = _models(Index("new", "a"), Index("changed", "b"))
    _diffs(connection, before, after, include_object=include_object)
    assert sorted(seen) == [("changed", False, "changed"), ("gone", True, None), ("new", False, None)]


def _with_impl(connection: sa.Connection, impl: type[PostgresqlImpl], after: MetaData) -> list[Any]:
    context = MigrationContext.configure(connection)
    context.impl = impl(connection.dialect, connection, False, None, None, {})
    found: list[Any] = compare_metadata(context, after)
    return found


@pytest.fixture
def changed(connection: sa.Connection) -> tuple[sa.Connection, MetaData]:
    _models(
        Index("i", "a"), UniqueConstraint("a", name="u"), sa.ForeignKeyConstraint(["a"], ["p.id"], name="fk")
    ).create_all(connection)
    return connection, _models(Index("i", "b"), UniqueConstraint("a", "b", name="u"))


class _Registered:
    """Defining an impl registers it: take it back."""

    def __enter__(self) -> None:
        from alembic.ddl.impl import _impls

        self.impls, self.before = _impls, _impls["postgresql"]

    def __exit__(self, *exc: object) -> None:
        self.impls["postgresql"] = self.before


def test_what_a_foreign_impl_calls_equal_is_equal(
    changed: tuple[sa.Connection, MetaData], caplog: pytest.LogCaptureFixture
) -> None:
    with _Registered():

        class Impl(PostgresqlImpl):
            def compare_indexes(self, metadata_index: Any, reflected_index: Any) -> ComparisonResult:
                assert [column.name for column in metadata_index.columns] == ["b"]
                assert [column.name for column in reflected_index.columns] == ["a"]
                return ComparisonResult.Equal()

            def compare_unique_constraint(self, metadata: Any, reflected: Any) -> ComparisonResult:
                return ComparisonResult.Skip("no idea")

    with caplog.at_level(logging.INFO, "alembic.autogenerate"):
        kinds = [diff[0] for diff in _with_impl(changed[0], Impl, changed[1])]
    assert kinds == ["remove_fk"]
    assert "no idea" in caplog.text


def test_what_a_foreign_impl_corrects_is_gone(changed: tuple[sa.Connection, MetaData]) -> None:
    with _Registered():

        class Impl(PostgresqlImpl):
            def correct_for_autogen_constraints(
                self, conn_uniques: Any, conn_indexes: Any, metadata_uniques: Any, metadata_indexes: Any
            ) -> None:
                # Asked for every table, also for those that are alike.
                assert {each.name for each in conn_uniques} in (set(), {"u"})
                assert len(metadata_indexes) == len(conn_uniques)
                conn_indexes.clear()
                metadata_indexes.clear()

            def correct_for_autogen_foreignkeys(self, conn_fks: Any, metadata_fks: Any) -> None:
                conn_fks.clear()

    kinds = [diff[0] for diff in _with_impl(changed[0], Impl, changed[1])]
    assert kinds == ["remove_constraint", "add_constraint"]


def test_our_own_impls_need_no_objects(changed: tuple[sa.Connection, MetaData]) -> None:
    assert not PostgresqlImpl.__dict__.keys() & set(DefaultImpl.__dict__) & {"compare_indexes"}
    kinds = [diff[0] for diff in _with_impl(changed[0], PostgresqlImpl, changed[1])]
    assert sorted(kinds) == sorted(
        ["remove_index", "add_index", "remove_constraint", "add_constraint", "remove_fk"]
    )


def test_keys_of_other_kinds_change_places(connection: sa.Connection) -> None:
    """A unique index becomes a unique constraint of the same name: the one goes before the other comes."""
    diffs = _diffs(
        connection, _models(Index("x", "a", unique=True)), _models(UniqueConstraint("a", name="x"))
    )
    assert [diff[0] for diff in diffs] == ["remove_index", "add_constraint"]


def test_checks_of_types_come_with_their_columns(connection: sa.Connection) -> None:
    flag: Column[Any] = Column(
        "flag", sa.Enum("a", "b", native_enum=False, create_constraint=True, name="ck_flag")
    )
    diffs = _diffs(connection, _models(), _models(flag))
    assert [diff[0] for diff in diffs] == ["add_column"]


def test_a_foreign_key_by_column_of_a_new_table_is_inline(connection: sa.Connection) -> None:
    after = _models()
    Table("n", after, Column("t", Integer, ForeignKey("t.id")))
    diffs = _diffs(connection, _models(), after)
    assert [diff[0] for diff in diffs] == ["add_table"]

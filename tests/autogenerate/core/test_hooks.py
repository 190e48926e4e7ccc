"""What applications add to the comparison: functions, overridden methods, comparators, listeners, types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.types import UserDefinedType

from alembic.autogenerate import comparators
from alembic.ddl.impl import DefaultImpl, _impls
from alembic.ddl.sqlite import SQLiteImpl
from tests.autogenerate.core.comparing import column, differences, table

SAME = table(column("x", sa.Integer), column("y", sa.String(9), server_default="a"))
OTHER = table(column("x", sa.BigInteger), column("y", sa.String(9), server_default="b"))


@pytest.fixture
def own_impl() -> Iterator[Any]:
    """Lets a test define impl classes; what was registered before is restored."""
    before = dict(_impls)
    yield
    _impls.clear()
    _impls.update(before)


def test_compare_type_function_is_asked_about_every_column(sqlite_url: str) -> None:
    asked = []

    def compare_type(context: Any, inspected: Any, modelled: Any, inspected_type: Any, type_: Any) -> bool:
        asked.append((inspected.name, inspected_type is inspected.type, type_ is modelled.type))
        return bool(inspected.name == "x")

    ((change,),) = differences(sqlite_url, SAME, SAME, compare_type=compare_type)
    assert (change[0], change[3]) == ("modify_type", "x")
    assert asked == [("id", True, True), ("x", True, True), ("y", True, True)]


@pytest.mark.parametrize(("answer", "expected"), [(None, 1), (False, 0), (True, 3)])
def test_answers_of_a_compare_type_function(sqlite_url: str, answer: bool | None, expected: int) -> None:
    found = differences(sqlite_url, SAME, OTHER, compare_type=lambda *_: answer, compare_server_default=False)
    assert len(found) == expected


@pytest.mark.parametrize(("answer", "expected"), [(None, 1), (False, 0), (True, 1)])
def test_compare_server_default_function(sqlite_url: str, answer: bool | None, expected: int) -> None:
    told = []

    def compare(context: Any, inspected: Any, modelled: Any, *defaults: Any) -> bool | None:
        told.append((inspected.name, *defaults))
        return answer

    found = differences(sqlite_url, SAME, OTHER, compare_type=False, compare_server_default=compare)
    assert len(found) == expected
    ((name, inspected_default, default, rendered),) = told
    assert (name, inspected_default, default.arg, rendered) == ("y", "'a'", "b", "b")


def test_compare_server_default_function_gets_sql_of_expressions(sqlite_url: str) -> None:
    told = []

    def compare(context: Any, inspected: Any, modelled: Any, *defaults: Any) -> bool:
        told.append((defaults[0], defaults[2]))
        return False

    before = table(column("x", sa.Integer, server_default=sa.text("(5 + 1)")))
    after = table(column("x", sa.Integer, server_default=sa.func.foo(1, "x")))
    assert differences(sqlite_url, before, after, compare_server_default=compare) == []
    assert [each[1] for each in told] == ["foo(1, 'x')"]


def test_overridden_compare_type(sqlite_url: str, own_impl: None) -> None:
    class Own(SQLiteImpl):
        __dialect__ = "sqlite"

        def compare_type(self, inspector_column: Any, metadata_column: Any) -> bool:
            return inspector_column.name == "id" or super().compare_type(inspector_column, metadata_column)

    found = differences(sqlite_url, SAME, OTHER, compare_server_default=False)
    assert [change[0][3] for change in found] == ["id", "x"]


def test_overridden_compare_server_default(sqlite_url: str, own_impl: None) -> None:
    told = []

    class Own(SQLiteImpl):
        __dialect__ = "sqlite"

        def compare_server_default(self, inspected: Any, modelled: Any, *rendered: Any) -> bool:
            told.append(rendered)
            return super().compare_server_default(inspected, modelled, *rendered)

    ((change,),) = differences(sqlite_url, SAME, OTHER, compare_type=False)
    assert change[0] == "modify_default"
    assert told == [("b", "'a'")]


def test_overridden_column_reflect(sqlite_url: str, own_impl: None) -> None:
    class Own(SQLiteImpl):
        __dialect__ = "sqlite"

        def autogen_column_reflect(self, inspector: Any, table: Any, column_info: dict[str, Any]) -> None:
            assert inspector.has_table(table.name)
            if column_info["name"] == "x":
                column_info["type"] = sa.BIGINT()

    assert differences(sqlite_url, SAME, OTHER, compare_server_default=False) == []


def test_listener_of_column_reflect(sqlite_url: str) -> None:
    def as_big(inspector: Any, table: Any, column_info: dict[str, Any]) -> None:
        if column_info["name"] == "x":
            column_info["type"] = sa.BIGINT()

    sa.event.listen(sa.Table, "column_reflect", as_big)
    try:
        assert differences(sqlite_url, SAME, OTHER, compare_server_default=False) == []
    finally:
        sa.event.remove(sa.Table, "column_reflect", as_big)


@pytest.fixture
def own_comparator() -> Iterator[Any]:
    """Registers comparators for the duration of a test."""
    before = list(comparators._entries)
    yield comparators.dispatch_for
    comparators._entries[:] = before


def test_own_comparator_of_tables_sees_tables_that_are_the_same(sqlite_url: str, own_comparator: Any) -> None:
    seen = []

    @own_comparator("table")
    def compare(context: Any, ops: Any, schema: Any, name: Any, conn_table: Any, metadata_table: Any) -> None:
        seen.append((schema, name, list(conn_table.columns.keys()), metadata_table.metadata is not None))

    assert differences(sqlite_url, SAME, SAME) == []
    assert seen == [(None, "t", ["id", "x", "y"], True)]


def test_own_comparator_of_columns(sqlite_url: str, own_comparator: Any) -> None:
    @own_comparator("column")
    def compare(
        context: Any, op: Any, schema: Any, tname: Any, cname: Any, conn_col: Any, metadata_col: Any
    ) -> None:
        if cname == "y":
            op.modify_comment = f"of {conn_col.type!r}"

    ((change,),) = differences(sqlite_url, SAME, SAME)
    assert change[0] == "modify_comment"
    assert change[6] == "of VARCHAR(length=9)"


def test_own_comparator_of_schemas(sqlite_url: str, own_comparator: Any) -> None:
    seen = []

    @own_comparator("schema")
    def compare(context: Any, upgrade_ops: Any, schemas: Any) -> None:
        seen.append((schemas, sorted(context.inspector.get_table_names()), context.connection is not None))

    assert differences(sqlite_url, SAME, SAME) == []
    assert seen == [({None}, ["t"], True)]


class Celsius(UserDefinedType[Any]):
    """A type that knows by itself what it is in the database."""

    cache_ok = True

    def get_col_spec(self, **kw: Any) -> str:
        return "CELSIUS"

    def compare_against_backend(self, dialect: Any, conn_type: Any) -> bool:
        return isinstance(conn_type, sa.Integer)


def test_type_that_compares_itself(sqlite_url: str) -> None:
    wanted = table(column("x", Celsius()), column("y", sa.String(9), server_default="a"))
    assert differences(sqlite_url, SAME, wanted) == []
    before = table(column("x", sa.Date()), column("y", sa.String(9), server_default="a"))
    ((change,),) = differences(sqlite_url, before, wanted)
    assert change[0] == "modify_type"


def test_which_methods_are_overridden(own_impl: None) -> None:
    class Own(SQLiteImpl):
        __dialect__ = "sqlite"

        def compare_type(self, inspector_column: Any, metadata_column: Any) -> bool:
            return False

    assert Own.is_overridden("compare_type")
    assert not Own.is_overridden("compare_server_default")
    assert not DefaultImpl.is_overridden("compare_type")

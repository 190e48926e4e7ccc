"""What is left out of a comparison on demand."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Index, Integer, MetaData, String, Table

from ..assertions import eq_
from ..fixtures import TestBase
from ._autogen_fixtures import AutogenFixtureTest


def _shop(*names: str, index: bool = False) -> MetaData:
    metadata = MetaData()
    for name in names:
        table = Table(name, metadata, Column("id", Integer, primary_key=True), Column("s", String(10)))
        if index:
            Index(f"ix_{name}", table.c.s)
    return metadata


class IncludeHooksTest(AutogenFixtureTest, TestBase):
    """``include_name`` and ``include_object``."""

    __backend__ = True

    def test_names_that_are_not_read(self) -> None:
        def include(name: str | None, type_: str, parents: Any) -> bool:
            return type_ != "table" or name != "b"

        eq_(self._fixture(_shop("a", "b"), _shop("a"), name_filters=include), [])

    def test_objects_that_are_not_compared(self) -> None:
        def include(obj: Any, name: str, type_: str, reflected: bool, compare_to: Any) -> bool:
            return not (type_ == "table" and reflected and name == "b")

        eq_(self._fixture(_shop("a", "b"), _shop("a"), object_filters=include), [])

    def test_tables_of_models_that_are_not_compared(self) -> None:
        def include(obj: Any, name: str, type_: str, reflected: bool, compare_to: Any) -> bool:
            return not (type_ == "table" and not reflected and name == "b")

        eq_(self._fixture(_shop("a"), _shop("a", "b"), object_filters=include), [])

    def test_indexes_that_are_not_compared(self) -> None:
        def include(obj: Any, name: str, type_: str, reflected: bool, compare_to: Any) -> bool:
            return type_ != "index"

        eq_(self._fixture(_shop("a", index=True), _shop("a"), object_filters=include), [])
        found: Any = self._fixture(_shop("a", index=True), _shop("a"))
        eq_([diff[0] for diff in found], ["remove_index"])

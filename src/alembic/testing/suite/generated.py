"""Columns whose values the database makes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Computed, Identity, Integer, MetaData, Table

from ..assertions import eq_
from ..fixtures import TestBase
from ._autogen_fixtures import AutogenFixtureTest


def _table(*more: Any) -> MetaData:
    metadata = MetaData()
    Table("user", metadata, Column("id", Integer, primary_key=True), *more)
    return metadata


class AutogenerateComputedTest(AutogenFixtureTest, TestBase):
    """Computed columns."""

    __backend__ = True
    __requires__ = ("computed_columns",)

    def _column(self) -> Column[Any]:
        return Column("foo", Integer, Computed("5", persisted=True))

    def test_the_same(self) -> None:
        eq_(self._fixture(_table(self._column()), _table(self._column())), [])

    def test_added(self) -> None:
        [diff] = self._fixture(_table(), _table(self._column()))  # type: ignore[misc]  # a list of one
        eq_((diff[0], diff[2], diff[3].name), ("add_column", "user", "foo"))
        assert diff[3].computed is not None

    def test_removed(self) -> None:
        [diff] = self._fixture(_table(self._column()), _table())  # type: ignore[misc]  # a list of one
        eq_((diff[0], diff[2], diff[3].name), ("remove_column", "user", "foo"))
        assert diff[3].computed is not None


class AutogenerateIdentityTest(AutogenFixtureTest, TestBase):
    """Identity columns."""

    __backend__ = True
    __requires__ = ("identity_columns",)

    def _column(self, **options: Any) -> Column[Any]:
        return Column("foo", Integer, Identity(**options))

    def test_the_same(self) -> None:
        eq_(self._fixture(_table(self._column(start=3)), _table(self._column(start=3))), [])

    def test_added(self) -> None:
        [diff] = self._fixture(_table(), _table(self._column(start=1)))  # type: ignore[misc]  # a list of one
        eq_((diff[0], diff[3].name, diff[3].identity.start), ("add_column", "foo", 1))

    def test_removed(self) -> None:
        [diff] = self._fixture(_table(self._column()), _table())  # type: ignore[misc]  # a list of one
        eq_((diff[0], diff[3].name), ("remove_column", "foo"))
        assert diff[3].identity is not None

    def test_changed(self) -> None:
        one, other = self._column(start=1, increment=1), self._column(start=1, increment=2)
        [[diff]] = self._fixture(_table(one), _table(other))  # type: ignore[misc]  # of one column
        eq_((diff[0], diff[3]), ("modify_default", "foo"))

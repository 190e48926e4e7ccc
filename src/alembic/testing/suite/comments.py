"""Comments of tables and columns."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Integer, MetaData, String, Table

from ..assertions import eq_
from ..fixtures import TestBase
from ._autogen_fixtures import AutogenFixtureTest


def _table(comment: str | None = None, of_column: str | None = None) -> MetaData:
    metadata = MetaData()
    Table(
        "some_table",
        metadata,
        Column("test", String(10), primary_key=True),
        Column("foo", Integer, comment=of_column),
        comment=comment,
    )
    return metadata


class AutogenerateCommentsTest(AutogenFixtureTest, TestBase):
    """Where the database has comments, they are compared."""

    __backend__ = True
    __requires__ = ("comments",)

    def _kinds(self, m1: MetaData, m2: MetaData) -> list[Any]:
        found: Any = self._fixture(m1, m2)
        return [diff[0] if not isinstance(diff, list) else diff[0][0] for diff in found]

    def test_the_same(self) -> None:
        eq_(self._kinds(_table("text", "other"), _table("text", "other")), [])

    def test_added_to_a_table(self) -> None:
        eq_(self._kinds(_table(), _table("text")), ["add_table_comment"])

    def test_changed_on_a_table(self) -> None:
        eq_(self._kinds(_table("text"), _table("other")), ["add_table_comment"])

    def test_removed_from_a_table(self) -> None:
        eq_(self._kinds(_table("text"), _table()), ["remove_table_comment"])

    def test_added_to_a_column(self) -> None:
        [[diff]] = self._fixture(_table(), _table(of_column="text"))  # type: ignore[misc]  # of one column
        eq_(
            (diff[0], diff[2], diff[3], diff[5], diff[6]),
            ("modify_comment", "some_table", "foo", None, "text"),
        )

    def test_removed_from_a_column(self) -> None:
        eq_(self._kinds(_table(of_column="text"), _table()), ["modify_comment"])


class AutogenerateEmptyCommentsTest(AutogenFixtureTest, TestBase):
    """Where it has none, comments of models are no differences."""

    __backend__ = True

    def test_no_difference(self) -> None:
        if not self.bind.dialect.supports_comments:
            eq_(self._fixture(_table(), _table("text", "other")), [])

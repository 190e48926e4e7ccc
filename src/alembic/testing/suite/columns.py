"""Types, nullability and numbering of columns."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table

from ..assertions import eq_
from ..fixtures import TestBase
from ._autogen_fixtures import AutogenFixtureTest


def _table(*columns: Column[Any]) -> MetaData:
    metadata = MetaData()
    Table("a", metadata, *columns)
    return metadata


class AlterColumnTest(AutogenFixtureTest, TestBase):
    """What differs in one column."""

    __backend__ = True

    def _assert_alter_col(self, m1: MetaData, m2: MetaData, pk: bool, nullable: bool | None = None) -> None:
        """One alteration of the type, which says how the column was."""
        found: Any = self._fixture(m1, m2, return_ops=True)
        [modify] = found.ops
        [alter] = modify.ops
        eq_((alter.table_name, alter.column_name), ("a", "x"))
        assert isinstance(alter.modify_type, BigInteger)
        if nullable is not None:
            eq_(alter.existing_nullable, nullable)
        elif pk:
            eq_(alter.existing_nullable, False)

    def test_the_type(self) -> None:
        columns = (Column("id", Integer, primary_key=True), Column("x", Integer))
        changed = (Column("id", Integer, primary_key=True), Column("x", BigInteger))
        if self.bind.dialect.name != "sqlite":
            self._assert_alter_col(_table(*columns), _table(*changed), pk=False, nullable=True)

    def test_the_type_of_a_column_that_is_not_null(self) -> None:
        columns = (Column("id", Integer, primary_key=True), Column("x", Integer, nullable=False))
        changed = (Column("id", Integer, primary_key=True), Column("x", BigInteger, nullable=False))
        if self.bind.dialect.name != "sqlite":
            self._assert_alter_col(_table(*columns), _table(*changed), pk=False, nullable=False)

    def test_nullability(self) -> None:
        one = _table(Column("id", Integer, primary_key=True), Column("x", String(10)))
        other = _table(Column("id", Integer, primary_key=True), Column("x", String(10), nullable=False))
        [[diff]] = self._fixture(one, other)  # type: ignore[misc]  # of one column
        eq_((diff[0], diff[2], diff[3], diff[5], diff[6]), ("modify_nullable", "a", "x", True, False))


class AutoincrementTest(AutogenFixtureTest, TestBase):
    """Who numbers the rows is no difference of its own."""

    __backend__ = True

    def _same(self, *columns: tuple[str, Any, bool, Any]) -> None:
        def made() -> MetaData:
            return _table(*(Column(n, t, primary_key=pk, autoincrement=auto) for n, t, pk, auto in columns))

        eq_(self._fixture(made(), made()), [])

    def test_by_itself(self) -> None:
        self._same(("x", Integer, True, "auto"))

    def test_not(self) -> None:
        self._same(("x", Integer, True, False))

    def test_no_key(self) -> None:
        self._same(("x", Integer, False, False))

    def test_a_key_of_two(self) -> None:
        self._same(("x", Integer, True, False), ("y", Integer, True, False))

"""Foreign keys and their rules."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ForeignKeyConstraint, Integer, MetaData, String, Table

from ..assertions import eq_
from ..fixtures import TestBase
from ._autogen_fixtures import AutogenFixtureTest


def _tables(*keys: ForeignKeyConstraint) -> MetaData:
    metadata = MetaData()
    Table("parent", metadata, Column("id", Integer, primary_key=True))
    child = Table(
        "child",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String(50)),
        Column("pid", Integer),
        mysql_engine="InnoDB",
    )
    for key in keys:
        child.append_constraint(key)
    return metadata


def _key(name: str | None = None, **rules: Any) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["pid"], ["parent.id"], name=name, **rules)


class AutogenerateForeignKeysTest(AutogenFixtureTest, TestBase):
    """Keys that are on one side only."""

    __backend__ = True
    __requires__ = ("foreign_key_constraint_reflection",)

    def test_the_same(self) -> None:
        eq_(self._fixture(_tables(_key("fk_1")), _tables(_key("fk_1"))), [])

    def test_without_a_name_on_the_models_side(self) -> None:
        eq_(self._fixture(_tables(_key("fk_1")), _tables(_key())), [])

    def test_added(self) -> None:
        [diff] = self._fixture(_tables(), _tables(_key("fk_1")))  # type: ignore[misc]  # a list of one
        self._assert_fk_diff(diff, "add_fk", "child", ["pid"], "parent", ["id"], name="fk_1")

    def test_removed(self) -> None:
        found: Any = self._fixture(_tables(_key("fk_1")), _tables())
        [diff] = [each for each in found if each[0] == "remove_fk"]
        self._assert_fk_diff(diff, "remove_fk", "child", ["pid"], "parent", ["id"], conditional_name="fk_1")


class _Options(AutogenFixtureTest, TestBase):
    def _fk_opts_fixture(self, old_opts: dict[str, Any], new_opts: dict[str, Any]) -> list[Any]:
        """The differences of a key that has other rules."""
        found: Any = self._fixture(_tables(_key("fk_1", **old_opts)), _tables(_key("fk_1", **new_opts)))
        return list(found)

    def _changes(self, old: dict[str, Any], new: dict[str, Any]) -> None:
        diffs = self._fk_opts_fixture(old, new)
        eq_([diff[0] for diff in diffs], ["remove_fk", "add_fk"])
        eq_(self._fk_opts_fixture_same(new), [])

    def _fk_opts_fixture_same(self, opts: dict[str, Any]) -> list[Any]:
        if self.created is not None:
            self.created.drop_all(self.bind)
        return self._fk_opts_fixture(opts, opts)


class AutogenerateFKOptionsTest(_Options):
    """Rules of deletion; a dialect that knows them says so by ``fk_ondelete_is_reflected``."""

    __backend__ = True
    __requires__ = ("fk_ondelete_is_reflected",)

    def test_ondelete_added(self) -> None:
        self._changes({}, {"ondelete": "CASCADE"})

    def test_ondelete_removed(self) -> None:
        self._changes({"ondelete": "SET NULL"}, {})

    def test_ondelete_changed(self) -> None:
        self._changes({"ondelete": "SET NULL"}, {"ondelete": "CASCADE"})

    def test_no_rule_is_no_action(self) -> None:
        eq_(self._fk_opts_fixture({}, {"ondelete": "NO ACTION"}), [])

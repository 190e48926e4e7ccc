"""include_name and include_object: whatever they refuse is neither added, removed nor changed."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from tests.autogenerate.core.comparing import both, column, differences, table

BEFORE = both(
    table(column("changed", sa.Integer), column("gone", sa.Integer, index=True), column("x", sa.Integer)),
    table(name="old"),
)
AFTER = both(
    table(column("changed", sa.BigInteger), column("new", sa.Integer), column("x", sa.Integer, index=True)),
    table(name="fresh"),
)


def _names(found: list[Any]) -> list[str]:
    names = []
    for diff in found:
        if isinstance(diff, list):
            names.append(f"{diff[0][0]} {diff[0][3]}")
        else:
            names.append(f"{diff[0]} {diff[-1].name}")
    return sorted(names)


EVERYTHING = [
    "add_column new",
    "add_index ix_t_x",
    "add_table fresh",
    "modify_type changed",
    "remove_column gone",
    "remove_index ix_t_gone",
    "remove_table old",
]


def test_without_filters(sqlite_url: str) -> None:
    assert _names(differences(sqlite_url, BEFORE, AFTER)) == EVERYTHING


REFUSALS = [
    ("table", "fresh", ["add_table fresh"]),
    ("table", "old", ["remove_table old"]),
    ("table", "t", [each for each in EVERYTHING if "table" not in each]),
    ("column", "new", ["add_column new"]),
    ("column", "gone", ["remove_column gone"]),
    ("column", "changed", ["modify_type changed"]),
    ("index", "ix_t_x", ["add_index ix_t_x"]),
    ("index", "ix_t_gone", ["remove_index ix_t_gone"]),
]


@pytest.mark.parametrize(("kind", "refused", "missing"), REFUSALS)
def test_include_name(database_url: str, kind: str, refused: str, missing: list[str]) -> None:
    def include_name(name: str | None, type_: str, parent_names: dict[str, Any]) -> bool:
        return (type_, name) != (kind, refused)

    found = differences(database_url, BEFORE, AFTER, include_name=include_name)
    assert _names(found) == [each for each in EVERYTHING if each not in missing]


@pytest.mark.parametrize(("kind", "refused", "missing"), REFUSALS)
def test_include_object(database_url: str, kind: str, refused: str, missing: list[str]) -> None:
    def include_object(item: Any, name: str, type_: str, reflected: bool, compare_to: Any) -> bool:
        assert item.name == name
        return (type_, name) != (kind, refused)

    found = differences(database_url, BEFORE, AFTER, include_object=include_object)
    assert _names(found) == [each for each in EVERYTHING if each not in missing]


def test_what_include_name_is_told(sqlite_url: str) -> None:
    told = []

    def include_name(name: str | None, type_: str, parent_names: dict[str, Any]) -> bool:
        told.append((type_, name, dict(parent_names)))
        return True

    differences(sqlite_url, BEFORE, AFTER, include_name=include_name)
    of_table = {"schema_name": None, "table_name": "t", "schema_qualified_table_name": "t"}
    for expected in (
        ("schema", None, {}),
        ("table", "old", {"schema_name": None, "schema_qualified_table_name": "old"}),
        ("column", "gone", of_table),
        ("index", "ix_t_gone", of_table),
    ):
        assert expected in told


def test_what_include_object_is_told(sqlite_url: str) -> None:
    told: dict[tuple[str, str], tuple[bool, Any]] = {}

    def include_object(item: Any, name: str, type_: str, reflected: bool, compare_to: Any) -> bool:
        told[type_, name] = (reflected, compare_to)
        return True

    differences(sqlite_url, BEFORE, AFTER, include_object=include_object)
    assert told["table", "fresh"] == (False, None)
    assert told["table", "old"] == (True, None)
    reflected, compare_to = told["table", "t"]
    assert not reflected and isinstance(compare_to, sa.Table) and "gone" in compare_to.columns
    assert told["column", "new"] == (False, None)
    assert told["column", "gone"] == (True, None)
    reflected, compare_to = told["column", "changed"]
    assert not reflected and isinstance(compare_to.type, sa.INTEGER)


def test_a_refused_table_is_not_read(sqlite_url: str) -> None:
    """A table that SQLAlchemy could not even name the columns of does no harm when it is refused."""
    asked = []

    def include_name(name: str | None, type_: str, parent_names: dict[str, Any]) -> bool:
        if type_ == "column":
            asked.append(parent_names["table_name"])
        return name != "t"

    assert _names(differences(sqlite_url, BEFORE, AFTER, include_name=include_name)) == [
        "add_table fresh",
        "remove_table old",
    ]
    assert asked == []

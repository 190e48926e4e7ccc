"""Indexes and constraints go by their name; those without a name, and foreign keys, by their content."""

from __future__ import annotations

from typing import Any

import pytest

from alembic.autogenerate.compare.matching import Difference, by_content, by_name, key_content, reference
from alembic.schema.shapes import ForeignKey, Index, Unique

A = Unique("a", ("x",))
OTHER_A = Unique("a", ("x", "y"))
B = Unique("b", ("y",))
NAMELESS_X = Unique(None, ("x",))
INDEX = Index("i", ("x",))


@pytest.mark.parametrize(
    ("database", "model", "expected"),
    [
        ([], [], Difference()),
        ([A], [A], Difference()),
        ([A, B], [], Difference(removed=(A, B))),
        ([B, A], [], Difference(removed=(A, B))),
        ([], [B, A], Difference(added=(A, B))),
        ([A], [OTHER_A], Difference(changed=((A, OTHER_A),))),
        ([A], [NAMELESS_X], Difference()),
        ([NAMELESS_X], [NAMELESS_X], Difference()),
        ([B], [NAMELESS_X], Difference(removed=(B,), unnamed=(NAMELESS_X,))),
        # A name of the model's own is another name than none.
        ([NAMELESS_X], [A], Difference(removed=(NAMELESS_X,), added=(A,))),
        # The same said twice, with and without a name, says nothing more.
        ([A], [A, NAMELESS_X], Difference()),
        ([A, Unique("x_key", ("x",))], [A, NAMELESS_X], Difference()),
        # An index and a constraint of the same name are different things.
        ([Index("a", ("x",), True)], [A], Difference(changed=((Index("a", ("x",), True), A),))),
        ([INDEX], [Index("i", ("x DESC",))], Difference(changed=((INDEX, Index("i", ("x DESC",))),))),
        (
            [INDEX],
            [Index("i", ("x",), options=(("where", "x > 1"),))],
            Difference(changed=((INDEX, Index("i", ("x",), options=(("where", "x > 1"),))),)),
        ),
        ([Index("i", ("x", "y"))], [Index("i", ("y", "x"))], None),
        # The order of columns is nothing to a unique constraint.
        ([Unique("u", ("x", "y"))], [Unique("u", ("y", "x"))], Difference()),
        ([Unique("u", ("x", "y"))], [Unique(None, ("y", "x"))], Difference()),
        ([A], [Unique("a", ("x",), (("deferrable", True),))], None),
    ],
)
def test_by_name(database: list[Any], model: list[Any], expected: Difference[Any] | None) -> None:
    found = by_name(database, model, key_content)
    if expected is None:
        expected = Difference(changed=((database[0], model[0]),))
    assert found == expected


def _key(**kw: Any) -> ForeignKey:
    facts: dict[str, Any] = {"columns": ("a", "b"), "target": (None, "t"), "target_columns": ("x", "y")}
    return ForeignKey(**(facts | kw))


def test_foreign_keys_of_another_name_or_order_are_the_same() -> None:
    database = [_key(name="one")]
    model = [_key(name=None, columns=("b", "a"), target_columns=("y", "x"))]
    assert by_content(database, model, reference) == Difference()


@pytest.mark.parametrize(
    "other",
    [
        {"columns": ("b", "a")},
        {"target": ("s", "t")},
        {"target_columns": ("x", "z")},
        {"options": (("ondelete", "CASCADE"),)},
    ],
)
def test_foreign_keys_that_refer_otherwise_are_others(other: dict[str, Any]) -> None:
    found = by_content([_key()], [_key(**other)], reference)
    assert found == Difference(removed=(_key(),), added=(_key(**other),))

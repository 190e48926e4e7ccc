"""Facts about plans that people rely on; the laws are in test_plan_properties."""

from __future__ import annotations

import warnings

import pytest

from alembic.errors import MultipleHeads, RangeNotAncestorError, ResolutionError, RevisionError
from alembic.script import plan
from tests.script.graph.graphs import graph

DIAMOND = graph("a \n b1 < a \n b2 < b1 \n c1 < a \n c2 < c1 \n m < b2 c2 \n d < m \n x")
FOREST = graph(
    "a \n a2 < a \n b \n b2 @left < b \n c ^ a \n c2 < c ^ b2 \n b3 @right < b"
)  # c and c2 depend on revisions of the two other lines


@pytest.mark.parametrize(
    ("rows", "target", "expected"),
    [
        ("", "d", "a c1 c2 b1 b2 m d"),
        ("b1", "m", "c1 c2 b2 m"),
        ("d", "b2", ""),  # already applied: a silent no-op
        ("b1", "+2", "c1 c2 b2 m"),
        ("m", "+1", "d"),
        ("b1 c1", "b1@+1", "b2"),
        ("b1", "c1@+1", "c1"),
        ("b1", "x@+1", "x"),
        ("a", "b2@+1", "b1"),
        ("c1", "b1+1", "b1 b2"),
        ("", "b1@head-1", "a c1 c2 b1 b2 m"),
        ("b2 c2", "heads", "x m d"),
        ("a", "base", ""),
    ],
)
def test_upgrades(rows: str, target: str, expected: str) -> None:
    assert plan.upgrade(DIAMOND, target, rows.split()) == expected.split()


@pytest.mark.parametrize(
    ("rows", "target", "message"),
    [
        ("", "+1", "Ambiguous walk"),  # a and x are bases
        ("b2 c2", "+1", "Ambiguous upgrade from multiple current revisions"),
        ("a", "+1", "Ambiguous walk"),
        ("b2", "+5", "Relative revision +5 didn't produce 5 migrations"),
        ("a", "-1", "Relative revision -1 didn't produce 1 migrations"),
        ("a", "m+5", "Walked too far"),
        ("nope", "heads", "No such revision or branch 'nope'"),
        ("m b1", "d", "Requested revision m overlaps with other requested revisions b1"),
    ],
)
def test_upgrades_that_cannot_be(rows: str, target: str, message: str) -> None:
    with pytest.raises(RevisionError) as caught:
        plan.upgrade(DIAMOND, target, rows.split())
    assert str(caught.value).splitlines()[0] == message


@pytest.mark.parametrize(
    ("rows", "target", "expected"),
    [
        ("d", "-1", "d"),
        ("d", "b1", "d m b2"),
        ("d", "a", "d m b2 b1 c2 c1"),
        ("d", "base", "d m b2 b1 c2 c1 a"),
        ("d x", "x@base", "x"),
        ("b2 c1", "b1@a", "b2 b1"),
        ("b2 c1", "b1@-2", "b2 b1"),
        ("d", "b1@a", "d m b2 b1"),
        ("m", "b1@-1", "m"),  # along the branch, where a plain -1 could go two ways
        ("d", "d", ""),
        ("", "base", ""),
        ("b2", "b1-1", "b2 b1"),
        ("m b1", "a", "m b2 b1 c2 c1"),  # a row that another one implies does no harm
    ],
)
def test_downgrades(rows: str, target: str, expected: str) -> None:
    assert plan.downgrade(DIAMOND, target, rows.split()) == expected.split()


@pytest.mark.parametrize(
    ("rows", "target", "expected"),
    [
        ("c2 a2", "b", "c2 b2"),  # what depends on a reverted revision goes first
        ("c2 a2", "a", "a2"),  # c depends on the target itself, which stays
        ("c2 a2", "a@base", "a2 c2 c a"),
        ("c2 a2", "c@base", "c2 c"),
        ("c2 b3", "right@b", "b3"),
        ("c2 b3", "left@base", "c2 b2 b3 b"),  # both branches share their base
        ("c2 a2", "left@-1", "c2 b2"),
        ("c2 a2", "c-1", "c2 c"),  # below a base is nothing of its line, not of all lines
        ("c2 b3", "left@b2-1", "c2 b2"),
        ("c2 b3", "b2-1", "c2 b2 b3"),
    ],
)
def test_downgrades_with_dependencies(rows: str, target: str, expected: str) -> None:
    assert plan.downgrade(FOREST, target, rows.split()) == expected.split()


@pytest.mark.parametrize(
    ("rows", "target", "kind", "message"),
    [
        ("a2", "b", RangeNotAncestorError, "Revision b is not an ancestor of revision a2"),
        ("c2 a2", "right@b", RangeNotAncestorError, "Revision b is not an ancestor of revision c2, a2"),
        ("a2", "c-1", RangeNotAncestorError, "Revision c-1 is not an ancestor of revision a2"),
        ("a2", "left@-1", RevisionError, "Not a valid downgrade target from current heads"),
        ("b2 b3", "b@-1", RevisionError, "Ambiguous downgrade from multiple current revisions"),
        ("a2", "-3", RevisionError, "Relative revision -3 didn't produce 3 migrations"),
        ("", "-1", RevisionError, "Relative revision -1 didn't produce 1 migrations"),
        ("a2", "+1", RevisionError, "Relative revision +1 didn't produce 1 migrations"),
        ("a2", "a2-3", RevisionError, "Walked too far"),
        ("a2", "heads", MultipleHeads, "Multiple heads are present for given argument 'heads'; a2, c2, b3"),
    ],
)
def test_downgrades_that_cannot_be(rows: str, target: str, kind: type[RevisionError], message: str) -> None:
    with pytest.raises(kind) as caught:
        plan.downgrade(FOREST, target, rows.split())
    assert str(caught.value).splitlines()[0] == message


def test_a_step_down_from_several_heads_takes_the_first_and_warns() -> None:
    """downgrade -1 from multiple heads is ambiguous; this usage will be disallowed in a future release."""
    with pytest.warns(UserWarning, match="downgrade -1 from multiple heads is ambiguous; this usage will be"):
        assert plan.downgrade(FOREST, "-1", ["b3", "a2"]) == ["b3"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert plan.downgrade(FOREST, "-1", ["b3"]) == ["b3"]


@pytest.mark.parametrize(
    ("rows", "target", "moves"),
    [
        ("d", "b1", ["d -> b1 down"]),
        ("b1", "d", ["b1 -> d up"]),
        ("b2 c2", "d", ["b2 c2 -> d up"]),
        ("", "heads", ["-> d up move", "-> x up move"]),
        ("d x", "base", ["d -> down move", "x -> down move"]),
        ("d x", "x@base", ["x -> down move"]),
        ("c1", "b2", ["-> b2 up move"]),  # unrelated: an insert
        ("d", ["b2", "c2"], ["d -> b2 down", "d -> c2 down"]),
        ("b1 x", "x", []),  # stamped already
        ("m b1", "b1", ["m -> b1 down"]),  # what another row implied becomes the only one
    ],
)
def test_stamps(rows: str, target: object, moves: list[str]) -> None:
    written = [
        " ".join(
            [
                *move.from_,
                "->",
                *move.to,
                "up" if move.is_upgrade else "down",
                *(["move"] if move.is_branch_move else []),
            ]
        )
        for move in plan.stamp(DIAMOND, target, rows.split())
    ]
    assert written == moves


def test_stamps_that_cannot_be() -> None:
    with pytest.raises(
        RevisionError, match="Requested revision d overlaps with other requested revisions b1"
    ):
        plan.stamp(DIAMOND, ["d", "b1"], [])
    with pytest.raises(ResolutionError, match="No such revision or branch 'nope'"):
        plan.stamp(DIAMOND, "d", ["nope"])
    with pytest.raises(ResolutionError, match=r"(?s)'\+1'.*Say from which revision to count"):
        plan.stamp(DIAMOND, "+1", ["a"])


@pytest.mark.parametrize(
    ("upper", "lower", "options", "expected"),
    [
        ("d", "a", {}, "d m b2 b1 c2 c1"),
        ("d", "b1", {}, "d m b2"),
        ("d", "b1", {"inclusive": True}, "d m b2 b1"),
        ("d", "b1", {"implicit_base": True}, "d m b2 c2 c1"),
        ("heads", "base", {"inclusive": True}, "d m b2 b1 c2 c1 x a"),
        ("d", None, {}, "d m b2 b1 c2 c1 a"),
        (["b2", "c1"], "a", {}, "b2 b1 c1"),
        ("b1+2", "a", {}, "m b2 b1 c2 c1"),
        ("d", "d", {"inclusive": True}, "d"),
        ("+9", "b1", {"assert_relative_length": False}, "d m b2"),
        ("b2", "-1", {"inclusive": True}, "b2 b1"),
        ("b2", "-9", {"assert_relative_length": False, "inclusive": True}, "b2 b1 a"),
    ],
)
def test_ranges(upper: object, lower: object, options: dict[str, bool], expected: str) -> None:
    assert plan.between(DIAMOND, upper, lower, **options) == expected.split()


def test_ranges_that_are_none() -> None:
    with pytest.raises(RangeNotAncestorError, match="Revision c1 is not an ancestor of revision b2"):
        plan.between(DIAMOND, "b2", "c1")
    with pytest.raises(RevisionError, match="Relative revision -9 didn't produce 9 migrations"):
        plan.between(DIAMOND, "b2", "-9")
    with pytest.raises(RevisionError, match="Ambiguous walk"):
        plan.between(DIAMOND, "d", "-2")

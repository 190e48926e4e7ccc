"""Operations stay in their order, save where one needs another; what is in no circle comes out right."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from alembic.autogenerate.compare.facts import Facts
from alembic.autogenerate.compare.ordering import prerequisites, sort


def _places(order: list[int]) -> dict[int, int]:
    return {position: place for place, position in enumerate(order)}


@st.composite
def _acyclic(draw: st.DrawFn) -> list[list[int]]:
    """Prerequisites without circles: those of some hidden order."""
    count = draw(st.integers(0, 12))
    hidden = draw(st.permutations(range(count)))
    rank = _places(list(hidden))
    pairs = draw(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=30))
    before: list[list[int]] = [[] for _ in range(count)]
    for one, other in pairs:
        if one < count and other < count and rank[one] < rank[other]:
            before[other].append(one)
    return before


@given(_acyclic())
def test_what_is_needed_comes_before(before: list[list[int]]) -> None:
    places = _places(sort(before))
    assert sorted(places) == list(range(len(before)))
    for position, needed in enumerate(before):
        assert all(places[each] < places[position] for each in needed)


@given(st.lists(st.lists(st.integers(0, 7), max_size=4), min_size=8, max_size=8))
def test_circles_lose_nothing(before: list[list[int]]) -> None:
    assert sorted(sort(before)) == list(range(8))


@given(_acyclic())
def test_an_order_that_is_right_is_kept(before: list[list[int]]) -> None:
    kept = [[each for each in needed if each < position] for position, needed in enumerate(before)]
    assert sort(kept) == list(range(len(before)))


def test_a_long_chain_is_no_problem() -> None:
    count = 20_000
    assert sort([[each + 1] if each + 1 < count else [] for each in range(count)]) == list(
        range(count - 1, -1, -1)
    )


def test_dependents_go_before_and_come_after() -> None:
    column = ("column", (None, "t"), "c")
    index = ("name", (None, "t"), "i")
    facts = [
        Facts(drops={column}, makes={column}),  # alter the column
        Facts(makes={index}, needs={column}),  # create the new index
        Facts(drops={index}, frees={column}),  # drop the old one
    ]
    assert prerequisites(facts) == [[2], [0, 2], []]
    assert sort(prerequisites(facts)) == [2, 0, 1]


def test_a_change_needs_nothing_of_itself() -> None:
    thing = ("column", (None, "t"), "c")
    assert prerequisites([Facts({thing}, {thing}, {thing}, {thing})]) == [[]]

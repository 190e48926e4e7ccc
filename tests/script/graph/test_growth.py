"""Work grows in proportion to the number of revisions, for whatever is asked of the graph.

What is counted is lines of our code and calls out of it, not time.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from alembic.script import plan
from alembic.script.graph import Graph, Node
from alembic.script.order import newest_first
from alembic.script.revision import RevisionMap
from alembic.script.steps import RevisionStep
from alembic.script.target import resolve
from tests.script.graph.graphs import SHAPES, revision_map
from tests.script.graph.model import after

SMALL, FACTOR = 160, 4


def effort(work: Callable[[], object]) -> int:
    """The number of lines run in ``alembic.script`` while ``work`` does its work."""
    count = 0

    def line(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += 1
        return line

    def call(frame: FrameType, event: str, argument: Any) -> Any:
        return line if frame.f_globals.get("__name__", "").startswith("alembic.script") else None

    before = sys.gettrace()
    sys.settrace(call)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def rows_of(revisions: RevisionMap) -> list[str]:
    return list(revisions._real_heads)


def walk_rows(revisions: RevisionMap, ids: list[str], rows: list[str], up: bool) -> list[str]:
    there = dict.fromkeys(rows)
    for id_ in ids:
        there = after(there, RevisionStep(revisions, revisions.by_id(id_), up).row_changes(there))
    return list(there)


def building(nodes: list[Node]) -> Callable[[], object]:
    return lambda: Graph(nodes)


def listing(nodes: list[Node]) -> Callable[[], object]:
    graph = Graph(nodes)
    return lambda: newest_first(graph)


def upgrading(nodes: list[Node]) -> Callable[[], object]:
    revisions = revision_map(nodes)
    graph = revisions.graph
    return lambda: walk_rows(revisions, plan.upgrade(graph, "heads", ()), [], True)


def upgrading_with_nothing_to_do(nodes: list[Node]) -> Callable[[], object]:
    revisions = revision_map(nodes)
    rows = rows_of(revisions)
    return lambda: plan.upgrade(revisions.graph, "heads", rows)


def downgrading(nodes: list[Node]) -> Callable[[], object]:
    revisions = revision_map(nodes)
    rows = rows_of(revisions)

    def work() -> None:
        assert walk_rows(revisions, plan.downgrade(revisions.graph, "base", rows), rows, False) == []

    return work


def asking_for_the_current(nodes: list[Node]) -> Callable[[], object]:
    revisions = revision_map(nodes)
    rows = rows_of(revisions)
    return lambda: revisions._get_all_current(rows)


def stamping(nodes: list[Node]) -> Callable[[], object]:
    graph = Graph(nodes)
    lowest = nodes[0].id
    return lambda: plan.stamp(graph, lowest, [graph.ids[graph.real_heads[-1]]])


def telling_hooks(nodes: list[Node]) -> Callable[[], object]:
    revisions = revision_map(nodes)
    ids = revisions.graph.ids
    return lambda: [RevisionStep(revisions, revisions.by_id(id_), True).info for id_ in ids]


def finding_by_part(nodes: list[Node]) -> Callable[[], object]:
    graph = Graph(nodes)
    return lambda: [resolve(graph, id_[:-1] + id_[-1]) for id_ in graph.ids]


KINDS = [
    building,
    listing,
    upgrading,
    upgrading_with_nothing_to_do,
    downgrading,
    asking_for_the_current,
    stamping,
    telling_hooks,
    finding_by_part,
]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_four_times_the_revisions_take_at_most_about_four_times_the_work(
    shape: str, kind: Callable[[list[Node]], Callable[[], object]]
) -> None:
    small = effort(kind(SHAPES[shape](SMALL)))
    large = effort(kind(SHAPES[shape](SMALL * FACTOR)))
    # The comb is all branches: the search among its lanes may take its allowance, see order._Walk.
    slack = 4 if shape == "comb" else 1.15
    assert large <= small * FACTOR * slack


def test_a_unique_part_is_found_without_looking_at_all_ids() -> None:
    graph = Graph([Node(f"{at:05d}abcdef") for at in range(2000)])
    resolve(graph, "00000abc")  # sorts the names once
    assert effort(lambda: resolve(graph, "01234ab")) < 50


def test_many_parallel_branches_are_listed_within_the_allowance() -> None:
    """Past its allowance of looks the walk takes any lane that leads on; the order stays a valid one."""
    nodes = SHAPES["comb"](6000)
    graph = Graph(nodes)
    listed = newest_first(graph)
    place = {at: number for number, at in enumerate(listed)}
    assert len(listed) == 6000
    assert all(place[at] < place[lower] for at in listed for lower in graph.needs(at))

"""The order in which revisions are listed and run.

Newest first, one branch is walked as far as possible. Where that is no further because another branch leads
to the same revision, the walk goes on there. Ties follow the order of the files; existing projects know this
order from ``history`` and from the sequence of their migrations.
"""

from __future__ import annotations

from alembic.script.graph import Graph


def newest_first(graph: Graph, members: set[int] | None = None) -> list[int]:
    """Return ``members`` (all revisions by default), each before everything that it needs.

    :param members: positions; where two of them are kin, everything between them must be a member as well.
    """
    return _Walk(graph, None if members is not None and len(members) == len(graph) else members).run()


_DONE = -1
"""In place of a count: the revision is listed already, or none to be listed."""


class _Lane:
    """One branch being walked: the next revision on it, and its neighbours in the row of lanes."""

    __slots__ = ("before", "behind", "next")

    def __init__(self, following: int) -> None:
        self.next = following
        self.before: _Lane | None = None
        self.behind: _Lane | None = None


class _Walk:
    def __init__(self, graph: Graph, members: set[int] | None) -> None:
        self._graph = graph
        self._normalized = graph.normalized_dependencies
        self._first: _Lane | None = None
        self._last: _Lane | None = None
        self._waiting: dict[int, _Lane] = {}
        # Thousands of parallel branches would make the search for the first lane quadratic; past this many
        # looks any lane that leads on will do.
        self._looks = 50 * len(graph) + 100_000
        starts = graph.real_heads if members is None else graph.maximal(members)
        for at in starts:
            self._append(at)
        self._left = _counted(graph, members)
        """For each member the number of members that must come before it."""

    def _append(self, at: int) -> None:
        lane = _Lane(at)
        lane.before = self._last
        if self._last is None:
            self._first = lane
        else:
            self._last.behind = lane
        self._last = lane
        self._waiting[at] = lane

    def _remove(self, lane: _Lane) -> _Lane | None:
        """Close a lane; the walk goes on at the one before it."""
        if lane.before is None:
            self._first = lane.behind
        else:
            lane.before.behind = lane.behind
        if lane.behind is None:
            self._last = lane.before
        else:
            lane.behind.before = lane.before
        return lane.before or self._first

    def run(self) -> list[int]:
        result: list[int] = []
        left, graph, waiting = self._left, self._graph, self._waiting
        lane = self._first
        while lane is not None:
            at = lane.next
            if left[at]:
                lane = self._blocking(at)
                continue
            del waiting[at]
            at = self._down_one_line(at, result)
            result.append(at)
            left[at] = _DONE
            for lower in graph.needs(at):
                if left[lower] > 0:
                    left[lower] -= 1
            lane = self._advance(lane, at)
        return result

    def _down_one_line(self, at: int, result: list[int]) -> int:
        """Go on for as long as only one way leads down and nothing else leads there; return the last one."""
        left, waiting = self._left, self._waiting
        parents, dependencies = self._graph.parents, self._graph.dependencies
        below = parents[at]
        while len(below) == 1 and left[below[0]] == 1 and below[0] not in waiting and at not in dependencies:
            result.append(at)
            left[at] = _DONE
            at = below[0]
            below = parents[at]
        return at

    def _advance(self, lane: _Lane, at: int) -> _Lane | None:
        """Lead a lane from where it is to the first revision below that no lane waits at; open lanes for the
        others."""
        lower = self._graph.parents[at]
        if at in self._normalized:
            lower = lower + self._normalized[at]
        fresh = [other for other in lower if self._left[other] != _DONE and other not in self._waiting]
        if not fresh:
            return self._remove(lane)
        lane.next = fresh[0]
        self._waiting[fresh[0]] = lane
        for other in fresh[1:]:
            self._append(other)
        return lane

    def _blocking(self, at: int) -> _Lane:
        """The first lane that leads to a revision which has to wait for it."""
        marks, bit = self._graph.branch_point_marks
        lane = self._first if self._looks > 0 else None
        while lane is not None:
            self._looks -= 1
            if marks[lane.next] & bit[at]:
                return lane
            lane = lane.behind
        while self._left[at]:
            at = next(other for other in self._graph.followers(at) if self._left[other] != _DONE)
        return self._waiting[at]


def _counted(graph: Graph, members: set[int] | None) -> list[int]:
    if members is None:
        counts = list(map(len, graph.children))
        for at, dependants in graph.dependants.items():
            counts[at] += len(dependants)
        return counts
    counts = [_DONE] * len(graph)
    for at in members:
        counts[at] = sum([other in members for other in graph.followers(at)])
    return counts

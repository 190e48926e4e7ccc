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


class _Lane:
    """One branch being walked: the next revision on it, and its neighbours in the row of lanes."""

    __slots__ = ("before", "behind", "next")

    def __init__(self, following: int) -> None:
        self.next = following
        self.before: _Lane | None = None
        self.behind: _Lane | None = None


class _Walk:
    def __init__(self, graph: Graph, members: set[int] | None) -> None:
        self._graph, self._members = graph, members
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
        # For each member the number of members that must come before it.
        self._left = {at: self._followers(at) for at in (range(len(graph)) if members is None else members)}

    def _followers(self, at: int) -> int:
        if self._members is None:
            return len(self._graph.followers(at))
        return sum(other in self._members for other in self._graph.followers(at))

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
        left, graph = self._left, self._graph
        dependencies = graph.dependencies
        lane = self._first
        while lane is not None:
            at = lane.next
            if left[at]:
                lane = self._blocking(at)
                continue
            result.append(at)
            del self._waiting[at]
            left[at] = _DONE
            for lower in graph.needs(at) if at in dependencies else graph.parents[at]:
                if lower in left:
                    left[lower] -= 1
            lane = self._advance(lane)
        return result

    def _advance(self, lane: _Lane) -> _Lane | None:
        """Lead a lane to the first revision below that no lane waits at; open lanes for the others."""
        graph, at = self._graph, lane.next
        lower = graph.parents[at]
        if at in self._normalized:
            lower = lower + self._normalized[at]
        fresh = [other for other in lower if other in self._left and other not in self._waiting]
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
            at = next(other for other in self._graph.followers(at) if self._left.get(other, _DONE) >= 0)
        return self._waiting[at]

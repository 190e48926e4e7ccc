"""The revision graph: an immutable value that answers questions about order and kinship.

Revisions are kept by *position*, their place in the order they were given in. The vocabulary: a revision's
**parents** are those named by ``down_revision``, its **dependencies** those named by ``depends_on``;
**children** and **dependants** are the reverse. A *head* has no children, a *real* head no dependants either.
Every answer comes in a fixed order, so that the same files print the same lines in every process.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from alembic.script import graph_checks as checks


class Node(NamedTuple):
    """One revision as it was declared, in which file, and what the file says about it."""

    id: str
    down: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    path: str | None = None
    doc: str | None = None


class Graph:
    """All revisions and how they follow each other; building one proves that it is sound.

    :param nodes: the revisions, in the order that breaks ties.
    :raises alembic.errors.RevisionError: for illegal or duplicate ids, clashing labels, missing parents or
        dependencies, and cycles; the error names the files.
    """

    ids: tuple[str, ...]
    position: dict[str, int]
    label_owner: dict[str, int]
    parents: list[tuple[int, ...]]
    dependencies: dict[int, tuple[int, ...]]
    children: list[list[int]]
    dependants: dict[int, list[int]]
    oldest_first: list[int]
    """Some order in which everything comes after what it needs; `order` has the one to show."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        given = tuple(nodes)
        self.ids = tuple([node.id for node in given])
        self.position = {id_: at for at, id_ in enumerate(self.ids)}
        checks.check_ids(given, self.position)
        self.label_owner = checks.labels_of(given, self.position)
        self._connect(given)
        self.oldest_first = self._sorted()
        if len(self.oldest_first) != len(self.ids):
            checks.report_cycle(given, self)

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, id_: object) -> bool:
        return id_ in self.position

    def _connect(self, nodes: Sequence[Node]) -> None:
        position = self.position
        parents: list[tuple[int, ...]] = []
        children: list[list[int]] = [[] for _ in nodes]
        self.dependencies, self.dependants = {}, {}
        for at, node in enumerate(nodes):
            down = node.down
            if not down:
                parents.append(())
                continue
            try:
                if len(down) == 1:
                    parent = position[down[0]]
                    children[parent].append(at)
                    parents.append((parent,))
                    continue
                positions = tuple(dict.fromkeys([position[id_] for id_ in down]))
            except KeyError:
                checks.report_missing(node, down, "down_revision", position)
            for parent in positions:
                children[parent].append(at)
            parents.append(positions)
        self.parents, self.children = parents, children
        for at, node in enumerate(nodes):
            if node.depends_on:
                self._depend(at, node)

    def _depend(self, at: int, node: Node) -> None:
        """Dependencies may be named by label; those that are parents anyway add nothing."""
        known = self.label_owner | self.position if self.label_owner else self.position
        unknown = [name for name in node.depends_on if name not in known]
        if unknown:
            checks.report_missing(node, unknown, "depends_on", known)
        named = dict.fromkeys(known[name] for name in node.depends_on)
        needed = tuple([other for other in named if other not in self.parents[at]])
        if needed:
            self.dependencies[at] = needed
            for other in needed:
                self.dependants.setdefault(other, []).append(at)

    def _sorted(self) -> list[int]:
        """Everything after what it needs; revisions on a cycle, and those above one, are missing."""
        children, dependants = self.children, self.dependants
        waiting = list(map(len, self.parents))
        for at, needed in self.dependencies.items():
            waiting[at] += len(needed)
        ready = [at for at, count in enumerate(waiting) if not count]
        for at in ready:
            for child in children[at] + dependants[at] if at in dependants else children[at]:
                if waiting[child] == 1:
                    ready.append(child)
                else:
                    waiting[child] -= 1
        return ready

    @cached_property
    def names(self) -> list[str]:
        """Ids and labels, sorted; without those too short to be meant by a part of them."""
        return sorted(name for name in (*self.ids, *self.label_owner) if len(name) > 3)

    # ------------------------------------------------------------------------------------------ neighbours

    def needs(self, at: int) -> tuple[int, ...]:
        """Parents, then dependencies."""
        return self.parents[at] + self.dependencies.get(at, ())

    def followers(self, at: int) -> list[int]:
        """Children, then dependants."""
        dependants = self.dependants.get(at)
        return self.children[at] + dependants if dependants else self.children[at]

    def is_branch_point(self, at: int) -> bool:
        return len(self.children[at]) > 1

    def is_real_branch_point(self, at: int) -> bool:
        return len(self.followers(at)) > 1

    def is_merge_point(self, at: int) -> bool:
        return len(self.parents[at]) > 1

    def is_head(self, at: int) -> bool:
        return not self.children[at]

    def is_real_head(self, at: int) -> bool:
        return not self.children[at] and at not in self.dependants

    def is_base(self, at: int) -> bool:
        return not self.parents[at]

    def is_real_base(self, at: int) -> bool:
        return not self.parents[at] and at not in self.dependencies

    @cached_property
    def heads(self) -> tuple[int, ...]:
        return tuple([at for at, children in enumerate(self.children) if not children])

    @cached_property
    def real_heads(self) -> tuple[int, ...]:
        return tuple([at for at in self.heads if at not in self.dependants])

    @cached_property
    def bases(self) -> tuple[int, ...]:
        return tuple([at for at, parents in enumerate(self.parents) if not parents])

    @cached_property
    def real_bases(self) -> tuple[int, ...]:
        return tuple([at for at in self.bases if at not in self.dependencies])

    # --------------------------------------------------------------------------------------------- kinship

    def ancestors(self, starts: Iterable[int], *, dependencies: bool = True) -> set[int]:
        """``starts`` and everything that has to run before them."""
        found = set(starts)
        if dependencies and found.issuperset(self.real_heads):
            return set(range(len(self)))
        pending = list(found)
        parents = self.parents
        needs = self.dependencies if dependencies else {}
        while pending:
            at = pending.pop()
            for other in parents[at]:
                if other not in found:
                    found.add(other)
                    pending.append(other)
            if at in needs:
                for other in needs[at]:
                    if other not in found:
                        found.add(other)
                        pending.append(other)
        return found

    def descendants(self, starts: Iterable[int], *, dependencies: bool = True) -> set[int]:
        """``starts`` and everything that can only run after them."""
        found = set(starts)
        pending = list(found)
        dependants = self.dependants if dependencies else {}
        while pending:
            at = pending.pop()
            for other in self.children[at]:
                if other not in found:
                    found.add(other)
                    pending.append(other)
            for other in dependants.get(at, ()):
                if other not in found:
                    found.add(other)
                    pending.append(other)
        return found

    def lineage(self, at: int, *, dependencies: bool = False) -> set[int]:
        """A revision with its ancestors and its descendants."""
        return self.ancestors([at], dependencies=dependencies) | self.descendants(
            [at], dependencies=dependencies
        )

    def maximal(self, members: set[int]) -> list[int]:
        """Those members that no other member needs, directly or through members."""
        return sorted(at for at in members if members.isdisjoint(self.followers(at)))

    @cached_property
    def normalized_dependencies(self) -> dict[int, tuple[int, ...]]:
        """Dependencies without those on which an ancestor (along ``down_revision``) depends already."""
        shared = [other for other, dependants in self.dependants.items() if len(dependants) > 1]
        if not shared:
            return self.dependencies
        # One bit for each revision that is depended on twice; in `seen`, those that a lineage has met.
        bit = {other: 1 << number for number, other in enumerate(shared)}
        seen = [0] * len(self)
        result: dict[int, tuple[int, ...]] = {}
        for at in self.oldest_first:
            mask = 0
            for parent in self.parents[at]:
                mask |= seen[parent]
            needed = self.dependencies.get(at)
            if needed:
                kept = tuple([other for other in needed if not mask & bit.get(other, 0)])
                if kept:
                    result[at] = kept
                for other in needed:
                    mask |= bit.get(other, 0)
            seen[at] = mask
        return result

    @cached_property
    def branch_point_marks(self) -> tuple[list[int], dict[int, int]]:
        """For each revision, as bits, the real branch points below it; and the bit of each branch point.

        Asking whether one of the few branch points is an ancestor then takes no walk.
        """
        points = [at for at in range(len(self)) if self.is_real_branch_point(at)]
        bit = {at: 1 << number for number, at in enumerate(points)}
        marks = [0] * len(self)
        for at in self.oldest_first:
            mask = 0
            for lower in self.needs(at):
                mask |= marks[lower] | bit.get(lower, 0)
            marks[at] = mask
        return marks, bit

    # ---------------------------------------------------------------------------------------------- labels

    @cached_property
    def branch_names(self) -> dict[int, tuple[str, ...]]:
        """The labels of each revision that has any: its own and those of the branches it belongs to.

        A label spreads to all that follows by ``down_revision``. Where that is one unbranched line, it
        spreads below its revision as well, down to the next branch or merge point, which it doesn't reach.
        """
        names: dict[int, list[str]] = {}
        for label, owner in self.label_owner.items():
            for at in self._branch_of(owner):
                names.setdefault(at, []).append(label)
        return {at: tuple(sorted(labels)) for at, labels in names.items()}

    def _branch_of(self, owner: int) -> Iterator[int]:
        members = self.descendants([owner], dependencies=False)
        yield from members
        if any(self.is_real_branch_point(at) or self.is_merge_point(at) for at in members):
            return
        below = self.parents[owner]
        while below and not self.is_real_branch_point(below[0]) and not self.is_merge_point(below[0]):
            yield below[0]
            below = self.parents[below[0]]

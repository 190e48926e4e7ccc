"""A slow model of the revision graph, so plain that it is seen to be right; ids are all it knows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from alembic.script.graph import Node
from alembic.script.steps import DeleteRow, InsertRow, RowChange


class Model:
    def __init__(self, nodes: Sequence[Node]) -> None:
        owner = {label: node.id for node in nodes for label in node.labels}
        self.down = {node.id: set(node.down) for node in nodes}
        self.needs = {
            node.id: self.down[node.id] | {owner.get(name, name) for name in node.depends_on}
            for node in nodes
        }
        self.ids = list(self.needs)

    def ancestors(self, ids: Iterable[str], edges: dict[str, set[str]] | None = None) -> set[str]:
        found: set[str] = set(ids)
        while True:
            more = {lower for one in found for lower in (edges or self.needs)[one]} - found
            if not more:
                return found
            found |= more

    def descendants(self, ids: Iterable[str], edges: dict[str, set[str]] | None = None) -> set[str]:
        wanted = set(ids)
        return {one for one in self.ids if self.ancestors([one], edges) & wanted}

    def children(self, id_: str) -> set[str]:
        return {one for one in self.ids if id_ in self.down[one]}

    def lineage(self, id_: str) -> set[str]:
        return self.ancestors([id_], self.down) | self.descendants([id_], self.down)

    def rows(self, applied: Iterable[str]) -> set[str]:
        """What the version table has to hold: everything applied that nothing applied needs."""
        members = set(applied)
        return {one for one in members if not any(one in self.needs[other] for other in members)}

    # -- plans -----------------------------------------------------------------------------------------------

    def to_apply(self, targets: Iterable[str], rows: Iterable[str]) -> set[str]:
        return self.ancestors(targets) - self.ancestors(rows)

    def to_revert(self, target: str | None, rows: Iterable[str], branch: str | None = None) -> set[str]:
        applied = self.ancestors(rows)
        roots = self.children(target) if target else {one for one in self.ids if not self.down[one]}
        if branch is not None:
            roots &= self.lineage(branch)
        return self.descendants(roots & applied) & applied

    def stamped(self, targets: Iterable[str], rows: Iterable[str]) -> set[str]:
        wanted = set(targets)
        related = self.ancestors(wanted) | self.descendants(wanted)
        return wanted | {row for row in rows if row not in related}


def after(rows: Iterable[str], changes: Sequence[RowChange]) -> dict[str, None]:
    """Rows as a database would have them after these statements; each must hit what it names."""
    result = dict.fromkeys(rows)
    for change in changes:
        if isinstance(change, InsertRow):
            assert change.id not in result
            result[change.id] = None
        elif isinstance(change, DeleteRow):
            del result[change.id]
        else:
            del result[change.old]
            assert change.new not in result
            result[change.new] = None
    return result

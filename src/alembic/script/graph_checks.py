"""What makes a set of revisions unsound, each with an error that names the files and the next step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NoReturn

from alembic.errors.revisions import (
    BranchNameInUse,
    CycleDetected,
    DependencyCycleDetected,
    DependencyLoopDetected,
    DuplicateRevision,
    IllegalRevisionId,
    LoopDetected,
    MissingRevision,
)

if TYPE_CHECKING:
    from alembic.script.graph import Graph, Node

ILLEGAL = "+-:@"
"""Characters that have a meaning in symbols, hence can't be part of an id."""

ILLEGAL_IN_LABELS = ":@"
"""Those that no symbol with the label could do without; `my-feature@head` is clear. Asked of new labels only:
what existing files have is taken as it is."""


def illegal_characters(name: str, illegal: str = ILLEGAL) -> list[str]:
    return sorted(character for character in illegal if character in name)


def check_ids(nodes: Sequence[Node], position: Mapping[str, int]) -> None:
    joined = "".join(position)
    if "" in position or any(character in joined for character in ILLEGAL):
        for node in nodes:
            if not node.id or illegal_characters(node.id):
                raise IllegalRevisionId(node.id, illegal_characters(node.id), node.path)
    if len(position) != len(nodes):
        for at, node in enumerate(nodes):
            if position[node.id] != at:
                twins = [other for other in nodes if other.id == node.id]
                raise DuplicateRevision(node.id, [other.path or other.id for other in twins])


def labels_of(nodes: Iterable[Node], position: Mapping[str, int]) -> dict[str, int]:
    """Which revision each branch label stands for; an empty label names nothing."""
    owner: dict[str, int] = {}
    for at, node in enumerate(nodes):
        for label in node.labels:
            if not label:
                continue
            if label in position:
                raise _name_in_use(nodes, label, at, position[label])
            if owner.setdefault(label, at) != at:
                raise _name_in_use(nodes, label, owner[label], at)
    return owner


def _name_in_use(nodes: Iterable[Node], label: str, at: int, other: int) -> BranchNameInUse:
    pair = [node for place, node in enumerate(nodes) if place in (at, other)]
    first, second = (pair[0], pair[-1]) if at <= other else (pair[-1], pair[0])
    paths = [node.path for node in pair if node.path]
    return BranchNameInUse(label, first.id, second.id, paths)


def report_missing(node: Node, named: Iterable[str], role: str, known: Mapping[str, int]) -> NoReturn:
    missing = next(id_ for id_ in named if id_ not in known)
    where = f"{node.id} ({node.path})" if node.path else node.id
    raise MissingRevision(missing, node.id, where, role=role, near=near(missing, known))


def near(name: str, names: Iterable[str]) -> list[str]:
    """The names most like ``name``, the closest first."""
    from difflib import get_close_matches

    return get_close_matches(name, sorted(names), n=3)


# ---------------------------------------------------------------------------------------------------- cycles


def report_cycle(nodes: Sequence[Node], graph: Graph) -> NoReturn:
    """Raise the error for the first cycle there is, one without dependencies by preference."""
    sound = set(graph.oldest_first)
    suspects = [at for at in range(len(nodes)) if at not in sound]
    for cycle in (_cycle(suspects, graph, dependencies=False), _cycle(suspects, graph, dependencies=True)):
        if cycle:
            break
    pure = all(graph.parents[at].count(lower) for at, lower in _links(cycle))
    listed = [nodes[at].id for at in sorted(cycle)]
    hint = "".join(
        f"{nodes[at].id} {'follows' if lower in graph.parents[at] else 'depends on'} {nodes[lower].id}"
        f"{' in ' + str(nodes[at].path) if nodes[at].path else ''}\n"
        for at, lower in _links(cycle)
    )
    hint += f"Change the {'down_revision' if pure else 'down_revision or depends_on'} of one of them."
    if len(cycle) == 1:
        raise (LoopDetected if pure else DependencyLoopDetected)(listed[0], hint=hint)
    raise (CycleDetected if pure else DependencyCycleDetected)(listed, hint=hint)


def _links(cycle: Sequence[int]) -> Iterator[tuple[int, int]]:
    return zip(cycle, [*cycle[1:], cycle[0]], strict=True)


def _cycle(suspects: Sequence[int], graph: Graph, *, dependencies: bool) -> list[int]:
    """A closed walk towards older revisions, among the suspects; empty if there is none."""
    lower = {at: list(graph.needs(at) if dependencies else graph.parents[at]) for at in suspects}
    done: set[int] = set()
    for start in suspects:
        path: list[int] = [start]
        on_path = {start: 0}
        while path:
            at = path[-1]
            if at not in done and lower[at]:
                following = lower[at].pop(0)
                if following in on_path:
                    return path[on_path[following] :]
                if following in lower and following not in done:
                    on_path[following] = len(path)
                    path.append(following)
            else:
                done.add(at)
                del on_path[path.pop()]
    return []

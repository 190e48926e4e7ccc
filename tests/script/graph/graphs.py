"""Revision graphs for tests: drawn at random, written down by hand, or of a shape that grows."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from alembic.script.graph import Graph, Node
from alembic.script.revision import Revision, RevisionMap


@st.composite
def node_lists(draw: st.DrawFn, *, most: int = 10, depends: bool = True) -> list[Node]:
    """Up to ``most`` revisions with branches, merges, several bases, dependencies and labels, in any order.

    Parents may be redundant (a revision and its own ancestor), as in files that people edited.
    """
    count = draw(st.integers(1, most))
    nodes: list[Node] = []
    for at in range(count):
        below = [f"r{other}" for other in range(at)]
        down = draw(st.lists(st.sampled_from(below), max_size=3, unique=True)) if below else []
        needed: list[str] = []
        if depends and below and draw(st.booleans()):
            names = [*below, *(label for node in nodes for label in node.labels)]
            needed = draw(st.lists(st.sampled_from(names), max_size=2, unique=True))
        labels = (f"label{at}",) if draw(st.integers(0, 5)) == 5 else ()
        nodes.append(Node(f"r{at}", tuple(down), tuple(needed), labels))
    return draw(st.permutations(nodes))


def revision_map(nodes: Sequence[Node]) -> RevisionMap:
    return RevisionMap(lambda: [Revision(node.id, node.down, node.depends_on, node.labels) for node in nodes])


def graph(text: str) -> Graph:
    return Graph(nodes(text))


def nodes(text: str) -> list[Node]:
    """Revisions written as ``id [@label …] [< parent …] [^ dependency …]``, one a line."""
    result = []
    for line in text.strip().splitlines():
        rest, _, depends = line.partition("^")
        rest, _, down = rest.partition("<")
        name, *labels = rest.split()
        result.append(
            Node(name, tuple(down.split()), tuple(depends.split()), tuple(label[1:] for label in labels))
        )
    return result


# ---------------------------------------------------------------------------------------- shapes that grow


def linear(count: int) -> list[Node]:
    return [Node(f"{at:08x}", (f"{at - 1:08x}",) if at else ()) for at in range(count)]


def ladder(count: int) -> list[Node]:
    """Two branches that merge every fourth revision, each merge depending on an earlier one as well."""
    result: list[Node] = []
    for at in range(count):
        kind, previous = at % 4, f"{at - 1:08x}"
        if at == 0:
            result.append(Node(f"{at:08x}"))
        elif kind in (1, 2):
            result.append(Node(f"{at:08x}", (f"{at - kind:08x}",)))
        elif kind == 3:
            depends = (f"{at - 7:08x}",) if at > 8 else ()
            result.append(Node(f"{at:08x}", (f"{at - 2:08x}", previous), depends))
        else:
            result.append(Node(f"{at:08x}", (previous,)))
    return result


def two_lines(count: int) -> list[Node]:
    """Two bases; each revision of the second line depends on one of the first."""
    half = count // 2
    first = [Node(f"a{at:07x}", (f"a{at - 1:07x}",) if at else ()) for at in range(half)]
    second = [Node(f"b{at:07x}", (f"b{at - 1:07x}",) if at else (), (f"a{at:07x}",)) for at in range(half)]
    return [*first, *second]


def comb(count: int) -> list[Node]:
    """A line with a leaf at each revision."""
    half = count // 2
    leaves = [Node(f"l{at:07x}", (f"t{at:07x}",)) for at in range(half)]
    return [*leaves, *(Node(f"t{at:07x}", (f"t{at - 1:07x}",) if at else ()) for at in range(half))]


SHAPES = {"linear": linear, "ladder": ladder, "two lines": two_lines, "comb": comb}

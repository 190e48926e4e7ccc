"""Revisions and the map of them, under the names and signatures that existing projects use.

Everything is answered by an immutable :class:`~alembic.script.graph.Graph`, built when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from alembic.errors.revisions import (
    CycleDetected,
    DependencyCycleDetected,
    DependencyLoopDetected,
    DuplicateRevision,
    IllegalRevisionId,
    LoopDetected,
    MultipleHeads,
    RangeNotAncestorError,
    ResolutionError,
    RevisionError,
)
from alembic.script import target as symbols
from alembic.script.graph import Graph, Node
from alembic.script.graph_checks import ILLEGAL, illegal_characters

__all__ = [
    "CycleDetected",
    "DependencyCycleDetected",
    "DependencyLoopDetected",
    "LoopDetected",
    "MultipleHeads",
    "RangeNotAncestorError",
    "ResolutionError",
    "Revision",
    "RevisionError",
    "RevisionMap",
    "is_revision",
    "tuple_rev_as_scalar",
]

Ids = str | Iterable[str] | None
_T = TypeVar("_T")
_ILLEGAL = frozenset(ILLEGAL)


class Revision:
    """One revision: what it is called, what it follows and what it depends on.

    :param revision: its id.
    :param down_revision: the revisions it follows; none for a first one.
    :param dependencies: revisions or labels that have to be applied before it.
    :param branch_labels: names for the branch that starts here.
    :raises alembic.errors.IllegalRevisionId: for an id with ``@``, ``-``, ``+`` or ``:``.
    """

    # What a project's thousands of revisions needn't each hold is left unset until it is needed.
    __slots__ = ("__weakref__", "_added", "_at", "_graph", "_node")

    _node: Node
    """What was declared."""
    _graph: Graph | None
    """The graph that it is part of, if any, and its position there."""
    _at: int

    def __init__(
        self, revision: str, down_revision: Ids, dependencies: Ids = None, branch_labels: Ids = None
    ) -> None:
        self._declare(
            Node(revision, as_tuple(down_revision), as_tuple(dependencies), as_tuple(branch_labels))
        )

    def _declare(self, node: Node) -> None:
        if not _ILLEGAL.isdisjoint(node.id):
            raise IllegalRevisionId(node.id, illegal_characters(node.id), node.path)
        self._node = node
        self._graph = None

    @property
    def revision(self) -> str:
        """Its id."""
        return self._node.id

    @property
    def down_revision(self) -> str | tuple[str, ...] | None:
        """The parents: None, one id, or several in a tuple."""
        return tuple_rev_as_scalar(self._node.down)

    @property
    def dependencies(self) -> str | tuple[str, ...] | None:
        """What the file says it depends on, as it says it."""
        return tuple_rev_as_scalar(self._node.depends_on)

    @classmethod
    def verify_rev_id(cls, revision: str) -> None:
        """Raise for an id that could not be told from a symbol."""
        if not _ILLEGAL.isdisjoint(revision):
            raise IllegalRevisionId(revision, illegal_characters(revision))

    def __repr__(self) -> str:
        parts = [repr(self.revision), repr(self.down_revision)]
        if self.dependencies:
            parts.append(f"dependencies={self.dependencies!r}")
        if self.branch_labels:
            parts.append(f"branch_labels={{{', '.join(map(repr, sorted(self.branch_labels)))}}}")
        return f"{type(self).__name__}({', '.join(parts)})"

    @property
    def branch_labels(self) -> set[str]:
        """The branches it belongs to; for a revision outside of a map, the labels it was given."""
        if self._graph is None:
            return set(self._node.labels)
        return set(self._graph.branch_names.get(self._at, ()))

    def add_nextrev(self, revision: Revision) -> None:
        """Note, outside of a map, that another revision follows this one or depends on it."""
        self._added = (*self._noted, revision)

    @property
    def _noted(self) -> tuple[Revision, ...]:
        noted: tuple[Revision, ...] = getattr(self, "_added", ())
        return noted

    @property
    def nextrev(self) -> frozenset[str]:
        """The ids of its children."""
        if self._graph is not None:
            return frozenset(self._ids(self._graph.children[self._at]))
        return frozenset(
            other.revision for other in self._noted if self.revision in other._versioned_down_revisions
        )

    @property
    def _all_nextrev(self) -> frozenset[str]:
        if self._graph is not None:
            return frozenset(self._ids(self._graph.followers(self._at)))
        return frozenset(other.revision for other in self._noted)

    @property
    def _versioned_down_revisions(self) -> tuple[str, ...]:
        return self._node.down

    @property
    def _resolved_dependencies(self) -> tuple[str, ...]:
        """Dependencies as ids, without those that are parents as well."""
        if self._graph is None:
            return self._node.depends_on
        return self._ids(self._graph.dependencies.get(self._at, ()))

    @property
    def _all_down_revisions(self) -> tuple[str, ...]:
        return self._versioned_down_revisions + self._resolved_dependencies

    @property
    def _normalized_down_revisions(self) -> tuple[str, ...]:
        """Parents, and the dependencies that no ancestor has already."""
        if self._graph is None:
            return self._all_down_revisions
        kept = self._graph.normalized_dependencies.get(self._at, ())
        return self._versioned_down_revisions + self._ids(kept)

    def _ids(self, positions: Iterable[int]) -> tuple[str, ...]:
        assert self._graph is not None
        return tuple([self._graph.ids[at] for at in positions])

    @property
    def is_head(self) -> bool:
        """Whether nothing follows it."""
        if self._graph is not None:
            return self._graph.is_head(self._at)
        return not self.nextrev

    @property
    def _is_real_head(self) -> bool:
        if self._graph is not None:
            return self._graph.is_real_head(self._at)
        return not self._all_nextrev

    @property
    def is_base(self) -> bool:
        """Whether it follows nothing."""
        return not self._node.down

    @property
    def _is_real_base(self) -> bool:
        return not self._node.down and not self._node.depends_on

    @property
    def is_branch_point(self) -> bool:
        """Whether several revisions follow it."""
        if self._graph is not None:
            return self._graph.is_branch_point(self._at)
        return len(self.nextrev) > 1

    @property
    def _is_real_branch_point(self) -> bool:
        return len(self._all_nextrev) > 1

    @property
    def is_merge_point(self) -> bool:
        """Whether it follows several revisions."""
        return len(self._node.down) > 1


class RevisionMap:
    """All revisions of a project and the questions that can be asked about them.

    :param generator: called once, when the first question comes; gives the revisions in the order that
        breaks ties.

    Every question can raise the :class:`~alembic.errors.RevisionError` that says why the graph is unsound.
    """

    def __init__(self, generator: Callable[[], Iterable[Revision]]) -> None:
        self._generator = generator
        self._loaded: tuple[Graph, list[Revision]] | None = None
        self._applied: dict[str, Any] = {}
        """What :mod:`alembic.script.steps` last worked out about the revisions applied."""

    # -- the graph -------------------------------------------------------------------------------------------

    @property
    def graph(self) -> Graph:
        """The graph of all revisions."""
        return self._load()[0]

    def _load(self) -> tuple[Graph, list[Revision]]:
        if self._loaded is None:
            self._accept(list(self._generator()))
            assert self._loaded is not None
        return self._loaded

    def _accept(self, revisions: list[Revision]) -> None:
        graph = Graph([one._node for one in revisions])
        for at, revision in enumerate(revisions):
            revision._graph = graph
            revision._at = at
        self._loaded = graph, revisions
        self._applied.clear()

    def add_revision(self, revision: Revision, _replace: bool = False) -> None:
        """Add a revision that came into being after the others were read.

        :param _replace: put it in the place of the one with the same id.
        """
        graph, revisions = self._load()
        at = graph.position.get(revision.revision)
        if at is None:
            self._accept([*revisions, revision])
        elif _replace:
            self._accept([*revisions[:at], revision, *revisions[at + 1 :]])
        else:
            paths = [getattr(one, "path", None) or one.revision for one in (revisions[at], revision)]
            raise DuplicateRevision(revision.revision, paths)

    @property
    def _revision_map(self) -> Mapping[str, Revision]:
        graph, revisions = self._load()
        return {name: revisions[at] for name, at in {**graph.label_owner, **graph.position}.items()}

    @property
    def heads(self) -> tuple[str, ...]:
        """The ids of the revisions that nothing follows."""
        return self._ids(self.graph.heads)

    @property
    def bases(self) -> tuple[str, ...]:
        """The ids of the revisions that follow nothing."""
        return self._ids(self.graph.bases)

    @property
    def _real_heads(self) -> tuple[str, ...]:
        return self._ids(self.graph.real_heads)

    @property
    def _real_bases(self) -> tuple[str, ...]:
        return self._ids(self.graph.real_bases)

    def _ids(self, positions: Iterable[int]) -> tuple[str, ...]:
        ids = self.graph.ids
        return tuple([ids[at] for at in positions])

    # -- single revisions ------------------------------------------------------------------------------------

    def get_revision(self, id_: str | Sequence[str] | None) -> Revision | None:
        """The revision that a symbol stands for; None for ``base``.

        :raises MultipleHeads: where it stands for several.
        :raises ResolutionError: where it stands for none.
        """
        graph, revisions = self._load()
        at = symbols.resolve_one(graph, id_)
        return None if at is None else revisions[at]

    def by_id(self, id_: str) -> Revision:
        """The revision with exactly this id.

        :raises KeyError: if there is none.
        """
        graph, revisions = self._load()
        return revisions[graph.position[id_]]

    def get_revisions(self, id_: str | Collection[str] | None) -> tuple[Revision, ...]:
        """The revisions that a symbol, or each of several, stands for; none for ``base``."""
        graph, revisions = self._load()
        return tuple([revisions[at] for at in symbols.resolve(graph, id_)])

    def get_current_head(self, branch_label: str | None = None) -> str | None:
        """The id of the only head, or of the only one in a branch; None without revisions.

        :raises MultipleHeads: where there are several.
        """
        graph = self.graph
        heads = symbols.within(graph.heads, symbols.lineage(graph, branch_label))
        if len(heads) > 1:
            argument = f"{branch_label}@head" if branch_label else "head"
            raise MultipleHeads([graph.ids[at] for at in heads], argument)
        return graph.ids[heads[0]] if heads else None

    def _resolve_revision_number(self, id_: object) -> tuple[tuple[str, ...], str | None]:
        """The ids that a symbol stands for, and the branch that it names."""
        branch = symbols.split(id_)[0] if isinstance(id_, str) else None
        return self._ids(symbols.resolve(self.graph, id_)), branch

    def _get_all_current(self, id_: object) -> set[Revision]:
        """The given revisions, and the heads of other branches that they imply through dependencies."""
        graph, revisions = self._load()
        applied = graph.ancestors(symbols.resolve(graph, id_))
        return {revisions[at] for at in applied if applied.isdisjoint(graph.children[at])}

    # -- several revisions -----------------------------------------------------------------------------------

    def iterate_revisions(
        self,
        upper: object,
        lower: object,
        implicit_base: bool = False,
        inclusive: bool = False,
        assert_relative_length: bool = True,
        select_for_downgrade: bool = False,
    ) -> Iterator[Revision]:
        """The revisions from ``upper`` down to ``lower``, newest first.

        :param implicit_base: all that ``upper`` needs and ``lower`` doesn't, not only what lies between.
        :param inclusive: with ``lower``.
        :param assert_relative_length: a count like ``-5`` that leads out of the graph is an error.
        :param select_for_downgrade: what a downgrade from ``upper`` to ``lower`` reverts.
        :raises RangeNotAncestorError: if ``lower`` doesn't lead to ``upper``.
        """
        from alembic.script import plan

        graph, revisions = self._load()
        if select_for_downgrade:
            found = plan.downgrade(graph, lower, upper)
            if inclusive:
                found += [id_ for id_ in self._ids(symbols.resolve(graph, lower)) if id_ not in found]
        else:
            listed = plan.positions_between(
                graph,
                upper,
                lower,
                implicit_base=implicit_base,
                inclusive=inclusive,
                assert_relative_length=assert_relative_length,
            )
            return iter([revisions[at] for at in listed])
        return iter([revisions[graph.position[id_]] for id_ in found])

    def filter_for_lineage(
        self, targets: Iterable[_T], check_against: str | None, include_dependencies: bool = False
    ) -> tuple[_T, ...]:
        """Those of some revisions or symbols that are kin of ``check_against``; all of them if that is None.

        :param include_dependencies: dependencies make kin, too.
        """
        graph = self.graph
        branch = symbols.split(check_against)[0] or check_against if check_against else None
        if branch is None:
            return tuple(targets)
        members = graph.lineage(symbols.branch_root(graph, branch), dependencies=include_dependencies)
        return tuple([one for one in targets if self._position(one) in members])

    def _position(self, one: object) -> int | None:
        if isinstance(one, Revision):
            return self.graph.position.get(one.revision)
        return symbols.resolve_one(self.graph, one)


def is_revision(rev: object) -> bool:
    """Whether it is a revision; not so None, which stands for ``base``."""
    return isinstance(rev, Revision)


def tuple_rev_as_scalar(rev: Sequence[str] | str | None) -> str | tuple[str, ...] | None:
    """None for no ids, the id itself for one, and a tuple for several."""
    if not rev:
        return None
    if isinstance(rev, str):
        return rev
    return tuple(rev) if len(rev) > 1 else rev[0]


def as_tuple(value: Ids) -> tuple[str, ...]:
    """One id, several or none, as a tuple."""
    if type(value) is tuple:
        return value
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)

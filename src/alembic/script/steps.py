"""What one step of a migration run is, and what it does to the rows of the version table.

A step changes rows by its own parents, children and dependencies; the answer depends on nothing but the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any, NamedTuple

from alembic.errors.revisions import MissingMigrationFunction
from alembic.errors.state import IrreversibleRevision
from alembic.script.revision import as_tuple

if TYPE_CHECKING:
    from alembic.script.graph import Graph
    from alembic.script.revision import Revision, RevisionMap


class InsertRow(NamedTuple):
    """A line of development starts."""

    id: str


class DeleteRow(NamedTuple):
    """A line of development ends or joins another."""

    id: str


class UpdateRow(NamedTuple):
    """A line of development moves."""

    old: str
    new: str


RowChange = InsertRow | DeleteRow | UpdateRow


class MigrationInfo:
    """What an ``on_version_apply`` hook is told about a step.

    :param revision_map: where the ids are looked up.
    :param is_upgrade: it goes up.
    :param is_stamp: it only writes the version table.
    :param up_revisions: the id or ids on the upper side.
    :param down_revisions: those on the lower side, dependencies included.
    """

    __slots__ = ("down_revision_ids", "is_stamp", "is_upgrade", "revision_map", "up_revision_ids")

    def __init__(
        self,
        revision_map: RevisionMap,
        is_upgrade: bool,
        is_stamp: bool,
        up_revisions: str | Collection[str] | None,
        down_revisions: str | Collection[str] | None,
    ) -> None:
        self.revision_map = revision_map
        self.is_upgrade = is_upgrade
        self.is_stamp = is_stamp
        self.up_revision_ids = as_tuple(up_revisions)
        self.down_revision_ids = as_tuple(down_revisions)

    @property
    def is_migration(self) -> bool:
        """Whether a migration runs: it is no stamp."""
        return not self.is_stamp

    @property
    def up_revision_id(self) -> str | None:
        """The first id on the upper side."""
        return self.up_revision_ids[0] if self.up_revision_ids else None

    @property
    def up_revision(self) -> Revision | None:
        """The first revision on the upper side."""
        return self.revision_map.get_revision(self.up_revision_id)

    @property
    def up_revisions(self) -> tuple[Revision, ...]:
        """The revisions on the upper side."""
        return self.revision_map.get_revisions(self.up_revision_ids)

    @property
    def down_revisions(self) -> tuple[Revision, ...]:
        """The revisions on the lower side."""
        return self.revision_map.get_revisions(self.down_revision_ids)

    @property
    def source_revision_ids(self) -> tuple[str, ...]:
        """The ids of where the step comes from."""
        return self.down_revision_ids if self.is_upgrade else self.up_revision_ids

    @property
    def destination_revision_ids(self) -> tuple[str, ...]:
        """The ids of where the step leads."""
        return self.up_revision_ids if self.is_upgrade else self.down_revision_ids

    @property
    def source_revisions(self) -> tuple[Revision, ...]:
        """The revisions that the step comes from."""
        return self.revision_map.get_revisions(self.source_revision_ids)

    @property
    def destination_revisions(self) -> tuple[Revision, ...]:
        """The revisions that the step leads to."""
        return self.revision_map.get_revisions(self.destination_revision_ids)


class MigrationStep:
    """One step of a run."""

    __slots__ = ()

    name: str
    is_upgrade: bool
    is_stamp: bool
    doc: str | None

    from_revisions_no_deps: tuple[str, ...]
    to_revisions_no_deps: tuple[str, ...]

    @classmethod
    def upgrade_from_script(cls, revision_map: RevisionMap, script: Revision) -> RevisionStep:
        """The step that applies a revision."""
        return RevisionStep(revision_map, script, True)

    @classmethod
    def downgrade_from_script(cls, revision_map: RevisionMap, script: Revision) -> RevisionStep:
        """The step that reverts a revision."""
        return RevisionStep(revision_map, script, False)

    @property
    def is_downgrade(self) -> bool:
        return not self.is_upgrade

    @property
    def is_migration(self) -> bool:
        return not self.is_stamp

    @property
    def short_log(self) -> str:
        """``upgrade a -> b``."""
        lower, upper = ", ".join(self.from_revisions_no_deps), ", ".join(self.to_revisions_no_deps)
        return f"{self.name} {lower} -> {upper}"

    def __str__(self) -> str:
        doc = self.doc
        return f"{self.short_log}, {doc}" if doc else self.short_log

    @property
    def migration_fn(self) -> Callable[..., Any]:
        """What the step runs."""
        raise NotImplementedError

    @property
    def info(self) -> MigrationInfo:
        """What a hook is told about the step."""
        raise NotImplementedError

    def row_changes(self, heads: Collection[str]) -> tuple[RowChange, ...]:
        """How the rows of the version table change, from these; in the order in which to write them."""
        raise NotImplementedError


class RevisionStep(MigrationStep):
    """A revision is applied or reverted.

    :param revision: the script, whose module is loaded when ``migration_fn`` is asked for.
    """

    __slots__ = ("is_upgrade", "revision", "revision_map")

    is_stamp = False

    def __init__(self, revision_map: RevisionMap, revision: Revision, is_upgrade: bool) -> None:
        self.revision_map = revision_map
        self.revision = revision
        self.is_upgrade = is_upgrade

    def __repr__(self) -> str:
        return f"RevisionStep({self.revision.revision!r}, is_upgrade={self.is_upgrade!r})"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, RevisionStep)
            and other.revision is self.revision
            and other.is_upgrade == self.is_upgrade
        )

    def __hash__(self) -> int:
        return hash((self.revision.revision, self.is_upgrade))

    @property
    def name(self) -> str:  # type: ignore[override]  # a plain attribute of the base, computed here
        return "upgrade" if self.is_upgrade else "downgrade"

    @property
    def doc(self) -> str | None:  # type: ignore[override]  # as above
        doc: str | None = getattr(self.revision, "doc", None)
        return doc

    @property
    def migration_fn(self) -> Callable[..., Any]:
        """The ``upgrade`` or ``downgrade`` function of the revision's file.

        :raises alembic.errors.MissingMigrationFunction: if the file has none.
        :raises alembic.errors.IrreversibleRevision: if it is the latter, and the file says ``irreversible``.
        """
        module = getattr(self.revision, "module", None)
        if not self.is_upgrade and (reason := getattr(module, "irreversible", None)):
            raise IrreversibleRevision(
                self.revision.revision,
                reason if isinstance(reason, str) else None,
                getattr(self.revision, "path", None),
            )
        function: Callable[..., Any] | None = getattr(module, self.name, None)
        if function is None:
            raise MissingMigrationFunction(
                getattr(self.revision, "path", None) or self.revision.revision, self.name
            )
        return function

    @property
    def from_revisions(self) -> tuple[str, ...]:
        """Where it comes from, dependencies included."""
        return self.revision._normalized_down_revisions if self.is_upgrade else (self.revision.revision,)

    @property
    def to_revisions(self) -> tuple[str, ...]:
        """Where it leads, dependencies included."""
        return (self.revision.revision,) if self.is_upgrade else self.revision._normalized_down_revisions

    @property
    def from_revisions_no_deps(self) -> tuple[str, ...]:  # type: ignore[override]  # as above
        return self.revision._versioned_down_revisions if self.is_upgrade else (self.revision.revision,)

    @property
    def to_revisions_no_deps(self) -> tuple[str, ...]:  # type: ignore[override]  # as above
        return (self.revision.revision,) if self.is_upgrade else self.revision._versioned_down_revisions

    @property
    def info(self) -> MigrationInfo:
        return MigrationInfo(
            self.revision_map,
            self.is_upgrade,
            False,
            self.revision.revision,
            self.revision._normalized_down_revisions,
        )

    def row_changes(self, heads: Collection[str]) -> tuple[RowChange, ...]:
        return self._applying(heads) if self.is_upgrade else self._reverting(heads)

    def _applying(self, heads: Collection[str]) -> tuple[RowChange, ...]:
        """The rows of parents and dependencies join this one.

        No other row can be an ancestor: what is between was applied, so that row would be none.
        """
        new = self.revision.revision
        if new in heads:
            return ()
        graph = self.revision_map.graph
        at = graph.position[new]
        lower = graph.parents[at]
        if at in graph.dependencies:
            lower = graph.dependencies[at] + lower
        joining = [id_ for id_ in map(graph.ids.__getitem__, lower) if id_ in heads]
        if not joining:
            return (InsertRow(new),)
        return (*[DeleteRow(id_) for id_ in joining[:-1]], UpdateRow(joining[-1], new))

    def _reverting(self, heads: Collection[str]) -> tuple[RowChange, ...]:
        """Parents and dependencies that nothing applied needs any longer get rows again."""
        graph, old = self.revision_map.graph, self.revision.revision
        at = graph.position[old]
        lower = graph.needs(at)
        memory = self.revision_map._applied
        if not memory and old in heads and len(lower) == 1 and len(graph.followers(lower[0])) == 1:
            return (UpdateRow(old, graph.ids[lower[0]]),)
        # Taken out while it is used, so that two threads never change the same one.
        applied = memory.pop("applied", None)
        if applied is None or not applied.agrees(heads):
            applied = _Applied(graph, heads)
        fresh = [graph.ids[other] for other in applied.revert(at)]
        memory["applied"] = applied
        if old not in heads:
            return tuple([InsertRow(id_) for id_ in fresh])
        if not fresh:
            return (DeleteRow(old),)
        return (*[InsertRow(id_) for id_ in fresh[1:]], UpdateRow(old, fresh[0]))


class _Applied:
    """What some rows imply: for each revision below them the number of applied ones that need it.

    Working it out takes a walk over all of them, which a run of many steps must not repeat; hence one such
    value is handed from a step to the next.
    """

    def __init__(self, graph: Graph, heads: Collection[str]) -> None:
        self._graph = graph
        self._rows = set(heads)
        self._uses: dict[int, int] = {}
        for at in graph.ancestors(graph.position[id_] for id_ in heads if id_ in graph.position):
            for lower in graph.needs(at):
                self._uses[lower] = self._uses.get(lower, 0) + 1

    def agrees(self, heads: Collection[str]) -> bool:
        """Whether these are still the rows."""
        return len(self._rows) == len(heads) and self._rows.issuperset(heads)

    def revert(self, at: int) -> list[int]:
        """Take one revision away and return those that now need rows."""
        self._rows.discard(self._graph.ids[at])
        fresh = []
        for lower in self._graph.needs(at):
            self._uses[lower] = self._uses.get(lower, 0) - 1
            if self._uses[lower] <= 0 and self._graph.ids[lower] not in self._rows:
                fresh.append(lower)
                self._rows.add(self._graph.ids[lower])
        return fresh


class StampStep(MigrationStep):
    """The version table is changed, nothing is run.

    :param from_: rows that go.
    :param to_: rows that are there afterwards.
    :param is_upgrade: it goes up.
    :param branch_move: a line of development starts or ends.
    """

    __slots__ = ("branch_move", "from_", "is_upgrade", "revision_map", "to_")

    name = "stamp_revision"
    is_stamp = True
    doc = None

    def __init__(
        self,
        from_: str | Collection[str] | None,
        to_: str | Collection[str] | None,
        is_upgrade: bool,
        branch_move: bool,
        revision_map: RevisionMap | None = None,
    ) -> None:
        self.from_ = as_tuple(from_)
        self.to_ = as_tuple(to_)
        self.is_upgrade = is_upgrade
        self.branch_move = branch_move
        self.revision_map = revision_map

    def __repr__(self) -> str:
        return f"StampStep({self.from_!r}, {self.to_!r}, {self.is_upgrade!r}, {self.branch_move!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StampStep) and other._key() == self._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[object, ...]:
        return self.from_, self.to_, self.is_upgrade, self.branch_move

    @property
    def migration_fn(self) -> Callable[..., Any]:
        return self.stamp_revision

    def stamp_revision(self, **kw: Any) -> None:
        """Do nothing: a stamp runs no migration."""

    @property
    def from_revisions(self) -> tuple[str, ...]:
        return self.from_

    @property
    def to_revisions(self) -> tuple[str, ...]:
        return self.to_

    @property
    def from_revisions_no_deps(self) -> tuple[str, ...]:  # type: ignore[override]  # as above
        return self.from_

    @property
    def to_revisions_no_deps(self) -> tuple[str, ...]:  # type: ignore[override]  # as above
        return self.to_

    @property
    def info(self) -> MigrationInfo:
        upper, lower = (self.to_, self.from_) if self.is_upgrade else (self.from_, self.to_)
        assert self.revision_map is not None
        return MigrationInfo(self.revision_map, self.is_upgrade, True, upper, lower)

    def row_changes(self, heads: Collection[str]) -> tuple[RowChange, ...]:
        going = [id_ for id_ in self.from_ if id_ in heads and id_ not in self.to_]
        coming = [id_ for id_ in self.to_ if id_ not in heads]
        if not going or not coming:
            return (*[DeleteRow(id_) for id_ in going], *[InsertRow(id_) for id_ in coming])
        return (
            *[DeleteRow(id_) for id_ in going[:-1]],
            *[InsertRow(id_) for id_ in coming[1:]],
            UpdateRow(going[-1], coming[0]),
        )

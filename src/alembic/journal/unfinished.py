"""A revision that is half done: what it is, and whether a run goes on with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..errors.recovery import RevisionHalfApplied, UnwindingUnfinished
from ..script.steps import RevisionStep
from .rows import Row, State
from .statements import JournalTable

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ..runtime.migration import MigrationContext
    from ..script.steps import MigrationStep


class Unfinished(NamedTuple):
    """A revision of which something took effect, or may have, and whose end the version table doesn't show.

    :param direction: ``upgrade`` or ``downgrade``.
    :param rows: of its statements, in order.
    """

    revision: str
    direction: str
    rows: tuple[Row, ...]

    @property
    def done(self) -> tuple[Row, ...]:
        """The statements that took effect."""
        return tuple(row for row in self.rows if row.took_effect)

    @property
    def doubtful(self) -> tuple[Row, ...]:
        """The statement of which that is not known, if there is one."""
        return tuple(row for row in self.rows if row.state == State.BEGUN)

    def announcement(self) -> str:
        """What is said when a run goes on with it."""
        return (
            f"{self.direction} of revision {self.revision} was interrupted: {len(self.done)} of its"
            " statements took effect and are not run again"
        )

    def consolation(self) -> str:
        """What is said when a run has left it so."""
        done = [row.number for row in self.done]
        kept = "a statement took effect" if done else "no statement is known to have taken effect"
        if len(done) > 1:
            kept = f"statements {done[0]} to {done[-1]} took effect"
        return (
            f"{self.direction} of revision {self.revision} is half done: {kept}."
            " The next run goes on behind them; `alembic unwind` takes them back"
        )

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Unfinished | None:
        """What some rows of the journal say; None if nothing has taken effect, or may have."""
        if all(row.state == State.UNDONE for row in rows):
            return None
        return cls(rows[0].revision, rows[0].direction, tuple(rows))


def unfinished(context: MigrationContext, connection: Connection | None = None) -> Unfinished | None:
    """What an interrupted run has left half done in the database of a migration context; None: nothing.

    :param connection: to read with; by default the context's own.
    """
    journal = JournalTable.of(context)
    return Unfinished.of(journal.rows(connection if connection is not None else context._versions.connection))


def check_plan(rows: Sequence[Row], steps: Sequence[MigrationStep], context: MigrationContext) -> bool:
    """Whether the journal says nothing any more, so that it can be emptied.

    :raises RevisionHalfApplied: it says something, and the steps go on with something else.
    :raises UnwindingUnfinished: what it says is being taken back.
    """
    if not rows:
        return False
    first, row = steps[0], rows[0]
    if first.is_stamp or getattr(first, "takes_back", False):
        return False
    if any(each.state == State.UNWINDING for each in rows):
        raise UnwindingUnfinished(row.revision)
    if isinstance(first, RevisionStep) and (first.revision.revision, first.name) == (
        row.revision,
        row.direction,
    ):
        return False
    if Unfinished.of(rows) is None or _is_over(row, context):
        return True
    instead = first.short_log.replace("  ->", " <base> ->")
    if instead.endswith("-> "):
        instead += "<base>"
    raise RevisionHalfApplied(row.revision, row.direction, tuple(rows), instead)


def _is_over(row: Row, context: MigrationContext) -> bool:
    """Whether the version table shows that the revision was completed after all.

    So it does if a function that env.py has given to ``on_version_apply`` commits, and fails.
    """
    script = context.script
    heads = context.get_current_heads()
    if script is None:
        return (row.revision in heads) == (row.direction == "upgrade")
    graph = script.revision_map.graph
    if row.revision not in graph.position:
        return False
    applied = graph.ancestors(graph.position[head] for head in heads if head in graph.position)
    return (graph.position[row.revision] in applied) == (row.direction == "upgrade")

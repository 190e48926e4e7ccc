"""Taking back what an interrupted revision has done.

Its function is called once more, while every statement that took effect is left out, up to the first that
did not. So the operations are known that these statements belonged to; their opposites are carried out from
the last to the first, and with each the rows of its statements are deleted.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, NamedTuple

from ..ddl.traces import fingerprint_of
from ..errors.recovery import NotReversible, StatementInDoubt
from ..operations import Operations
from ..script.steps import MigrationStep, RevisionStep, RowChange
from .inverse import Irreversible, inverse, name_of, reasons
from .rows import Row, State

if TYPE_CHECKING:
    from collections.abc import Collection

    from ..operations.operation import MigrateOperation
    from ..runtime.migration import MigrationContext
    from ..script.steps import MigrationInfo
    from .recovery import Recovery

log = logging.getLogger(__name__)


class Reached(Exception):
    """A statement that did not take effect: the first, or a later one of a revision that minds no error."""


class Work(NamedTuple):
    """An operation, or what was sent outside of any, and its statements that took effect."""

    operation: MigrateOperation | None
    rows: list[Row]
    complete: bool


class Undoing(NamedTuple):
    """A piece of work, and what takes it back."""

    work: Work
    operations: list[Any]


class Rehearsal:
    """A run of a revision's function in which nothing is done again."""

    def __init__(self) -> None:
        self.operations: list[Any] = []
        self.taken: list[tuple[Any, Row]] = []
        self.partial: Any = None
        self.is_over = False

    def take(self, row: Row) -> None:
        """A statement was left out."""
        self.taken.append((self.operations[0] if self.operations else None, row))

    def reach(self) -> None:
        """A statement was sent that did not take effect.

        :raises Reached: always.
        """
        if not self.is_over:
            self.is_over = True
            self.partial = self.operations[0] if self.operations else None
        raise Reached


class UnwindStep(MigrationStep):
    """The step that takes back what another has done of itself; the version table stays as it is.

    :param interrupted: the other.
    """

    __slots__ = ("context", "interrupted", "recovery", "revision", "revision_map")

    name = "unwind"
    is_stamp = False
    takes_back = True

    def __init__(self, interrupted: RevisionStep, context: MigrationContext) -> None:
        self.interrupted, self.context = interrupted, context
        self.revision, self.revision_map = interrupted.revision, interrupted.revision_map
        self.recovery: Recovery | None = None

    @property
    def is_upgrade(self) -> bool:  # type: ignore[override]  # a plain attribute of the base
        return not self.interrupted.is_upgrade

    @property
    def doc(self) -> str | None:  # type: ignore[override]  # as above
        return self.interrupted.doc

    @property
    def short_log(self) -> str:
        return f"unwind {self.revision.revision}"

    @property
    def from_revisions_no_deps(self) -> tuple[str, ...]:  # type: ignore[override]  # as above
        return self.interrupted.to_revisions_no_deps

    @property
    def to_revisions_no_deps(self) -> tuple[str, ...]:  # type: ignore[override]  # as above
        return self.interrupted.from_revisions_no_deps

    @property
    def info(self) -> MigrationInfo:
        return self.interrupted.info

    def row_changes(self, heads: Collection[str]) -> tuple[RowChange, ...]:
        """None: the version table shows the revision before, or after, as ever."""
        return ()

    @property
    def migration_fn(self) -> Callable[..., Any]:
        """Takes it back.

        :raises NotReversible: names what can't be; nothing was run then.
        """
        function = self.interrupted.migration_fn

        def unwind(**arguments: Any) -> None:
            assert self.recovery is not None  # it has come, as there is a step
            work = _work_of(self.recovery, self.interrupted, function, arguments)
            for each in reversed(_undoings(work, self.revision.revision)):
                _take_back(self.recovery, self.context, each)

        return unwind


def _work_of(
    recovery: Recovery, step: RevisionStep, function: Callable[..., Any], arguments: dict[str, Any]
) -> list[Work]:
    """What has taken effect, piece by piece."""
    impl = recovery.context.impl
    known = impl.remember()
    recovery.rehearse(step)
    try:
        function(**arguments)
        impl.end_step()
    except Reached:
        pass
    finally:
        # What waits for the end of the step must not be done there.
        impl.recall(known)
        rehearsal = recovery.end_rehearsal()
    work: list[Work] = []
    for operation, row in rehearsal.taken:
        if work and work[-1].operation is operation:
            work[-1].rows.append(row)
        else:
            work.append(Work(operation, [row], operation is None or operation is not rehearsal.partial))
    return work


def _undoings(work: Sequence[Work], revision: str) -> list[Undoing]:
    found, refused = [], []
    for each in work:
        try:
            found.append(Undoing(each, inverse(each.operation, each.rows, complete=each.complete)))
        except Irreversible as reason:
            refused += reasons(each.rows, str(reason))
    if refused:
        raise NotReversible(revision, refused)
    return found


def _take_back(recovery: Recovery, context: MigrationContext, undoing: Undoing) -> None:
    """Carry out the opposite of an operation, so that it is known of that, too, whether it was."""
    rows = undoing.work.rows
    numbers = [row.number for row in rows]
    commits = recovery.traces.commits_ddl or any(row.fingerprint for row in rows)
    looks = [recovery.fingerprint(row.statement) for row in rows] if commits else []
    look = fingerprint_of(looks) if looks and None not in looks else None
    journal = recovery.journal
    if rows[0].state == State.UNWINDING and rows[0].fingerprint != look:
        log.info("was taken back before the interruption: %s", rows[0].line)
        journal.aside(lambda side: journal.table.forget(side, numbers))
        return
    if rows[0].state == State.UNWINDING and look is None:
        raise StatementInDoubt(rows[0])
    with _outside(context) if commits and not recovery.traces.commits_ddl else nullcontext():
        if commits:
            journal.aside(lambda side: journal.table.mark(side, numbers, State.UNWINDING, look))
        for operation in undoing.operations:
            log.info("taking back: %s", name_of(undoing.work.operation or operation))
            Operations(context).invoke(operation)
        if commits:
            journal.aside(lambda side: journal.table.forget(side, numbers))
        else:
            journal.table.forget(recovery.connection, numbers)


def _outside(context: MigrationContext) -> AbstractContextManager[None]:
    return context.autocommit_block()

"""Writes the history while migrations run.

The row of a step is written in the transaction of its change of the version table, so the two stand or fall
together. Rows are gathered until the transaction is committed: however many steps share it, they cost one
statement. What has to be known when a run ends badly is written apart from that: that it has begun, ahead of
its first step, and that it has failed, after the rollback.
"""

from __future__ import annotations

import logging
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from ..configuration.values import is_on, setting
from ..errors.journal import HistoryTableForeign
from ..errors.locking import LockLost
from ..masking import masked
from ..runtime.companions import Companion
from ..runtime.ownership import is_callers
from ..runtime.transactions import usual_isolation
from .checksum import checksum_of
from .entries import (
    DIED,
    DONE,
    DOWNGRADE,
    FAILED,
    OVERTAKEN,
    ROLLED_BACK,
    STAMP,
    STARTED,
    UPGRADE,
    Entry,
    Tip,
)
from .table import MAX_ERROR, History, now
from .who import Who, is_gone, who

if TYPE_CHECKING:
    from ..runtime.migration import MigrationContext
    from ..runtime.statements import Call
    from ..script.steps import MigrationStep

log = logging.getLogger(__name__)
_UNWRITABLE = (SQLAlchemyError, HistoryTableForeign, UnicodeError)


class Recorder(Companion):
    """Keeps the record of one run.

    :param this: who runs it.
    :param is_wanted: the user has asked for it, so that a run without it must not be.
    :param is_alone: no other run can be going on at the same time, because there is a lock.
    """

    def __init__(self, context: MigrationContext, this: Who, *, is_wanted: bool, is_alone: bool) -> None:
        super().__init__(context)
        self.run_id = uuid4().hex
        self._this = this
        self._is_wanted = is_wanted
        self._history: History | None = None
        features = context.impl.features
        self._is_alone = is_alone and not features.atomic_step
        self._is_transactional = context.impl.transactional_ddl or features.atomic_step
        self._spoils = context.impl.transactional_ddl and not features.atomic_step
        self._in_callers = False
        # Of the plan: its steps, and how many of them have run and are saved.
        self._steps: Sequence[MigrationStep] = ()
        self._applied = self._saved = 0
        # Of the history.
        self._tip: Tip | None = None
        self._gathered: list[Entry] = []
        self._unsaved: list[Entry] = []  # written, in a transaction that is still open
        self._is_proven = False  # that the connection of the run may write there
        self._transaction: Callable[[], object] = lambda: None
        self._last: Entry | None = None  # the last row of this run that is saved
        self._is_undone = self._has_failed = False
        self._run_at = ""
        # Of the step.
        self._step_at = ""
        self._counts = False
        self._statements = 0

    @classmethod
    def of(cls, context: MigrationContext, config: Any) -> Recorder:
        """The recorder of a run.

        :param config: the settings ``history``, ``application_version`` and ``lock``.
        """
        return cls(
            context,
            who(setting(config, "application_version")),
            is_wanted=setting(config, "history") is not None,
            is_alone=is_on(config, "lock", default=True),
        )

    # -- the run -----------------------------------------------------------------------------------

    def begin(self, steps: Sequence[MigrationStep]) -> None:
        self._steps = steps
        self._applied = self._saved = 0
        if self._history is None:
            self._run_at = self._step_at = now()
            self._in_callers = self.context._transaction is None and is_callers(self.connection)
            self._history = History.of(self.context)
            self._announce(self._history)

    def _announce(self, history: History) -> None:
        """Have it saved that a run begins, where that can be done apart from its transaction.

        Where the run has one transaction, nothing that env.py has done in it must be saved ahead; so another
        connection says so, if there is a table already. It isn't made there, because who is the owner of a
        table may depend on a SET ROLE. Where the transaction sees the database as it was at its begin, it
        could not add to what the other connection has written.
        """
        if self._in_callers or self.context.impl.features.atomic_step:
            return
        if self.context._transaction is None:
            with self._tolerant():
                self._write(self.connection, [self._about_run(STARTED)])
            if self._unsaved:
                self.context.give_way()
                self._save()
        elif usual_isolation(self.connection) == "READ COMMITTED" and history.exists(self.connection):
            with suppress(*_UNWRITABLE):
                self._write_aside([self._about_run(STARTED)])

    def step_begins(self, step: MigrationStep) -> None:
        if step is not self._steps[self._applied]:
            self._undone_from(step)
        self._step_at = now()
        self._statements = 0
        self._counts = True

    def _undone_from(self, step: MigrationStep) -> None:
        """Steps from this one on were undone, and are run again."""
        first = next(at for at, other in enumerate(self._steps) if other is step)
        del self._gathered[len(self._gathered) - (self._applied - first) :]
        self._applied = first

    def undone(self, steps: Sequence[MigrationStep]) -> None:
        if not self.connection.in_transaction():  # COMMIT has failed, of what was written in it too
            self._forget_unsaved()

    def _forget_unsaved(self) -> None:
        self._unsaved.clear()
        self._tip = None
        self._is_proven = False  # even the table may be gone again

    def step_applied(self, step: MigrationStep, heads: tuple[str, ...]) -> None:
        self._counts = False
        self._applied += 1
        remaining = len(self._steps) - self._applied
        self._gathered.append(self._about_step(step, DONE, remaining))
        transaction = self.connection.get_transaction()
        if transaction is not None:
            # Weak, because a transaction that somebody holds is taken for the caller's.
            self._transaction = weakref.ref(transaction)
        if self.context._transaction is None and not (remaining and self._is_transactional):
            self._write_gathered()

    def before_commit(self) -> None:
        transaction = self.connection.get_transaction()
        if self._gathered and (transaction is None or transaction is not self._transaction()):
            self._gathered.clear()
            self._is_undone = True
        self._write_gathered()

    def step_done(self, step: MigrationStep, heads: tuple[str, ...]) -> None:
        if self.context._transaction is None:
            self._save()

    def transaction_begun(self) -> None:
        self._save()

    def autocommit_begins(self) -> None:
        self._save()

    def before(self, call: Call) -> None:
        if self._counts:
            statement = getattr(call.execution, "invoked_statement", None)
            self._statements += statement is None or not self.context._versions.is_own(statement)

    # -- its end -----------------------------------------------------------------------------------

    def failed(self, step: MigrationStep | None, error: BaseException) -> None:
        self._counts = False
        self._has_failed = True
        self._gathered.clear()
        self._forget_unsaved()
        if self._history is None or isinstance(error, LockLost):
            return
        row = self._about_step(step, FAILED, len(self._steps) - self._saved)._replace(error=_text_of(error))
        try:
            self._write_end(row)
        except _UNWRITABLE:
            # The connection is lost, or the database's character set is a small one. Without a server there
            # is nowhere to write to; the next run finds that this one has no end.
            plain = row.error.encode("ascii", "backslashreplace").decode("ascii")
            self._unsaved.clear()
            with suppress(*_UNWRITABLE):
                self._write_aside([row._replace(error=plain)])

    def release(self) -> None:
        if self._has_failed or self._history is None:
            return
        self._save()
        if self._in_callers or self._last is None or self._last.concludes:
            return
        is_undone = self._is_undone or bool(self._gathered)
        self._gathered.clear()
        self._write_end(self._about_run(ROLLED_BACK if is_undone else OVERTAKEN))

    def _write_end(self, draft: Entry) -> None:
        """Write a row now that no transaction of ours is open any more."""
        connection = self.connection
        if self._in_callers:
            # There is one of the caller's, which may be spoiled, and will most likely be rolled back.
            if self._spoils:
                self._write_aside([draft])
            else:
                self._write(connection, [draft])
            return
        if connection.in_transaction():
            connection.rollback()
        with connection.begin():
            self._write(connection, [draft])

    # -- rows --------------------------------------------------------------------------------------

    def _about_run(self, outcome: str) -> Entry:
        row = self._about(self._steps[-1], outcome, len(self._steps) - self._saved)
        return row._replace(started_at=self._run_at, ended_at="" if outcome == STARTED else now())

    def _about_step(self, step: MigrationStep | None, outcome: str, remaining: int) -> Entry:
        """A row about a step; None for what happened after the last one."""
        row = self._about(step or self._steps[-1], outcome, remaining)
        if step is None:
            return row
        script = getattr(step, "revision", None)
        found = checksum_of(getattr(script, "path", None), getattr(script, "_module", None))
        return row._replace(checksum=found, statements=self._statements)

    def _about(self, step: MigrationStep, outcome: str, remaining: int) -> Entry:
        revision = getattr(step, "revision", None)
        return Entry(
            seq=0,
            version_table=self._history.version_table if self._history else "",
            run_id=self.run_id,
            revision=revision.revision if revision else ", ".join(step.to_revisions_no_deps),
            direction=STAMP if step.is_stamp else UPGRADE if step.is_upgrade else DOWNGRADE,
            outcome=outcome,
            started_at=self._step_at,
            ended_at=now(),
            error="",
            **self._this._asdict(),
            checksum="",
            statements=0,
            remaining=remaining,
            previous_hash="",
            hash="",
        )

    def _of_the_dead(self, last: Entry | None) -> list[Entry]:
        """That the run before has never ended, if it hasn't, and can't any more."""
        history = self._history
        if last is None or last.concludes or history is None or last.version_table != history.version_table:
            return []
        if last.run_id == self.run_id or not (self._is_alone or is_gone(last.host, last.pid)):
            return []
        error = f"no end of this run was recorded; found by run {self.run_id}"
        dead = last._replace(outcome=DIED, ended_at="", error=error, checksum="", statements=0)
        return [dead if last.outcome == STARTED else dead._replace(revision="")]

    # -- writing -----------------------------------------------------------------------------------

    def _write_gathered(self) -> None:
        gathered, self._gathered = self._gathered, []
        if not gathered or self._history is None:
            return
        drafts = gathered
        if self._last is None and not self._unsaved and not gathered[-1].concludes:
            drafts = [self._about_run(STARTED), *gathered]
        with self._tolerant():
            self._write(self.connection, drafts)

    def _write(self, connection: Connection, drafts: list[Entry]) -> None:
        """Write rows on the connection of the run, in the transaction that is open there."""
        history = self._history
        if history is None:
            return
        counts, self._counts = self._counts, False
        try:
            is_first = not self._is_proven
            # Who may not write there is told by a statement that fails, which must not spoil the steps.
            with connection.begin_nested() if is_first and self._spoils else nullcontext():
                if is_first:
                    history.ensure(connection, spoils=self._spoils)
                self._tip = self._appended(history, connection, drafts)
        finally:
            self._counts = counts
        self._is_proven = True
        self._unsaved += drafts

    def _appended(self, history: History, connection: Connection, drafts: list[Entry]) -> Tip:
        if self._tip is None:
            ending = history.ending(connection)
            self._tip = ending.tip if ending else None
            drafts = [*self._of_the_dead(ending.last if ending else None), *drafts]
        return history.append(connection, self._tip, drafts)

    def _write_aside(self, drafts: list[Entry]) -> None:
        """Write rows, and save them, on the other connection; not if there is no table yet."""
        if self._history is None or self.context.impl.features.atomic_step:
            return
        side = self.context._company.side.get()
        if not self._history.exists(side):
            return
        side.exec_driver_sql("BEGIN")
        try:
            self._tip = self._appended(self._history, side, drafts)
        except BaseException:
            side.exec_driver_sql("ROLLBACK")
            raise
        side.exec_driver_sql("COMMIT")
        self._last = drafts[-1]

    def _save(self) -> None:
        """What was written is saved now: its transaction was committed."""
        if self._unsaved:
            self._last = self._unsaved[-1]
            self._saved += sum(entry.outcome == DONE for entry in self._unsaved)
            self._unsaved = []

    @contextmanager
    def _tolerant(self) -> Iterator[None]:
        """A block in which it is no reason not to migrate that no history can be kept.

        Unless that was asked for in so many words, or rows of this run were written before.
        """
        try:
            yield
        except _UNWRITABLE as error:
            if self._is_wanted or self._is_proven:
                raise
            self._history = None
            text = masked(str(getattr(error, "orig", None) or error)).strip().partition("\n")[0]
            log.warning("no history of this run is kept (history = false turns it off): %s", text)


def _text_of(error: BaseException) -> str:
    """What went wrong, without passwords and without the data that was sent."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        text = f"{type(error.orig).__name__}: {error.orig}"
        text = f"{text.rstrip()}\n{error.statement}" if error.statement else text
    else:
        text = f"{type(error).__name__}: {error}"
    text = masked(text).replace("\0", "\\0")[:MAX_ERROR]
    return text.encode("utf-8", "backslashreplace").decode("utf-8")

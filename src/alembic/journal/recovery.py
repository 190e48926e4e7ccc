"""The journal of statements that can't be rolled back, and going on behind the last of them after a crash.

A transaction that ends together with the version table's row needs no journal. Where DDL commits by itself
(MySQL, MariaDB, Oracle) and in autocommit blocks, each statement of a revision gets a row: one that changes
rows in its own transaction; any other ahead, through a connection of our own. The rows go in the transaction
that moves the version table.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, event
from sqlalchemy.exc import DBAPIError

from ..ddl.traces import QUIET, traces_of
from ..errors.recovery import StatementDiffers, StatementInDoubt
from ..runtime.companions import Companion
from ..runtime.transactions import usual_isolation
from ..script.steps import RevisionStep
from .answers import has_refused, is_lost
from .ledger import rows_of
from .matching import EDITED, Memory, Verdict, Way
from .nature import Nature, Reading, reading
from .page import Page
from .rows import Row, State, described, digest, identity, line_of, stored
from .sent import Course, Sent, give_results, leave_out
from .unfinished import Unfinished, check_plan
from .unwinding import Rehearsal, UnwindStep
from .writer import Writer

if TYPE_CHECKING:
    from ..runtime.migration import MigrationContext
    from ..runtime.statements import Call
    from ..script.steps import MigrationStep
    from .decision import Decision

log = logging.getLogger(__name__)


class Recovery(Companion):
    """Keeps the journal of a run, and leaves out what an interrupted run has carried out.

    :param decision: what a person has decided about statements in doubt.
    """

    def __init__(self, context: MigrationContext, decision: Decision | None = None) -> None:
        super().__init__(context)
        self.traces = traces_of(context.dialect.name)
        self._decision = decision
        self._autocommit = False
        self._begun = False
        self._temporary: set[str] = set()
        self._lost_rows: dict[tuple[str, ...], bool] = {}
        self._rows: tuple[Row, ...] = ()
        self._dirty = False
        self._forget_step()

    def _forget_step(self) -> None:
        self._page: Page | None = None
        self._memory: Memory | None = None
        self._pending: list[Sent] = []
        self._sent: Sent | None = None
        self._depth = 0
        self._has_read = False
        self._is_scratch = False
        self._locks_tables = False
        self._wrote = False
        self._rehearsal: Rehearsal | None = None

    # -- the run -----------------------------------------------------------------------------------

    def begin(self, steps: Sequence[MigrationStep]) -> None:
        """See whether a run was interrupted, and whether this one goes on with it.

        :raises RevisionHalfApplied: it begins elsewhere.
        """
        if not self.traces.idle:
            return
        connection = self.connection
        self.journal = Writer(self.context, self.traces)
        event.listen(connection, "commit", self._on_commit)
        event.listen(connection, "rollback", self._on_rollback)
        self._begun = True
        self._rows = self.journal.read()
        if self._rows and self._decision is not None:
            self._decision.apply(self, self._rows)
            self._rows = self.journal.read()
        if check_plan(self._rows, steps, self.context):
            self.journal.aside(self.journal.table.clear)
            self._rows = ()
        self._take_effect_at_once(usual_isolation(connection) == "AUTOCOMMIT")
        self.context.impl.journal = self

    def release(self) -> None:
        """Listen no longer."""
        if self._begun:
            self._begun = False
            self.context.impl.journal = None
            event.remove(self.connection, "commit", self._on_commit)
            event.remove(self.connection, "rollback", self._on_rollback)

    def step_begins(self, step: MigrationStep) -> None:
        """Statements from now on are those of a revision."""
        if self._begun and self._wrote:  # an attempt of this step, which is made once more
            self._rows = self.journal.read()
        self._forget_step()
        self._temporary.clear()
        if not self._begun:
            return
        if isinstance(step, UnwindStep):
            step.recovery = self
        elif isinstance(step, RevisionStep):
            self._enter(step)
            half = Unfinished.of(self._rows)
            if half is not None:
                log.info("%s", half.announcement())

    def _enter(self, step: RevisionStep) -> None:
        self._page = Page(step, self.traces.flavour, self._rows[-1].number if self._rows else 0)
        if self._rows:
            self._memory = Memory(self._rows, self._page.source)

    def rehearse(self, step: RevisionStep) -> None:
        """Let a revision's function run up to the first statement that did not take effect."""
        self._enter(step)
        self._rehearsal = Rehearsal()

    def end_rehearsal(self) -> Rehearsal:
        """What it has shown."""
        rehearsal = self._rehearsal
        assert rehearsal is not None
        self._forget_step()
        return rehearsal

    def step_applied(self, step: MigrationStep, heads: tuple[str, ...]) -> None:
        """The version table has moved: the journal of the revision goes in the same transaction."""
        if not self._begun:
            return
        self._settle()
        if self._memory is not None:
            left = [row for row in self._memory.left if row.took_effect]
            if left:
                log.info("not sent again: %s", "; ".join(f"{row.number}. {row.line}" for row in left))
        if self._wrote or self._rows:
            self.journal.table.clear(self.connection)
            self._dirty = True
        self._rows = ()
        self._forget_step()

    def failed(self, step: MigrationStep | None, error: BaseException) -> None:
        """Write down that the last statement had no effect, if the server has said so."""
        sent, self._sent = self._sent, None
        is_half_done = step is not None and (self._wrote or bool(self._rows))
        self._page = None
        if sent is not None and sent.course is Course.AHEAD and sent.row is not None and has_refused(error):
            self.journal.say(sent.row.number, State.UNDONE, None)
        if is_half_done and self._begun and not is_lost(error):
            half = Unfinished.of(self.journal.read())
            if half is not None:
                log.warning("%s", half.consolation())

    def autocommit_begins(self) -> None:
        """Statements take effect one by one."""
        self._take_effect_at_once(True)

    def autocommit_ends(self) -> None:
        """They are in a transaction again."""
        self._settle()
        self._take_effect_at_once(False)

    def _take_effect_at_once(self, do: bool) -> None:
        self._autocommit = do
        if self._begun:
            self.journal.autocommit = do

    # -- what a statement belongs to ---------------------------------------------------------------

    def operation_begins(self, operation: Any) -> None:
        """What it reads decides nothing that the revision's code decides."""
        self._depth += 1
        if self._rehearsal is not None:
            self._rehearsal.operations.append(operation)

    def operation_ends(self) -> None:
        """The revision's own code goes on."""
        self._depth -= 1
        if self._rehearsal is not None:
            self._rehearsal.operations.pop()

    def planned(self, change: Sequence[object], make: Callable[[], list[str]]) -> list[str]:
        """See :class:`~alembic.ddl.journal.Journal`."""
        if self._page is None:
            return make()
        key = digest(described(list(change)))
        statements = self._planned_before(key) or make()
        self._page.plan(key, statements)
        return statements

    def _planned_before(self, key: str) -> list[str] | None:
        for row in self._memory.left if self._memory is not None else ():
            if row.plan is not None:
                known, statements = json.loads(row.plan)
                if known == key:
                    return list(statements)
        return None

    @contextmanager
    def scratch(self) -> Iterator[None]:
        """See :class:`~alembic.ddl.journal.Journal`; they may commit what was sent before."""
        if self._page is not None and not self._is_scratch:
            self._settle()
            if self.traces.commits_ddl and self._rehearsal is None:
                self._flush()
        before, self._is_scratch = self._is_scratch, True
        try:
            yield
        finally:
            self._is_scratch = before

    @property
    def writes_ahead(self) -> bool:
        """See :class:`~alembic.ddl.journal.Journal`."""
        if self._page is None:
            return False
        return self._autocommit or self.traces.commits_ddl or self._remembers or self._rehearsal is not None

    # -- statements --------------------------------------------------------------------------------

    def before(self, call: Call) -> None:
        """Decide whether a statement is carried out, and see that it can be known later whether it was."""
        if self._page is None or call.is_inner or self._is_scratch:
            return
        self._settle()
        if _is_of(call, self.context._version):
            # The revision's function is over. What follows is in the transaction of the version's row.
            self._page = None
            return
        if not self.writes_ahead:
            self._sent = Sent(call, Course.TOGETHER)
            return
        what = reading(call.sql, self.traces.flavour, self._temporary)
        if what.nature in (Nature.READ, Nature.SESSION, Nature.CONTROL):
            self._pass(call, what)
            return
        row: Row | None = None
        if self._remembers:
            verdict = self._verdict(call, what)
            row = verdict.row
            if verdict.way is Way.SKIP and row is not None:
                self._leave_out(call, row)
                return
        if self._rehearsal is not None:
            self._rehearsal.reach()
        course = self._course(what)
        sent = Sent(call, course, number=row.number if row is not None else None)
        if course is Course.AHEAD:
            self._intend(sent, what)
        elif course is Course.WRAPPED:
            self.journal.ensure()
            self.connection.exec_driver_sql(self.traces.begin, execution_options=QUIET)
        self._sent = sent

    def after(self, call: Call) -> None:
        """It was carried out."""
        if call.is_inner or self._sent is None:
            return
        sent, self._sent = self._sent, None
        if sent.course is Course.SKIPPED:
            if sent.row is not None:
                give_results(call, sent.row)
            return
        sent.take_results(call)
        if sent.course is Course.TOGETHER:
            self._pending.append(sent)
        elif sent.course is Course.WRAPPED:
            self._write(self.connection, [sent])
            self.connection.exec_driver_sql("COMMIT", execution_options=QUIET)
        else:
            self._complete(sent)

    def again(self, call: Call, error: Exception) -> bool | None:
        """No opinion; but a transaction in which a statement has failed takes no other."""
        if self._sent is not None and self._sent.course is Course.WRAPPED:
            for sql in ("ROLLBACK", self.traces.begin):
                self.connection.exec_driver_sql(sql, execution_options=QUIET)
        return None

    def _pass(self, call: Call, what: Reading) -> None:
        """A statement that is always carried out."""
        if what.nature is Nature.READ:
            self._has_read = self._has_read or self._depth == 0
            return
        if what.temporary is not None:
            self._temporary.add(what.temporary.lower())
        if self.traces.commits_ddl and what.words[:1] in (("LOCK",), ("UNLOCK",)):
            self._flush()
            self._locks_tables = what.words[0] == "LOCK"
        if self._autocommit:
            return
        if self.traces.commits_ddl and what.commits:
            self._flush()
        elif what.nature is Nature.CONTROL:
            self._sent = Sent(call, Course.TOGETHER)  # a savepoint may be gone back to

    @property
    def _remembers(self) -> bool:
        return self._memory is not None and not self._memory.is_over

    def _course(self, what: Reading) -> Course:
        if what.nature is Nature.ROWS and not self._loses_rows(what.tables):
            return Course.WRAPPED if self._autocommit and self.traces.begin else self._in_transaction()
        if self.traces.commits_ddl:
            return Course.AHEAD
        if not self._autocommit:
            return Course.TOGETHER
        is_known = what.nature is not Nature.OPAQUE and not self.traces.outside(what.words)
        return Course.WRAPPED if is_known and self.traces.begin else Course.AHEAD

    def _loses_rows(self, tables: tuple[str, ...]) -> bool:
        """Whether rows of these tables can't be rolled back; asked once, until the schema changes."""
        if tables not in self._lost_rows:
            self._lost_rows[tables] = self.traces.loses_rows(self.connection, tables)
        return self._lost_rows[tables]

    def _in_transaction(self) -> Course:
        return Course.AHEAD if self._autocommit else Course.TOGETHER

    # -- after an interruption ---------------------------------------------------------------------

    def _verdict(self, call: Call, what: Reading) -> Verdict:
        """Whether to carry a statement out, with the row whose place it takes.

        :raises StatementInDoubt: that can't be known of the one in its place.
        :raises StatementDiffers: another one took effect in its place.
        """
        assert self._memory is not None
        sent = Sent(call, Course.TOGETHER)
        known = identity(call.sql, sent.parameters_text(), what.nature, self.traces.flavour)
        verdict = self._memory.verdict(known, has_read=self._has_read)
        row = verdict.row
        if row is None:
            return verdict
        if verdict.way is Way.STOP:
            raise StatementDiffers(row, line_of(stored(call.sql)), verdict.why)
        if verdict.way not in (Way.DOUBT, Way.OTHER_DOUBT):
            return verdict
        sql = call.sql if verdict.way is Way.DOUBT else row.statement
        now = self.fingerprint(sql)
        if row.fingerprint is None or now is None:
            raise StatementInDoubt(row)
        if now == row.fingerprint:
            return Verdict(Way.AGAIN, row)
        if verdict.way is Way.OTHER_DOUBT:
            raise StatementDiffers(row, line_of(stored(call.sql)), EDITED)
        log.info("statement %d was carried out before the interruption: %s", row.number, row.line)
        self.journal.aside(
            lambda side: self.journal.table.set_state(side, row.number, State.DONE, row.row_count)
        )
        return Verdict(Way.SKIP, row)

    def _leave_out(self, call: Call, row: Row) -> None:
        log.debug("left out, as it took effect before: %d. %s", row.number, row.line)
        if self._rehearsal is not None:
            self._rehearsal.take(row)
        sent = Sent(call, Course.SKIPPED)
        sent.row = row
        leave_out(call, row, self.traces)
        self._sent = sent

    # -- writing -----------------------------------------------------------------------------------

    def _intend(self, sent: Sent, what: Reading) -> None:
        """Write down that a statement is about to be sent."""
        self._flush()
        self._lost_rows.clear()
        if self._dirty and self.traces.commits_ddl and not self._autocommit:
            # DDL is about to do so anyway; and then the other connection has nothing to wait for.
            self.connection.exec_driver_sql("COMMIT", execution_options=QUIET)
            self._dirty = False
        self.traces.prepare(self.connection, sent.sql)
        row = self._open_page.row(sent, what.nature, State.BEGUN)
        row = sent.row = row._replace(fingerprint=self.fingerprint(sent.sql))
        self.journal.ensure()
        self._wrote = True
        if sent.number is None:
            self.journal.aside(lambda side: self.journal.table.add(side, [row]))
        else:
            self.journal.aside(lambda side: self.journal.table.replace(side, row))

    def _complete(self, sent: Sent) -> None:
        """Write down that it took effect."""
        row = sent.row
        assert row is not None
        self.journal.aside(
            lambda side: self.journal.table.set_state(side, row.number, sent.state, sent.row_count)
        )

    @property
    def _open_page(self) -> Page:
        assert self._page is not None  # a statement of a revision is on its way
        return self._page

    def _settle(self) -> None:
        """The last statement was sent, and nothing was heard of it: it failed, and the program knows."""
        sent, self._sent = self._sent, None
        if sent is None or sent.course is Course.SKIPPED:
            return
        sent.state = State.UNDONE
        if sent.course is Course.TOGETHER:
            self._pending.append(sent)
        elif sent.course is Course.WRAPPED:
            self.connection.exec_driver_sql("ROLLBACK", execution_options=QUIET)
            self._write(self.connection, [sent])
        else:
            self._complete(sent)

    def _flush(self) -> None:
        """Write the rows of statements that are about to be committed, in their transaction."""
        pending, self._pending = rows_of(self._pending, self.traces.flavour), []
        if not pending or not (self._wrote or any(sent.state == State.DONE for sent in pending)):
            return  # after a rollback there may be nothing that took effect
        self.journal.ensure()
        if self._locks_tables:
            # Nothing but these tables can be written to on this connection.
            self._wrote = True
            self.journal.add_around_commit(self._open_page.rows(pending, self._temporary))
        else:
            self._write(self.connection, pending)
            self._dirty = True

    def _write(self, connection: Connection, sent: Sequence[Sent]) -> None:
        self._wrote = True
        rows = self._open_page.rows(sent, self._temporary)
        replaced = [row.number for row, each in zip(rows, sent, strict=True) if each.number is not None]
        self.journal.table.forget(connection, replaced)
        self.journal.table.add(connection, rows)

    def fingerprint(self, sql: str) -> str | None:
        """What the objects look like that a statement changes; None if it can't be told."""
        try:
            return self.traces.fingerprint(self.connection, sql)
        except DBAPIError as error:
            log.debug("no fingerprint of what %s touches: %s", line_of(sql), error.orig)
            return None

    # -- the transaction ---------------------------------------------------------------------------

    def _on_commit(self, connection: Connection) -> None:
        if self._page is not None:
            self._settle()
            self._flush()
        self._dirty = False

    def _on_rollback(self, connection: Connection) -> None:
        for sent in self._pending:
            sent.state = State.UNDONE
        self._dirty = False


def _is_of(call: Call, table: Any) -> bool:
    """Whether it is about the version table."""
    return getattr(getattr(call.execution, "invoked_statement", None), "table", None) is table

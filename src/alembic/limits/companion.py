"""The companion of a run that keeps its statements within limits of time, and has tried again what can be."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..errors.notes import add_note
from ..masking import masked
from ..runtime.companions import Companion
from ..runtime.waiting import pause
from .durations import spelled
from .kinds import Kind, kind_of
from .means import Means, means_of
from .policy import LIMITED, Policy, Terms, Timeouts

if TYPE_CHECKING:
    from ..runtime.migration import MigrationContext
    from ..runtime.statements import Call
    from ..script.steps import MigrationStep

log = logging.getLogger(__name__)


class Limits(Companion):
    """Sets the limits that are wanted before each statement, and takes them back at the end.

    After a lock was waited for in vain, a statement that stands alone is sent again. One inside of a
    transaction is undone with all that the steps have done in it, so that their locks are free while we wait;
    then these steps are run again.
    """

    def __init__(self, context: MigrationContext, policy: Policy) -> None:
        super().__init__(context)
        self._policy = policy
        self._means: Means | None = None
        self._terms_of: dict[int, Terms] = {}
        self._terms: Terms | None = None
        self._step: MigrationStep | None = None
        self._kind = Kind.OTHER
        self._hands_off = False
        self._attempts: dict[int, int] = {}
        # The steps since the point that can be gone back to, and what the impl knew there.
        self._since: list[MigrationStep] = []
        self._known: Any = None
        self._is_between_steps = True
        self._holders: list[str] = []

    def begin(self, steps: Sequence[MigrationStep]) -> None:
        """Find out what is wanted, before anything runs.

        :raises ConfigValueInvalid: a revision file wants something that has no meaning.
        """
        terms = {id(step): self._policy.terms(step) for step in steps}
        self._terms_of = {key: value for key, value in terms.items() if value is not None}
        if not self._terms_of:
            return
        self._means = means_of(self.context)
        if self._means is None:
            log.warning("No limits of time are known for %s", self.context.dialect.name)
            return
        statements = self.context._statements
        if statements is not None and any(one.retries for one in self._terms_of.values()):
            statements.insist()
        self._terms = self._policy.terms(None)
        if self._terms is not None and self.context.impl.features.atomic_step:
            self._means.put(self._terms.timeouts[Kind.DDL])  # BEGIN may come before the first step

    # -- what happens ------------------------------------------------------------------------------

    def transaction_begun(self) -> None:
        """Nothing can be gone back to until the next step begins; not even then, if it is half done."""
        self._is_between_steps = self._step is None
        self._forget()
        if self._means is not None:
            self._means.transaction_begun()

    def autocommit_begins(self) -> None:
        """What was done so far stays done."""
        self._is_between_steps = False
        self._forget()
        if self._means is not None:
            self._means.autocommit_begins()

    def autocommit_ends(self) -> None:
        """Leave the session as it was."""
        if self._means is not None:
            self._means.autocommit_ends()

    def _forget(self) -> None:
        self._since, self._known = [], None

    def step_begins(self, step: MigrationStep) -> None:
        """Make the point to go back to, if there is something to be tried again."""
        self._step, self._hands_off = step, False
        self._terms = self._terms_of.get(id(step))
        if self._means is None or not self._is_between_steps:
            return
        if not self._since:
            if not any(one.retries for one in self._terms_of.values()):
                return
            self._known = self.context.impl.remember()
            if not self._means.mark():
                return
        self._since.append(step)

    def step_applied(self, step: MigrationStep, heads: tuple[str, ...]) -> None:
        """What follows is none of the migration's."""
        self._step = self._terms = None

    def before(self, call: Call) -> None:
        """Put the limits for this statement in force."""
        if self._means is None or self._terms is None or self._step is None or call.is_inner:
            return
        self._kind = kind = kind_of(call.sql)
        if kind is Kind.LIMITS:
            self._hands_off = True
        if kind in (Kind.LIMITS, Kind.ENDS):
            self._means.unsure()
        elif kind in LIMITED and not self._hands_off:
            self._means.put(self._terms.timeouts[kind])

    def after(self, call: Call) -> None:
        """Remember what can't be sent again."""
        if self._means is not None and not call.is_inner:
            self._means.executed(call, self._kind)

    # -- trying again ------------------------------------------------------------------------------

    def again(self, call: Call, error: Exception) -> bool | None:
        """Wait, and have the statement sent again, if it stands alone and has only waited for a lock."""
        means, terms = self._means, self._terms or self._policy.terms(None)
        if means is None or terms is None or call.is_inner or not means.is_lock_failure(error):
            return None
        if not means.may_repeat(call, self._kind, error):
            return None
        attempt = self._next_attempt(terms, self._step)
        if attempt == 0:
            return False
        self._wait(terms, attempt, call.sql, "")
        if not self._hands_off and self._kind in LIMITED:
            means.put(terms.timeouts[self._kind])
        return True

    def undo(self, step: MigrationStep, error: Exception) -> Sequence[MigrationStep]:
        """Undo the steps of the open transaction, and wait, if the last has only waited for a lock."""
        means, terms = self._means, self._terms_of.get(id(step))
        cause = getattr(error, "orig", None)
        if means is None or terms is None or not isinstance(cause, BaseException):
            return ()
        is_commit = self._step is None
        steps = (step,) if is_commit and means.commit_waits else tuple(self._since)
        if not steps or steps[-1] is not step or not means.is_lock_failure(cause):
            return ()
        attempt = self._next_attempt(terms, step)
        if attempt == 0 or (self.connection.in_transaction() if is_commit else not means.back()):
            return ()
        self.context.impl.recall(self._known)
        self._since, self._step, self._terms = [], None, None
        sql = str(getattr(error, "statement", None) or "COMMIT")
        self._holders = means.holders(sql)
        undone = f"; {len(steps)} revisions are undone and run again" if len(steps) > 1 else ""
        self._wait(terms, attempt, sql, undone)
        return steps

    def _next_attempt(self, terms: Terms, step: MigrationStep | None) -> int:
        """The number of the attempt that comes now, for this step; zero when there were enough."""
        done = self._attempts.get(id(step), 0)
        if done >= terms.retries:
            return 0
        self._attempts[id(step)] = done + 1
        return done + 1

    def _wait(self, terms: Terms, attempt: int, sql: str, undone: str) -> None:
        delay = terms.delay(attempt)
        log.warning(
            "Lock not available: %s%s; attempt %d of %d to follow in %s%s",
            " ".join(masked(sql).split())[:120],
            undone,
            attempt + 1,
            terms.retries + 1,
            spelled(delay),
            "".join(f"\n  held by {masked(who)}" for who in self._holders),
        )
        pause(self.connection, delay)

    # -- the end -----------------------------------------------------------------------------------

    def failed(self, step: MigrationStep | None, error: BaseException) -> None:
        """Say which limit it was."""
        cause = getattr(error, "orig", None)
        if self._means is None or not isinstance(cause, BaseException):
            return
        terms = self._terms_of.get(id(step)) or self._policy.terms(None)
        limit = terms.timeouts.get(self._kind, Timeouts()) if terms is not None else Timeouts()
        if self._means.is_lock_failure(cause):
            attempts = self._attempts.get(id(step), 0)
            tried = f" after {attempts + 1} attempts" if attempts else ""
            waited = f" of up to {spelled(limit.lock)} each" if limit.lock and attempts else ""
            add_note(error, f"The lock was not to be had{tried}{waited}.")
            sql = str(getattr(error, "statement", None) or "")
            if not self._holders and self._is_connected:
                self._holders = self._means.holders(sql)
            for who in self._holders:
                add_note(error, f"held by {masked(who)}")
            if not attempts:
                add_note(error, "With lock_retries it is tried again, where that does no harm.")
        elif self._means.is_timeout(cause) and limit.statement:
            name = f"{self._kind.value}_statement_timeout"
            add_note(error, f"It took longer than {spelled(limit.statement)}, see {name}.")

    def release(self) -> None:
        """Leave the session as it was."""
        means, self._means = self._means, None
        if means is not None and self._is_connected:
            means.restore()

    @property
    def _is_connected(self) -> bool:
        return not (self.connection.closed or self.connection.invalidated)

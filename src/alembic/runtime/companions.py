"""What accompanies the live runs of a command: a lock, a record of what was done, limits of time.

The runner knows only when each of them has its say, which is written down here; the commands choose them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from ..masking import masked
from .side import SideConnection
from .statements import Statements

if TYPE_CHECKING:
    from typing import Concatenate

    from sqlalchemy import Connection
    from typing_extensions import ParamSpec

    from ..script.steps import MigrationStep
    from .migration import MigrationContext
    from .statements import Call

    P = ParamSpec("P")

T = TypeVar("T")
log = logging.getLogger(__name__)


class Companion:
    """One of them, for one run of one :class:`~alembic.runtime.migration.MigrationContext`.

    It is made when there are steps to run, and is told in this order: :meth:`acquire`, :meth:`begin`; for
    each step :meth:`step_begins`, :meth:`step_applied`, :meth:`step_done`; in between, for each transaction
    that is ours, :meth:`transaction_begun` and :meth:`before_commit`; at last, when nothing is open any more,
    :meth:`failed` if there was an error, and :meth:`release` in any case. All of these do nothing here.

    Exceptions from ``failed`` and ``release`` are logged, so as not to hide what happened; any other ends the
    run.
    """

    def __init__(self, context: MigrationContext) -> None:
        self.context = context

    @property
    def connection(self) -> Connection:
        """The connection that the migrations run on."""
        return self.context._versions.connection

    def acquire(self, steps: Sequence[MigrationStep]) -> None:
        """There are steps to run; they are planned anew if the version table has changed during this call.

        Whoever waits here calls ``context.give_way()`` first, which ends the transaction that the versions
        were read in, as far as it is ours.
        """

    def begin(self, steps: Sequence[MigrationStep]) -> None:
        """The plan is final, and nothing has been changed yet."""

    def step_begins(self, step: MigrationStep) -> None:
        """A step is about to run, in its transaction."""

    def step_applied(self, step: MigrationStep, heads: tuple[str, ...]) -> None:
        """A step has run, and the version table is at ``heads``; its transaction is still open."""

    def step_done(self, step: MigrationStep, heads: tuple[str, ...]) -> None:
        """A step is complete, and committed if it had a transaction of its own."""

    def transaction_begun(self) -> None:
        """A transaction of ours was begun after :meth:`acquire`."""

    def before_commit(self) -> None:
        """A transaction of ours is about to be committed."""

    def autocommit_begins(self) -> None:
        """What follows takes effect statement by statement; the transaction before was committed."""

    def autocommit_ends(self) -> None:
        """That is over; the next transaction is about to be begun."""

    def undo(self, step: MigrationStep, error: Exception) -> Sequence[MigrationStep]:
        """A step has raised: the steps that were undone here, and are to be run again, in their order.

        These are the failed one and those before it in the open transaction. Nothing: the error stands.
        It is also asked for a step, applied already, whose own transaction could not be committed, and so is
        rolled back.
        """
        return ()

    def undone(self, steps: Sequence[MigrationStep]) -> None:
        """Another companion has undone these steps, which are about to run again; see :meth:`undo`."""

    def failed(self, step: MigrationStep | None, error: BaseException) -> None:
        """The run has failed, and all that was open is rolled back; None: not inside of a step.

        The connection may be lost. In a transaction of the caller's nothing is rolled back yet.
        """

    def release(self) -> None:
        """The run is over."""

    def before(self, call: Call) -> None:
        """A statement is about to be executed, see :class:`~alembic.runtime.statements.Watcher`."""

    def after(self, call: Call) -> None:
        """It was executed."""

    def again(self, call: Call, error: Exception) -> bool | None:
        """It has failed: whether it is to be tried once more, see :meth:`Watcher.again`."""
        return None


Factory: TypeAlias = Callable[["MigrationContext"], Companion]


class Company:
    """The companions of a migration context: nobody until there is something to run.

    :param factories: make the companions of a run, in the order in which they are told of things.
    """

    def __init__(self, context: MigrationContext, factories: Sequence[Factory]) -> None:
        self._context = context
        self._factories = factories
        self._present: tuple[Companion, ...] = ()
        self._step: MigrationStep | None = None
        self.heads: tuple[str, ...] | None = None
        self._heads_before: dict[int, tuple[str, ...] | None] = {}
        self._is_telling = False
        self._hooks: dict[str, list[Callable[..., Any]]] = {}
        self.side = SideConnection(context)

    def __bool__(self) -> bool:
        """Whether a run is accompanied."""
        return bool(self._present)

    @property
    def is_invited(self) -> bool:
        """Whether a run will be accompanied."""
        return bool(self._factories)

    def acquire(self, steps: Sequence[MigrationStep]) -> None:
        """Have them come, once for all attempts of a run."""
        if not self._present:
            self._present = tuple(make(self._context) for make in self._factories)
            self._hooks.clear()
            for each in self._present:
                each.acquire(steps)

    def begin(self, steps: Sequence[MigrationStep], heads: tuple[str, ...] | None = None) -> None:
        """See :meth:`Companion.begin`.

        :param heads: the rows of the version table that the plan begins with; None if it forgets them.
        """
        self.heads = heads
        for each in self._present:
            each.begin(steps)

    def step_begins(self, step: MigrationStep) -> None:
        """See :meth:`Companion.step_begins`."""
        self._step = step
        self._heads_before[id(step)] = self.heads
        self.tell(Companion.step_begins, step)

    def step_done(self, step: MigrationStep, heads: tuple[str, ...]) -> None:
        """See :meth:`Companion.step_done`."""
        self._step, self.heads = None, heads
        self.tell(Companion.step_done, step, heads)

    def tell(self, hook: Callable[Concatenate[Companion, P], None], *args: P.args, **kw: P.kwargs) -> None:
        """Call this method of each; the statements that it sends are the companions' own."""
        before, self._is_telling = self._is_telling, True
        try:
            for own in self._own(hook):
                own(*args, **kw)
        finally:
            self._is_telling = before

    def before(self, call: Call) -> None:
        """See :meth:`Companion.before`."""
        call.is_inner = call.is_inner or self._is_telling
        for own in self._own(Companion.before):
            own(call)

    def after(self, call: Call) -> None:
        """See :meth:`Companion.after`."""
        for own in reversed(self._own(Companion.after)):
            own(call)

    def again(self, call: Call, error: Exception) -> bool | None:
        """See :meth:`Companion.again`; from the last one on, the first with an opinion decides."""
        answers = (own(call, error) for own in reversed(self._own(Companion.again)))
        return next((answer for answer in answers if answer is not None), None)

    def _own(self, hook: Callable[Concatenate[Companion, P], T]) -> list[Callable[P, T]]:
        """This method of each companion that does something there."""
        name = hook.__name__
        found = self._hooks.get(name)
        if found is None:
            having = [each for each in self._present if getattr(type(each), name) is not hook]
            found = self._hooks[name] = [getattr(each, name) for each in having]
        return found

    def undo(self, step: MigrationStep, error: Exception) -> Sequence[MigrationStep]:
        """See :meth:`Companion.undo`; the others are told."""
        for each in self._present:
            steps = each.undo(step, error)
            if steps:
                self.heads = self._heads_before[id(steps[0])]
                for other in self._present:
                    if other is not each:
                        other.undone(steps)
                return steps
        return ()

    def end(self, error: BaseException | None) -> None:
        """The run is over, and all that was open with it."""
        present, self._present = self._present, ()
        self._hooks.clear()
        self.heads = None
        step, self._step = self._step, None
        for each in reversed(present):
            if error is not None:
                self._safely(lambda: each.failed(step, error))  # noqa: B023  # called at once
        for each in reversed(present):
            self._safely(each.release)
        if present:
            self._safely(self.side.close)

    def _safely(self, act: Callable[[], None]) -> None:
        try:
            act()
        except Exception as error:
            log.warning("after the run: %s", masked(f"{type(error).__name__}: {error}"))


def watching(connection: Connection, company: Company) -> Statements:
    """The statements of a run, as its companions see them."""
    return Statements(connection, [company] if company.is_invited else [])

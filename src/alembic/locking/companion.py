"""The companion of a run that makes it the only one."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError, PendingRollbackError

from ..errors.locking import LockLost
from ..runtime.companions import Companion
from ..runtime.ownership import is_callers
from .holder import myself
from .patience import Patience
from .ways import Way, way_of

if TYPE_CHECKING:
    from ..runtime.migration import MigrationContext
    from ..runtime.statements import Call
    from ..script.steps import MigrationStep

log = logging.getLogger(__name__)


class Lock(Companion):
    """Holds the lock from before the first step until nothing of the run is open any more.

    :param wait: seconds to wait for another run.
    :param application: what others are told of ours; the name of the program without it.
    :param file_wait: no longer than this where the lock is that of the database's file.
    """

    def __init__(
        self,
        context: MigrationContext,
        wait: float = 300.0,
        application: str | None = None,
        file_wait: float | None = None,
    ) -> None:
        super().__init__(context)
        self._wait = wait
        if file_wait is not None and context.impl.features.atomic_step:
            self._wait = min(wait, file_wait)
        self._application = application
        self._way: Way | None = None
        self._is_held = False
        self._is_speaking = False

    def acquire(self, steps: Sequence[MigrationStep]) -> None:
        """Wait for the lock.

        :raises LockNotAcquired: another run has held it for too long.
        """
        context = self.context
        callers = context._transaction is None and is_callers(self.connection)
        way = way_of(context, is_callers=callers)
        if way is None:
            log.info("No lock is known for %s: don't run migrations twice at once", context.dialect.name)
            return
        way.me = myself(steps, self._application)
        with self._speaking():
            self._get(way)
        self._is_held = True

    def _get(self, way: Way) -> None:
        self._way = way
        way.prepare()
        patience = Patience(self._wait, self.connection)
        has_given_way = way.must_begin_anew()
        if has_given_way:
            self.context.give_way()
        again = False
        while not way.request(again=again):
            if not has_given_way:
                self.context.give_way()
                has_given_way = True
            patience.wait(way.pause, way.holder)
            again = True
        way.won(patience)
        if self.context._transaction is not None or way.is_callers:
            way.in_transaction(patience)

    @contextmanager
    def _speaking(self) -> Iterator[Way | None]:
        """A block of statements of our own, which aren't watched."""
        before, self._is_speaking = self._is_speaking, True
        try:
            yield self._way
        finally:
            self._is_speaking = before

    def transaction_begun(self) -> None:
        """Keep others out of it; and make sure that the lock is ours still, now that they are."""
        if self._is_held and self._way is not None:
            self._check()
            with self._speaking():
                self._way.in_transaction(Patience(self._wait, self.connection))
            self._check()

    def autocommit_begins(self) -> None:
        """The same for statements that take effect at once."""
        if self._is_held and self._way is not None:
            self._check()
            with self._speaking():
                self._way.out_of_transactions(Patience(self._wait, self.connection))
            self._check()

    def autocommit_ends(self) -> None:
        """They are over."""
        if self._is_held and self._way is not None:
            with self._speaking():
                self._way.back_in_transactions()

    def before(self, call: Call) -> None:
        """A statement comes: the lock has to be ours.

        :raises LockLost: it is not.
        """
        if self._is_held and not self._is_speaking:
            self._check()

    def _check(self) -> None:
        reason = self._way.lost() if self._way is not None else None
        if reason is not None:
            raise LockLost(reason)

    def release(self) -> None:
        """Let others have it."""
        way, self._way, self._is_held = self._way, None, False
        if way is not None:
            self._is_speaking = True
            try:
                way.free()
            except (DBAPIError, PendingRollbackError) as error:
                log.debug("the lock went with its session: %s", error)

"""Waiting for a lock: for how long, and what is said meanwhile."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..errors.locking import LockNotAcquired
from ..runtime.waiting import pause as sleep

if TYPE_CHECKING:
    from sqlalchemy import Connection

log = logging.getLogger(__name__)

_FIRST_WORD, _AGAIN = 1.0, 30.0
_NOBODY = "which has ended just now"


class Patience:
    """Waits for as long as is allowed, and tells whom for.

    :param seconds: how long.
    :param connection: knows whether an event loop must not be kept waiting.
    """

    def __init__(self, seconds: float, connection: Connection) -> None:
        self._seconds = seconds
        self._connection = connection
        self.renew()

    def renew(self) -> None:
        """Begin to count anew."""
        self._began = time.monotonic()
        self._speaks_at = self._began + _FIRST_WORD

    def wait(self, pause: float, holder: Callable[[], object]) -> None:
        """Wait a moment before another attempt.

        :param pause: about how many seconds.
        :param holder: says who is waited for.
        :raises LockNotAcquired: it has taken too long.
        """
        now = time.monotonic()
        left = self._began + self._seconds - now
        if left <= 0:
            raise LockNotAcquired(self._seconds, str(holder() or _NOBODY))
        if now >= self._speaks_at:
            self._speaks_at = now + _AGAIN
            log.warning(
                "Waiting for another run of migrations, %s; for %d s at most", holder() or _NOBODY, left
            )
        if pause:
            # Not all at the same moment, and never for longer than there is time.
            sleep(self._connection, min(pause * random.uniform(0.5, 1.5), left))

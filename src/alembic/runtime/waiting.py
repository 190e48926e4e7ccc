"""Waiting, also where an event loop must go on in the meantime."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection


def pause(connection: Connection, seconds: float) -> None:
    """Let some time pass.

    :param connection: one of an asynchronous engine lets other tasks of its loop run.
    """
    if not connection.dialect.is_async:
        time.sleep(seconds)
        return
    import asyncio

    from sqlalchemy.util import await_only

    await_only(asyncio.sleep(seconds))

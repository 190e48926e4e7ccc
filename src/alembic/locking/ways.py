"""What a database's way of locking consists of; each has a module of its own."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, ClassVar

from .holder import Holder

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ..runtime.migration import MigrationContext
    from .patience import Patience

_MODULES = {
    "postgresql": "postgresql",
    "mysql": "mysql",
    "mariadb": "mysql",
    "mssql": "mssql",
    "oracle": "oracle",
    "sqlite": "sqlite",
}


class Way:
    """A lock of one version table, on the connection of one migration context.

    :param context: the migration context.
    :param is_callers: the connection is in a transaction of somebody else's, with which the lock has to end.
    """

    pause: ClassVar[float] = 0.2
    names_holders: ClassVar[bool] = True

    def __init__(self, context: MigrationContext, *, is_callers: bool) -> None:
        self.context = context
        self.is_callers = is_callers
        self.me = Holder()

    @property
    def connection(self) -> Connection:
        """The connection that the migrations run on."""
        return self.context._versions.connection

    def prepare(self) -> None:
        """Get to know the connection, before the first :meth:`request`."""

    def must_begin_anew(self) -> bool:
        """Whether what the transaction has read may be out of date once the lock is there."""
        return True

    def request(self, *, again: bool) -> bool:
        """Try to get the lock, for about a second at most; whether it is ours now.

        :param again: it is not the first attempt.
        """
        raise NotImplementedError

    def won(self, patience: Patience) -> None:
        """The queue is won, and no transaction of ours is open, unless :meth:`in_transaction` follows."""

    def in_transaction(self, patience: Patience) -> None:
        """A transaction was begun, in which the run will write: nothing of an earlier run may be at work."""

    def out_of_transactions(self, patience: Patience) -> None:
        """Statements that take effect at once will follow: the same."""

    def back_in_transactions(self) -> None:
        """They are over."""

    def lost(self) -> str | None:
        """Why the lock is lost; None if it is ours still."""
        return None

    def free(self) -> None:
        """Give the lock back; all that was open is committed or rolled back, but for the caller's."""

    def holder(self) -> Holder | None:
        """Who has the lock; None for nobody, or where that can't be known."""
        return None

    def end_holder(self) -> list[Holder]:
        """End the sessions of whoever has the lock; these are the ones."""
        return []


def way_of(context: MigrationContext, *, is_callers: bool = False) -> Way | None:
    """The way of a context's database; None where we know of none."""
    module = _MODULES.get(context.dialect.name)
    if module is None:
        return None
    way: type[Way] = import_module(f".{module}", __package__).WAY
    return way(context, is_callers=is_callers)

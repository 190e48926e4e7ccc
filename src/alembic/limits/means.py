"""What a database offers for limits of time; each has a module of its own."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from .kinds import Kind
from .policy import Timeouts

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ..runtime.migration import MigrationContext
    from ..runtime.statements import Call

_MODULES = {"postgresql": "postgresql", "mysql": "mysql", "mariadb": "mysql", "sqlite": "sqlite"}


class Means:
    """Limits of the statements on one connection; these are the answers of a database that has none."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def put(self, wanted: Timeouts) -> None:
        """Have these limits in force from now on."""

    def unsure(self) -> None:
        """Somebody else may have changed what is in force."""

    def transaction_begun(self) -> None:
        """What was in force for the transaction before is over with it."""

    def autocommit_begins(self) -> None:
        """The same; what follows is in no transaction."""

    def autocommit_ends(self) -> None:
        """Transactions again."""

    def executed(self, call: Call, kind: Kind) -> None:
        """A statement has taken effect."""

    def restore(self) -> None:
        """Leave the session's settings as they were before."""

    # -- trying again ------------------------------------------------------------------------------

    def is_lock_failure(self, error: BaseException) -> bool:
        """Whether a driver's error says that a lock was waited for in vain; all else was in order."""
        return False

    def is_timeout(self, error: BaseException) -> bool:
        """Whether a driver's error says that a statement has taken too long."""
        return False

    def may_repeat(self, call: Call, kind: Kind, error: BaseException) -> bool:
        """Whether a statement can just be sent again after such a failure: nothing was lost with it, and
        nothing is kept from others meanwhile."""
        return False

    #: A COMMIT waits for locks, and in vain if others keep reading.
    commit_waits: ClassVar[bool] = False

    def mark(self) -> bool:
        """Make a point in the open transaction to go back to; whether there is one now."""
        return False

    def back(self) -> bool:
        """Undo what was done since :meth:`mark`, and give up the locks of that; whether it was possible."""
        return False

    def holders(self, sql: str) -> list[str]:
        """Who has locks on what a statement mentions, in words."""
        return []

    # -- for subclasses ----------------------------------------------------------------------------

    def send(self, sql: str) -> Any:
        """The first row, if any, of a statement that nobody watches."""
        cursor = self.connection.connection.cursor()
        try:
            cursor.execute(sql)
            return cursor.fetchone() if cursor.description else None
        finally:
            cursor.close()


def means_of(context: MigrationContext) -> Means | None:
    """What a context's database offers; None where we know of nothing."""
    module = _MODULES.get(context.dialect.name)
    if module is None:
        return None
    means: type[Means] = import_module(f".{module}", __package__).MEANS
    return means(context._versions.connection)

"""Other sessions at work on the database of a migration."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from alembic import command
from alembic.config import Config
from tests.project import Project


@contextmanager
def session(url: str) -> Iterator[sa.Connection]:
    """A connection of its own."""
    engine = sa.create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def prepare(url: str, *statements: str) -> None:
    """Run statements, each committed."""
    with session(url) as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
            connection.commit()


def rows(url: str, query: str) -> list[tuple[object, ...]]:
    """What a query gives."""
    with session(url) as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


@contextmanager
def holding(url: str, *statements: str) -> Iterator[Callable[[], None]]:
    """A session that has run these in a transaction, and keeps it open until the end or the given call."""
    with session(url) as connection:
        for statement in statements:
            connection.exec_driver_sql(statement).close()
        yield connection.rollback


# An env.py that gets its connection from whoever runs the command.
SHARED = """\
from alembic import context

given = context.config.attributes
context.configure(connection=given["connection"], **given.get("options", {}))
with context.begin_transaction():
    context.run_migrations()
"""

# For the body of a revision: what is in force at that moment, for the test to see.
SEES = """\
from alembic import context
def see(query):
    context.config.attributes["seen"].append(op.get_bind().exec_driver_sql(query).scalar())
"""


class Upgrade(threading.Thread):
    """``alembic upgrade head`` in a thread; the messages of its limits can be waited for."""

    def __init__(
        self, project: Project, *, attributes: dict[str, object] | None = None, **settings: object
    ) -> None:
        super().__init__(daemon=True)
        self._config = Config(project.config_file, attributes=attributes or {})
        for key, value in settings.items():
            self._config.set_main_option(key, str(value))
        self.error: BaseException | None = None
        self._at_work: int | None = None
        self.messages: list[str] = []
        self._said = threading.Condition()
        self._log = logging.getLogger("alembic.limits.companion")

    def _hear(self, record: logging.LogRecord) -> bool:
        """A filter, since env.py sets all handlers anew."""
        if record.thread == self._at_work:
            with self._said:
                self.messages.append(record.getMessage())
                self._said.notify_all()
        return True

    def run(self) -> None:
        self._at_work = threading.get_ident()  # that of the test, where it calls run() itself
        self._log.addFilter(self._hear)
        try:
            command.upgrade(self._config, "head")
        except BaseException as error:
            self.error = error
        finally:
            self._log.removeFilter(self._hear)

    def wait_for_message(self, count: int = 1) -> str:
        """The message of that number, once it is there."""
        with self._said:
            assert self._said.wait_for(lambda: len(self.messages) >= count, 30), (self.messages, self.error)
            return self.messages[count - 1]

    def ended(self) -> Upgrade:
        """Wait for the end."""
        self.join(60)
        assert not self.is_alive(), self.messages
        return self

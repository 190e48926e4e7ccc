"""What of a run is in which transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import testing, text

from ...runtime.migration import MigrationContext
from ..assertions import eq_
from ..fixtures import TestBase

config: Any = testing.config  # it has no type hints


class MigrationTransactionTest(TestBase):
    """Transactions of a context, on a connection of the database under test."""

    __backend__ = True

    conn: Any = None

    def _fixture(self, opts: Mapping[str, Any]) -> MigrationContext:
        """A context on a new connection."""
        self.conn = config.db.connect()
        self.context = MigrationContext.configure(self.conn, opts=dict(opts))
        return self.context

    def teardown_method(self) -> None:
        """Disconnect."""
        if self.conn is not None:
            self.conn.close()

    def test_one_transaction_for_all(self) -> None:
        context = self._fixture({"transactional_ddl": True})
        with context.begin_transaction() as transaction:
            assert transaction is not None and self.conn.in_transaction()
            with context.begin_transaction(_per_migration=True):
                assert transaction.is_active
            assert transaction.is_active, "a step does not end it"
        assert not self.conn.in_transaction()

    def test_one_for_each_step(self) -> None:
        context = self._fixture({"transactional_ddl": True, "transaction_per_migration": True})
        with context.begin_transaction() as whole:
            eq_(whole, None)
            with context.begin_transaction(_per_migration=True) as one:
                assert one is not None and one.is_active
            assert not self.conn.in_transaction()

    def test_a_transaction_of_the_caller_is_left_alone(self) -> None:
        context = self._fixture({"transactional_ddl": True})
        with self.conn.begin() as outer:
            with context.begin_transaction() as own:
                eq_(own, None)
            assert outer.is_active

    def test_an_error_rolls_back(self) -> None:
        context = self._fixture({"transactional_ddl": True})
        try:
            with context.begin_transaction():
                self.conn.execute(text("select 1"))
                raise LookupError
        except LookupError:
            assert not self.conn.in_transaction()

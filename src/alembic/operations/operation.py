"""What every operation is: a mutable record of one change, which knows its opposite and its diff tuple."""

from __future__ import annotations

from typing import Any

from alembic.errors.operations import IrreversibleOperation


class MigrateOperation:
    """One change to a database, as a value that hooks may inspect and edit before it is rendered or run."""

    _mutations: frozenset[Any] = frozenset()
    """The rewriters that this operation has passed through; each rewriter sees an operation once."""

    notes: tuple[str, ...] = ()
    """What a reader should know of it, such as what it risks: comment lines above it in a revision file."""

    reverse_notes: tuple[str, ...] = ()
    """The same for its opposite, in the downgrade."""

    reverse_before: tuple[MigrateOperation, ...] = ()
    """What has to be done in the downgrade right before its opposite."""

    reverse_after: tuple[MigrateOperation, ...] = ()
    """What has to be done in the downgrade right after its opposite."""

    @property
    def info(self) -> dict[Any, Any]:
        """A dictionary of the user's own, kept with the operation; empty at first."""
        return self.__dict__.setdefault("info", {})  # type: ignore[no-any-return]  # __dict__ holds Any

    @info.setter
    def info(self, value: dict[Any, Any]) -> None:
        self.__dict__["info"] = value

    def reverse(self) -> MigrateOperation:
        """Return the operation that undoes this one.

        :raises IrreversibleOperation: a NotImplementedError too: this kind of operation cannot be undone.
        """
        raise IrreversibleOperation(type(self).__name__)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """Return the change as a plain tuple whose first member names it, such as ``("add_table", Table)``.

        :raises IrreversibleOperation: a NotImplementedError too: this kind of operation has no such form.
        """
        raise IrreversibleOperation(type(self).__name__, "diff tuple")


class AlterTableOp(MigrateOperation):
    """An operation on a table that exists.

    :param table_name: the table.
    :param schema: its schema; None for the default one.
    """

    def __init__(self, table_name: str, *, schema: str | None = None) -> None:
        self.table_name = table_name
        self.schema = schema

"""What every operation is: a mutable record of one change, which knows its opposite and its diff tuple."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.errors.operations import IrreversibleOperation

if TYPE_CHECKING:
    from alembic.schema.shapes import Schema

    from .context import OperationsContext


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

    def apply(self, schema: Schema, context: OperationsContext) -> Schema:
        """Return the schema that this operation makes of one, without a database.

        What it may have changed in a way that can't be told is unknown in the schema that comes back. That is
        what this answer is for an operation that is not built in: of its table, if it has a ``table_name``,
        else of everything. A subclass may know better.

        :param schema: the schema before; it stays as it is.
        :param context: the migration: its dialect, and its options with the naming convention.
        """
        from .toschema import applied  # which upgrades of databases have no need of

        return applied(self, schema, context)


class AlterTableOp(MigrateOperation):
    """An operation on a table that exists.

    :param table_name: the table.
    :param schema: its schema; None for the default one.
    """

    def __init__(self, table_name: str, *, schema: str | None = None) -> None:
        self.table_name = table_name
        self.schema = schema

"""What a dialect does for tables that are made anew, and for batches; the standard answers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy import cast as cast_as

from .features import STANDARD, Features

if TYPE_CHECKING:
    from sqlalchemy.schema import Column, Constraint, Table
    from sqlalchemy.types import TypeEngine


class Batching:
    """The part of an impl that batches ask."""

    as_sql: bool
    features: ClassVar[Features] = STANDARD
    #: For a script: tells what a table of a name and a schema is like at this point; None: that is not known.
    table_source: Callable[[str, str | None], Table | None] | None = None

    def drop_constraint(self, const: Constraint, **kw: Any) -> None:
        """See :meth:`.DefaultImpl.drop_constraint`."""
        raise NotImplementedError

    def requires_recreate_in_batch(self, batch_op: Any) -> bool:
        """Whether the queued operations can only be done by building the table anew."""
        return False

    def native(self, name: str) -> Callable[..., None]:
        """The method of a name, without any way of making a table anew."""
        method: Callable[..., None] = getattr(self, name)
        return method

    def run_batch(self, batch: Any) -> bool:
        """Carry out what a batch has collected, in a way of the dialect's own.

        :returns: False: there is none, the operations are for ALTER statements as they come.
        """
        return False

    def known_table(self, name: str, schema: str | None) -> Table | None:
        """What a script knows of a table as it is at this point, see :attr:`table_source`."""
        return self.table_source(name, schema) if self.as_sql and self.table_source is not None else None

    def prep_table_for_batch(self, batch_impl: Any, table: Table) -> None:
        """Called before a table is built anew under another name: constraints give their names free."""
        names = {*batch_impl.named_constraints, batch_impl.new_table().primary_key.name}
        order = sorted(table.constraints, key=lambda each: each._creation_order)
        order.sort(key=lambda each: not isinstance(each, ForeignKeyConstraint))  # which may need the others
        for constraint in order:
            shared = constraint.__visit_name__ in self.features.shared_constraint_names
            if shared and isinstance(constraint.name, str) and constraint.name in names:
                self.drop_constraint(constraint)

    def making_anew(self, table: Table) -> AbstractContextManager[None]:
        """A block in which another table takes the place of this one."""
        return nullcontext()

    def rows_copied(self, old: Table, new: Table) -> None:
        """Called when a new table has the rows of the old one, which still exists; nothing here."""

    def cast_for_batch_migrate(
        self, existing: Column[Any], existing_transfer: dict[str, Any], new_type: TypeEngine[Any]
    ) -> None:
        """Called for each column whose type changes while its table is built anew.

        :param existing_transfer: the value of the old row is its "expr"; here that becomes a CAST, if the new
            type is of another kind.
        """
        if existing.type._type_affinity is not new_type._type_affinity:
            existing_transfer["expr"] = cast_as(existing_transfer["expr"], new_type)

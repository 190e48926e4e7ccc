"""The operation on EXCLUDE constraints, which PostgreSQL alone has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy.schema import Column, Constraint
from sqlalchemy.sql.expression import ColumnClause
from sqlalchemy.types import NULLTYPE

from .constraints import AddConstraintOp, DropConstraintOp, name_of
from .schemaobj import SchemaObjects

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import ExcludeConstraint
    from sqlalchemy.schema import SchemaItem, Table
    from sqlalchemy.sql.elements import ColumnElement

    from .context import OperationsContext


@AddConstraintOp.register_add_constraint("exclude_constraint")
class CreateExcludeConstraintOp(AddConstraintOp):
    """Adds an EXCLUDE constraint of PostgreSQL.

    :param elements: pairs of a column name or expression and an operator.
    :param where: the condition of a partial constraint.
    :param kw: options of ExcludeConstraint: ``using``, ``deferrable``, ``initially``, ``ops``.
    """

    constraint_type = "exclude"

    if TYPE_CHECKING:
        create_exclude_constraint: Callable[..., Table | None]
        batch_create_exclude_constraint: Callable[..., Table | None]

    def __init__(
        self,
        constraint_name: str | None,
        table_name: str,
        elements: Sequence[tuple[Any, str]],
        where: ColumnElement[bool] | str | None = None,
        schema: str | None = None,
        _orig_constraint: ExcludeConstraint | None = None,
        **kw: Any,
    ) -> None:
        self.schema, self.table_name = schema, table_name
        self.constraint_name, self._orig_constraint = constraint_name, _orig_constraint
        self.elements, self.where, self.kw = elements, where, kw

    @classmethod
    def from_constraint(cls, constraint: Constraint) -> CreateExcludeConstraintOp:
        """The operation that adds this EXCLUDE constraint of a Table."""
        exclude: Any = constraint
        return cls(
            name_of(constraint),
            exclude.table.name,
            [(expression, operator) for expression, _, operator in exclude._render_exprs],
            where=exclude.where,
            schema=exclude.table.schema,
            _orig_constraint=exclude,
            deferrable=exclude.deferrable,
            initially=exclude.initially,
            using=exclude.using,
            **({"ops": dict(exclude.ops)} if exclude.ops else {}),
        )

    def to_constraint(self, migration_context: OperationsContext | None = None) -> ExcludeConstraint:
        """The constraint, on a table of nothing but its columns, or the very one it was made from."""
        if self._orig_constraint is not None:
            return self._orig_constraint
        from sqlalchemy.dialects.postgresql import ExcludeConstraint

        columns: dict[str, SchemaItem] = {}
        for expression, _ in self.elements:
            if isinstance(expression, (str, ColumnClause)):
                name = expression if isinstance(expression, str) else expression.name
                columns.setdefault(name, Column(name, NULLTYPE))
        constraint = ExcludeConstraint(
            *self.elements,
            name=self.constraint_name,
            where=self.where,
            **self.kw,
        )
        table = SchemaObjects(migration_context).table(self.table_name, *columns.values(), schema=self.schema)
        table.append_constraint(constraint)
        return constraint

    def reverse(self) -> DropConstraintOp:
        """The operation that drops the constraint again, under the name that this operation has."""
        drop = super().reverse()
        # The original may be without one.
        drop.constraint_name = self.constraint_name
        return drop

"""Operations on constraints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from sqlalchemy.schema import (
    CheckConstraint,
    Column,
    Constraint,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    UniqueConstraint,
)
from sqlalchemy.sql.elements import _truncated_label, conv

from alembic.errors.operations import OriginalMissing

from .dispatch import Dispatcher
from .operation import MigrateOperation
from .schemaobj import SchemaObjects, target_of

if TYPE_CHECKING:
    from sqlalchemy.schema import SchemaItem
    from sqlalchemy.sql.elements import ColumnElement, TextClause
    from typing_extensions import Self

    from .context import OperationsContext

_Op = TypeVar("_Op", bound="type[AddConstraintOp]")


class AddConstraintOp(MigrateOperation):
    """Adds a constraint: what the operations for each kind of constraint share."""

    add_constraint_ops: ClassVar[Dispatcher] = Dispatcher()
    """The operation class for each ``__visit_name__`` of a SQLAlchemy constraint."""

    constraint_type: ClassVar[str]
    constraint_name: str | None
    table_name: str
    schema: str | None

    @classmethod
    def register_add_constraint(cls, type_: str) -> Callable[[_Op], _Op]:
        """A class decorator: this operation adds constraints of that ``__visit_name__``."""

        def register(op_class: _Op) -> _Op:
            cls.add_constraint_ops.dispatch_for(type_)(op_class.from_constraint)
            return op_class

        return register

    @classmethod
    def from_constraint(cls, constraint: Constraint) -> AddConstraintOp:
        """The operation that adds this constraint of a Table.

        :raises NoDispatch: a ValueError too: no operation is registered for such a constraint.
        """
        made: AddConstraintOp = cls.add_constraint_ops.dispatch(constraint.__visit_name__)(constraint)
        return made

    def to_constraint(self, migration_context: OperationsContext | None = None) -> Constraint:
        """The constraint, on a table of nothing but its columns."""
        raise NotImplementedError

    def reverse(self) -> DropConstraintOp:
        """The operation that drops the constraint again; it keeps this one."""
        return DropConstraintOp.from_constraint(self.to_constraint())

    def to_diff_tuple(self) -> tuple[str, Constraint]:
        """``("add_constraint", constraint)``"""
        return ("add_constraint", self.to_constraint())


class _OverColumns(AddConstraintOp):
    """A constraint that is nothing but names of columns of its table."""

    def __init__(
        self,
        constraint_name: str | None,
        table_name: str,
        columns: Sequence[str],
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        self.schema, self.table_name = schema, table_name
        self.constraint_name, self.columns, self.kw = constraint_name, columns, kw

    @classmethod
    def from_constraint(cls, constraint: Constraint) -> Self:
        """The operation that adds this constraint of a Table."""
        assert isinstance(constraint, (PrimaryKeyConstraint, UniqueConstraint))
        return cls(
            name_of(constraint),
            constraint.table.name,
            [column.name for column in constraint.columns],
            schema=constraint.table.schema,
            **options_of(constraint),
        )


@AddConstraintOp.register_add_constraint("primary_key_constraint")
class CreatePrimaryKeyOp(_OverColumns):
    """Adds a primary key.

    :param kw: options of PrimaryKeyConstraint.
    """

    constraint_type = "primarykey"

    if TYPE_CHECKING:
        create_primary_key: Callable[..., None]
        batch_create_primary_key: Callable[..., None]

    def to_constraint(self, migration_context: OperationsContext | None = None) -> PrimaryKeyConstraint:
        """The primary key, on a table of nothing but its columns."""
        return SchemaObjects(migration_context).primary_key_constraint(
            self.constraint_name, self.table_name, self.columns, schema=self.schema, **self.kw
        )


@AddConstraintOp.register_add_constraint("unique_constraint")
class CreateUniqueConstraintOp(_OverColumns):
    """Adds a unique constraint.

    :param kw: options of UniqueConstraint.
    """

    constraint_type = "unique"

    if TYPE_CHECKING:
        create_unique_constraint: Callable[..., Any]
        batch_create_unique_constraint: Callable[..., Any]

    def to_constraint(self, migration_context: OperationsContext | None = None) -> UniqueConstraint:
        """The unique constraint, on a table of nothing but its columns."""
        return SchemaObjects(migration_context).unique_constraint(
            self.constraint_name, self.table_name, self.columns, schema=self.schema, **self.kw
        )


@AddConstraintOp.register_add_constraint("foreign_key_constraint")
class CreateForeignKeyOp(AddConstraintOp):
    """Adds a foreign key.

    :param kw: ``source_schema``, ``referent_schema`` and the options of ForeignKeyConstraint.
    """

    constraint_type = "foreignkey"

    if TYPE_CHECKING:
        create_foreign_key: Callable[..., None]
        batch_create_foreign_key: Callable[..., None]

    def __init__(
        self,
        constraint_name: str | None,
        source_table: str,
        referent_table: str,
        local_cols: Sequence[str],
        remote_cols: Sequence[str],
        **kw: Any,
    ) -> None:
        self.source_table, self.local_cols = source_table, local_cols
        self.referent_table, self.remote_cols = referent_table, remote_cols
        self.constraint_name, self.kw = constraint_name, kw

    @classmethod
    def from_constraint(cls, constraint: Constraint) -> CreateForeignKeyOp:
        """The operation that adds this foreign key of a Table."""
        assert isinstance(constraint, ForeignKeyConstraint)
        referents = [target_of(element) for element in constraint.elements]
        schema, table_name, _ = referents[0]
        kw = options_of(constraint)
        for option in ("onupdate", "ondelete", "match"):
            if getattr(constraint, option):
                kw[option] = getattr(constraint, option)
        if constraint.use_alter:
            kw["use_alter"] = True
        return cls(
            name_of(constraint),
            constraint.parent.name,
            table_name,
            [column.name for column in constraint.columns],
            [column for _, _, column in referents],
            **kw,
            source_schema=constraint.parent.schema,
            referent_schema=schema,
        )

    def to_constraint(self, migration_context: OperationsContext | None = None) -> ForeignKeyConstraint:
        """The foreign key, between tables of nothing but its columns."""
        objects = SchemaObjects(migration_context)
        tables, columns = (self.source_table, self.referent_table), (self.local_cols, self.remote_cols)
        return objects.foreign_key_constraint(self.constraint_name, *tables, *columns, **self.kw)

    def to_diff_tuple(self) -> tuple[str, ForeignKeyConstraint]:
        """``("add_fk", constraint)``"""
        return ("add_fk", self.to_constraint())


@AddConstraintOp.register_add_constraint("column_check_constraint")
@AddConstraintOp.register_add_constraint("table_or_column_check_constraint")
@AddConstraintOp.register_add_constraint("check_constraint")
class CreateCheckConstraintOp(AddConstraintOp):
    """Adds a check constraint.

    :param condition: a string, ``text()`` or a SQL expression.
    :param kw: options of CheckConstraint.
    """

    constraint_type = "check"

    if TYPE_CHECKING:
        create_check_constraint: Callable[..., None]
        batch_create_check_constraint: Callable[..., None]

    def __init__(
        self,
        constraint_name: str | None,
        table_name: str,
        condition: str | TextClause | ColumnElement[Any],
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        self.schema, self.table_name = schema, table_name
        self.constraint_name, self.condition, self.kw = constraint_name, condition, kw

    @classmethod
    def from_constraint(cls, constraint: Constraint) -> CreateCheckConstraintOp:
        """The operation that adds this check constraint of a Table."""
        assert isinstance(constraint, CheckConstraint)
        # A check may belong to a column, which then is all that it knows.
        parent: Any = constraint.parent
        table = parent.table if isinstance(parent, Column) else constraint.table
        return cls(
            name_of(constraint), table.name, constraint.sqltext, schema=table.schema, **options_of(constraint)
        )

    def to_constraint(self, migration_context: OperationsContext | None = None) -> CheckConstraint:
        """The check constraint, on a makeshift table."""
        return SchemaObjects(migration_context).check_constraint(
            self.constraint_name, self.table_name, self.condition, schema=self.schema, **self.kw
        )


class DropConstraintOp(MigrateOperation):
    """Drops a constraint.

    :param type_: "foreignkey", "primary", "unique" or "check"; MySQL and naming conventions need it.
    :param if_exists: do nothing if there is no such constraint.
    """

    if TYPE_CHECKING:
        drop_constraint: Callable[..., None]
        batch_drop_constraint: Callable[..., None]

    def __init__(
        self,
        constraint_name: str | None,
        table_name: str,
        type_: str | None = None,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        _reverse: AddConstraintOp | None = None,
    ) -> None:
        self.schema, self.table_name = schema, table_name
        self.constraint_name, self.constraint_type = constraint_name, type_
        self.if_exists, self._reverse = if_exists, _reverse

    @classmethod
    def from_constraint(cls, constraint: Constraint) -> DropConstraintOp:
        """The operation that drops this constraint of a Table, and keeps it for the way back."""
        kind = constraint.__visit_name__.removeprefix("table_or_").removeprefix("column_")
        return cls(
            name_of(constraint),
            constraint.table.name,
            _TYPE_OF_VISIT_NAME.get(kind),
            schema=constraint.table.schema,
            _reverse=AddConstraintOp.from_constraint(constraint),
        )

    def to_constraint(self) -> Constraint:
        """The dropped constraint, under the name that this operation has.

        :raises OriginalMissing: a ValueError too: the constraint was not kept.
        """
        constraint = self._original().to_constraint()
        constraint.name = self.constraint_name
        return constraint

    def reverse(self) -> AddConstraintOp:
        """The operation that adds the constraint again.

        :raises OriginalMissing: a ValueError too: the constraint was not kept.
        """
        return AddConstraintOp.from_constraint(self._original().to_constraint())

    def to_diff_tuple(self) -> tuple[str, SchemaItem]:
        """``("remove_constraint", constraint)``, or ``("remove_fk", constraint)`` for a foreign key."""
        kind = "remove_fk" if self.constraint_type == "foreignkey" else "remove_constraint"
        return (kind, self.to_constraint())

    def _original(self) -> AddConstraintOp:
        if self._reverse is None:
            raise OriginalMissing(
                "constraint cannot be produced; original constraint is not present", "DropConstraintOp"
            )
        return self._reverse


_TYPE_OF_VISIT_NAME = {
    "primary_key_constraint": "primary",
    "unique_constraint": "unique",
    "foreign_key_constraint": "foreignkey",
    "check_constraint": "check",
}


def name_of(constraint: Constraint) -> str | None:
    """The name, None if there is none.

    One that a naming convention has made is marked as final; one that is to be quoted stays so.
    """
    name = constraint.name
    if not isinstance(name, str):
        return None
    return str(name) if isinstance(name, _truncated_label) and not isinstance(name, conv) else name


def options_of(constraint: Constraint) -> dict[str, Any]:
    """The options that were given: those of single databases, and deferral."""
    options = dict(constraint.dialect_kwargs)
    for option in ("deferrable", "initially"):
        if getattr(constraint, option):
            options[option] = getattr(constraint, option)
    return options

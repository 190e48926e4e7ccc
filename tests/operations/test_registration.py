"""Third parties add directives and operations, and take the place of built-in ones."""

from __future__ import annotations

import inspect
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from alembic import op
from alembic.operations import BatchOperations, MigrateOperation, Operations, ops, toimpl
from tests.operations.migrations import Script

pytestmark = pytest.mark.usefixtures("registrations")


def _create_sequence() -> type[MigrateOperation]:
    @Operations.register_operation("create_sequence")
    @BatchOperations.register_operation("create_sequence", "batch_create_sequence")
    class CreateSequenceOp(MigrateOperation):
        def __init__(self, name: str, *, start: int = 1) -> None:
            self.name = name
            self.start = start

        @classmethod
        def create_sequence(cls, operations: Operations, name: str, *, start: int = 1) -> Any:
            """Create a sequence."""
            return operations.invoke(cls(name, start=start))

        @classmethod
        def batch_create_sequence(cls, operations: BatchOperations) -> Any:
            return operations.invoke(cls(f"{operations.impl.table_name}_seq"))

    @Operations.implementation_for(CreateSequenceOp)
    def create_sequence(operations: Operations, operation: Any) -> str:
        operations.execute(f"CREATE SEQUENCE {operation.name} START {operation.start}")
        return f"made {operation.name}"

    return CreateSequenceOp


def test_a_new_directive_appears_on_op_at_once() -> None:
    assert not hasattr(op, "create_sequence")
    _create_sequence()
    script = Script()
    with Operations.context(script.context):
        assert op.create_sequence("s", start=5) == "made s"
    assert script.lines == ["CREATE SEQUENCE s START 5;"]
    assert "create_sequence" in dir(op)


def test_a_new_directive_has_signature_and_documentation_of_its_class_method() -> None:
    _create_sequence()
    assert (
        str(inspect.signature(Operations.create_sequence))
        == "(self, name: 'str', *, start: 'int' = 1) -> 'Any'"
    )
    assert str(inspect.signature(op.create_sequence)) == "(name: 'str', *, start: 'int' = 1) -> 'Any'"
    assert op.create_sequence.__doc__ == "Create a sequence."


def test_a_batch_takes_the_class_method_that_was_named() -> None:
    _create_sequence()
    script = Script()
    with script.op.batch_alter_table("t") as batch:
        batch.create_sequence()
    assert script.lines == ["CREATE SEQUENCE t_seq START 1;"]


def test_a_module_with_the_functions_gets_the_new_one_too() -> None:
    module = SimpleNamespace()
    Operations.create_module_class_proxy(vars(module), vars(module))
    try:
        _create_sequence()
        with Operations.context(Script().context):
            assert module.create_sequence("s") == "made s"
    finally:
        Operations._modules.remove(vars(module))


def test_a_built_in_directive_can_be_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Operations, "drop_table", Operations.drop_table)
    monkeypatch.setattr(op, "drop_table", op.drop_table)

    @Operations.register_operation("drop_table")
    class CarefulDropTableOp(ops.DropTableOp):
        @classmethod
        def drop_table(cls, operations: Operations, table_name: str, **kw: Any) -> Any:
            return operations.invoke(cls(table_name, if_exists=True))

    script = Script()
    with Operations.context(script.context):
        op.drop_table("t")
    script.op.drop_table("u")
    assert str(inspect.signature(op.drop_table)) == "(table_name: 'str', **kw: 'Any') -> 'Any'"
    assert script.lines == ["DROP TABLE IF EXISTS t;", "DROP TABLE IF EXISTS u;"]


def test_an_implementation_can_be_replaced_and_call_the_built_in_one() -> None:
    with pytest.raises(ValueError, match="key already exists"):
        Operations.implementation_for(ops.DropTableOp)(lambda operations, operation: None)

    @Operations.implementation_for(ops.DropTableOp, replace=True)
    def drop_table(operations: Operations, operation: ops.DropTableOp) -> None:
        operations.execute("-- about to drop")
        toimpl.drop_table(operations, operation)

    script = Script()
    script.op.drop_table("t")
    assert script.lines == ["-- about to drop;", "DROP TABLE t;"]


def test_a_subclass_of_an_operation_is_carried_out_as_the_operation() -> None:
    class Mine(ops.DropTableOp):
        pass

    script = Script()
    script.op.invoke(Mine("t"))
    assert script.lines == ["DROP TABLE t;"]


def test_an_operation_that_nobody_carries_out() -> None:
    class Unheard(MigrateOperation):
        pass

    with pytest.raises(ValueError, match=r"no dispatch function for object: .*Unheard"):
        Script().op.invoke(Unheard())


def test_built_in_directives_can_be_called_through_their_operation_class() -> None:
    script = Script()
    ops.AddColumnOp.add_column(script.op, "t", sa.Column("x", sa.Integer), schema="s")
    ops.DropTableOp.drop_table(script.op, "t")
    with script.op.batch_alter_table("b") as batch:
        ops.DropColumnOp.batch_drop_column(batch, "x")
    assert script.lines == [
        "ALTER TABLE s.t ADD COLUMN x INTEGER;",
        "DROP TABLE t;",
        "ALTER TABLE b DROP COLUMN x;",
    ]


def test_through_a_subclass_a_directive_makes_the_subclass() -> None:
    made: list[MigrateOperation] = []

    class Mine(ops.DropTableOp):
        def __init__(self, *args: Any, **kw: Any) -> None:
            super().__init__(*args, **kw)
            made.append(self)

    script = Script()
    Mine.drop_table(script.op, "t", if_exists=True)
    assert [type(each) for each in made] == [Mine]
    assert script.lines == ["DROP TABLE IF EXISTS t;"]


def test_signature_and_documentation_of_a_directive_are_those_of_the_method() -> None:
    through_class = inspect.signature(ops.AddColumnOp.add_column)
    assert next(iter(through_class.parameters)) == "operations"
    method = inspect.signature(Operations.add_column)
    assert list(through_class.parameters.values())[1:] == list(method.parameters.values())[1:]
    assert ops.AddColumnOp.add_column.__doc__ == Operations.add_column.__doc__


def test_constraints_of_third_parties() -> None:
    class Oddity(sa.schema.Constraint):
        __visit_name__ = "oddity"

    constraint = Oddity(name="odd")
    with pytest.raises(ValueError, match="no dispatch function for object: oddity"):
        ops.AddConstraintOp.from_constraint(constraint)

    @ops.AddConstraintOp.register_add_constraint("oddity")
    class CreateOddityOp(ops.AddConstraintOp):
        def __init__(self, name: str) -> None:
            self.constraint_name = name

        @classmethod
        def from_constraint(cls, constraint: Any) -> Any:
            return cls(constraint.name)

    try:
        made = ops.AddConstraintOp.from_constraint(constraint)
        assert type(made) is CreateOddityOp
        assert made.constraint_name == "odd"
    finally:
        del ops.AddConstraintOp.add_constraint_ops._registry["oddity", "default"]


@pytest.mark.parametrize(
    ("name", "operation"),
    [
        ("add_column", ops.AddColumnOp),
        ("alter_column", ops.AlterColumnOp),
        ("bulk_insert", ops.BulkInsertOp),
        ("create_constraint", ops.CreateForeignKeyOp),
        ("create_index", ops.CreateIndexOp),
        ("create_table", ops.CreateTableOp),
        ("create_table_comment", ops.CreateTableCommentOp),
        ("drop_column", ops.DropColumnOp),
        ("drop_constraint", ops.DropConstraintOp),
        ("drop_index", ops.DropIndexOp),
        ("drop_table", ops.DropTableOp),
        ("drop_table_comment", ops.DropTableCommentOp),
        ("execute_sql", ops.ExecuteSQLOp),
        ("rename_table", ops.RenameTableOp),
    ],
)
def test_built_in_implementations_have_names(name: str, operation: type[MigrateOperation]) -> None:
    assert Operations._to_impl.dispatch(operation) is getattr(toimpl, name)

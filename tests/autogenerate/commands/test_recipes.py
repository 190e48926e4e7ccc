"""The needs that people solve by hooks and operation objects (contract 10), in the forms that they use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from alembic.autogenerate import compare_metadata, produce_migrations, render_python_code
from alembic.autogenerate.api import AutogenContext
from alembic.migration import MigrationContext
from alembic.operations import Operations, ops

from .conftest import Modelled

TABLE = """
sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("b", sa.Integer, index=True),
         sa.Column("a", sa.Integer))
"""


def statements(modelled: Modelled, function: str) -> str:
    """A function of the one file, on one line, with single quotes."""
    [path] = modelled.files()
    found = re.search(rf"^def {function}\(.*?\).*?:\n(.*?)(?=^def |\Z)", path.read_text(), re.M | re.S)
    assert found is not None
    return " ".join(found.group(1).split()).replace('"', "'").replace("( ", "(").replace(", )", ")")


def test_indexes_of_a_table_that_goes_need_not_be_dropped(modelled: Modelled):
    modelled.models(TABLE)
    modelled.create()
    modelled.models('sa.Table("other", metadata, sa.Column("id", sa.Integer, primary_key=True))')
    modelled.hook(
        """
        def is_idle(each, dropped):
            return isinstance(each, ops.DropIndexOp) and (each.table_name, each.schema) in dropped

        def cleaned(container, dropped):
            for operation in container.ops:
                if isinstance(operation, ops.ModifyTableOps):
                    operation.ops = [each for each in operation.ops if not is_idle(each, dropped)]
            container.ops = [each for each in container.ops if not (hasattr(each, "ops") and not each.ops)]

        for container in (directives[0].upgrade_ops, directives[0].downgrade_ops):
            tables = [each for each in container.ops if isinstance(each, ops.DropTableOp)]
            cleaned(container, {(each.table_name, each.schema) for each in tables})
        """
    )
    modelled.call("revision", "--autogenerate").ok()
    assert "drop_index" not in statements(modelled, "upgrade")
    assert "op.drop_table('t')" in statements(modelled, "upgrade")
    assert "create_index" in statements(modelled, "downgrade")


def rewriting(rule: str, operation: str) -> str:
    return f"""
    from alembic.autogenerate.rewriter import Rewriter
    writer = Rewriter()
    @writer.rewrites(ops.{operation})
    def rule(context, revision, op):
        {rule}
    writer(context, revision, directives)
    """


def test_unknown_tables_are_never_dropped(modelled: Modelled):
    modelled.models(TABLE)
    modelled.create()
    modelled.models("")
    modelled.hook(rewriting("return []", "DropTableOp"))
    modelled.call("revision", "--autogenerate").ok()
    assert "drop_table" not in statements(modelled, "upgrade")


def test_columns_of_a_new_table_in_an_order_of_ones_own(modelled: Modelled):
    modelled.models(TABLE)
    modelled.hook(
        rewriting(
            "columns = [each for each in op.columns if isinstance(each, sa.Column)]; "
            "rest = [each for each in op.columns if not isinstance(each, sa.Column)]; "
            "return ops.CreateTableOp(op.table_name, "
            "sorted((each._copy() for each in columns), "
            "key=lambda each: each.name) + rest, schema=op.schema, **op.kw)",
            "CreateTableOp",
        )
    )
    env = modelled.project.env_py
    env.write_text("import sqlalchemy as sa\n" + env.read_text())
    modelled.call("revision", "--autogenerate").ok()
    assert re.findall(r"sa\.Column\('(\w+)'", statements(modelled, "upgrade")) == ["a", "b", "id"]


@pytest.mark.parametrize(
    ("operation", "attribute", "function", "expected"),
    [
        ("CreateTableOp", "if_not_exists", "upgrade", "if_not_exists=True"),
        ("CreateIndexOp", "if_not_exists", "upgrade", "if_not_exists=True"),
        ("DropTableOp", "if_exists", "downgrade", "if_exists=True"),
        ("DropIndexOp", "if_exists", "downgrade", "if_exists=True"),
    ],
)
def test_conditions_through_a_rewriter(
    modelled: Modelled, operation: str, attribute: str, function: str, expected: str
):
    modelled.models(TABLE)
    modelled.hook(rewriting(f"op.{attribute} = True; return op", operation))
    modelled.call("revision", "--autogenerate").ok()
    assert statements(modelled, function).count(expected) == 1


def test_views_that_are_mapped_as_tables_are_left_out(modelled: Modelled):
    modelled.models(TABLE + '\nsa.Table("v", metadata, sa.Column("id", sa.Integer), info={"is_view": True})')
    modelled.options(
        "include_object=lambda object, name, type_, reflected, compare_to: not object.info.get('is_view')"
    )
    modelled.call("revision", "--autogenerate").ok()
    assert "'v'" not in statements(modelled, "upgrade")


def test_add_column_becomes_three_steps(modelled: Modelled):
    """NOT NULL on a table with rows: nullable first, then filled, then NOT NULL."""
    modelled.models(TABLE)
    modelled.create()
    modelled.models(
        TABLE.replace('sa.Column("a"', 'sa.Column("n", sa.Integer, nullable=False), sa.Column("a"')
    )
    modelled.hook(
        """
        from alembic.autogenerate.rewriter import Rewriter

        first, second = Rewriter(), Rewriter()

        @first.rewrites(ops.AddColumnOp)
        def add(context, revision, op):
            op.column.nullable = True
            return [
                op,
                ops.ExecuteSQLOp("UPDATE t SET n = 0"),
                ops.AlterColumnOp(op.table_name, op.column.name, modify_nullable=False,
                                  existing_type=op.column.type),
            ]

        first.chain(second)(context, revision, directives)
        """
    )
    modelled.call("revision", "--autogenerate").ok()
    order = re.findall(r"op\.(\w+)\(", statements(modelled, "upgrade"))
    assert order == ["add_column", "execute", "alter_column"]
    assert re.findall(r"op\.(\w+)\(", statements(modelled, "downgrade")) == ["drop_column"]


@pytest.fixture
def connection() -> Iterator[sa.Connection]:
    metadata = sa.MetaData()
    sa.Table("old", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("x", sa.Integer))
    with sa.create_engine("sqlite://").connect() as connection:
        metadata.create_all(connection)
        yield connection


def test_the_code_of_an_existing_database(connection: sa.Connection):
    context = MigrationContext.configure(connection)
    reversed_ops = produce_migrations(context, sa.MetaData()).downgrade_ops
    code = render_python_code(reversed_ops, migration_context=context)
    assert "op.create_table(\n" in code and '"old"' in code


def test_operations_without_files(connection: sa.Connection):
    """The differences are applied as they are."""
    metadata = sa.MetaData()
    sa.Table(
        "new", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("y", sa.Integer, index=True)
    )
    sa.Table("old", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("z", sa.Integer))
    context = MigrationContext.configure(connection)
    operations = Operations(context)
    stack: list[Any] = [produce_migrations(context, metadata).upgrade_ops]
    while stack:
        element = stack.pop(0)
        if isinstance(element, ops.ModifyTableOps):
            with operations.batch_alter_table(element.table_name, schema=element.schema) as batch:
                for each in element.ops:
                    batch.invoke(each)
        elif hasattr(element, "ops"):
            stack.extend(element.ops)
        else:
            operations.invoke(element)
    assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_operations_are_edited_before_they_are_rendered_one_by_one(connection: sa.Connection):
    context = MigrationContext.configure(connection)
    from alembic.autogenerate import render_op_text

    script = produce_migrations(context, sa.MetaData())
    texts = [
        render_op_text(AutogenContext(context, autogenerate=False), each) for each in script.upgrade_ops.ops
    ]
    assert any("op.drop_table" in text for text in texts)

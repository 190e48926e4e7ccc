"""AutogenContext: what it is made of, what it refuses, what it tells."""

from __future__ import annotations

import inspect
import io
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from alembic.autogenerate import api, compare, compare_metadata, produce_migrations
from alembic.autogenerate.api import AutogenContext
from alembic.autogenerate.compare import constraints, tables
from alembic.autogenerate.compare.util import _InspectorConv
from alembic.errors import CommandError
from alembic.operations.ops import CreateTableOp, DowngradeOps, MigrationScript, UpgradeOps
from alembic.runtime.migration import MigrationContext
from tests.autogenerate.core.comparing import both, column, connected, made, nothing, table


@pytest.fixture
def connection(sqlite_url: str) -> Iterator[sa.Connection]:
    with connected(sqlite_url, nothing) as opened:
        yield opened


def test_attributes(connection: sa.Connection) -> None:
    metadata = made(both(table(column("b_id", lambda: sa.ForeignKey("b.id")), name="a"), table(name="b")))
    migrations = MigrationContext.configure(connection, opts={"target_metadata": metadata, "mine": 1})
    context = AutogenContext(migrations)
    assert context.metadata is metadata
    assert context.connection is connection
    assert context.dialect is connection.dialect
    assert context.migration_context is migrations
    assert context.opts["mine"] == 1
    assert context.imports == set()
    assert [each.name for each in context.sorted_tables] == ["b", "a"]
    assert list(context.table_key_to_table) == ["a", "b"]
    assert context.inspector.get_table_names() == []
    assert context.run_filters(metadata.tables["a"], "a", "table", False, None)
    assert context.run_name_filters("a", "table", {"schema_name": None})


def test_options_may_be_given_apart(connection: sa.Connection) -> None:
    migrations = MigrationContext.configure(connection, opts={"mine": 1})
    context = AutogenContext(migrations, metadata=sa.MetaData(), opts={"mine": 2})
    assert context.opts["mine"] == 2


def test_batch_is_noted_for_the_renderer(connection: sa.Connection) -> None:
    context = AutogenContext(MigrationContext.configure(connection), metadata=sa.MetaData())
    assert not context._has_batch
    with context._within_batch():
        assert context._has_batch
    assert not context._has_batch


def test_a_script_can_not_be_compared_with() -> None:
    migrations = MigrationContext.configure(
        dialect_name="sqlite", opts={"as_sql": True, "output_buffer": io.StringIO()}
    )
    with pytest.raises(CommandError) as failure:
        AutogenContext(migrations, metadata=sa.MetaData())
    assert str(failure.value).splitlines()[0] == (
        "autogenerate can't use as_sql=True as it prevents querying the database for schema information"
    )
    AutogenContext(migrations, autogenerate=False)


def test_models_are_needed(connection: sa.Connection) -> None:
    migrations = MigrationContext.configure(connection)
    with pytest.raises(CommandError) as failure:
        AutogenContext(migrations)
    assert str(failure.value).splitlines()[0] == (
        "Can't proceed with --autogenerate option; environment script  does not provide a MetaData object or "
        "sequence of objects to the context."
    )
    AutogenContext(migrations, autogenerate=False)


def test_a_table_of_several_metadata(connection: sa.Connection) -> None:
    migrations = MigrationContext.configure(connection)
    with pytest.raises(ValueError, match='Duplicate table keys across multiple MetaData objects: "t"'):
        compare_metadata(migrations, [made(table()), made(table())])  # type: ignore[arg-type]


@pytest.mark.parametrize("mistake", [[], ["alembic.autogenerate.*", "nowhere.*"]])
def test_plugins(connection: sa.Connection, mistake: list[str]) -> None:
    migrations = MigrationContext.configure(connection, opts={"autogenerate_plugins": mistake})
    if not mistake:
        assert produce_migrations(migrations, made(table())).upgrade_ops.ops != []
        return
    with pytest.raises(CommandError, match=r"Did not locate plugins: nowhere\.\*"):
        AutogenContext(migrations, metadata=sa.MetaData())


def test_a_kind_of_difference_can_be_left_out(connection: sa.Connection) -> None:
    table(column("x", sa.Integer))(metadata := sa.MetaData())
    metadata.create_all(connection)
    wanted = made(table(column("x", sa.BigInteger, nullable=False)))
    plugins = ["alembic.autogenerate.*", "~alembic.autogenerate.types"]
    migrations = MigrationContext.configure(connection, opts={"autogenerate_plugins": plugins})
    ((change,),) = compare_metadata(migrations, wanted)
    assert change[0] == "modify_nullable"


def test_produced_migrations_lead_there_and_back(connection: sa.Connection) -> None:
    script = produce_migrations(MigrationContext.configure(connection), made(table(column("x", index=True))))
    assert [type(each).__name__ for each in script.upgrade_ops.ops] == ["CreateTableOp", "ModifyTableOps"]
    assert script.downgrade_ops.as_diffs()[-1][0] == "remove_table"


def test_private_functions_that_others_import(connection: sa.Connection) -> None:
    migrations = MigrationContext.configure(connection, opts={"target_metadata": made(table())})
    ops = UpgradeOps([])
    compare._produce_net_changes(AutogenContext(migrations), ops)
    assert [type(each) for each in ops.ops] == [CreateTableOp]
    script = MigrationScript(None, UpgradeOps([]), DowngradeOps([]))
    compare._populate_migration_script(AutogenContext(migrations), script)
    assert len(script.upgrade_ops.ops) == len(script.downgrade_ops.ops) == 1
    context, ops = AutogenContext(migrations), UpgradeOps([])
    tables._compare_tables(set(), {(None, "t")}, context.inspector, ops, context)
    assert [type(each) for each in ops.ops] == [CreateTableOp]
    context, ops = AutogenContext(migrations), UpgradeOps([])
    tables._compare_tables(set(), set(), context.inspector, ops, context)
    assert ops.ops == []
    assert callable(constraints._compare_nullable)
    assert callable(constraints._compare_foreign_keys)
    assert callable(constraints._compare_indexes_and_uniques)


def test_names_of_the_database_are_final(connection: sa.Connection) -> None:
    made(table(column("x", sa.Integer, index=True))).create_all(connection)
    (index,) = _InspectorConv(sa.inspect(connection)).get_indexes("t", schema=None)
    assert isinstance(index["name"], sa.sql.elements.conv)


@pytest.mark.parametrize(
    ("function", "parameters"),
    [
        (api.compare_metadata, "context metadata"),
        (api.produce_migrations, "context metadata"),
        (api._render_migration_diffs, "context template_args"),
        (AutogenContext, "migration_context metadata opts autogenerate"),
        (AutogenContext.run_name_filters, "self name type_ parent_names"),
        (AutogenContext.run_object_filters, "self object_ name type_ reflected compare_to"),
        (compare._produce_net_changes, "autogen_context upgrade_ops"),
        (compare._populate_migration_script, "autogen_context migration_script"),
        (
            tables._compare_tables,
            "conn_table_names metadata_table_names inspector upgrade_ops autogen_context",
        ),
        (
            constraints._compare_nullable,
            "autogen_context alter_column_op schema tname cname conn_col metadata_col",
        ),
        (
            constraints._compare_indexes_and_uniques,
            "autogen_context modify_ops schema tname conn_table metadata_table",
        ),
        (
            constraints._compare_foreign_keys,
            "autogen_context modify_table_ops schema tname conn_table metadata_table",
        ),
    ],
)
def test_signatures(function: object, parameters: str) -> None:
    assert " ".join(inspect.signature(function).parameters) == parameters  # type: ignore[arg-type]

"""Renames of tables and columns: by the models, by `--rename`, and what is said where nobody told."""

from __future__ import annotations

import logging
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.pool import NullPool

from alembic.autogenerate.api import AutogenContext
from alembic.autogenerate.compare import _populate_migration_script
from alembic.autogenerate.description import differences
from alembic.autogenerate.renames import Wish
from alembic.errors.autogenerate import RenameInvalid
from alembic.migration import MigrationContext
from alembic.operations import Operations, ops


def before() -> sa.MetaData:
    metadata = sa.MetaData()
    sa.Table(
        "parent",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("old", sa.String(50), nullable=False),
        sa.Column("gone", sa.String(50)),
        sa.Column("size", sa.Integer, sa.Computed("length(old)", persisted=True)),
        sa.CheckConstraint("old <> 'old'", name="ck_old"),
        sa.UniqueConstraint("old", name="uq_old"),
        sa.Index("ix_old", "old", "gone"),
    )
    sa.Table(
        "child",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("parent", sa.String(50), sa.ForeignKey("parent.old", name="fk_parent")),
    )
    return metadata


def after(table: str = "parent", column: str = "new", **info: str) -> sa.MetaData:
    metadata = sa.MetaData()
    made: Any = {name: {"renamed_from": old} for name, old in info.items()}
    sa.Table(
        table,
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(column, sa.String(50), nullable=False, info=made.get("column_info", {})),
        sa.Column("gone", sa.String(50)),
        sa.Column("size", sa.Integer, sa.Computed(f"length({column})", persisted=True)),
        sa.CheckConstraint(f"{column} <> 'old'", name="ck_old"),
        sa.UniqueConstraint(column, name="uq_old"),
        sa.Index("ix_old", column, "gone"),
        info=made.get("table_info", {}),
    )
    sa.Table(
        "child",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("parent", sa.String(50), sa.ForeignKey(f"{table}.{column}", name="fk_parent")),
    )
    return metadata


@pytest.fixture
def connection(database_url: str):
    engine = sa.create_engine(database_url, poolclass=NullPool)
    with engine.connect() as connection:
        before().create_all(connection)
        connection.commit()
        yield connection


def compared(connection: sa.Connection, metadata: sa.MetaData, *renames: str, **options: Any) -> Any:
    context = MigrationContext.configure(connection)
    used: set[str] = set()
    opts = {**context.opts, **options, "renames": renames, "renames_used": used}
    script = ops.MigrationScript(None, ops.UpgradeOps([]), ops.DowngradeOps([]))
    _populate_migration_script(AutogenContext(context, metadata, opts), script)
    return script, used


def told(container: ops.OpContainer, connection: sa.Connection) -> list[str]:
    return [each.text for each in differences(container, connection.dialect)]


def apply(connection: sa.Connection, container: ops.OpContainer) -> None:
    operations = Operations(MigrationContext.configure(connection))

    def each(operation: Any) -> None:
        if isinstance(operation, ops.OpContainer):
            for inner in operation.ops:
                each(inner)
        else:
            operations.invoke(operation)

    each(container)
    connection.commit()


@pytest.mark.parametrize(
    ("info", "renames"),
    [
        ({"table_info": "parent", "column_info": "old"}, []),
        ({}, ["parent:grown", "grown.old:new"]),
        ({}, ["parent:grown", "parent.old:new"]),
        ({"column_info": "old"}, ["parent:grown"]),
    ],
    ids=["info", "command", "by the old table", "both"],
)
def test_a_rename_of_table_and_column_is_all_that_is_found(
    connection: sa.Connection, info: dict[str, str], renames: list[str]
):
    """Keys, indexes, checks and foreign keys that refer to either follow, as they do in the database."""
    metadata = after("grown", "new", **info)
    script, used = compared(connection, metadata, *renames)
    assert told(script.upgrade_ops, connection) == [
        "rename table parent to grown",
        "rename column grown.old to new",
    ]
    assert told(script.downgrade_ops, connection) == [
        "rename column grown.new to old",
        "rename table grown to parent",
    ]
    assert used == set(renames)


def test_the_operations_apply_there_and_back_and_keep_the_data(connection: sa.Connection):
    connection.execute(sa.text("INSERT INTO parent (id, old) VALUES (1, 'kept')"))
    connection.commit()
    metadata = after("grown", "new", table_info="parent", column_info="old")
    script, _ = compared(connection, metadata)
    apply(connection, script.upgrade_ops)
    assert connection.scalar(sa.text("SELECT new FROM grown")) == "kept"
    assert told(compared(connection, metadata)[0].upgrade_ops, connection) == []
    apply(connection, script.downgrade_ops)
    assert connection.scalar(sa.text("SELECT old FROM parent")) == "kept"
    assert told(compared(connection, before())[0].upgrade_ops, connection) == []


def test_what_else_differs_is_found_under_the_new_names(connection: sa.Connection):
    metadata = after("grown", "new", table_info="parent", column_info="old")
    metadata.tables["grown"].c["gone"].type = sa.String(80)
    metadata.tables["grown"].append_column(sa.Column("more", sa.Integer))
    assert told(compared(connection, metadata)[0].upgrade_ops, connection) == [
        "rename table parent to grown",
        "rename column grown.old to new",
        "add column grown.more INTEGER",
        "change type of column grown.gone from VARCHAR(50) to VARCHAR(80)",
    ]


def test_info_that_is_of_the_past_says_nothing(connection: sa.Connection):
    metadata = before()
    metadata.tables["parent"].info["renamed_from"] = "ancient"
    metadata.tables["parent"].c.old.info["renamed_from"] = ["older", "oldest"]
    assert told(compared(connection, metadata)[0].upgrade_ops, connection) == []


def test_a_wish_that_fits_nothing_is_not_used(connection: sa.Connection):
    wishes = ["parent.nothing:new", "parent.old:nothing", "child.old:new", "nothing:parent"]
    assert compared(connection, after(), *wishes)[1] == set()


def notes(container: ops.OpContainer) -> dict[str, list[str]]:
    """What the operations of each class say, in the order of the file."""
    found: dict[str, list[str]] = {}
    for operation in container.ops:
        if isinstance(operation, ops.OpContainer):
            for kind, said in notes(operation).items():
                found.setdefault(kind, []).extend(said)
        else:
            found.setdefault(type(operation).__name__, []).extend(operation.notes)
    return found


def test_a_drop_and_an_add_that_look_alike_say_so(connection: sa.Connection):
    script, _ = compared(connection, after())
    found = notes(script.upgrade_ops)
    assert (
        "Was old renamed to new? A drop loses the data; --rename parent.old:new keeps it."
        in found["DropColumnOp"]
    )
    assert "See the drop of old, which may be what this was called." in found["AddColumnOp"]
    script, _ = compared(connection, after("grown", "old"))
    found = notes(script.upgrade_ops)
    assert (
        "Was parent renamed to grown? A drop loses the data; --rename parent:grown keeps it."
        in found["DropTableOp"]
    )


def test_columns_of_another_type_do_not_look_alike(connection: sa.Connection):
    metadata = before()
    columns = metadata.tables["parent"]
    columns._columns.remove(columns.c.gone)
    columns.indexes.clear()
    columns.append_column(sa.Column("came", sa.Integer))
    script, _ = compared(connection, metadata)
    assert not any("renamed" in note for each in notes(script.upgrade_ops).values() for note in each)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("old:new", (None, None, "old", "new")),
        ("t.old:new", (None, "t", "old", "new")),
        ("s.t.old:new", ("s", "t", "old", "new")),
        ("s.old:s.new", ("s", None, "old", "new")),
    ],
)
def test_forms_of_a_wish(text: str, wish: tuple[Any, ...]):
    assert Wish.of(text) == (text, *wish)


@pytest.mark.parametrize(
    "text", ["old", "t.old", ":new", "old:", "a.b.c.d:e", "s.a:u.b", "t.old:a.b.c", "a..b:c"]
)
def test_what_is_no_wish_is_refused(text: str):
    with pytest.raises(RenameInvalid, match="--rename"):
        Wish.of(text)


class TestOnPostgresql:
    @pytest.fixture
    def connection(self, postgresql_url: str):
        with sa.create_engine(postgresql_url, poolclass=NullPool).connect() as connection:
            connection.exec_driver_sql("CREATE SCHEMA app")
            yield connection

    @staticmethod
    def models(table: str, column: str, schema: str | None, in_sql: str = "before") -> sa.MetaData:
        metadata = sa.MetaData()
        sa.Table(
            table,
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column(column, sa.Integer, primary_key=True),
            sa.Column("double", sa.Integer, sa.Computed(f"{in_sql} * 2", persisted=True)),
            sa.Index("ix_partial", "id", postgresql_where=sa.text(f"{in_sql} > 0")),
            sa.Index("ix_expression", sa.text(f"(abs({in_sql}))")),
            sa.Index("ix_include", "id", postgresql_include=[column]),
            ExcludeConstraint((sa.Column(column), "="), using="btree", name="ex"),
            schema=schema,
        )
        return metadata

    @pytest.mark.parametrize("schema", ["app", None, "public"], ids=str)
    @pytest.mark.parametrize("new", ["after", "After All", "order"])
    def test_expressions_follow_in_any_schema(self, connection: sa.Connection, schema: str | None, new: str):
        def kinds(container: ops.OpContainer) -> list[str]:
            return [each.kind for each in differences(container, connection.dialect)]

        self.models("old", "before", schema).create_all(connection)
        connection.commit()
        place = f"{schema}." if schema else ""
        options = {"include_schemas": schema == "app"}
        first = self.models("new", "before", schema)
        script, used = compared(connection, first, f"{place}old:{place}new", **options)
        assert kinds(script.upgrade_ops) == ["rename_table"]
        assert len(used) == 1
        apply(connection, script.upgrade_ops)

        in_sql = connection.dialect.identifier_preparer.quote(new)
        second = self.models("new", new, schema, in_sql)
        script, used = compared(connection, second, f"{place}new.before:{new}", **options)
        assert kinds(script.upgrade_ops) == ["modify_name"]
        assert len(used) == 1
        apply(connection, script.upgrade_ops)
        assert kinds(compared(connection, second, **options)[0].upgrade_ops) == []
        apply(connection, script.downgrade_ops)
        assert kinds(compared(connection, first, **options)[0].upgrade_ops) == []


def test_a_name_may_go_over_to_something_new(connection: sa.Connection):
    """Where something else takes the old name, that is added after the rename."""
    metadata = after("parent", "new", column_info="old")
    metadata.tables["parent"].append_column(sa.Column("old", sa.Integer))
    script, _ = compared(connection, metadata)
    assert told(script.upgrade_ops, connection) == [
        "rename column parent.old to new",
        "add column parent.old INTEGER",
    ]
    apply(connection, script.upgrade_ops)
    assert told(compared(connection, metadata)[0].upgrade_ops, connection) == []


def test_renames_are_told_in_the_log(connection: sa.Connection, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, "alembic.autogenerate")
    compared(connection, after("grown", "new", table_info="parent", column_info="old"))
    told = [each.getMessage() for each in caplog.records if each.name.startswith("alembic.autogenerate")]
    assert told == [
        "Detected renamed table 'parent': now 'grown'",
        "Detected renamed column 'grown.old': now 'new'",
    ]

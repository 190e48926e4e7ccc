"""PostgreSQL's enum and domain types come with the first column that needs them and go with the last."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic.ddl.postgresql import PostgresqlImpl
from alembic.ddl.postgresql.named_types import named_type
from alembic.errors import NamedTypeDiffers
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from tests.operations.migrations import Script
from tests.project import Project


@pytest.fixture
def connection(postgresql_url: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(postgresql_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def op(connection: sa.Connection) -> Operations:
    return Operations(MigrationContext.configure(connection))


def mood(*labels: str, **options: object) -> sa.Enum:
    return sa.Enum(*(labels or ("a", "b")), name="mood", **options)  # type: ignore[arg-type]  # Enum's keywords


def types(connection: sa.Connection) -> list[str]:
    return list(
        connection.execute(
            sa.text(
                "SELECT n.nspname || '.' || t.typname"
                " FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace"
                " WHERE t.typtype IN ('e', 'd') AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
                " ORDER BY 1"
            )
        ).scalars()
    )


def comments(connection: sa.Connection) -> list[str | None]:
    return list(
        connection.execute(
            sa.text("SELECT obj_description(oid, 'pg_type') FROM pg_type WHERE typname = 'mood'")
        ).scalars()
    )


def test_up_down_up(op: Operations, connection: sa.Connection) -> None:
    for _ in range(2):
        op.create_table("t", sa.Column("c", mood()))
        assert types(connection) == ["public.mood"]
        op.drop_table("t")
        assert types(connection) == []


def test_up_down_up_of_a_column(op: Operations, connection: sa.Connection) -> None:
    op.create_table("t", sa.Column("id", sa.Integer))
    for type_ in (mood(), sa.ARRAY(mood()), postgresql.DOMAIN("plus", sa.Integer, check="VALUE > 0")):
        for _ in range(2):
            op.add_column("t", sa.Column("c", type_))
            assert len(types(connection)) == 1
            op.drop_column("t", "c")
            assert types(connection) == []


def test_the_last_user_counts(op: Operations, connection: sa.Connection) -> None:
    """Two tables, an array, and a function share a type."""
    op.create_table("t", sa.Column("c", mood()))
    op.create_table("u", sa.Column("c", mood()), sa.Column("d", sa.ARRAY(mood())))
    op.execute("CREATE FUNCTION f(m mood) RETURNS int LANGUAGE sql AS 'SELECT 1'")
    op.drop_table("t")
    op.drop_column("u", "c")
    op.drop_column("u", "d")
    assert types(connection) == ["public.mood"]
    op.add_column("u", sa.Column("c", mood()))
    op.execute("DROP FUNCTION f")
    op.drop_column("u", "c")
    assert types(connection) == []


def test_schemas(op: Operations, connection: sa.Connection) -> None:
    """The same name in two schemas is two types."""
    op.execute("CREATE SCHEMA s")
    op.create_table("t", sa.Column("c", mood()))
    op.create_table("u", sa.Column("c", mood(schema="s")), schema="s")
    assert types(connection) == ["public.mood", "s.mood"]
    op.drop_table("t")
    assert types(connection) == ["s.mood"]
    op.drop_table("u", schema="s")
    assert types(connection) == []


def test_type_changes(op: Operations, connection: sa.Connection) -> None:
    op.create_table("t", sa.Column("c", sa.String(5), server_default="a"))
    op.alter_column(
        "t", "c", type_=mood(), existing_type=sa.String(5), postgresql_using="c::mood", server_default="b"
    )
    assert types(connection) == ["public.mood"]
    connection.exec_driver_sql("INSERT INTO t DEFAULT VALUES")
    op.alter_column("t", "c", type_=sa.Text(), existing_type=mood(), server_default=None)
    assert types(connection) == []
    assert connection.exec_driver_sql("SELECT c FROM t").scalar() == "b"


def test_types_made_by_hand_stay(op: Operations, connection: sa.Connection) -> None:
    """Whoever creates a type explicitly drops it explicitly, as existing migrations do."""
    by_hand = postgresql.ENUM("a", "b", name="mood", create_type=False)
    by_hand.create(connection)
    op.create_table("t", sa.Column("c", by_hand))
    op.add_column("t", sa.Column("d", mood()))
    op.drop_table("t")
    assert types(connection) == ["public.mood"]
    op.execute("DROP TYPE mood")


@pytest.fixture
def run(op: Operations) -> Callable[[], None]:
    """Begins the next step of a run."""
    op.impl.start_migrations()
    return op.impl.begin_step


def test_a_later_step_may_drop_the_type_itself(
    op: Operations, connection: sa.Connection, run: Callable[[], None]
) -> None:
    op.create_table("t", sa.Column("c", mood()))
    run()
    op.drop_table("t")
    op.impl.end_step()
    run()
    assert types(connection) == ["public.mood"]
    op.execute("DROP TYPE mood")
    op.impl.end_step()
    op.impl.end_run()
    assert types(connection) == []


def test_a_type_without_columns_goes_at_the_end_of_the_run(
    op: Operations, connection: sa.Connection, run: Callable[[], None]
) -> None:
    op.create_table("t", sa.Column("c", mood()))
    run()
    op.drop_table("t")
    op.impl.end_step()
    assert types(connection) == ["public.mood"]
    op.impl.end_run()
    assert types(connection) == []


def test_a_later_step_may_use_the_type_again(
    op: Operations, connection: sa.Connection, run: Callable[[], None]
) -> None:
    op.create_table("t", sa.Column("c", mood()))
    run()
    op.drop_table("t")
    op.impl.end_step()
    run()
    op.create_table("u", sa.Column("c", postgresql.ENUM(name="mood", create_type=False)))
    op.impl.end_step()
    op.impl.end_run()
    assert types(connection) == ["public.mood"]


def test_a_later_step_may_make_another_type_of_the_name(
    op: Operations, connection: sa.Connection, run: Callable[[], None]
) -> None:
    for labels in (("a", "b"), ("a", "c"), ("c",)):
        run()
        op.create_table("t", sa.Column("c", mood(*labels)))
        connection.execute(sa.text("INSERT INTO t VALUES (:label)"), {"label": labels[-1]})
        found = connection.exec_driver_sql("SELECT unnest(enum_range(NULL::mood))::text").scalars()
        assert tuple(found) == labels
        op.drop_table("t")
        op.impl.end_step()
    op.impl.end_run()
    assert types(connection) == []


def test_in_a_script_a_later_step_may_make_another_type_of_the_name() -> None:
    script = Script()
    script.context.impl.begin_step()
    script.op.create_table("t", sa.Column("c", mood()))
    script.op.drop_column("t", "c", existing_type=mood())
    script.op.add_column("t", sa.Column("c", mood()))
    script.op.drop_column("t", "c", existing_type=mood())
    script.op.add_column("t", sa.Column("c", mood("c")))
    assert [line for line in script.lines if "TYPE" in line] == [
        "CREATE TYPE mood AS ENUM ('a', 'b');",
        "DO $$ BEGIN DROP TYPE mood; "
        "EXCEPTION WHEN dependent_objects_still_exist OR undefined_object THEN NULL; END $$;",
        "DO $$ BEGIN CREATE TYPE mood AS ENUM ('c'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;",
    ]


def test_up_down_up_through_the_command_line(project: Project, postgresql_url: str) -> None:
    """The revision after the one that forgot the type cleans up, as published histories do."""
    project.configure(postgresql_url)
    project.revision(
        "a1",
        upgrade='op.create_table("t", sa.Column("c", sa.Enum("a", name="mood")))',
        downgrade='op.drop_table("t", if_exists=True)',
    )
    project.revision("b2", "a1", upgrade='op.drop_table("t")', downgrade="pass")
    project.revision("c3", "b2", upgrade='op.execute("DROP TYPE mood")', downgrade="pass")
    for target in ("head", "a1"):
        project.run("upgrade", target).ok()
        project.run("downgrade", "base").ok()


def test_types_of_the_application_stay(op: Operations, connection: sa.Connection) -> None:
    """A type that belongs to a MetaData is created where it is missing, and goes with the MetaData only."""
    owner = sa.MetaData()
    shared = mood(metadata=owner)
    op.create_table("t", sa.Column("c", shared))
    assert comments(connection) == [None]
    op.drop_table("t")
    assert types(connection) == ["public.mood"]
    owner.drop_all(connection)
    assert types(connection) == []


def test_one_type_object_in_several_directives(op: Operations, connection: sa.Connection) -> None:
    """SQLAlchemy 2.1 attaches a type to the first table's MetaData; that one is makeshift."""
    shared = mood()
    for _ in range(2):
        op.create_table("t", sa.Column("c", shared))
        op.create_table("u", sa.Column("c", shared))
        op.add_column("u", sa.Column("d", shared))
        op.drop_table("t")
        op.drop_table("u")
        assert types(connection) == []


def test_a_comment_of_ones_own_keeps_the_type(op: Operations, connection: sa.Connection) -> None:
    op.create_table("t", sa.Column("c", mood()))
    op.execute("COMMENT ON TYPE mood IS 'ours'")
    op.drop_table("t")
    assert types(connection) == ["public.mood"]


def test_an_existing_type_lacks_values(op: Operations, connection: sa.Connection) -> None:
    op.execute("CREATE TYPE mood AS ENUM ('a', 'it''s')")
    op.create_table("t", sa.Column("c", mood("it's")))
    with pytest.raises(NamedTypeDiffers, match="'mood' exists already, without the values 'b'") as raised:
        op.create_table("u", sa.Column("c", mood()))
    assert (raised.value.existing, raised.value.missing) == (("a", "it's"), ("b",))
    op.add_column("t", sa.Column("d", mood()))


def test_listeners_of_tables_still_run(op: Operations, connection: sa.Connection) -> None:
    """Types apart, what the application hangs on a table's events happens."""
    table = sa.Table("t", sa.MetaData(), sa.Column("c", mood()))
    happened: list[str] = []
    for event in ("before_create", "after_create", "before_drop", "after_drop"):
        sa.event.listen(table, event, lambda *_, event=event, **__: happened.append(event))
    op.impl.create_table(table)
    op.impl.drop_table(table)
    assert happened == ["before_create", "after_create", "before_drop", "after_drop"]
    assert types(connection) == []


def test_databases_without_such_types_are_asked_once(op: Operations, connection: sa.Connection) -> None:
    op.create_table("t", *(sa.Column(name, sa.Integer) for name in "abcd"))
    seen: list[str] = []
    sa.event.listen(connection, "before_cursor_execute", lambda *args: seen.append(args[2]))
    for name in "abc":
        op.drop_column("t", name)
    op.drop_table("t")
    assert [sql.split()[0] for sql in seen] == ["SELECT", "ALTER", "ALTER", "ALTER", "DROP"]


class RedshiftLike(PostgresqlImpl):
    """A database that speaks the dialect under another name, without this catalogue."""

    __dialect__ = "redshift_like"


def test_other_databases_are_not_asked_for_types(connection: sa.Connection) -> None:
    dialect = postgresql.dialect()
    dialect.name = "redshift_like"
    impl = RedshiftLike(dialect, connection, False, None, None, {})
    connection.exec_driver_sql("CREATE TABLE t (a INT, b INT)")
    seen: list[str] = []
    sa.event.listen(connection, "before_cursor_execute", lambda *args: seen.append(args[2]))
    impl.drop_column("t", sa.Column("a"))
    impl.drop_table(sa.Table("t", sa.MetaData()))
    assert [" ".join(statement.split()) for statement in seen] == [
        "ALTER TABLE t DROP COLUMN a",
        "DROP TABLE t",
    ]


def test_default_in_the_way(op: Operations, connection: sa.Connection) -> None:
    """ALTER TYPE converts the present default as well, and can't always: DROP DEFAULT, TYPE, SET DEFAULT."""
    for arguments, expected in (
        ({"server_default": "7"}, "7"),
        ({"server_default": None}, None),
        ({"existing_server_default": "1"}, "1"),
        ({"existing_server_default": sa.text("'1'"), "existing_type": sa.String()}, "1"),
    ):
        op.create_table("t", sa.Column("c", sa.String(5), server_default="1"))
        op.alter_column("t", "c", type_=sa.Integer(), postgresql_using="c::integer", **arguments)
        (column,) = sa.inspect(connection).get_columns("t")
        assert isinstance(column["type"], sa.Integer)
        default = column["default"]
        assert (None if default is None else default.removesuffix("::integer").strip("'")) == expected
        op.drop_table("t")


def test_common_types_are_told_apart_without_adapting_them_to_the_dialect() -> None:
    dialect = postgresql.dialect()
    impl = PostgresqlImpl(dialect, None, True, None, None, {})
    common = (sa.Integer(), sa.String(5), sa.Numeric(10, 2), sa.DateTime(), sa.Text(), sa.LargeBinary())
    assert [named_type(type_, impl.dialect) for type_ in common] == [None] * len(common)
    assert not impl.dialect._type_memos


def test_a_variant_of_a_common_type_may_be_a_named_one() -> None:
    impl = PostgresqlImpl(postgresql.dialect(), None, True, None, None, {})
    mood = postgresql.ENUM("a", name="mood")
    found = named_type(sa.String(5).with_variant(mood, "postgresql"), impl.dialect)
    assert isinstance(found, postgresql.ENUM)

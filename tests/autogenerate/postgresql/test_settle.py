"""The server spells expressions of models: on any connection, without a lock, without a trace."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Column, text
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.ext.asyncio import create_async_engine

from alembic.autogenerate import compare_metadata
from alembic.autogenerate.pairs import settled
from alembic.ddl.postgresql.compare import PostgresqlRules
from alembic.runtime.migration import MigrationContext
from alembic.schema.from_catalogue import from_catalogue
from alembic.schema.from_metadata import from_metadata

from .conftest import Compare
from .models import create


@pytest.fixture
def doubtful(engine: sa.Engine) -> sa.MetaData:
    """Created tables of which every kind of expression has to be settled; two have the same name."""
    metadata = sa.MetaData()
    for schema in (None, "other"):
        table = sa.Table(
            "full",
            metadata,
            Column("id", sa.Integer, primary_key=True),
            Column("price", sa.Numeric(8, 2), server_default=text("round(1.25, 1) + 1")),
            Column("name", sa.String(20)),
            Column("made", sa.Numeric, sa.Computed("price * 2 + 1", persisted=True)),
            Column("span", pg.INT4RANGE),
            sa.CheckConstraint("price > 0 AND name IN ('a', 'b%')", name="ck"),
            pg.ExcludeConstraint(("span", "&&"), using="gist", where=text("price > 0"), name="ex"),
            schema=schema,
        )
        sa.Index("ix", sa.func.lower(table.c.name), postgresql_where=table.c.price > 5)
    create(engine, metadata, "other")
    return metadata


def _compare(connection: sa.Connection, metadata: sa.MetaData) -> list[Any]:
    return compare_metadata(MigrationContext.configure(connection, opts={"include_schemas": True}), metadata)


def _traces(connection: sa.Connection) -> list[Any]:
    """What would be left of temporary tables, of settings, and locks on relations of the application."""
    return [
        connection.exec_driver_sql(question).scalars().all()
        for question in (
            "SELECT relname FROM pg_class WHERE relpersistence = 't'",
            "SELECT nullif(current_setting('alembic.settled', true), '')"
            " WHERE current_setting('alembic.settled', true) <> ''",
            "SELECT l.relation::regclass::text FROM pg_locks l JOIN pg_class c ON c.oid = l.relation"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE l.pid = pg_backend_pid() AND n.nspname IN ('public', 'other')",
        )
    ]


def test_in_a_transaction(engine: sa.Engine, doubtful: sa.MetaData) -> None:
    with engine.connect() as connection:
        assert _compare(connection, doubtful) == []
        assert connection.in_transaction()
        assert _traces(connection) == [[], [], []]


def test_in_autocommit(engine: sa.Engine, doubtful: sa.MetaData) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        assert _compare(connection, doubtful) == []
        assert _traces(connection) == [[], [], []]


def test_in_one_statement_more(engine: sa.Engine, doubtful: sa.MetaData) -> None:
    """However many tables there are: four that read, three that settle."""
    sent: list[str] = []
    with engine.connect() as connection:
        sa.event.listen(connection, "before_cursor_execute", lambda *args: sent.append(args[2]))
        assert _compare(connection, doubtful) == []
    assert len(sent) <= 8
    assert sum("DO $block" in statement for statement in sent) == 1


def test_beside_a_lock(engine: sa.Engine, doubtful: sa.MetaData) -> None:
    """Somebody who holds every lock on the tables is no hindrance; reading them is (it asks the server)."""
    with engine.connect() as holder, engine.connect() as connection:
        rules = PostgresqlRules(connection.dialect)
        catalogue = rules.read(connection, [None, "other"], lambda key: True)
        database, model = from_catalogue(catalogue, rules), from_metadata([doubtful], rules, "public")
        holder.exec_driver_sql('LOCK TABLE "full", other."full" IN ACCESS EXCLUSIVE MODE')
        connection.exec_driver_sql("SET lock_timeout = '500ms'")
        database, model = settled(connection, rules, database, model)
    assert database.tables == model.tables


def test_beside_tables_of_the_session(engine: sa.Engine, doubtful: sa.MetaData) -> None:
    """A temporary table of the same name is in the way of this one, and stays."""
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TEMPORARY TABLE full_ (id int)")
        assert _compare(connection, doubtful) == []
        assert _traces(connection)[0] == ["full_"]


@pytest.mark.parametrize("driver", ["psycopg2", "pg8000"])
def test_other_drivers(engine: sa.Engine, doubtful: sa.MetaData, driver: str) -> None:
    pytest.importorskip(driver)
    other = sa.create_engine(engine.url.set(drivername=f"postgresql+{driver}"))
    try:
        for options in ({}, {"isolation_level": "AUTOCOMMIT"}):
            with other.connect().execution_options(**options) as connection:
                assert _compare(connection, doubtful) == []
                assert _traces(connection) == [[], [], []]
    finally:
        other.dispose()


@pytest.mark.parametrize("driver", ["asyncpg", "psycopg_async"])
@pytest.mark.parametrize(
    "options", [{}, {"isolation_level": "AUTOCOMMIT"}], ids=["transaction", "autocommit"]
)
def test_asynchronous_drivers(
    engine: sa.Engine, doubtful: sa.MetaData, driver: str, options: dict[str, Any]
) -> None:
    pytest.importorskip(driver.partition("_")[0])

    async def compare() -> None:
        other = create_async_engine(engine.url.set(drivername=f"postgresql+{driver}"), **options)
        async with other.connect() as connection:
            assert await connection.run_sync(_compare, doubtful) == []
            assert await connection.run_sync(_traces) == [[], [], []]
        await other.dispose()

    asyncio.run(compare())


@pytest.fixture
def humble(engine: sa.Engine) -> Iterator[sa.Engine]:
    """A user who may read, but make nothing, not even a temporary table."""
    name = engine.url.database
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP ROLE IF EXISTS humble")
        connection.exec_driver_sql("CREATE ROLE humble LOGIN")
        connection.exec_driver_sql(f"REVOKE TEMP ON DATABASE {name} FROM PUBLIC")
        connection.exec_driver_sql("GRANT USAGE ON SCHEMA public TO humble")
    other = sa.create_engine(engine.url.set(username="humble"))
    yield other
    other.dispose()
    with engine.begin() as connection:
        connection.exec_driver_sql(f"GRANT TEMP ON DATABASE {name} TO PUBLIC")
        connection.exec_driver_sql("DROP OWNED BY humble")
        connection.exec_driver_sql("DROP ROLE humble")


def test_without_the_right_to(engine: sa.Engine, humble: sa.Engine, caplog: pytest.LogCaptureFixture) -> None:
    """The text has to do: what may be the same in the server's words is no difference, and that is said."""
    metadata = _doubtful_and_sure(engine)
    with humble.connect() as connection, caplog.at_level(logging.WARNING, "alembic"):
        found = _compare(connection, metadata)
    assert [(each[0], each[1].name) for each in found] == _SURE
    assert "because this user may not make temporary tables" in caplog.text


def test_in_a_transaction_that_only_reads(engine: sa.Engine, caplog: pytest.LogCaptureFixture) -> None:
    metadata = _doubtful_and_sure(engine)
    with engine.connect() as connection, caplog.at_level(logging.WARNING, "alembic"):
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        found = _compare(connection, metadata)
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    assert [(each[0], each[1].name) for each in found] == _SURE
    assert "because the transaction is read-only" in caplog.text


def test_where_temporary_tables_are_forbidden(engine: sa.Engine, caplog: pytest.LogCaptureFixture) -> None:
    """As by an event trigger of whoever runs the database."""
    metadata = _alike_and_doubtful(engine)
    with engine.connect() as connection, caplog.at_level(logging.WARNING, "alembic"):
        for statement in (
            "CREATE FUNCTION forbid() RETURNS event_trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE 'no tables today'; END $$",
            "CREATE EVENT TRIGGER forbidding ON ddl_command_end WHEN TAG IN ('CREATE TABLE')"
            " EXECUTE FUNCTION forbid()",
        ):
            connection.exec_driver_sql(statement)
        found = _compare(connection, metadata)
        assert _traces(connection) == [[], [], []]
    assert {difference[1].name for difference in found} == {"doubtful"}
    assert "because the server says: no tables today" in caplog.text


def _alike_and_doubtful(engine: sa.Engine) -> sa.MetaData:
    metadata = sa.MetaData()
    sa.Table(
        "t",
        metadata,
        Column("n", sa.Numeric, server_default="0.0"),
        Column("at", sa.DateTime, server_default=sa.func.now()),
        sa.CheckConstraint("(n IS NOT NULL)", name="alike"),
        sa.CheckConstraint("n IN (1, 2)", name="doubtful"),
    )
    create(engine, metadata, None)
    return metadata


def _doubtful_and_sure(engine: sa.Engine) -> sa.MetaData:
    """Models that say all in words of their own, and one condition that differs in any words."""
    metadata = _alike_and_doubtful(engine)
    table = metadata.tables["t"]
    for column in (
        Column("utc", sa.DateTime, server_default=sa.text("timezone('utc', now())")),
        Column("m", sa.Integer),
        Column("s", sa.String(9)),
        Column("loud", sa.Text, sa.Computed("upper(s) || '!'", persisted=True)),
    ):
        table.append_column(column)
    table.append_constraint(sa.CheckConstraint("s <> 'x' AND n > 0"))
    table.append_constraint(sa.CheckConstraint("m > 5", name="sure"))
    sa.Index("i", sa.func.lower(table.c.s), postgresql_where=table.c.s.in_(["a", "b"]))
    with engine.begin() as connection:
        table.drop(connection)
        table.create(connection)
        connection.exec_driver_sql("ALTER TABLE t DROP CONSTRAINT sure, ADD CONSTRAINT sure CHECK (m > 4)")
    return metadata


_SURE = [("remove_constraint", "sure"), ("add_constraint", "sure")]


def test_what_the_server_refuses(engine: sa.Engine, compare: Compare) -> None:
    """One expression that can't be tried leaves the others to be settled."""
    metadata = sa.MetaData()
    columns = [Column("id", sa.Integer), Column("n", sa.Numeric)]
    table = sa.Table("t", metadata, *columns, sa.CheckConstraint("n IN (1, 2)", name="good"))
    create(engine, metadata, None)
    table.append_constraint(sa.CheckConstraint("no_such_function(n) > 0", name="bad"))
    table.append_column(Column("m", sa.Enum("x", name="not_there_yet")))
    table.append_constraint(sa.CheckConstraint("m = 'x'", name="of_new_type"))
    found = compare(metadata)
    added = sorted(each[1].name for each in found if each[0] == "add_constraint")
    assert added == ["bad", "of_new_type"]
    assert not [each for each in found if each[0] == "remove_constraint"]


def test_after_a_dump_was_restored(engine: sa.Engine, compare: Compare) -> None:
    """Reading its own words, the server does not always come to the same words again."""
    metadata = sa.MetaData()
    table = sa.Table(
        "t",
        metadata,
        Column("c", sa.String(5), server_default=text("CASE WHEN 'x' IN ('a', 'b') THEN 'a' END")),
        Column("g", sa.Boolean, sa.Computed("c IN ('a', 'b')", persisted=True)),
        sa.CheckConstraint("c IN ('a', 'b')", name="named"),
        sa.CheckConstraint("c IN ('c', 'd')"),
        pg.ExcludeConstraint(("c", "="), where=text("c IN ('a', 'b')"), name="x", using="btree"),
    )
    sa.Index("i", sa.func.lower(table.c.c), postgresql_where=table.c.c.in_(["a", "b"]))
    sa.Index("e", text("(c IN ('a', 'b')) DESC"), text("(c || 'x')"), _table=table)
    create(engine, metadata, None)
    with engine.begin() as connection:
        statements = connection.exec_driver_sql(
            """
            SELECT format('ALTER TABLE t DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', conname, conname,
                          pg_get_constraintdef(oid)) FROM pg_constraint WHERE conrelid = 't'::regclass
            UNION ALL
            SELECT format('DROP INDEX %I; %s', indexname, indexdef)
              FROM pg_indexes WHERE indexname IN ('i', 'e')
            UNION ALL
            SELECT format('ALTER TABLE t ALTER c SET DEFAULT %s', pg_get_expr(adbin, adrelid))
              FROM pg_attrdef WHERE adrelid = 't'::regclass AND adnum = 1
            UNION ALL
            SELECT format('ALTER TABLE t DROP g, ADD g boolean GENERATED ALWAYS AS (%s) STORED',
                          pg_get_expr(adbin, adrelid))
              FROM pg_attrdef WHERE adrelid = 't'::regclass AND adnum = 2""",
            execution_options={"no_parameters": True},
        )
        for statement in statements.scalars().all():
            connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
    assert compare(metadata) == []


SAME_VALUES: list[tuple[Any, str, str]] = [
    (sa.DateTime, "(now() AT TIME ZONE 'utc')", "timezone('utc', CURRENT_TIMESTAMP)"),
    (sa.ARRAY(sa.Text), "'{}'", "ARRAY[]::text[]"),
    (pg.JSONB, "'{}'", "jsonb_build_object()"),
    (sa.JSON, "'{}'", "'{ }'"),
    (sa.Integer, "3", "1 + 2"),
    (sa.Date, "CURRENT_DATE", "now()::date"),
    (sa.Text, "'ab'", "'a' || 'b'"),
]


@pytest.mark.parametrize(("type_", "present", "wanted"), SAME_VALUES)
def test_the_same_value(engine: sa.Engine, compare: Compare, type_: Any, present: str, wanted: str) -> None:
    """Said in other words: no difference."""
    assert _between(engine, compare, type_, present, wanted) == []


@pytest.mark.parametrize(
    ("type_", "present", "wanted"),
    [
        (sa.Uuid, "gen_random_uuid()", "uuidv4()"),
        (sa.DateTime, "now()", "clock_timestamp()"),
        (sa.Float, "random()", "random() * 2"),
        (sa.Text, "'a'", "'b'"),
        (sa.Integer, "1", "1 / 0"),
    ],
)
def test_not_surely_the_same_value(
    engine: sa.Engine, compare: Compare, type_: Any, present: str, wanted: str
) -> None:
    """What differs each time, or may have an effect, is not tried."""
    assert len(_between(engine, compare, type_, present, wanted)) == 1


def test_no_sequence_is_moved(engine: sa.Engine, compare: Compare) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE SEQUENCE one")
    _between(engine, compare, sa.Integer, "nextval('one')", "nextval('one') + 1")
    with engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT nextval('one')").scalar() == 1


def _between(engine: sa.Engine, compare: Compare, type_: Any, present: str, wanted: str) -> list[Any]:
    metadata = sa.MetaData()
    column = Column("c", type_, server_default=text(present))
    sa.Table("t", metadata, column)
    create(engine, metadata, None)
    column.server_default = sa.DefaultClause(text(wanted))
    return [each for each in compare(metadata) if "SEQUENCE" not in str(each)]


def test_a_type_in_the_search_path(engine: sa.Engine) -> None:
    """The server leaves out a schema that the search path has; the models may name it all the same."""
    metadata = sa.MetaData()
    kinds = sa.Enum("a", "b", name="kinds", schema="other", inherit_schema=False)
    sa.Table("t", metadata, Column("k", kinds), Column("ks", pg.ARRAY(kinds)))
    create(engine, metadata, "other")
    with engine.connect() as connection:
        connection.exec_driver_sql("SET search_path TO public, other")
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


class Vector(sa.types.UserDefinedType[Any]):
    """A type that SQLAlchemy does not know, spelled as its extension's manual does."""

    cache_ok = True

    def __init__(self, text: str) -> None:
        self.text = text

    def get_col_spec(self, **kw: Any) -> str:
        return self.text


@pytest.mark.filterwarnings("ignore:Did not recognize type")
def test_types_that_nobody_knows(engine: sa.Engine, compare: Compare) -> None:
    metadata = sa.MetaData()
    sa.Table("t", metadata, Column("p", Vector("POINT")), Column("x", Vector("Xml")))
    create(engine, metadata, None)
    assert compare(metadata) == []

"""PostgreSQL: recreate="always" keeps what a table has, or names what would be lost and does nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from alembic.errors.batch import NotCarriedOver
from tests.operations.migrations import database, live

from ...autogenerate.postgresql.models import __file__ as beside

LOSSES = {
    "CREATE TRIGGER tr AFTER INSERT ON t EXECUTE FUNCTION nothing()": "triggers",
    "ALTER TABLE t ENABLE ROW LEVEL SECURITY": "row level security",
    "CREATE POLICY p ON t": "policies",
    "GRANT SELECT ON t TO PUBLIC": "privileges",
    "GRANT SELECT (a) ON t TO PUBLIC": "privileges of column a",
    "ALTER TABLE t ALTER b SET STORAGE EXTERNAL": "storage of column b",
    "ALTER TABLE t ALTER a SET STATISTICS 500": "options of column a",
    "ALTER TABLE t REPLICA IDENTITY FULL": "replica identity",
    "ALTER TABLE t CLUSTER ON t_pkey": "order by index t_pkey",
    "CREATE TABLE kid () INHERITS (t)": "tables that inherit",
    "CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING": "rules",
    "CREATE STATISTICS st ON a, b FROM t": "extended statistics",
    "ALTER TABLE t ADD CONSTRAINT ex EXCLUDE USING btree (a WITH =)": "exclude constraint ex",
    "ALTER TABLE t ADD CONSTRAINT ck CHECK (a > 0) NO INHERIT": "NO INHERIT of constraint ck",
    "ALTER TABLE t ADD s bigserial": "default value for column s",
    "ALTER TABLE t ADD CONSTRAINT u UNIQUE (a); COMMENT ON CONSTRAINT u ON t IS 'x'": "u",
}


@pytest.fixture
def connection(postgresql_url: str) -> Iterator[sa.Connection]:
    with database(postgresql_url).begin() as opened:
        opened.exec_driver_sql(
            "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
        )
        opened.exec_driver_sql("CREATE TABLE t (id serial PRIMARY KEY, a int, b text)")
        opened.exec_driver_sql("INSERT INTO t (a, b) VALUES (1, 'x'), (2, 'y')")
        yield opened


def anew(connection: sa.Connection, table: str = "t") -> None:
    with live(connection).batch_alter_table(table, recreate="always") as batch:
        batch.add_column(sa.Column("one_more", sa.Integer()))


@pytest.mark.parametrize("sql", LOSSES)
def test_what_would_be_lost_is_named(connection: sa.Connection, sql: str) -> None:
    connection.exec_driver_sql(sql)
    before = connection.exec_driver_sql("SELECT 't'::regclass::oid").scalar()
    with pytest.raises(NotCarriedOver, match=LOSSES[sql]):
        anew(connection)
    assert connection.exec_driver_sql("SELECT 't'::regclass::oid").scalar() == before
    assert connection.exec_driver_sql("SELECT count(*) FROM ONLY t").scalar() == 2


def test_the_counter_goes_on_though_the_last_rows_are_gone(connection: sa.Connection) -> None:
    connection.exec_driver_sql("DELETE FROM t WHERE id = 2")
    anew(connection)
    connection.exec_driver_sql("INSERT INTO t (a) VALUES (3)")
    assert connection.exec_driver_sql("SELECT id FROM t ORDER BY id").scalars().all() == [1, 3]


def test_a_view_on_the_table_is_an_error_that_names_it(connection: sa.Connection) -> None:
    connection.exec_driver_sql("CREATE VIEW seen AS SELECT a FROM t")
    with pytest.raises(NotCarriedOver, match="view seen depends on table t"):
        anew(connection)
    assert connection.exec_driver_sql("SELECT count(*) FROM seen").scalar() == 2


def test_the_kitchen_sink_is_refused_by_name(connection: sa.Connection) -> None:
    connection.exec_driver_sql("DROP TABLE t; DROP FUNCTION nothing")
    sql = Path(beside).with_name("kitchen_sink.sql").read_text()
    connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
    with pytest.raises(NotCarriedOver, match="triggers; row level security"):
        anew(connection, "kitchen")
    for sql in ("DROP TRIGGER tr ON kitchen", "ALTER TABLE kitchen DISABLE ROW LEVEL SECURITY"):
        connection.exec_driver_sql(sql)
    with pytest.raises(NotCarriedOver, match="NO INHERIT of constraint ck_price"):
        anew(connection, "kitchen")
    with pytest.raises(NotCarriedOver, match="tables that inherit"):
        anew(connection, "part")
    anew(connection, "unlogged")
    kind = connection.exec_driver_sql("SELECT relpersistence FROM pg_class WHERE relname = 'unlogged'")
    assert kind.scalar() == "u"


@pytest.mark.parametrize("place", ["engine", "connection"])
def test_in_autocommit_mode_there_is_no_rehearsal(postgresql_url: str, place: str) -> None:
    level: dict[str, Any] = {"isolation_level": "AUTOCOMMIT"}
    engine = sa.create_engine(postgresql_url, poolclass=sa.NullPool, **(level if place == "engine" else {}))
    with engine.connect() as opened:
        connection = opened.execution_options(**(level if place == "connection" else {}))
        connection.exec_driver_sql("CREATE TABLE t (id serial PRIMARY KEY)")
        anew(connection)
        assert [each["name"] for each in sa.inspect(connection).get_columns("t")] == ["id", "one_more"]
        connection.exec_driver_sql("GRANT SELECT ON t TO PUBLIC")
        with pytest.raises(NotCarriedOver, match="privileges"):
            anew(connection)

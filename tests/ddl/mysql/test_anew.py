"""MariaDB: recreate="always" changes what was asked and nothing else, or is refused.

What a table has is what SHOW CREATE TABLE tells.
"""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from alembic.errors.batch import NotCarriedOver
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from ...autogenerate.mysql.test_reading import TABLES
from .test_lossless import COLUMNS, connection, create, show

__all__ = ["connection"]

# What SQLAlchemy's Column has no word for.
UNSAID = {"invisible": "INVISIBLE", "compressed": "COMPRESSED", "point": "the type of column c"}


def anew(connection: sa.Connection, table: str = "t", **options: Any) -> None:
    op = Operations(MigrationContext.configure(connection))
    with op.batch_alter_table(table, recreate="always", **options) as batch:
        batch.add_column(sa.Column("one_more", sa.Integer()))


def only_that(before: str, after: str) -> None:
    """Keys and constraints may be in another order."""
    lines = [
        sorted(line.rstrip(",") for line in text.splitlines() if "`one_more`" not in line)
        for text in (before, after)
    ]
    assert lines[1] == lines[0]
    assert "`one_more` int(11) DEFAULT NULL" in after


@pytest.mark.parametrize("has", COLUMNS)
def test_a_column_stays_as_it_is(connection: sa.Connection, has: str) -> None:
    definition = COLUMNS[has][0].replace("{db}", str(connection.engine.url.database))
    more = {
        "auto increment": ["PRIMARY KEY (`c`)"],
        "foreign key": ["CONSTRAINT `f` FOREIGN KEY (`c`) REFERENCES `parent` (`id`) ON DELETE CASCADE"],
    }.get(has, ["UNIQUE KEY `u` (`other` DESC)", "CONSTRAINT `k` CHECK (`other` > 1)"])
    before = create(connection, definition, *more)
    if has in UNSAID:
        with pytest.raises(NotCarriedOver, match=UNSAID[has]):
            anew(connection)
        assert show(connection) == before
    else:
        anew(connection)
        only_that(before, show(connection))
    names = connection.exec_driver_sql("SHOW TABLES LIKE '%%alembic%%'").all()
    assert names == []


def test_every_table_of_the_kitchen_sink(mariadb_url: str) -> None:
    engine = sa.create_engine(mariadb_url)
    with engine.connect() as connection:
        for sql in TABLES:
            connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
        for table in ("t", "odd `name%s", "bare"):
            quoted = f"`{table.replace('`', '``')}`"
            before = told(connection, quoted)
            anew(connection, table)
            only_that(before, told(connection, quoted))
    engine.dispose()


def told(connection: sa.Connection, table: str) -> str:
    sql = f"SHOW CREATE TABLE {table}"
    return str(connection.exec_driver_sql(sql, execution_options={"no_parameters": True}).one()[1])


@pytest.mark.parametrize(
    ("more", "lost"),
    [
        (("ALTER TABLE t PARTITION BY HASH (id)",), "partitions"),
        (("CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.n = 1",), "triggers"),
        (("ALTER TABLE t ADD SYSTEM VERSIONING",), "system versioning"),
        (("ALTER TABLE t ADD KEY ig (n) IGNORED",), "IGNORED"),
    ],
)
def test_what_no_table_of_sqlalchemy_can_say_is_refused(
    mariadb_url: str, more: tuple[str, ...], lost: str
) -> None:
    engine = sa.create_engine(mariadb_url)
    with engine.connect() as connection:
        for sql in ("CREATE TABLE t (id INT PRIMARY KEY, n INT)", "INSERT INTO t VALUES (1, 1)", *more):
            connection.exec_driver_sql(sql)
        before = told(connection, "t")
        with pytest.raises(NotCarriedOver, match=lost):
            anew(connection)
        assert told(connection, "t") == before
        assert connection.exec_driver_sql("SELECT count(*) FROM t").scalar() == 1
        assert connection.exec_driver_sql("SHOW TABLES").scalars().all() == ["t"]
    engine.dispose()


def test_the_counter_of_numbers_goes_on_though_the_last_rows_are_gone(mariadb_url: str) -> None:
    engine = sa.create_engine(mariadb_url)
    with engine.connect() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, up INT, KEY (up),"
            " CONSTRAINT f FOREIGN KEY (up) REFERENCES t (id)) AUTO_INCREMENT=50 CHARSET=latin1 COMMENT='a'"
        )
        connection.exec_driver_sql("INSERT INTO t VALUES (1, NULL), (3, NULL), (2, 3)")
        connection.exec_driver_sql("UPDATE t SET up = 3 WHERE id = 1")  # which comes after it
        before = told(connection, "t")
        anew(connection)
        only_that(before, told(connection, "t"))
        assert "AUTO_INCREMENT=50" in before
    engine.dispose()

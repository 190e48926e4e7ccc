"""The server's own spelling of expressions, asked for by temporary tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from alembic.ddl.mysql.compare import MySQLRules
from alembic.ddl.mysql.settle import Shown, parse
from alembic.schema.from_metadata import from_metadata
from alembic.schema.shapes import Schema

from ..core.comparing import statements
from .comparing import found


def table(metadata: sa.MetaData, name: str, *items: Any) -> None:
    sa.Table(name, metadata, sa.Column("id", sa.Integer, primary_key=True, autoincrement=False), *items)


@contextmanager
def connected(url: str) -> Iterator[tuple[sa.Connection, MySQLRules]]:
    with sa.create_engine(url, poolclass=NullPool).connect() as connection:
        yield connection, MySQLRules(connection.dialect)


def doubtful(schema: Schema) -> Any:
    return {key: (shape, shape) for key, shape in schema.tables.items()}


def test_all_tables_by_one_statement(mariadb_url: str) -> None:
    metadata = sa.MetaData()
    table(
        metadata,
        "a",
        sa.Column("n", sa.Integer, server_default=sa.text("(abs(-3 % 2) * 2)")),
        sa.Column("s", sa.String(20), server_default=sa.text("(lower('100%'))")),
        sa.Column("d", sa.DateTime, server_default=sa.text("localtime() ON UPDATE current_timestamp")),
        sa.Column("g", sa.String(20), sa.Computed("concat(s, '%', lower(s))")),
        sa.CheckConstraint("not (n = 5)", name="k"),
        sa.CheckConstraint("lower(s) != 'it''s'"),
    )
    table(metadata, "b", sa.Column("c", sa.Boolean, sa.CheckConstraint("c in (true)")))
    with connected(mariadb_url) as (connection, rules):
        model = from_metadata([metadata], rules)
        with statements(connection) as sent:
            settled = rules.settle(connection, doubtful(model))
    assert len(sent) == 1
    columns = settled[None, "a"].columns
    assert columns["n"].default == rules.expression("abs(-3 mod 2) * 2")
    assert columns["s"].default == "lcase('100%')"
    assert columns["d"].default == "current_timestamp() ON UPDATE current_timestamp()"
    assert columns["g"].computed is not None
    assert columns["g"].computed.text == "concat(s, '%', lcase(s))"
    assert [(check.name, check.text) for check in settled[None, "a"].checks] == [
        (None, "lcase(s) <> 'it''s'"),
        ("k", "n <> 5"),
    ]
    assert settled[None, "b"].columns["c"].options == (("check", "c = 1"),)


def test_what_the_server_refuses_is_left_out(mariadb_url: str) -> None:
    metadata = sa.MetaData()
    table(metadata, "good", sa.CheckConstraint("not (id = 5)"))
    table(metadata, "worse", sa.Column("x", sa.Integer, server_default=sa.text("(x + 7)")))
    table(metadata, "bad", sa.CheckConstraint("no_such_function(id)"))
    table(metadata, "good too", sa.CheckConstraint("not (id = 6)"))
    with connected(mariadb_url) as (connection, rules):
        settled = rules.settle(connection, doubtful(from_metadata([metadata], rules)))
        assert connection.scalar(sa.text("SELECT 1")) == 1
    assert {name: shape.checks[0].text for (_, name), shape in settled.items()} == {
        "good": "id <> 5",
        "good too": "id <> 6",
    }


def test_nothing_is_left_and_nothing_committed(mariadb_url: str) -> None:
    metadata = sa.MetaData()
    table(metadata, "probe", sa.CheckConstraint("not (id = 5)"))
    with connected(mariadb_url) as (connection, rules):
        connection.exec_driver_sql("CREATE TABLE kept (n INT)")
        connection.exec_driver_sql("INSERT INTO kept VALUES (1)")
        assert rules.settle(connection, doubtful(from_metadata([metadata], rules)))
        connection.rollback()
        assert connection.scalar(sa.text("SELECT count(*) FROM kept")) == 0
        assert connection.exec_driver_sql("SHOW TABLES").scalars().all() == ["kept"]
        with pytest.raises(sa.exc.ProgrammingError):
            connection.exec_driver_sql("SHOW CREATE TABLE alembic_settled_0")


def test_without_the_privilege_the_text_has_to_do(mariadb_url: str, caplog: pytest.LogCaptureFixture) -> None:
    """What may be the same in the server's words is no difference, and that is said."""
    url = sa.make_url(mariadb_url)
    metadata = sa.MetaData()
    table(
        metadata,
        "probe",
        sa.Column("s", sa.String(9), server_default=sa.text("(concat('a', lower('B')))")),
        sa.Column("n", sa.Integer, sa.Computed("id * 2 + length(s)", persisted=True)),
        sa.CheckConstraint("not (id = 5)"),
        sa.CheckConstraint("s in ('b') or s != upper('c')", name="told"),
    )
    sure = sa.CheckConstraint("id > 4", name="sure")
    metadata.tables["probe"].append_constraint(sure)
    with connected(mariadb_url) as (connection, _):
        metadata.create_all(connection)
        connection.execute(sa.text("CREATE OR REPLACE USER reader@'127.0.0.1'"))
        connection.execute(sa.text(f"GRANT SELECT ON `{url.database}`.* TO reader@'127.0.0.1'"))
    sure.sqltext = sa.text("id > 5")
    try:
        differences = found(url.set(username="reader").render_as_string(), metadata)
    finally:
        with connected(mariadb_url) as (connection, _):
            connection.execute(sa.text("DROP USER reader@'127.0.0.1'"))
    assert [(each[0], each[1].name) for each in differences] == [
        ("remove_constraint", "sure"),
        ("add_constraint", "sure"),
    ]
    assert "because the server says: (1044, " in caplog.text


def test_a_server_without_compound_statements_is_asked_table_by_table(mariadb_url: str) -> None:
    metadata = sa.MetaData()
    table(metadata, "a", sa.CheckConstraint("not (id = 5)", name="k"))
    table(metadata, "bad", sa.CheckConstraint("no_such_function(id)"))
    with connected(mariadb_url) as (connection, rules):
        model = from_metadata([metadata], rules)
        connection.dialect.is_mariadb = False  # type: ignore[attr-defined]  # MySQL's way on the server we have
        with statements(connection) as sent:
            settled = rules.settle(connection, doubtful(model))
    assert [" ".join(each.split()[:3]) for each in sent] == [
        "CREATE TEMPORARY TABLE",
        "SHOW CREATE TABLE",
        "DROP TEMPORARY TABLE",
        "CREATE TEMPORARY TABLE",
    ]
    assert {name: shape.checks[0].text for (_, name), shape in settled.items()} == {"a": "id <> 5"}


def test_reading_a_definition() -> None:
    columns, checks = parse(
        """CREATE TEMPORARY TABLE `alembic_settled_0` (
  `id` int(11) NOT NULL AUTO_INCREMENT COMMENT 'a ''DEFAULT'' (',
  `a,b` varchar(9) DEFAULT 'it''s, (\\'x)' COMMENT 'c',
  `e` enum('a,(','default') CHARACTER SET latin1 COLLATE latin1_bin DEFAULT NULL,
  `n` decimal(12,2) DEFAULT -1.50,
  `x` int(11) DEFAULT (abs(1) + (2)),
  `u` char(36) DEFAULT uuid(),
  `q` bigint(20) DEFAULT nextval(`db`.`sq`),
  `t` timestamp(6) NOT NULL DEFAULT current_timestamp(6) ON UPDATE current_timestamp(6),
  `z` datetime DEFAULT NULL ON UPDATE current_timestamp(),
  `g` int(11) GENERATED ALWAYS AS (`x` + 1) STORED,
  `j` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT '{}' CHECK (json_valid(`j`)),
  PRIMARY KEY (`id`),
  KEY `i` (`a,b`(3)),
  CONSTRAINT `alembic_settled_0` CHECK (`x` > 5 and `n` in (1,2))
) ENGINE=InnoDB AUTO_INCREMENT=5 DEFAULT CHARSET=utf8mb4 COMMENT='CHECK ('"""
    )
    assert columns == {
        "id": Shown(None, None),
        "a,b": Shown("'it''s, (\\'x)'", None),
        "e": Shown("NULL", None),
        "n": Shown("-1.50", None),
        "x": Shown("(abs(1) + (2))", None),
        "u": Shown("uuid()", None),
        "q": Shown("nextval(`db`.`sq`)", None),
        "t": Shown("current_timestamp(6) ON UPDATE current_timestamp(6)", None),
        "z": Shown("NULL ON UPDATE current_timestamp()", None),
        "g": Shown(None, "`x` + 1"),
        "j": Shown("'{}'", None, "json_valid(`j`)"),
    }
    assert checks == {"alembic_settled_0": "`x` > 5 and `n` in (1,2)"}


def test_reading_a_definition_of_mysql() -> None:
    columns, checks = parse(
        """CREATE TEMPORARY TABLE `alembic_settled_0` (
  `id` int NOT NULL,
  `b` bit(3) DEFAULT b'101',
  `s` varchar(9) DEFAULT (concat(_utf8mb4'a',_utf8mb4')')),
  `l` varchar(9) GENERATED ALWAYS AS (lower(`s`)) VIRTUAL,
  `t` datetime DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  CONSTRAINT `alembic_settled_0` CHECK ((`id` <> 5)) /*!80016 NOT ENFORCED */
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci"""
    )
    assert columns == {
        "id": Shown(None, None),
        "b": Shown("b'101'", None),
        "s": Shown("(concat(_utf8mb4'a',_utf8mb4')'))", None),
        "l": Shown(None, "lower(`s`)"),
        "t": Shown("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP", None),
    }
    assert checks == {"alembic_settled_0": "(`id` <> 5)"}

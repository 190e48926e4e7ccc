"""The reader: what SQLAlchemy's Inspector tells, by a number of queries that no number of tables changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.pool import NullPool

from alembic.ddl.mysql.compare import MySQLRules
from alembic.schema.catalogue import Catalogue, TableRecord

from ..core.comparing import statements
from .comparing import found, made_by, models

TABLES = (
    "CREATE TABLE p (id INT PRIMARY KEY AUTO_INCREMENT, x INT, y INT, UNIQUE KEY uq (x, y)) COMMENT 'it''s'",
    """CREATE TABLE t (
        id INT UNSIGNED NOT NULL, part BIGINT NOT NULL, n DECIMAL(12, 2) DEFAULT '0', b BOOL DEFAULT TRUE,
        e ENUM('b', 'a''x', 'c,d') DEFAULT 'b', s SET('x', 'y'), ts TIMESTAMP DEFAULT NOW() ON UPDATE NOW(),
        d DATETIME(6) DEFAULT NOW(6), v VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_bin DEFAULT 'it''s',
        w VARCHAR(9) COMMENT 'hel''lo', tx TEXT DEFAULT 'x', g INT AS (x + 1) VIRTUAL, x INT DEFAULT (1 + 2),
        g2 VARCHAR(30) AS (CONCAT(w, 'z')) STORED, u UUID DEFAULT UUID(), y YEAR, bt BIT(3), bi BINARY(3),
        db DOUBLE, f FLOAT(7, 3), zf INT(5) ZEROFILL, tt TINYTEXT, lb LONGBLOB, px INT, py INT, id2 INT,
        PRIMARY KEY (id, part), KEY ix (v(5), x), KEY `a b` (n), FULLTEXT KEY ft (tx), UNIQUE KEY uq (e),
        CONSTRAINT ck CHECK (x > 5 AND n < 3), CONSTRAINT fk FOREIGN KEY (px, py) REFERENCES p (x, y),
        FOREIGN KEY (id2) REFERENCES p (id) ON DELETE CASCADE ON UPDATE SET NULL
    ) ENGINE=InnoDB ROW_FORMAT=COMPACT""",
    "CREATE TABLE `odd ``name%s` (`a b` INT PRIMARY KEY)",
    "CREATE TABLE bare (x INT)",
    "CREATE VIEW seen AS SELECT * FROM p",
)


@contextmanager
def connected(url: str) -> Iterator[sa.Connection]:
    with sa.create_engine(url, poolclass=NullPool).connect() as connection:
        yield connection


def read(connection: sa.Connection, *schemas: str | None, **only: Any) -> Catalogue:
    rules = MySQLRules(connection.dialect)
    return rules.read(connection, schemas or (None,), only.get("wanted", lambda key: True))


def test_records_are_those_of_the_inspector(mariadb_url: str) -> None:
    made_by(mariadb_url, *TABLES)
    with connected(mariadb_url) as connection:
        records = read(connection).tables
        inspector = sa.inspect(connection)
        assert [name for _, name in records] == sorted(inspector.get_table_names())
        for (_, name), record in records.items():
            assert _columns(record.columns) == _columns(inspector.get_columns(name))
            assert record.primary_key == inspector.get_pk_constraint(name)
            indexes = [_without_kind(index) for index in inspector.get_indexes(name)]
            assert sorted(record.indexes, key=repr) == sorted(indexes, key=repr)
            assert record.uniques == inspector.get_unique_constraints(name)
            keys = inspector.get_foreign_keys(name)
            assert sorted(record.foreign_keys, key=repr) == sorted(keys, key=repr)
            assert _squeezed(record.checks) == _squeezed(inspector.get_check_constraints(name))
            assert record.comment == inspector.get_table_comment(name)["text"]
            assert _options(record.options) == _options(inspector.get_table_options(name))


def _without_kind(index: Any) -> dict[str, Any]:
    """SQLAlchemy 2.0 says "type": "UNIQUE" in addition to "unique"."""
    return {name: value for name, value in index.items() if name != "type"}


def _columns(columns: Any) -> list[dict[str, Any]]:
    ours = ("column_type", "collation", "own_collation")
    return [
        {key: repr(value) if key == "type" else value for key, value in column.items() if key not in ours}
        | {"computed": _squeezed([column["computed"]]) if "computed" in column else None}
        for column in columns
    ]


def _squeezed(records: Any) -> Any:
    """Without the parentheses that information_schema leaves out."""
    return [{key: str(value).strip("()") for key, value in record.items()} for record in records]


def _options(options: Any) -> dict[str, Any]:
    named = {key.replace(" ", "_").lower(): value for key, value in options.items()}
    named.pop("mariadb_comment", None)
    return {key: value.lower() for key, value in named.items()}


def test_what_the_inspector_does_not_tell(mariadb_url: str) -> None:
    made_by(
        mariadb_url,
        """CREATE TABLE t (
            a INT CHECK (a > 0), d DATETIME NULL ON UPDATE NOW(), j JSON NOT NULL,
            l LONGTEXT COLLATE utf8mb4_bin, KEY i (a DESC, d)
        ) PARTITION BY HASH (a)""",
        "CREATE TABLE v (a INT) WITH SYSTEM VERSIONING",
        "CREATE TRIGGER tr BEFORE INSERT ON v FOR EACH ROW SET NEW.a = 1",
        "CREATE TRIGGER tr2 BEFORE UPDATE ON v FOR EACH ROW SET NEW.a = 1",
    )
    with connected(mariadb_url) as connection:
        records = read(connection).tables
    record = records[None, "t"]
    by_name = {column["name"]: column for column in record.columns}
    assert by_name["d"]["default"] == "NULL ON UPDATE current_timestamp()"
    assert isinstance(by_name["j"]["type"], mysql.JSON)
    assert isinstance(by_name["l"]["type"], mysql.LONGTEXT)
    assert (record.checks, by_name["a"]["check"]) == ([], "`a` > 0")
    assert record.indexes[0]["column_sorting"] == {"a": ("desc",)}
    assert record.beyond == ["partitions"]
    assert records[None, "v"].beyond == ["system versioning", "triggers"]


def test_sequences(mariadb_url: str) -> None:
    made_by(
        mariadb_url,
        "CREATE SEQUENCE usual",
        "CREATE SEQUENCE `odd %s` START WITH 5 INCREMENT BY 2 MAXVALUE 99 CYCLE NOCACHE",
        "CREATE SEQUENCE back INCREMENT BY -1",
        "CREATE TABLE t (n INT DEFAULT NEXTVAL(usual))",
    )
    with connected(mariadb_url) as connection:
        catalogue = read(connection)
    assert {name: dict(shape.options) for (_, name), shape in catalogue.sequences.items()} == {
        "back": {"increment": -1},
        "odd %s": {"cache": 0, "cycle": True, "increment": 2, "maxvalue": 99, "start": 5},
        "usual": {},
    }
    assert catalogue.tables[None, "t"].columns[0]["default"] == "nextval(`usual`)"


def test_other_schemas(mariadb_url: str) -> None:
    other = sa.make_url(mariadb_url).database + "_other"  # type: ignore[operator]  # it has one
    made_by(
        mariadb_url,
        f"CREATE DATABASE {other}",
        "CREATE TABLE p (id INT PRIMARY KEY)",
        f"CREATE TABLE {other}.q (id INT PRIMARY KEY, r INT, s INT, FOREIGN KEY (r) REFERENCES q (id))",
        f"ALTER TABLE {other}.q ADD FOREIGN KEY (s) REFERENCES {sa.make_url(mariadb_url).database}.p (id)",
    )
    try:
        with connected(mariadb_url) as connection:
            rules = MySQLRules(connection.dialect)
            names = rules.schema_names(connection)
            assert other in names
            assert not {"mysql", "sys", "information_schema", "performance_schema"} & set(names)
            with statements(connection) as sent:
                catalogue = rules.read(connection, [None, other], lambda key: True)
            assert len(sent) == 7
            assert list(catalogue.tables) == [(None, "p"), (other, "q")]
            keys = catalogue.tables[other, "q"].foreign_keys
            default = catalogue.default_schema
            assert {(key["referred_schema"], key["referred_table"]) for key in keys} == {
                (other, "q"),
                (default, "p"),
            }
            shapes = [rules.record_foreign_key(key, default) for key in keys]
            assert {shape.target for shape in shapes if shape} == {(other, "q"), (None, "p")}
    finally:
        made_by(mariadb_url, f"DROP DATABASE {other}")


def test_what_is_not_wanted_is_not_read(mariadb_url: str) -> None:
    made_by(mariadb_url, *TABLES)
    asked: list[Any] = []

    def wanted(key: Any) -> bool:
        asked.append(key)
        return bool(key[1] == "bare")

    with connected(mariadb_url) as connection:
        catalogue = read(connection, wanted=wanted)
    assert list(catalogue.tables) == [(None, "bare")]
    assert sorted(asked) == [(None, "bare"), (None, "odd `name%s"), (None, "p"), (None, "t")]
    assert isinstance(catalogue.tables[None, "bare"], TableRecord)


def test_an_empty_database(mariadb_url: str) -> None:
    with connected(mariadb_url) as connection, statements(connection) as sent:
        catalogue = read(connection)
    assert (catalogue.tables, catalogue.sequences) == ({}, {})
    assert catalogue.default_schema == sa.make_url(mariadb_url).database
    assert len(sent) == 2


@pytest.mark.parametrize("count", [3, 40])
def test_the_number_of_statements_is_that_of_one_table(mariadb_url: str, count: int) -> None:
    def make() -> sa.MetaData:
        metadata = sa.MetaData()
        for number in range(count):
            sa.Table(
                f"t{number}",
                metadata,
                sa.Column("id", sa.Integer, primary_key=True),
                sa.Column("n", sa.Integer, sa.ForeignKey("t0.id"), server_default="1"),
                sa.Column("s", sa.String(9), server_default=sa.text("(lower('A'))"), index=True),
                sa.CheckConstraint("lower(s) <> 'b' and not n = 4"),
            )
        return metadata

    engine = sa.create_engine(mariadb_url, poolclass=NullPool)
    make().create_all(engine)
    with engine.connect() as connection:
        from alembic.autogenerate import compare_metadata
        from alembic.runtime.migration import MigrationContext

        with statements(connection) as sent:
            assert compare_metadata(MigrationContext.configure(connection), make()) == []
    assert len(sent) == 8


def test_a_dropped_table_comes_back_as_it_was(mariadb_url: str) -> None:
    made_by(
        mariadb_url,
        "CREATE TABLE gone (id INT PRIMARY KEY) ENGINE=MyISAM ROW_FORMAT=FIXED COLLATE utf8mb4_bin",
    )
    engine = sa.create_engine(mariadb_url, poolclass=NullPool)
    models(list).create_all(engine)
    removed = [each[1] for each in found(mariadb_url, models(list)) if each[0] == "remove_table"]
    assert [table.name for table in removed] == ["gone"]
    assert dict(removed[0].kwargs) == {
        "mariadb_engine": "MyISAM",
        "mariadb_collate": "utf8mb4_bin",
        "mariadb_default_charset": "utf8mb4",
        "mariadb_row_format": "FIXED",
    }


def test_views_that_models_name_are_there(mariadb_url: str) -> None:
    """They are neither made as tables nor dropped."""
    metadata = sa.MetaData()
    for name in ("seen", "t"):
        sa.Table(name, metadata, sa.Column("id", sa.Integer))
    made_by(mariadb_url, "CREATE TABLE t (id INT)", "CREATE VIEW seen AS SELECT * FROM t")
    made_by(mariadb_url, "CREATE VIEW unnamed AS SELECT * FROM t")
    assert found(mariadb_url, metadata) == []

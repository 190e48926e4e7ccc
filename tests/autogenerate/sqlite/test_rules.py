"""What was made from models looks like them; what differs in meaning differs, and nothing else does."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Integer, MetaData, String
from sqlalchemy.types import TypeEngine

from alembic.ddl.impl import DefaultImpl
from alembic.ddl.sqlite.compare import SQLiteRules
from alembic.ddl.sqlite.spelling import affinity
from tests.autogenerate.sqlite.cases import DIFFERENT, PLAIN, TYPED_BY_HAND, UNCHANGED, Change
from tests.autogenerate.sqlite.databases import both, connected


@pytest.mark.parametrize("change", UNCHANGED.values(), ids=UNCHANGED)
def test_what_was_made_from_models_looks_like_them(change: Change) -> None:
    metadata = MetaData()
    change(metadata)
    connection = connected("ATTACH DATABASE ':memory:' AS aux")
    metadata.create_all(connection)
    found, wanted = both(connection, metadata)
    assert {key: found.get(key) for key in wanted if key[0] is None} == {
        key: table for key, table in wanted.items() if key[0] is None
    }


@pytest.mark.parametrize("statement", TYPED_BY_HAND.values(), ids=TYPED_BY_HAND)
def test_typing_makes_no_difference(statement: str) -> None:
    metadata = MetaData()
    PLAIN(metadata)
    found, wanted = both(connected(statement), metadata)
    assert found == wanted


@pytest.mark.parametrize(("before", "after", "where"), DIFFERENT.values(), ids=DIFFERENT)
def test_a_difference_is_seen_in_its_place_both_ways(before: Change, after: Change, where: str) -> None:
    for one, other in ((before, after), (after, before)):
        metadata, wish = MetaData(), MetaData()
        one(metadata)
        other(wish)
        connection = connected()
        metadata.create_all(connection)
        found, wanted = both(connection, wish)
        assert getattr(found[None, "t"], where) != getattr(wanted[None, "t"], where)


@pytest.mark.parametrize(
    ("one", "other", "type_text"),
    [
        ("'5'", "5", "INTEGER"),
        ("'5'", "5", "VARCHAR(9)"),
        ("'0'", "0.00", "NUMERIC(12, 2)"),
        ("((5))", "+5", "INTEGER"),
        ("1e3", "1000", "INTEGER"),
        ("TRUE", "1", "BOOLEAN"),
        ("false", "'0'", "BOOLEAN"),
        ("abc", "'abc'", "VARCHAR"),
        ('"abc"', "'abc'", "VARCHAR"),
        ("current_timestamp", "(CURRENT_TIMESTAMP)", "DATETIME"),
        ("(datetime( 'now' ))", "DATETIME('now')", "DATETIME"),
        ("X'00FF'", "x'00ff'", "BLOB"),
        ("NULL", "(null)", "INTEGER"),
    ],
)
def test_defaults_that_store_the_same_value(one: str, other: str, type_text: str) -> None:
    rules = SQLiteRules(connected().dialect)
    assert rules.default(one, type_text) == rules.default(other, type_text)
    columns = [
        f"{name} {type_text} DEFAULT {default if '(' not in default else f'({default})'}"
        for name, default in (("a", one), ("b", other))
    ]
    connection = connected(f"CREATE TABLE t ({', '.join(columns)}, c)", "INSERT INTO t (c) VALUES (1)")
    (same,) = connection.exec_driver_sql("SELECT a IS b AND typeof(a) = typeof(b) FROM t").one()
    assert same


@pytest.mark.parametrize(
    ("one", "other", "type_text"),
    [
        ("5", "'5'", "BLOB"),
        ("1", "1.0", "BLOB"),
        ("1.0", "1", "TEXT"),
        ("'a'", "'A'", "TEXT"),
        ("'null'", "NULL", "TEXT"),
        ("'CURRENT_DATE'", "CURRENT_DATE", "TEXT"),
    ],
)
def test_defaults_that_store_another_value(one: str, other: str, type_text: str) -> None:
    rules = SQLiteRules(connected().dialect)
    assert rules.default(one, type_text) != rules.default(other, type_text)


_DECLARED = "INT INTEGER VARCHAR(9) CLOB TEXT BLOB REAL DOUBLE FLOATING NUMERIC DATE BOOLEAN CHARINT STRING"


@pytest.mark.parametrize("type_text", ["", *_DECLARED.split()])
def test_the_affinity_is_the_servers(type_text: str) -> None:
    connection = connected(f"CREATE TABLE t (a {type_text})")
    connection.exec_driver_sql("INSERT INTO t VALUES ('5'), (5), (5.5)")
    kinds = tuple(row[0] for row in connection.exec_driver_sql("SELECT typeof(a) FROM t"))
    expected = {
        "INTEGER": ("integer", "integer", "real"),
        "TEXT": ("text", "text", "text"),
        "BLOB": ("text", "integer", "real"),
        "REAL": ("real", "real", "real"),
        "NUMERIC": ("integer", "integer", "real"),
    }
    assert expected[affinity(type_text)] == kinds


@pytest.mark.parametrize(
    ("read", "written"),
    [
        ("1+2", "(1+2)"),
        ("10", "10"),
        ("-1.5", "-1.5"),
        ("'a'", "'a'"),
        ("CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP"),
        ("(1) + (2)", "((1) + (2))"),
        ("(7)", "(7)"),
        ("x'00'", "x'00'"),
        ("bare", "'bare'"),
        ('"it\'s"', "'it''s'"),
        ("NULL", "NULL"),
        (None, None),
    ],
)
def test_a_reflected_default_can_be_written_down(read: str | None, written: str | None) -> None:
    """SQLAlchemy's own reflection, with the impl as its listener, gives what CREATE TABLE takes."""
    connection = connected()
    impl = DefaultImpl.get_by_dialect(connection.dialect)(
        connection.dialect, connection, False, None, None, {}
    )
    column = {"name": "c", "type": Integer(), "default": read}
    impl.autogen_column_reflect(sa.inspect(connection), sa.Table("t", MetaData()), column)
    assert column["default"] == written
    if written is not None:
        connection.exec_driver_sql(f"CREATE TABLE t (c DEFAULT {written})")
        record = connection.exec_driver_sql("PRAGMA table_info(t)").one()
        assert record[4] in (read, written, written[1:-1])


def test_equal_types_are_spelled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = SQLiteRules(connected().dialect)
    compiled: list[TypeEngine[Any]] = []
    original = rules.compiled_type
    monkeypatch.setattr(rules, "compiled_type", lambda type_: compiled.append(type_) or original(type_))
    for _ in range(3):
        for type_ in (String(50), Integer(), sa.Enum("a", "b"), sa.Numeric(10, 2)):
            rules.type_text(type_)
    assert len(compiled) == 8

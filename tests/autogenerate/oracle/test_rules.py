"""Oracle's records, as SQLAlchemy reads them, against models."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Column, Integer, MetaData, String, Table, text
from sqlalchemy.dialects import oracle

from alembic.schema.catalogue import TableRecord
from tests.autogenerate.records import differing

LARGEST = 9999999999999999999999999999
STANDARD_IDENTITY = {
    "always": False,
    "oracle_on_null": False,
    "start": 1,
    "increment": 1,
    "minvalue": 1,
    "maxvalue": LARGEST,
    "cycle": False,
    "cache": 20,
    "oracle_order": False,
}


def _record(*columns: dict[str, Any], **parts: Any) -> TableRecord:
    key = {"constrained_columns": ["id"], "name": "sys_c0011"}
    first = {"name": "id", "type": oracle.NUMBER(None, 0), "nullable": False, "default": None}
    return TableRecord(columns=[first, *columns], primary_key=key, **parts)


def _column(type_: Any, **facts: Any) -> dict[str, Any]:
    return {"name": "c", "type": type_, "nullable": True, "default": None, "comment": None, **facts}


def _found(record: TableRecord, *items: Any) -> list[str]:
    def models(metadata: MetaData) -> None:
        Table("t", metadata, Column("id", Integer, primary_key=True), *items)

    dialect = oracle.dialect()
    dialect.supports_native_boolean = False  # as of a server before 23
    return differing(dialect, record, models, "scott")


@pytest.mark.parametrize(
    ("read", "model"),
    [
        (oracle.VARCHAR2(50), String(50)),
        (oracle.NUMBER(10, 2), sa.Numeric(10, 2)),
        (sa.INTEGER(), sa.SmallInteger()),
        (oracle.NUMBER(19, 0), sa.BigInteger()),
        (oracle.DOUBLE_PRECISION(), sa.Float()),
        (oracle.DATE(), sa.DateTime()),
        (oracle.CLOB(), sa.Text()),
        (oracle.TIMESTAMP(timezone=True), sa.TIMESTAMP(timezone=True)),
        (sa.INTEGER(), sa.Boolean()),
    ],
)
def test_types_that_are_the_same(read: Any, model: Any) -> None:
    assert _found(_record(_column(read)), Column("c", model)) == []


@pytest.mark.parametrize(
    ("read", "model"),
    [
        (oracle.VARCHAR2(50), String(60)),
        (oracle.NUMBER(10, 2), sa.Numeric(12, 2)),
        (oracle.CLOB(), sa.Integer()),
    ],
)
def test_types_that_differ(read: Any, model: Any) -> None:
    assert _found(_record(_column(read)), Column("c", model)) == ["column c type"]


@pytest.mark.parametrize(
    ("read", "model"),
    [
        ("0 ", "=0"),
        ("'abc'  \n", "abc"),
        ("CURRENT_TIMESTAMP ", sa.func.now()),
        ("NULL ", None),
        ("SYSDATE", "=sysdate"),
    ],
)
def test_defaults_go_without_trailing_blanks(read: str, model: Any) -> None:
    default = text(model[1:]) if isinstance(model, str) and model.startswith("=") else model
    column = Column("c", String(9), server_default=default)
    assert _found(_record(_column(oracle.VARCHAR2(9), default=read)), column) == []


@pytest.mark.parametrize(("read", "model"), [("'a'", "A"), ("0", None), (None, "x")])
def test_defaults_that_differ(read: str | None, model: Any) -> None:
    column = Column("c", String(9), server_default=model)
    assert _found(_record(_column(oracle.VARCHAR2(9), default=read)), column) == ["column c default"]


def test_an_identity_says_nothing_of_its_defaults() -> None:
    def found(facts: dict[str, Any], identity: sa.Identity) -> list[str]:
        read = _column(oracle.NUMBER(None, 0), nullable=False, identity={**STANDARD_IDENTITY, **facts})
        return _found(_record(read), Column("c", Integer, identity))

    assert found({}, sa.Identity()) == []
    assert found({"always": True}, sa.Identity(always=True)) == []
    assert found({"always": True}, sa.Identity(always=None)) == []
    assert found({"start": 5, "cache": 3}, sa.Identity(start=5, cache=3)) == []
    own = "oracle_on_null" if hasattr(sa.Identity(), "dialect_kwargs") else "on_null"
    assert found({"oracle_on_null": True}, sa.Identity(**{own: True})) == []
    assert found({}, sa.Identity(start=5)) == ["column c identity"]
    assert found({}, sa.Identity(always=True)) == ["column c identity"]


def test_computed_columns_are_virtual() -> None:
    read = _record(_column(oracle.NUMBER(None, 0), computed={"sqltext": '"ID"*2'}))
    for persisted in (None, False):
        assert _found(read, Column("c", Integer, sa.Computed("id * 2", persisted=persisted))) == []
    assert _found(read, Column("c", Integer, sa.Computed("id * 3"))) == ["column c computed"]


def test_a_unique_index_and_its_constraint_are_one() -> None:
    unique = {"name": "uq", "column_names": ["c"], "duplicates_index": "uq"}
    index = {"name": "uq", "column_names": ["c"], "unique": True, "dialect_options": {}}
    record = _record(_column(oracle.NUMBER(None, 0)), uniques=[unique], indexes=[index])
    assert _found(record, Column("c", Integer), sa.UniqueConstraint("c", name="uq")) == []
    assert _found(record, Column("c", Integer), sa.Index("uq", "c", unique=True)) == []
    assert _found(record, Column("c", Integer)) == ["uniques"]


def test_indexes() -> None:
    def read(name: str, **facts: Any) -> TableRecord:
        index = {"name": "i", "column_names": [None], "expressions": [name], "unique": False, **facts}
        return _record(_column(oracle.VARCHAR2(9)), indexes=[{"dialect_options": {}, **index}])

    def found(record: TableRecord, *parts: Any, **options: Any) -> list[str]:
        return _found(record, Column("c", String(9)), sa.Index("i", *parts, **options))

    assert found(read('LOWER("C")'), text("lower(c)")) == []
    assert found(read('LOWER("C")'), text("upper(c)")) == ["indexes"]
    assert found(read("NVL(\"C\",'x')"), text("coalesce(c, 'x')")) == []
    assert found(read('"C"', column_sorting={'"C"': ("desc",)}), sa.column("c").desc()) == []
    assert found(read('"C"', column_sorting={'"C"': ("desc",)}), "c") == ["indexes"]
    bitmap = read("c", column_names=["c"], expressions=None, dialect_options={"oracle_bitmap": True})
    assert found(bitmap, "c", oracle_bitmap=True) == []
    assert found(bitmap, "c") == ["indexes"]


def test_checks() -> None:
    record = _record(checks=[{"name": "ck", "sqltext": "id > 0"}, {"name": "sys_c007", "sqltext": "id < 9"}])
    assert _found(record, sa.CheckConstraint("(id>0)", name="ck"), sa.CheckConstraint("id < 7")) == []
    assert _found(record, sa.CheckConstraint("id > 1", name="ck")) == ["checks"]


def test_foreign_keys_know_on_delete_only() -> None:
    key = {
        "name": "fk",
        "constrained_columns": ["c"],
        "referred_schema": None,
        "referred_table": "t",
        "referred_columns": ["id"],
        "options": {"ondelete": "CASCADE"},
    }
    record = _record(_column(sa.INTEGER()), foreign_keys=[key])

    def found(**options: Any) -> list[str]:
        return _found(record, Column("c", Integer, sa.ForeignKey("t.id", **options)))

    assert found(ondelete="CASCADE", onupdate="CASCADE", deferrable=True, initially="DEFERRED") == []
    assert found() == ["foreign_keys"]


def test_comments() -> None:
    record = _record(_column(sa.INTEGER(), comment="x"), comment="table")
    assert _found(record, Column("c", Integer, comment="y")) == ["column c comment", "comment"]

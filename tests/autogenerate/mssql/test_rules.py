"""SQL Server's records, as SQLAlchemy reads them, against models: its rewriting is no difference."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Column, Integer, MetaData, String, Table, text
from sqlalchemy.dialects import mssql

from alembic.ddl.mssql.reflect import complete
from alembic.schema.catalogue import Catalogue, TableRecord
from tests.autogenerate.records import differing, impl_of

COLLATION = "SQL_Latin1_General_CP1_CI_AS"


def _record(*columns: dict[str, Any], **parts: Any) -> TableRecord:
    key = {"constrained_columns": ["id"], "name": "PK__t__3213E83F"}
    identity = {"start": 1, "increment": 1}
    first = {"name": "id", "type": mssql.INTEGER(), "nullable": False, "default": None, "identity": identity}
    return TableRecord(columns=[first, *columns], primary_key=key, **parts)


def _column(type_: Any, **facts: Any) -> dict[str, Any]:
    return {"name": "c", "type": type_, "nullable": True, "default": None, "comment": None, **facts}


def _found(record: TableRecord, *items: Any) -> list[str]:
    def models(metadata: MetaData) -> None:
        Table("t", metadata, Column("id", Integer, primary_key=True), *items)

    return differing(mssql.dialect(deprecate_large_types=True), record, models)


def test_the_identity_of_a_key_is_no_difference() -> None:
    assert _found(_record()) == []


@pytest.mark.parametrize(
    ("read", "model"),
    [
        (mssql.VARCHAR(50, collation=COLLATION), String(50)),
        (mssql.NVARCHAR(50, collation=COLLATION), sa.Unicode(50)),
        (mssql.NVARCHAR(50), String(50)),
        (mssql.NUMERIC(10, 2), sa.DECIMAL(10, 2)),
        (mssql.BIT(), sa.Boolean()),
        (mssql.VARCHAR(collation=COLLATION), sa.Text()),
        (mssql.DATETIME(), sa.DateTime()),
        (mssql.FLOAT(53), sa.Float()),
        (mssql.BIGINT(), sa.BigInteger()),
    ],
)
def test_types_that_are_the_same(read: Any, model: Any) -> None:
    assert _found(_record(_column(read)), Column("c", model)) == []


@pytest.mark.parametrize(
    ("read", "model"),
    [
        (mssql.VARCHAR(50, collation=COLLATION), String(60)),
        (mssql.VARCHAR(50), sa.Integer()),
        (mssql.NUMERIC(10, 2), sa.Numeric(12, 2)),
        (mssql.INTEGER(), sa.BigInteger()),
    ],
)
def test_types_that_differ(read: Any, model: Any) -> None:
    assert _found(_record(_column(read)), Column("c", model)) == ["column c type"]


@pytest.mark.parametrize(
    ("read", "model"),
    [
        ("((0))", "0"),
        ("((0))", text("0")),
        ("('abc')", "abc"),
        ("(N'abc')", "abc"),
        ("('it''s')", "it's"),
        ("(getdate())", sa.func.now()),
        ("(getdate())", text("getdate()")),
        ("((-1.5))", text("-1.5")),
        ("(NULL)", None),
        ("(newid())", text("NEWID()")),
        ("('a b')", "a  b"),
    ],
)
def test_defaults_go_without_parentheses_blanks_and_quotes(read: str, model: Any) -> None:
    column = Column("c", String(9), server_default=model)
    assert _found(_record(_column(mssql.VARCHAR(9), default=read)), column) == []


@pytest.mark.parametrize(("read", "model"), [("((0))", "1"), ("('a')", "b"), (None, "0"), ("((0))", None)])
def test_defaults_that_differ(read: str | None, model: Any) -> None:
    column = Column("c", String(9), server_default=model)
    assert _found(_record(_column(mssql.VARCHAR(9), default=read)), column) == ["column c default"]


def test_of_an_identity_only_start_and_increment_count() -> None:
    read = _column(mssql.INTEGER(), nullable=False, identity={"start": 5, "increment": 1})
    same = sa.Identity(always=True, start=5, minvalue=2, maxvalue=9, cycle=True, cache=7)
    assert _found(_record(read), Column("c", Integer, same)) == []
    assert _found(_record(read), Column("c", Integer, sa.Identity(start=6))) == ["column c identity"]
    assert _found(_record(read), Column("c", Integer, nullable=False)) == ["column c identity"]


def test_computed_columns() -> None:
    def read(sqltext: str) -> TableRecord:
        return _record(_column(mssql.INTEGER(), computed={"sqltext": sqltext, "persisted": False}))

    assert _found(read("([id]*(2))"), Column("c", Integer, sa.Computed("id * 2"))) == []
    assert _found(read("(CONVERT([int],[id]))"), Column("c", Integer, sa.Computed("cast(id as int)"))) == []
    assert _found(read("([id]*(2))"), Column("c", Integer, sa.Computed("id * 3"))) == ["column c computed"]
    stored = Column("c", Integer, sa.Computed("id * 2", persisted=True))
    assert _found(read("([id]*(2))"), stored) == ["column c computed"]


def test_named_checks_differ_where_that_is_certain() -> None:
    record = _record(checks=[{"name": "ck", "sqltext": "([id]>(0) AND [id]<(9))"}])
    assert _found(record, sa.CheckConstraint("id > 0 AND id < 9", name="ck")) == []
    assert _found(record, sa.CheckConstraint("id > 0 AND id < 8", name="ck")) == ["checks"]
    assert _found(record) == ["checks"]
    rewritten = _record(checks=[{"name": "ck", "sqltext": "([id]=(2) OR [id]=(1))"}])
    assert _found(rewritten, sa.CheckConstraint("id IN (1, 2)", name="ck")) == []


def test_checks_without_a_name_are_left_alone() -> None:
    record = _record(checks=[{"name": "CK__t__c__398D8EEE", "sqltext": "([id]>(0))"}])
    assert _found(record) == []
    assert _found(_record(), sa.CheckConstraint("id > 0")) == []


def test_enums_bring_a_check_along() -> None:
    kind = sa.Enum("a", "b", name="kind", create_constraint=True)
    check = {"name": "kind", "sqltext": "([c]='b' OR [c]='a')"}
    assert _found(_record(_column(mssql.VARCHAR(1)), checks=[check]), Column("c", kind)) == []


def test_indexes() -> None:
    def read(**options: Any) -> TableRecord:
        index = {"name": "i", "column_names": ["c"], "unique": False, "dialect_options": options}
        return _record(_column(mssql.INTEGER()), indexes=[index])

    standard = {"mssql_include": [], "mssql_clustered": False}
    assert _found(read(**standard), Column("c", Integer), sa.Index("i", "c")) == []
    assert _found(read(**standard), Column("c", Integer), sa.Index("i", sa.column("c").desc())) == []
    assert _found(read(**standard), Column("c", Integer), sa.Index("i", "c", mssql_include=["id"])) == [
        "indexes"
    ]
    including = {"mssql_include": ["id"], "mssql_clustered": False}
    assert _found(read(**including), Column("c", Integer), sa.Index("i", "c", mssql_include=["id"])) == []
    partial = {**standard, "mssql_where": "([c]>(5))"}
    assert _found(read(**partial), Column("c", Integer), sa.Index("i", "c", mssql_where=text("c > 5"))) == []
    assert _found(read(**partial), Column("c", Integer), sa.Index("i", "c", mssql_where=text("c > 6"))) == [
        "indexes"
    ]
    assert _found(read(**partial), Column("c", Integer), sa.Index("i", "c")) == ["indexes"]


def test_what_the_inspector_does_not_tell_is_put_into_the_records() -> None:
    indexes = [
        {"name": name, "column_names": ["c"], "unique": True, "dialect_options": {}} for name in ("i", "uq")
    ]
    record = _record(_column(mssql.INTEGER()), indexes=indexes)
    other = _record()
    catalogue = Catalogue("dbo", {(None, "t"): record, ("s", "t"): other})
    complete(
        catalogue,
        [("dbo", "t", "ck", "([c]>(0))"), ("s", "u", "ck", "")],
        [("dbo", "t", "uq"), ("x", "t", "i")],
    )
    assert record.checks == [{"name": "ck", "sqltext": "([c]>(0))"}]
    assert record.uniques == [{"name": "uq", "column_names": ["c"]}]
    assert [index["name"] for index in record.indexes] == ["i"]
    assert (other.checks, other.uniques) == ([], [])
    models = (
        Column("c", Integer),
        sa.UniqueConstraint("c", name="uq"),
        sa.Index("i", "c", unique=True),
        sa.CheckConstraint("c > 0", name="ck"),
    )
    assert _found(record, *models) == []


def test_foreign_keys_and_keys() -> None:
    key = {
        "name": "fk",
        "constrained_columns": ["c"],
        "referred_schema": None,
        "referred_table": "t",
        "referred_columns": ["id"],
        "options": {"ondelete": "CASCADE"},
    }
    record = _record(_column(mssql.INTEGER()), foreign_keys=[key])

    def found(**options: Any) -> list[str]:
        return _found(record, Column("c", Integer, sa.ForeignKey("t.id", **options)))

    assert found(ondelete="cascade", deferrable=True, initially="DEFERRED", onupdate="NO ACTION") == []
    assert found(ondelete="SET NULL") == ["foreign_keys"]
    other_key = _record(_column(mssql.INTEGER(), nullable=False))
    model = Column("c", Integer, primary_key=True, autoincrement=False)
    assert _found(other_key, model) == ["primary_key"]


def test_reflected_options_that_say_nothing_are_not_written() -> None:
    impl = impl_of(mssql.dialect())
    index = {"dialect_options": {"mssql_include": [], "mssql_clustered": False, "mssql_where": "x"}}
    assert impl.adjust_reflected_dialect_options(index, "index") == {"mssql_where": "x"}

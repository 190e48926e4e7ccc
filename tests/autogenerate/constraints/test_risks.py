"""What an operation risks stands above it; a type that needs USING gets it."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Column, Integer, MetaData, String, Table
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.pool import NullPool

from alembic.autogenerate import produce_migrations
from alembic.autogenerate.compare import risks
from alembic.autogenerate.compare.risks import is_narrower
from alembic.ddl.postgresql.changes import PostgresqlChanges
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

TYPES: dict[str, Any] = {
    "smallint": sa.SmallInteger(),
    "integer": Integer(),
    "bigint": sa.BigInteger(),
    "numeric": sa.Numeric(8, 2),
    "real": sa.REAL(),
    "double precision": sa.Double(),
    "text": sa.Text(),
    "varchar": String(5),
    "char": sa.CHAR(3),
    "boolean": sa.Boolean(),
    "date": sa.Date(),
    "timestamp": sa.DateTime(),
    "timestamptz": sa.DateTime(timezone=True),
    "time": sa.Time(),
    "timetz": sa.Time(timezone=True),
    "interval": sa.Interval(),
    "json": sa.JSON(),
    "jsonb": postgresql.JSONB(),
    "bytea": sa.LargeBinary(),
    "uuid": sa.Uuid(),
    "inet": postgresql.INET(),
    "cidr": postgresql.CIDR(),
    "bit": postgresql.BIT(4),
    "varbit": postgresql.BIT(9, varying=True),
    "money": postgresql.MONEY(),
    "integers": sa.ARRAY(Integer()),
    "texts": sa.ARRAY(sa.Text()),
    "range": postgresql.INT4RANGE(),
}


def test_using_is_said_where_postgresql_wants_it_and_nowhere_else(postgresql_url: str) -> None:
    engine = sa.create_engine(postgresql_url, poolclass=NullPool)
    changes = PostgresqlChanges(engine.dialect)
    spelled = {name: type_.compile(engine.dialect) for name, type_ in TYPES.items()}
    pairs = list(product(TYPES, TYPES))
    statements = []
    said = {pair: changes.conversion(TYPES[pair[0]], TYPES[pair[1]], "My c") for pair in pairs}
    for old, new in pairs:
        using = said[old, new].get("postgresql_using")
        for clause in ("", f" USING {using}" if using else ""):
            statements.append(
                f'CREATE TEMPORARY TABLE t ("My c" {spelled[old]});'
                f' ALTER TABLE t ALTER "My c" TYPE {spelled[new]}{clause}; DROP TABLE t'
            )
    with engine.connect() as connection:
        connection.exec_driver_sql(_TRY)
        # All in one statement, for there are many.
        query = sa.text(
            "SELECT works(each) FROM unnest(CAST(:all AS text[])) WITH ORDINALITY u(each, n) ORDER BY n"
        )
        results = connection.execute(query, {"all": statements}).scalars().all()
    found = {pair: (not results[2 * place], results[2 * place + 1]) for place, pair in enumerate(pairs)}
    assert {pair: found[pair] for pair in pairs if found[pair] != (bool(said[pair]), True)} == {}


_TRY = """
CREATE FUNCTION works(statement text) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    RETURN true;
EXCEPTION WHEN others THEN
    RETURN false;
END $$
"""


@pytest.mark.parametrize(
    ("old", "new", "value", "expected"),
    [
        ("text", "integer", "42", 42),
        ("integer", "boolean", 2, True),
        ("numeric", "boolean", 0, False),
        ("boolean", "bigint", True, 1),
        ("integer", "text", 7, "7"),
        ("text", "jsonb", '{"a": 1}', {"a": 1}),
        ("text", "timestamp", "2020-01-02", None),
        ("text", "texts", "{a,b}", ["a", "b"]),
    ],
)
def test_using_converts_the_rows(postgresql_url: str, old: str, new: str, value: Any, expected: Any) -> None:
    engine = sa.create_engine(postgresql_url, poolclass=NullPool)
    changes = PostgresqlChanges(engine.dialect)
    using = changes.conversion(TYPES[old], TYPES[new], "c")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE TABLE t (c {TYPES[old].compile(engine.dialect)})")
        connection.execute(sa.text("INSERT INTO t VALUES (:value)"), {"value": value})
        clause = f" USING {using['postgresql_using']}" if using else ""
        spelled = TYPES[new].compile(engine.dialect)
        connection.exec_driver_sql(f"ALTER TABLE t ALTER c TYPE {spelled}{clause}")
        found = connection.exec_driver_sql("SELECT c FROM t").scalar()
    assert found == expected or (expected is None and str(found) == "2020-01-02 00:00:00")


@pytest.mark.parametrize(
    ("before", "after", "narrower"),
    [
        (String(10), String(9), True),
        (String(10), String(10), False),
        (String(9), String(10), False),
        (String(), String(10), True),
        (String(10), String(), False),
        (sa.Text(), String(10), True),
        (sa.Text(), sa.Text(), False),
        (sa.BigInteger(), Integer(), True),
        (Integer(), sa.SmallInteger(), True),
        (Integer(), sa.BigInteger(), False),
        (mysql.MEDIUMINT(), mysql.TINYINT(), True),
        (mysql.TINYINT(), mysql.MEDIUMINT(), False),
        (sa.Numeric(8, 2), Integer(), True),
        (sa.Numeric(8, 2), sa.Numeric(8, 2), False),
        (sa.Numeric(8, 2), sa.Numeric(8, 1), True),
        (sa.Numeric(8, 2), sa.Numeric(8, 4), True),
        (sa.Numeric(8, 2), sa.Numeric(10, 4), False),
        (sa.Numeric(8, 2), sa.Numeric(), False),
        (sa.Numeric(), sa.Numeric(8, 2), True),
        (sa.DateTime(), sa.Date(), True),
        (sa.Date(), sa.DateTime(), False),
        (mysql.ENUM("a", "b"), mysql.ENUM("a"), True),
        (mysql.ENUM("a", "b"), mysql.ENUM("b", "a", "c"), False),
    ],
)
def test_narrower(before: Any, after: Any, narrower: bool) -> None:
    assert is_narrower(before, after) is narrower


def _script(url: str, before: list[Any], after: list[Any]) -> ops.MigrationScript:
    engine = sa.create_engine(url, poolclass=NullPool)
    metadata = MetaData()
    Table("t", metadata, Column("id", Integer, primary_key=True), *before)
    Table("gone", metadata, Column("id", Integer, primary_key=True))
    metadata.create_all(engine)
    target = MetaData()
    Table("t", target, Column("id", Integer, primary_key=True), *after)
    with engine.connect() as connection:
        return produce_migrations(MigrationContext.configure(connection), target)


def _notes(container: ops.OpContainer) -> list[tuple[str, tuple[str, ...]]]:
    found: list[tuple[str, tuple[str, ...]]] = []
    for operation in container.ops:
        if isinstance(operation, ops.OpContainer):
            found += _notes(operation)
        else:
            name = getattr(operation, "column_name", None) or getattr(operation, "column", None)
            said = getattr(name, "name", name) or getattr(operation, "table_name", "")
            found.append((f"{type(operation).__name__} {said}", operation.notes))
    return found


def test_each_danger_is_told(database_url: str) -> None:
    script = _script(
        database_url,
        [
            Column("old", sa.LargeBinary),
            Column("n", Integer),
            Column("s", String(20)),
            Column("fine", String(5)),
        ],
        [
            Column("n", Integer, nullable=False),
            Column("s", String(10)),
            Column("fine", String(6)),
            Column("bare", Integer, nullable=False),
            Column("filled", Integer, nullable=False, server_default="1"),
            Column("free", sa.Date),
        ],
    )
    assert dict(_notes(script.upgrade_ops)) == {
        "DropTableOp gone": (risks.TABLE_LOST,),
        "AddColumnOp bare": (risks.NO_VALUE,),
        "AddColumnOp filled": (),
        "AddColumnOp free": (),
        "AlterColumnOp n": (risks.NULLS,),
        "AlterColumnOp s": (risks.NARROWER,),
        "AlterColumnOp fine": (),
        "DropColumnOp old": (risks.COLUMN_LOST,),
    }


def test_the_downgrade_tells_what_may_fail_but_not_that_it_undoes(database_url: str) -> None:
    script = _script(
        database_url,
        [Column("old", Integer, nullable=False), Column("s", String(5))],
        [Column("s", String(9)), Column("new", Integer)],
    )
    assert dict(_notes(script.downgrade_ops)) == {
        "AddColumnOp old": (risks.NO_VALUE,),
        "AlterColumnOp s": (risks.NARROWER,),
        "DropColumnOp new": (),
        "CreateTableOp gone": (),
    }


def test_text_to_integer_says_how_in_the_upgrade_only(postgresql_url: str) -> None:
    script = _script(postgresql_url, [Column("c", sa.Text)], [Column("c", Integer)])
    (there,) = script.upgrade_ops.ops[-1].ops
    (back,) = script.downgrade_ops.ops[0].ops
    assert (there.kw, there.notes) == ({"postgresql_using": "c::INTEGER"}, (risks.TO_CONVERT,))
    assert (back.kw, back.notes) == ({}, ())

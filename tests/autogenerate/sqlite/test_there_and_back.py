"""A table typed by hand, dropped by a generated upgrade, is the same again after the downgrade."""

from __future__ import annotations

import warnings
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, assume, given, settings

from alembic import op
from alembic.autogenerate import compare_metadata, produce_migrations, render_python_code
from alembic.ddl.sqlite.spelling import affinity
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.schema.shapes import Table
from tests.autogenerate.sqlite.databases import connected, database
from tests.autogenerate.sqlite.statements import create_table

KITCHEN_SINK = [
    "CREATE TABLE p (x TEXT, y TEXT, PRIMARY KEY (x, y)) WITHOUT ROWID",
    "CREATE TABLE s (x TEXT) STRICT",
    """CREATE TABLE t (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    a VARCHAR(20) COLLATE NOCASE NOT NULL ON CONFLICT FAIL DEFAULT 'x:y',
    b NUMERIC DEFAULT (1+2), g INTEGER AS (id*2) STORED, v, w JSON,
    h AS (a || ':q'), d TEXT DEFAULT "it's", e TEXT DEFAULT bare,
    u TEXT UNIQUE ON CONFLICT REPLACE REFERENCES p(x) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT ck CHECK (a <> ':q'), CHECK (id > 0), CONSTRAINT uq UNIQUE (a, b) ON CONFLICT IGNORE,
    FOREIGN KEY (u, a) REFERENCES p)""",
    "CREATE UNIQUE INDEX i ON t (a COLLATE BINARY DESC, lower(u || ':x'), b DESC) WHERE a <> ':w'",
    "CREATE INDEX j ON t (a DESC, b)",
]


def _there_and_back(connection: sa.Connection) -> str:
    """Drop all tables and make them again, by generated code; the code of the downgrade is returned."""
    context = MigrationContext.configure(connection)
    metadata = sa.MetaData()
    sa.Table("another", metadata, sa.Column("id", sa.Integer, primary_key=True))
    script: Any = produce_migrations(context, metadata)
    upgrade, downgrade = (
        render_python_code(ops, migration_context=context)
        for ops in (script.upgrade_ops, script.downgrade_ops)
    )
    with Operations.context(context):
        for code in (upgrade, downgrade):
            if code is upgrade or compare_metadata(context, metadata) == []:
                exec(f"if True:\n    {code}", {"op": op, "sa": sa, "sqlite": sa.dialects.sqlite})
    return downgrade


def _typed(table: Table) -> Any:
    """What SQLAlchemy can say: a column without a type has become a BLOB, only strings have a collation."""
    columns = {}
    for name, column in table.columns.items():
        is_text = affinity(column.type_text) == "TEXT"
        options = tuple(option for option in column.options if is_text or option[0] != "collation")
        facts = tuple(getattr(column, each) for each in _FACTS)
        columns[name] = (column.type_text.replace("NULL", "BLOB"), *facts, options)
    return columns, *(getattr(table, each) for each in _PARTS)


_NOT_IN_SQLALCHEMY = ("GEOMETRY(1,-2)", "[my type]", "'quoted'", "double precision", "UNSIGNED BIG INT")
_FACTS = ("nullable", "default", "computed")
_PARTS = ("primary_key", "uniques", "foreign_keys", "indexes", "checks", "options")


def test_everything_comes_back() -> None:
    connection = connected(*KITCHEN_SINK)
    before = database(connection).tables
    downgrade = _there_and_back(connection)
    after = database(connection).tables
    assert {key: _typed(table) for key, table in after.items()} == {
        key: _typed(table) for key, table in before.items()
    }
    assert "sqlite_autoincrement=True" in downgrade
    assert "sqlite_with_rowid=False" in downgrade


@given(create_table())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_any_table_comes_back(text: str) -> None:
    # SQLAlchemy writes no AUTOINCREMENT where the key may be a foreign one, and no collation into UNIQUE.
    assume(not ("AUTOINCREMENT" in text and "REFERENCES" in text))
    text = text.replace(" COLLATE nocase asc", "")
    for declared in _NOT_IN_SQLALCHEMY:
        text = text.replace(declared, "TEXT")
    try:
        connection = connected(text)
    except sa.exc.OperationalError:
        assume(False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        before = list(database(connection).tables.values())
        _there_and_back(connection)
        after = list(database(connection).tables.values())
    assert [_typed(table) for table in after] == [_typed(table) for table in before]

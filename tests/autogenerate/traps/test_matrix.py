"""Where each change that Alembic misses, or invents, is tested live: found, applied, and then gone.

The suites that are named here create the schema before, generate the upgrade to the one after, carry out the
code, and find nothing more; most do the same for the downgrade.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

import pytest

from tests.autogenerate.mysql import test_traps as on_mariadb
from tests.autogenerate.postgresql import test_missed as on_postgresql
from tests.autogenerate.roundtrip import pairs_mariadb, pairs_postgresql
from tests.autogenerate.roundtrip.pairs import COMMON

from .conftest import Lived

MISSED, PG_PAIRS = on_postgresql.CHANGES, pairs_postgresql.PAIRS
DETECTED, OPTIONS, MARIA_PAIRS = on_mariadb.DETECTED, on_mariadb.OPTIONS, pairs_mariadb.PAIRS

ROWS: dict[str, list[tuple[Collection[str], str]]] = {
    "primary key columns": [
        (MISSED, "primary key columns"),
        (MISSED, "primary key gains a column"),
        (COMMON, "primary key grows"),
        (COMMON, "primary key comes"),
    ],
    "enum value added": [(MISSED, "enum value added"), (DETECTED, "enum grows")],
    "enum value removed": [(MISSED, "enum value removed"), (DETECTED, "enum shrinks")],
    "enum values reordered": [(PG_PAIRS, "reorder enum values"), (DETECTED, "enum reordered")],
    "named CHECK added": [(MISSED, "named check added"), (DETECTED, "check appears"), (COMMON, "add check")],
    "CHECK changed": [(MISSED, "check changed"), (DETECTED, "check changes"), (COMMON, "change check")],
    "EXCLUDE added": [(MISSED, "exclude added")],
    "EXCLUDE removed": [(MISSED, "exclude removed")],
    "computed expression changed": [(MISSED, "computed expression changed"), (DETECTED, "expression")],
    "index WHERE": [(MISSED, "index where added"), (MISSED, "index where changed")],
    "index USING": [(MISSED, "index using")],
    "index operator class": [(MISSED, "index operator class")],
    "index INCLUDE": [(MISSED, "index include")],
    "index prefix length": [(DETECTED, "prefix length"), (MARIA_PAIRS, "prefix of index")],
    "index DESC": [
        (MISSED, "index descending"),
        (DETECTED, "direction of index"),
        (COMMON, "index descending"),
    ],
    "unique deferrable": [(MISSED, "unique deferrable")],
    "unique NULLS NOT DISTINCT": [(MISSED, "unique nulls not distinct")],
    "foreign key ondelete": [(COMMON, "foreign key cascades"), (DETECTED, "action of foreign key")],
    "foreign key deferrable": [(PG_PAIRS, "deferrable foreign key")],
    "String to String(50)": [(MISSED, "string gets a length"), (MISSED, "string loses its length")],
    "collation": [(MISSED, "collation"), (DETECTED, "collation"), (OPTIONS, "collation")],
    "character set": [(DETECTED, "character set"), (OPTIONS, "character set")],
    "unsigned": [(DETECTED, "unsigned"), (MARIA_PAIRS, "unsigned goes")],
    "autoincrement off": [(MARIA_PAIRS, "counter stops"), (MARIA_PAIRS, "counter begins")],
    "engine": [(OPTIONS, "engine")],
    "fillfactor": [(MISSED, "fillfactor"), (PG_PAIRS, "storage changes")],
    "sequence added": [(on_postgresql.SEQUENCES, "added"), (PG_PAIRS, "sequence comes")],
    "text to integer": [(MISSED, "text to integer"), (COMMON, "string to integer")],
    "unchanged on MariaDB": [
        (on_mariadb.UNCHANGED, each) for each in ("bool", "json", "on update timestamp", "computed bool")
    ],
}


@pytest.mark.parametrize("row", ROWS)
def test_the_row_has_its_live_tests(row: str) -> None:
    assert [case for suite, case in ROWS[row] if case not in suite] == []


UNCHANGED = {
    "postgresql": """
from sqlalchemy.dialects import postgresql as pg
t = sa.Table(
    "t", metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("made", sa.DateTime, server_default=sa.func.now()),
    sa.Column("data", pg.JSONB, server_default="{}"),
    sa.Column("tags", sa.ARRAY(sa.Text), server_default=sa.text("'{}'::text[]")),
    sa.Column("utc", sa.DateTime, server_default=sa.text("(now() AT TIME ZONE 'utc')")),
    sa.Column(
        "size", sa.Text,
        sa.Computed("CASE WHEN id > 9 THEN 'big' WHEN id IN (1, 2) THEN 'tiny' ELSE 'small' END"),
    ),
    sa.Column("name", sa.String(20)),
)
sa.Index("by_kind", t.c.data["kind"].astext)
sa.Index("by_name", sa.func.coalesce(t.c.name, ""), unique=True)
""",
    "mariadb": """
from sqlalchemy.dialects import mysql
sa.Table(
    "t", metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("flag", sa.Boolean, server_default=sa.true(), nullable=False),
    sa.Column("data", sa.JSON),
    sa.Column(
        "touched", sa.TIMESTAMP, nullable=False,
        server_default=sa.text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP"),
    ),
    sa.Column("price", sa.Numeric(12, 2), server_default="0"),
    sa.Column("both", sa.Boolean, sa.Computed("flag = 1 AND price > 5 OR NOT flag", persisted=True)),
)
""",
}


@pytest.mark.parametrize("kind", UNCHANGED)
@pytest.mark.parametrize("options", ["", "compare_server_default=True, include_schemas=False"])
def test_what_is_unchanged_is_quiet(on: Callable[[str], Lived], kind: str, options: str) -> None:
    """Made by create_all, and by a revision that was generated."""
    project = on(kind)
    project.options(options)
    project.models(UNCHANGED[kind])
    project.create()
    project.call("check").ok()
    project.sql("DROP TABLE t")
    project.generate("a1")
    project.upgrade()

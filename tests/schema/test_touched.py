"""SQL of a person's own: what it may have done to the schema is told from its words."""

from __future__ import annotations

import pytest

from alembic.schema.tokens import MYSQL, POSTGRESQL, SQLITE, Flavour
from alembic.schema.touched import touched_by


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO a VALUES ('ALTER TABLE b')",
        "UPDATE a SET b = 1; DELETE FROM c",
        "SELECT setval('s', 1)",
        "WITH x AS (SELECT 1) SELECT * FROM x",
        "SET search_path TO b",
        "CREATE VIEW v AS SELECT * FROM a",
        "CREATE OR REPLACE FUNCTION f() RETURNS int AS $$ ALTER TABLE a ADD b int; $$ LANGUAGE sql",
        "CREATE EXTENSION IF NOT EXISTS pgcrypto",
        "CREATE TEMPORARY TABLE a (b int)",
        "GRANT SELECT ON a TO b",
        "CREATE SCHEMA s",
        "-- ALTER TABLE a\n",
        "",
    ],
)
def test_these_change_no_schema(sql: str) -> None:
    assert not touched_by(sql, POSTGRESQL)


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("CREATE TABLE IF NOT EXISTS a (b int REFERENCES c)", ((None, "a"),)),
        ("ALTER TABLE ONLY s.A ADD c int", (("s", "a"),)),
        ('ALTER TABLE "A" RENAME TO b', ((None, "A"), (None, "b"))),
        ("ALTER TABLE a SET SCHEMA s", ((None, "a"), ("s", "a"))),
        ("DROP TABLE IF EXISTS a, s.b CASCADE", ((None, "a"), ("s", "b"))),
        ("CREATE UNIQUE INDEX CONCURRENTLY i ON s.a (lower(b))", (("s", "a"),)),
        ("CREATE INDEX ON a (b)", ((None, "a"),)),
        ("ALTER TYPE mood ADD VALUE 'glum'", ((None, "mood"),)),
        ("COMMENT ON COLUMN s.a.b IS 'x'", (("s", "a"),)),
        ("SELECT 1 AS x INTO a FROM b", ((None, "a"),)),
        ("UPDATE a SET b = 1; ALTER TABLE c DROP d; ALTER TABLE e DROP f", ((None, "c"), (None, "e"))),
    ],
)
def test_ddl_names_what_it_changes(sql: str, tables: tuple[tuple[str | None, str], ...]) -> None:
    touched = touched_by(sql, POSTGRESQL)
    assert touched.tables == tables
    assert not touched.everything


@pytest.mark.parametrize(
    ("sql", "flavour"),
    [
        ("DO $$ BEGIN ALTER TABLE a ADD b int; END $$", POSTGRESQL),
        ("CALL p()", POSTGRESQL),
        ("DROP EXTENSION x CASCADE", POSTGRESQL),
        ("UPDATE pg_catalog.pg_attribute SET attname = 'b'", POSTGRESQL),
        ("/*!40101 ALTER TABLE a ADD b int */", MYSQL),
        ("PRAGMA writable_schema = ON", SQLITE),
        ("UPDATE sqlite_master SET sql = ''", SQLITE),
        ("EXEC sp_rename 'a', 'b'", MYSQL),
    ],
)
def test_whatever_cannot_be_told_may_change_anything(sql: str, flavour: Flavour) -> None:
    assert touched_by(sql, flavour).everything


def test_an_index_is_told_by_its_name_where_its_table_is_not() -> None:
    assert touched_by("DROP INDEX IF EXISTS i", POSTGRESQL).indexes == ((None, "i"),)
    assert touched_by("RENAME TABLE a TO b, `c` TO d", MYSQL).tables == tuple((None, name) for name in "abcd")

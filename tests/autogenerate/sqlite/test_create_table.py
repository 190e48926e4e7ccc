"""A CREATE TABLE text falls into its parts, and SQLite's pragmas say the same of the table."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import HealthCheck, assume, given, settings

from alembic.ddl.sqlite.create_index import parse_create_index
from alembic.ddl.sqlite.create_table import (
    ClauseKind,
    ColumnDefinition,
    CreateTable,
    NoCreateTable,
    excerpt,
    parse_create_table,
)
from alembic.schema.tokens import SQLITE, significant_tokens
from tests.autogenerate.sqlite.statements import create_table


@given(create_table())
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_the_parts_are_what_the_server_understood(text: str) -> None:
    connection = sqlite3.connect(":memory:")
    try:
        try:
            connection.execute(text)
        except sqlite3.OperationalError as error:
            assert "syntax" not in str(error)
            assume(False)
        (kept, name) = connection.execute(
            "SELECT sql, name FROM sqlite_master WHERE type = 'table' LIMIT 1"
        ).fetchone()
        created = parse_create_table(kept)
        assert created.name == name
        assert "".join(created.pieces) == kept
        _assert_columns(connection, created, name)
        _assert_keys(connection, created, name)
    finally:
        connection.close()


def _assert_columns(connection: sqlite3.Connection, created: CreateTable, table: str) -> None:
    rows = connection.execute("SELECT * FROM pragma_table_xinfo(?)", (table,)).fetchall()
    assert list(created.columns) == [row[1] for row in rows]
    for (_, name, type_, not_null, default, _, hidden), column in zip(
        rows, created.columns.values(), strict=True
    ):
        declared = created.of(column.type_span) if column.type_span is not None else ""
        assert _words(declared) == _words(type_), name
        generated = column.clause(ClauseKind.GENERATED)
        assert (hidden in (2, 3)) == (generated is not None)
        if generated is not None:
            assert (hidden == 3) == (generated.word == "STORED")
        if "WITHOUT ROWID" not in created.options and column.clause(ClauseKind.NULL) is None:
            assert bool(not_null) == (column.clause(ClauseKind.NOT_NULL) is not None)
        said = column.clause(ClauseKind.DEFAULT)
        assert (default is None) == (said is None)
        if said is not None and said.expression is not None:
            written = created.of(said.expression)
            assert default in (written, written[1:-1].strip())


def _words(type_: str) -> list[str]:
    """The pragma leaves out quotes, and keeps a comment after the type."""
    bare = type_.translate(str.maketrans("", "", "[]'"))
    return [token.text for token in significant_tokens(bare, SQLITE)]


def _assert_keys(connection: sqlite3.Connection, created: CreateTable, table: str) -> None:
    rows = connection.execute(
        "SELECT * FROM pragma_foreign_key_list(?) ORDER BY id DESC, seq", (table,)
    ).fetchall()
    clauses = [
        clause
        for part in created.definitions
        for clause in (part.clauses if isinstance(part, ColumnDefinition) else (part,))
    ]
    references = [clause.reference for clause in clauses if clause.kind is ClauseKind.FOREIGN_KEY]
    told = [(row[2], row[6], row[5]) for row in rows if row[1] == 0]
    none = "NO ACTION"
    assert told == [(r.table, r.on_delete or none, r.on_update or none) for r in references if r is not None]
    key = connection.execute(
        "SELECT name FROM pragma_table_xinfo(?) WHERE pk ORDER BY pk", (table,)
    ).fetchall()
    assert created.primary_key == [row[0] for row in key]


@given(create_table())
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_an_excerpt_holds_the_wanted_definitions_as_they_were(text: str) -> None:
    def is_wanted(definition: str) -> bool:
        return "CHECK" in definition

    created, part = parse_create_table(text), parse_create_table(excerpt(text, is_wanted))
    wanted = [created.of(each.span) for each in created.definitions if "CHECK" in created.of(each.span)]
    got = [part.of(each.span) for each in part.definitions]
    assert [each for each in got if "CHECK" in each] == wanted
    assert part.options == created.options


STATEMENT = """CREATE TABLE "t" (
  id INTEGER CONSTRAINT pk PRIMARY KEY DESC ON CONFLICT REPLACE AUTOINCREMENT, -- the key
  [a b] VARCHAR(10) NOT NULL DEFAULT 'x' COLLATE NOCASE CONSTRAINT ck CHECK ("a b" <> ''),
  p REFERENCES parent(x) ON DELETE SET NULL NOT NULL DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT uq UNIQUE ("a b" COLLATE nocase DESC, p) ON CONFLICT IGNORE CHECK (id > 0), CONSTRAINT nothing
) STRICT, WITHOUT ROWID"""


def test_every_part_is_told() -> None:
    created = parse_create_table(STATEMENT)
    key = created.columns["id"].clause(ClauseKind.PRIMARY_KEY)
    assert key is not None
    assert (key.name, key.word, key.conflict, key.autoincrement) == ("pk", "DESC", "REPLACE", True)
    check = created.columns["a b"].clause(ClauseKind.CHECK)
    assert check is not None and check.expression is not None and check.name_span is not None
    assert (created.of(check.expression), created.of(check.name_span)) == ("\"a b\" <> ''", "ck")
    assert created.of(check.span) == "CONSTRAINT ck CHECK (\"a b\" <> '')"
    belated = created.columns["p"].clause(ClauseKind.DEFERRABLE)
    assert belated is not None and belated.reference is not None
    assert (belated.reference.deferrable, belated.reference.initially) == (True, "DEFERRED")
    unique, unnamed, nothing = created.constraints
    assert [(c.name, c.collation, c.descending) for c in unique.columns] == [
        ("a b", "nocase", True),
        ("p", None, False),
    ]
    assert (unique.conflict, unnamed.kind, unnamed.name) == ("IGNORE", ClauseKind.CHECK, None)
    assert (nothing.kind, nothing.name) == (ClauseKind.NAME_ONLY, "nothing")
    assert created.options == ("STRICT", "WITHOUT ROWID")


@pytest.mark.parametrize(
    "text",
    [
        "CREATE VIRTUAL TABLE t USING fts5(a)",
        "CREATE TABLE t AS SELECT 1",
        "CREATE INDEX i ON t (a)",
        "CREATE TABLE t (a INTEGER",
        "CREATE TABLE t (a INTEGER b ( c )",
        "",
    ],
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(NoCreateTable):
        parse_create_table(text)


def test_an_index_falls_into_its_parts() -> None:
    created = parse_create_index(
        "CREATE UNIQUE INDEX IF NOT EXISTS main.\"i x\" ON [t] (a, lower(b || '), ') COLLATE nocase DESC) "
        "WHERE a > 0 -- end"
    )
    assert (created.name, created.table, created.unique) == ("i x", "t", True)
    assert created.elements == ("a", "lower(b || '), ') COLLATE nocase DESC")
    assert created.where == "a > 0"

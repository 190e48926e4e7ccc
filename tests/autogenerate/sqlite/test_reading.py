"""What is read of a database: everything, by the same few statements for any number of tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from alembic.ddl.sqlite.compare import SQLiteRules
from alembic.schema.shapes import TableKey
from tests.autogenerate.sqlite.databases import connected, database, models, read, statements

KNOWS_STRICT = "strict" in dict(sqlite.dialect.construct_arguments)[sa.Table]


@pytest.mark.parametrize("number", [0, 1, 10, 300])
def test_four_statements_for_any_number_of_tables(number: int) -> None:
    connection = connected()
    for each in range(number):
        connection.exec_driver_sql(
            f"CREATE TABLE t{each} (id INTEGER PRIMARY KEY, a TEXT UNIQUE REFERENCES t0)"
        )
        connection.exec_driver_sql(f"CREATE INDEX i{each} ON t{each} (lower(a)) WHERE id > 0")
    with statements(connection) as sent:
        catalogue = read(connection)
    assert len(catalogue.tables) == number
    assert len(sent) == (4 if number else 1)


def test_attached_databases_are_schemas_and_cost_no_more_statements(tmp_path: Path) -> None:
    connection = connected("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    for name in ("b c", "a"):
        connection.exec_driver_sql(f"ATTACH DATABASE '{tmp_path / name}.db' AS \"{name}\"")
        connection.exec_driver_sql(f'CREATE TABLE "{name}".t (x TEXT REFERENCES u, y INT UNIQUE)')
        connection.exec_driver_sql(f'CREATE TABLE "{name}".u (k TEXT PRIMARY KEY)')
        connection.exec_driver_sql(f'CREATE INDEX "{name}".i ON t (y DESC)')
    rules = SQLiteRules(connection.dialect)
    assert rules.schema_names(connection) == ["a", "b c", "main"]
    with statements(connection) as sent:
        catalogue = read(connection, None, "b c", "a")
    assert len(sent) == 4
    assert list(catalogue.tables) == [(None, "t"), ("a", "t"), ("a", "u"), ("b c", "t"), ("b c", "u")]
    for schema in ("a", "b c"):
        record = catalogue.tables[schema, "t"]
        assert [column["name"] for column in record.columns] == ["x", "y"]
        assert [index["name"] for index in record.indexes] == ["i"]
        assert record.foreign_keys[0]["referred_schema"] == schema
        assert record.foreign_keys[0]["referred_columns"] == ["k"]
    assert [column["name"] for column in catalogue.tables[None, "t"].columns] == ["id"]


def test_what_is_not_wanted_is_not_read() -> None:
    connection = connected(*(f"CREATE TABLE t{each} (id INTEGER PRIMARY KEY)" for each in range(9)))
    asked: list[TableKey] = []

    def wanted(key: TableKey) -> bool:
        asked.append(key)
        return key[1] == "t3"

    with statements(connection) as sent:
        catalogue = SQLiteRules(connection.dialect).read(connection, [None], wanted)
    assert list(catalogue.tables) == [(None, "t3")]
    assert asked == [(None, f"t{each}") for each in range(9)]
    assert all("m.rowid IN (4)" in statement for statement in sent[1:])


def test_views_virtual_tables_and_their_contents_are_left_alone() -> None:
    connection = connected(
        "CREATE TABLE t (a TEXT)", "CREATE VIEW v AS SELECT a FROM t", "CREATE TABLE s_plain (a)"
    )
    try:
        connection.exec_driver_sql("CREATE VIRTUAL TABLE s USING fts5(a)")
    except sa.exc.OperationalError:
        pytest.skip("this SQLite has no fts5")
    connection.exec_driver_sql("CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT 1; END")
    with statements(connection) as sent:
        catalogue = read(connection)
    assert len(sent) == 5
    assert list(catalogue.tables) == [(None, "s_plain"), (None, "t")]
    shadows = [name for (_, name), why in catalogue.skipped.items() if why == "shadow"]
    assert shadows == ["s_config", "s_content", "s_data", "s_docsize", "s_idx"]
    assert catalogue.skipped[None, "v"] == "view"
    assert [catalogue.tables[None, name].beyond for name in ("t", "s_plain")] == [["triggers"], []]
    assert catalogue.skipped[None, "s"] == "virtual"


def test_internal_tables_are_none_of_ours() -> None:
    connection = connected(
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT)", "INSERT INTO t VALUES (1)", "ANALYZE"
    )
    assert list(read(connection).tables) == [(None, "t")]


def _only(*created: str) -> Any:
    return read(connected(*created)).tables[None, "t"]


def test_columns() -> None:
    record = _only(
        """CREATE TABLE t (
        a varchar(10) NOT NULL ON CONFLICT IGNORE DEFAULT 'x' COLLATE nocase,
        b DEFAULT (1 + 2), c INTEGER DEFAULT -1, d AS (c + 1),
        e INT GENERATED ALWAYS AS (c * (2)) STORED NOT NULL,
        f TEXT DEFAULT CURRENT_TIMESTAMP, g DEFAULT (1) NULL, h DEFAULT ((1) + (2)))"""
    )
    facts = {column["name"]: column for column in record.columns}
    assert list(facts) == list("abcdefgh")
    assert (facts["a"]["type"].length, facts["a"]["type"].collation) == (10, "nocase")
    assert facts["a"]["sqlite_collation"] == "nocase"
    assert facts["a"]["dialect_options"] == {"sqlite_on_conflict_not_null": "IGNORE"}
    assert [facts[name]["nullable"] for name in "abcde"] == [False, True, True, True, False]
    defaults = {name: column["default"] for name, column in facts.items() if column["default"] is not None}
    assert defaults == {
        "a": "'x'",
        "b": "(1 + 2)",
        "c": "-1",
        "f": "CURRENT_TIMESTAMP",
        "g": "1",
        "h": "((1) + (2))",
    }
    assert facts["d"]["computed"] == {"sqltext": "c + 1", "persisted": False}
    assert facts["e"]["computed"] == {"sqltext": "c * (2)", "persisted": True}


def test_keys_and_constraints() -> None:
    record = _only(
        'CREATE TABLE "Par ent" (x INT, Y INT, PRIMARY KEY (Y, x))',
        "CREATE TABLE Q (k INT PRIMARY KEY)",
        """CREATE TABLE t (
        id INTEGER CONSTRAINT "the key" PRIMARY KEY AUTOINCREMENT,
        a TEXT UNIQUE CHECK (a <> ')'), b INT CONSTRAINT fk_b REFERENCES q ON DELETE CASCADE,
        c INT, d INT,
        CONSTRAINT uq UNIQUE (C, d) ON CONFLICT REPLACE,
        CONSTRAINT ck CHECK (c > 0 -- positive, always
        ),
        FOREIGN KEY (c, d) REFERENCES "Par ent" (Y, X) DEFERRABLE INITIALLY DEFERRED)""",
    )
    assert record.primary_key == {"constrained_columns": ["id"], "name": "the key"}
    assert record.options == {"sqlite_autoincrement": True}
    assert record.columns[0]["nullable"] is False
    assert record.uniques == [
        {"name": None, "column_names": ["a"]},
        {"name": "uq", "column_names": ["c", "d"], "dialect_options": {"sqlite_on_conflict": "REPLACE"}},
    ]
    assert [(check["name"], check["sqltext"]) for check in record.checks] == [
        ("ck", "c > 0 -- positive, always"),
        (None, "a <> ')'"),
    ]
    assert record.foreign_keys == [
        {
            "name": "fk_b",
            "constrained_columns": ["b"],
            "referred_schema": None,
            "referred_table": "Q",
            "referred_columns": ["k"],
            "options": {"ondelete": "CASCADE"},
        },
        {
            "name": None,
            "constrained_columns": ["c", "d"],
            "referred_schema": None,
            "referred_table": "Par ent",
            "referred_columns": ["Y", "x"],
            "options": {"deferrable": True, "initially": "DEFERRED"},
        },
    ]


def test_a_foreign_key_may_refer_to_the_key_of_a_table_that_is_not_read() -> None:
    connection = connected(
        "CREATE TABLE p (k TEXT PRIMARY KEY)", "CREATE TABLE t (a REFERENCES P)", "CREATE TABLE u (a)"
    )
    rules = SQLiteRules(connection.dialect)
    record = rules.read(connection, [None], lambda key: key[1] == "t").tables[None, "t"]
    assert (record.foreign_keys[0]["referred_table"], record.foreign_keys[0]["referred_columns"]) == (
        "p",
        ["k"],
    )


def test_indexes() -> None:
    connection = connected(
        'CREATE TABLE t (a TEXT, b TEXT COLLATE NOCASE, "C c" INT)',
        "CREATE UNIQUE INDEX plain ON t (a, b)",
        'CREATE INDEX sorted ON t (a DESC, "c C")',
        "CREATE INDEX part ON t (a) WHERE ( a <> ') where ' )",
        "CREATE INDEX words ON t (lower(a) DESC, b, [C c])",
        "CREATE INDEX other ON t (a COLLATE nocase, b COLLATE binary, b COLLATE NOCASE)",
    )
    shapes = {index.name: index for index in database(connection).tables[None, "t"].indexes}
    assert {name: index.elements for name, index in shapes.items()} == {
        "plain": ("a", "b"),
        "sorted": ("a DESC", "C c"),
        "part": ("a",),
        "words": ("(lower(a)) DESC", "b", "C c"),
        "other": ("a COLLATE NOCASE", "b COLLATE BINARY", "b"),
    }
    assert [name for name, index in shapes.items() if index.unique] == ["plain"]
    assert shapes["part"].options == (("where", "a <> ') where '"),)


@pytest.mark.parametrize(
    ("end", "options"),
    [
        ("", {}),
        (" WITHOUT ROWID", {"sqlite_with_rowid": False}),
        (" /* why */ STRICT -- so", {"sqlite_strict": True}),
        (" strict, without  rowid", {"sqlite_strict": True, "sqlite_with_rowid": False}),
    ],
)
def test_table_options(end: str, options: dict[str, Any]) -> None:
    record = _only(f"CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT){end}")
    if "strict" in end.lower() and not KNOWS_STRICT:
        options = {name: value for name, value in options.items() if name != "sqlite_strict"}
        assert record.beyond == ["STRICT"]
    assert record.options == options


def test_texts_without_anything_to_tell_are_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(text: str) -> None:
        raise AssertionError(text)

    monkeypatch.setattr("alembic.ddl.sqlite.records.parse_create_table", refuse)
    record = _only(
        "CREATE TABLE t (\n\tid INTEGER NOT NULL, \n\ta VARCHAR(9) DEFAULT 'x' NOT NULL, \n\tp INTEGER, \n\t"
        "UNIQUE (p, a), \n\t"
        "PRIMARY KEY (id), \n\tFOREIGN KEY(p) REFERENCES t (id) ON DELETE CASCADE\n)"
    )
    assert record.foreign_keys[0]["options"] == {"ondelete": "CASCADE"}
    assert record.uniques == [{"name": None, "column_names": ["p", "a"]}]


@pytest.mark.parametrize("more", ["", ", b AS (a) UNIQUE", ", CHECK (a > 0)", ", b INT CONSTRAINT c UNIQUE"])
@pytest.mark.parametrize("end", ["", " STRICT", " -- why"])
def test_no_unique_constraint_is_lost(more: str, end: str) -> None:
    record = _only(f"CREATE TABLE t (a INT UNIQUE{more.replace(' AS', ' INT AS')}){end}")
    assert [unique["column_names"] for unique in record.uniques] == [
        ["a"],
        *([["b"]] if "UNIQUE" in more else []),
    ]


def test_sqlalchemy_reflects_the_same_where_it_can() -> None:
    connection = connected(
        "CREATE TABLE p (a INT, b INT, PRIMARY KEY (a, b))",
        "CREATE TABLE t (id INTEGER NOT NULL, n NUMERIC(10, 2) NOT NULL, s VARCHAR(5) DEFAULT 'x', "
        "x INT, y INT, PRIMARY KEY (id), CONSTRAINT uq UNIQUE (n, s), CONSTRAINT ck CHECK (n > 0), "
        "UNIQUE (x), CONSTRAINT fk FOREIGN KEY(x, y) REFERENCES p (a, b) ON UPDATE CASCADE)",
        "CREATE INDEX i ON t (s, n)",
        "CREATE UNIQUE INDEX j ON t (s) WHERE n > 5",
    )
    record = read(connection).tables[None, "t"]
    inspector = sa.inspect(connection)
    keys = ("name", "nullable", "default", "primary_key")
    told = [{key: column.get(key) for key in keys} for column in inspector.get_columns("t")]
    assert [{key: column[key] for key in keys} for column in record.columns] == told
    types = [repr(column["type"]) for column in inspector.get_columns("t")]
    assert [repr(column["type"]) for column in record.columns] == types
    assert record.primary_key == inspector.get_pk_constraint("t")
    assert record.foreign_keys == inspector.get_foreign_keys("t")
    assert record.uniques == inspector.get_unique_constraints("t")
    assert record.checks == inspector.get_check_constraints("t")
    found = [
        (index["name"], index["column_names"], bool(index["unique"])) for index in inspector.get_indexes("t")
    ]
    assert [(index["name"], index["column_names"], index["unique"]) for index in record.indexes] == found


def test_an_old_server_is_read_by_the_inspector(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before 3.26 there is no pragma_table_xinfo; what the Inspector tells is enough for these."""
    metadata = sa.MetaData()
    columns = [sa.Column("a", sa.String(9), server_default="x", unique=True), sa.Column("b", sa.Integer)]
    table = sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True), *columns)
    sa.Index("i", table.c.b, sqlite_where=table.c.b > 5)
    table.append_constraint(sa.CheckConstraint("b > 0", name="ck"))
    connection = connected()
    metadata.create_all(connection)
    monkeypatch.setattr("alembic.ddl.sqlite.reflect.OLDEST", (99,))
    assert database(connection) == models(connection, metadata)


def test_a_colon_is_no_parameter() -> None:
    connection = connected(
        "CREATE TABLE t (a TEXT)", "CREATE INDEX i ON t (a) WHERE a <> ':b' AND a <> 'c:d'"
    )
    reflected = read(connection).tables[None, "t"].indexes[0]["dialect_options"]["sqlite_where"]
    assert str(reflected.compile(dialect=connection.dialect)) == "a <> ':b' AND a <> 'c:d'"

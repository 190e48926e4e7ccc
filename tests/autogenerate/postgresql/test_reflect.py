"""A reader of its own: it tells what SQLAlchemy's Inspector tells, and more, by four queries."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from alembic.ddl.postgresql.reflect import read
from alembic.ddl.postgresql.reflect_sql import constraints_of, indexes_of
from alembic.schema.catalogue import Catalogue
from tests.autogenerate.storage import IS_KNOWN

SCHEMAS = [None, "other", "Odd Schema"]


@pytest.fixture
def connection(engine: sa.Engine) -> Iterator[sa.Connection]:
    """On a database with something of everything."""
    with engine.connect() as connection:
        connection.exec_driver_sql(Path(__file__).with_name("kitchen_sink.sql").read_text())
        yield connection


@pytest.fixture
def catalogue(connection: sa.Connection) -> Catalogue:
    return read(connection, SCHEMAS, lambda key: True)[0]


QUESTIONS = {
    "columns": "columns",
    "pk_constraint": "primary_key",
    "foreign_keys": "foreign_keys",
    "indexes": "indexes",
    "unique_constraints": "uniques",
    "check_constraints": "checks",
    "table_options": "options",
}
# What we tell in addition or on purpose otherwise; each has a test below.
MORE = {
    "columns": {"format_type", "collation", "inherited", "serial"},
    "indexes": {"comment", "orders", "dialect_options", "expressions", "include_columns"},
    "unique_constraints": {"deferrable", "initially", "dialect_options"},
    "check_constraints": {"postgresql_not_valid", "dialect_options"},
    "pk_constraint": {"dialect_options"},
    "table_options": {"prefixes", "postgresql_partition_by"},
}


@pytest.mark.parametrize("schema", [None, "other"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_as_the_inspector(
    connection: sa.Connection, catalogue: Catalogue, question: str, schema: str | None
) -> None:
    try:
        answers = getattr(sa.inspect(connection), f"get_multi_{question}")(schema=schema)
    except NotImplementedError:
        pytest.skip("this SQLAlchemy does not tell")
    compared = 0
    for key, answer in answers.items():
        if key == (None, "part_1"):
            continue
        ours = getattr(catalogue.tables[key], QUESTIONS[question])
        theirs = answer
        if question == "foreign_keys":  # SQLAlchemy also has what the server adds for each partition
            theirs = [each for each in answer if each["referred_table"] != "part_1"]
        if isinstance(theirs, dict):
            ours, theirs = [ours], [theirs]
        assert len(ours) == len(theirs), key
        if question != "columns":
            ours, theirs = (sorted(each, key=lambda one: one.get("name") or "") for each in (ours, theirs))
        for our, their in zip(ours, theirs, strict=True):
            assert _plain(our, question) == _plain(their, question)
            compared += 1
    assert compared


def _plain(record: dict[str, Any], question: str) -> dict[str, Any]:
    plain = {name: value for name, value in record.items() if name not in MORE.get(question, ())}
    if "type" in plain:
        plain["type"] = repr(plain["type"])
    if str(plain.get("default")).startswith("nextval("):
        plain["default"] = None
    if None in plain.get("column_names", ()) or plain.get("name") == "ix_coll":
        plain["column_names"] = None
    return plain


def _named(records: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(record for record in records if record["name"] == name)


def test_counting_columns(catalogue: Catalogue) -> None:
    kitchen = catalogue.tables[None, "kitchen"]
    big = _named(kitchen.columns, "big")
    assert (big["default"], big["autoincrement"], big["serial"]) == (None, True, "kitchen_big_seq")
    assert _named(kitchen.columns, "id")["identity"]["start"] == 10
    # The sequence belongs to the parent's column.
    inherited = _named(catalogue.tables[None, "kid"].columns, "id")
    assert inherited["default"] == "nextval('parent_id_seq'::regclass)" and inherited["inherited"]


def test_counting_columns_are_told(connection: sa.Connection, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "alembic.ddl.postgresql"):
        read(connection, [None], lambda key: True)
    assert [record.getMessage() for record in caplog.records] == [
        "Detected sequence named 'kitchen_big_seq' as owned by integer column 'kitchen(big)', "
        "assuming SERIAL and omitting",
        "Detected sequence named 'parent_id_seq' as owned by integer column 'parent(id)', "
        "assuming SERIAL and omitting",
    ]


def test_collations(catalogue: Catalogue) -> None:
    kitchen = catalogue.tables[None, "kitchen"]
    assert _named(kitchen.columns, "t")["type"].collation == "C"
    assert _named(kitchen.columns, "t")["collation"] == '"C"'
    index = _named(kitchen.indexes, "ix_coll")
    assert index["expressions"] == ['name COLLATE "C"', "t", 't COLLATE "POSIX"']


def test_details_of_indexes(catalogue: Catalogue) -> None:
    indexes = catalogue.tables[None, "kitchen"].indexes
    assert _named(indexes, "ix_ops")["dialect_options"] == {
        "postgresql_ops": {"name": "text_pattern_ops"},
        "postgresql_with": {"fillfactor": "50"},
        "postgresql_include": ["dt"],
    }
    expressions = _named(indexes, "ix_expr")
    assert expressions["orders"] == [("desc",), ("nulls_first",), ()]
    assert expressions["dialect_options"] == {"postgresql_where": "(price > (5)::numeric)"}


def test_what_this_sqlalchemy_has_no_option_for_is_told(
    connection: sa.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLAlchemy 2.0 has none for storage parameters of tables."""
    connection.exec_driver_sql("CREATE TABLE spare (id int) WITH (fillfactor = 70)")
    arguments = [
        (item, set(said or ()) - {"with"} if item is sa.Table else said)
        for item, said in connection.dialect.construct_arguments or ()
    ]
    monkeypatch.setattr(connection.dialect, "construct_arguments", arguments)
    spare = read(connection, [None], lambda key: key[1] == "spare")[0].tables[None, "spare"]
    assert spare.options == {}
    assert spare.beyond == ["WITH"]


def test_details_of_constraints(catalogue: Catalogue) -> None:
    kitchen = catalogue.tables[None, "kitchen"]
    assert kitchen.uniques[0]["deferrable"] is True
    assert _named(kitchen.checks, "ck_later")["postgresql_not_valid"] is True
    assert kitchen.excludes == [
        {"name": "ex", "text": "EXCLUDE USING gist (r WITH &&) WHERE (price > 0::numeric)", "comment": None}
    ]
    assert kitchen.comment == "where"
    assert kitchen.beyond == [*([] if IS_KNOWN else ["WITH"]), "triggers", "row level security"]
    assert catalogue.tables[None, "part"].options["postgresql_partition_by"] == "RANGE (made)"
    assert catalogue.tables[None, "unlogged"].options["prefixes"] == ["UNLOGGED"]
    assert catalogue.tables[None, "no_columns"].columns == []


def test_what_is_no_table_of_ours(catalogue: Catalogue) -> None:
    assert catalogue.skipped == {
        (None, "a_view"): "view",
        (None, "part_1"): "partition",
        (None, "passing"): "temporary",
        (None, "stored"): "materialized view",
    }


def test_types_and_sequences(catalogue: Catalogue) -> None:
    assert {key: enum.values for key, enum in catalogue.enums.items()} == {
        (None, "mood"): ("sad", "ok", "happy"),
        ("Odd Schema", "My Enum"): ("a", "B'c"),
        ("other", "state"): ("on", "off"),
    }
    assert {key: dict(sequence.options) for key, sequence in catalogue.sequences.items()} == {
        (None, "down_seq"): {"increment": -1},
        (None, "free_seq"): {},
        ("other", "odd_seq"): {"cycle": True, "data_type": "integer", "increment": 5, "start": 100},
    }


def test_relations_of_extensions(connection: sa.Connection) -> None:
    """As PostGIS has them: tables, types and sequences that CREATE EXTENSION made."""
    for statement in (
        "CREATE TABLE spatial_ref_sys (id serial)",
        "CREATE TYPE of_extension AS ENUM ('x')",
        "CREATE EXTENSION hstore",
        "ALTER EXTENSION hstore ADD TABLE spatial_ref_sys",
        "ALTER EXTENSION hstore ADD TYPE of_extension",
        "ALTER EXTENSION hstore ADD SEQUENCE free_seq",
    ):
        connection.exec_driver_sql(statement)
    catalogue = read(connection, [None], lambda key: True)[0]
    assert catalogue.skipped[None, "spatial_ref_sys"] == "extension"
    assert (None, "of_extension") not in catalogue.enums
    assert (None, "free_seq") not in catalogue.sequences


def test_only_what_is_wanted(connection: sa.Connection) -> None:
    asked: list[Any] = []

    def wanted(key: Any) -> bool:
        asked.append(key)
        return key[1] in ("parent", "kitchen")

    catalogue = read(connection, [None], wanted)[0]
    assert list(catalogue.tables) == [(None, "kitchen"), (None, "parent")]
    assert len(asked) == len(set(asked)) == 7
    assert catalogue.tables[None, "kitchen"].foreign_keys[1]["referred_schema"] == "other"


def test_a_search_path_of_several_schemas(connection: sa.Connection) -> None:
    """What the path finds needs no schema, unless somebody asks for that schema by name."""
    connection.exec_driver_sql("SET LOCAL search_path TO public, other")
    connection.exec_driver_sql(
        "CREATE TABLE other.only_there (s other.state, p int REFERENCES public.parent)"
    )
    catalogue = read(connection, [None], lambda key: True)[0]
    assert catalogue.tables[None, "only_there"].columns[0]["type"].enums == ["on", "off"]
    catalogue = read(connection, [None, "other"], lambda key: True)[0]
    assert catalogue.tables["other", "only_there"].foreign_keys[0]["referred_schema"] is None
    assert ("other", "parent") in catalogue.tables and (None, "parent") in catalogue.tables


def test_a_search_path_without_the_default_schema(connection: sa.Connection) -> None:
    """As applications with a schema for each tenant set it."""
    connection.exec_driver_sql("SET LOCAL search_path TO other")
    catalogue = read(connection, [None], lambda key: True)[0]
    assert list(catalogue.tables) == [(None, "child"), (None, "parent")]
    assert list(catalogue.enums) == [(None, "state")]


@pytest.mark.parametrize("count", [1, 40])
def test_number_of_queries(engine: sa.Engine, count: int) -> None:
    sent: list[str] = []
    metadata = sa.MetaData()
    for number in range(count):
        sa.Table(
            f"t{number}", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("x", sa.Text)
        )
    metadata.create_all(engine)
    with engine.connect() as connection:
        sa.event.listen(connection, "before_cursor_execute", lambda *args: sent.append(args[2]))
        assert len(read(connection, [None], lambda key: True)[0].tables) == count
    assert len(sent) == 4


@pytest.mark.parametrize(
    ("version", "known"),
    [
        ((12, 20), []),
        ((15, 1), ["confdelsetcols", "indnullsnotdistinct"]),
        ((18, 0), ["confdelsetcols", "conenforced", "conperiod", "indnullsnotdistinct"]),
    ],
)
def test_older_servers(version: tuple[int, ...], known: list[str]) -> None:
    """Columns of the catalogue that came with a version are asked of that version and later ones only."""
    questions = constraints_of("x", version) + indexes_of("x", version)
    newer = ("confdelsetcols", "conenforced", "conperiod", "indnullsnotdistinct")
    assert [name for name in newer if name in questions] == known

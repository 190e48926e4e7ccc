"""The main database by name, and attached ones, through autogenerate as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from tests.autogenerate.sqlite.databases import connected, statements


def _models(schema: str | None) -> MetaData:
    metadata = MetaData(schema=schema)
    prefix = f"{schema}." if schema else ""
    key = Column("id", Integer, primary_key=True)
    Table("p", metadata, key, Column("name", String(9), unique=True), sa.Index("i", "name"))
    Table("t", metadata, Column("id", Integer, primary_key=True), Column("p", ForeignKey(f"{prefix}p.id")))
    return metadata


def _differences(connection: sa.Connection, metadata: MetaData, **options: Any) -> list[Any]:
    return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)


@pytest.mark.parametrize("schema", [None, "main", "other"])
@pytest.mark.parametrize("made_as", [None, "main", "other"])
def test_main_is_the_schema_that_none_stands_for(
    tmp_path: Path, made_as: str | None, schema: str | None
) -> None:
    connection = connected(f"ATTACH DATABASE '{tmp_path / 'other.db'}' AS other")
    _models(made_as).create_all(connection)
    found = _differences(connection, _models(schema), include_schemas=True)
    same = (made_as or "main") == (schema or "main")
    kinds = sorted(each[0] for each in found)
    assert kinds == ([] if same else _EVERYTHING)
    if schema != "other":
        without_schemas = _differences(connection, _models(schema))
        assert (without_schemas == []) == (made_as != "other")


_EVERYTHING = ["add_index", "add_table", "add_table", "remove_index", "remove_table", "remove_table"]


def test_the_same_few_statements_for_all_of_autogenerate(tmp_path: Path) -> None:
    connection = connected(f"ATTACH DATABASE '{tmp_path / 'other.db'}' AS other")
    for schema in (None, "other"):
        _models(schema).create_all(connection)
    with statements(connection) as sent:
        _differences(connection, _models("other"), include_schemas=True, compare_server_default=True)
    assert len(sent) <= 10


def test_a_foreign_key_across_databases_is_not_made_and_not_missed(tmp_path: Path) -> None:
    connection = connected(f"ATTACH DATABASE '{tmp_path / 'other.db'}' AS other")
    metadata = _models("other")
    Table("u", metadata, Column("p", Integer, ForeignKey("other.p.id")), schema="main")
    metadata.create_all(connection)
    assert _differences(connection, metadata, include_schemas=True) == []


def test_a_model_of_a_view_is_not_made_again() -> None:
    connection = connected("CREATE TABLE t (id INTEGER PRIMARY KEY)", "CREATE VIEW v AS SELECT id FROM t")
    metadata = MetaData()
    for name in ("t", "v"):
        Table(name, metadata, Column("id", Integer, primary_key=True))
    assert _differences(connection, metadata) == []

"""Replays a history, then runs it on a prepared database: `python replayed.py INI URL STAMPED TO [MODELS]`.

Prints a JSON list: for each revision and table "same", "unknown: …", "missing", "not there", or how not.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator

import sqlalchemy as sa

from alembic import command
from alembic.autogenerate.pairs import settled
from alembic.config import Config
from alembic.ddl.impl import DefaultImpl
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.replay import replay
from alembic.schema.from_catalogue import from_catalogue
from alembic.schema.from_metadata import from_metadata
from alembic.schema.inspector import ReflectedTables, inspector_of
from alembic.schema.knowledge import why_unknown
from alembic.schema.rules import SchemaRules
from alembic.schema.shapes import Schema, TableKey
from alembic.script import ScriptDirectory

_OURS = {"alembic_version", "alembic_history", "alembic_journal", "alembic_lock"}


def main(ini: str, url: str, stamped: str, to: str, models: str = "") -> None:
    config = Config(ini)
    script = ScriptDirectory.from_config(config)
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    heads = (stamped,) if stamped else ()
    schema = None
    found = []
    for step in script._upgrade_revs(to, heads):
        revision = step.info.up_revision_id
        with engine.connect() as connection:
            if schema is None:  # as the database has it, in the beginning and after what nobody can know
                schema = _of_database(connection, models if not found else "")
            with EnvironmentContext(config, script, as_sql=True):
                schema = replay(
                    script, revision, dialect=connection.dialect, start=schema, start_revisions=heads
                )
        command.upgrade(config, revision)
        heads = (revision,)
        with engine.connect() as connection:
            found += [(revision, *each) for each in _compared(connection, schema)]
        if schema.unknown_rest is not None or schema.unknown:
            schema = None
    print(json.dumps(found))


def _rules(connection: sa.Connection) -> SchemaRules:
    impl = DefaultImpl.get_by_dialect(connection.dialect)
    return impl(connection.dialect, connection, False, None, None, {}).rules


def _wanted(key: TableKey) -> bool:
    return key[1] not in _OURS


def _of_database(connection: sa.Connection, models: str) -> Schema:
    if models:
        metadata = importlib.import_module(models).Base.metadata
    else:
        rules = _rules(connection)
        tables = ReflectedTables(
            inspector_of(connection, catalogue := rules.read(connection, [None], _wanted))
        )
        for key in catalogue.tables:
            _without_what_mysql_makes(tables[key])
        metadata = tables.metadata
    return from_metadata([metadata], _rules(connection), connection.dialect.default_schema_name, _wanted)


def _without_what_mysql_makes(table: sa.Table) -> None:
    """Take out what no operation says: the indexes that foreign keys need, and the default of a default."""
    for dialect in {"mysql", "mariadb"} & set(table.dialect_options):
        table.dialect_options[dialect]._non_defaults.pop("default charset", None)
        keys = {(key.name, tuple(key.column_keys)) for key in table.foreign_key_constraints}
        columns = {names for _, names in keys}
        for index in list(table.indexes):
            names = tuple(column.name for column in index.columns)
            if (index.name, names) in keys or (index.name == names[0] and names in columns):
                table.indexes.discard(index)


def _compared(connection: sa.Connection, replayed: Schema) -> Iterator[tuple[str, str]]:
    rules = _rules(connection)
    real = from_catalogue(rules.read(connection, [None], _wanted), rules)
    real, replayed = settled(connection, rules, real, replayed)
    for key in sorted({*real.tables, *replayed.tables}, key=str):
        one, other = real.tables.get(key), replayed.tables.get(key)
        if other is None:
            why = why_unknown(replayed, key)
            yield key[1], "missing" if why is None else f"unknown: {why}"
        elif one is None:
            yield key[1], "not there"
        elif one == other:
            yield key[1], "same"
        else:
            differing = (name for name in one.__slots__ if getattr(one, name) != getattr(other, name))
            yield (
                key[1],
                "; ".join(
                    f"{name}: {getattr(one, name)!r} replayed as {getattr(other, name)!r}"
                    for name in differing
                    if name != "source"
                ),
            )


main(*sys.argv[1:])

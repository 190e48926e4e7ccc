"""What a table would lose that is to be made anew on a connection.

What the new table is like is not guessed: it is made within a savepoint that is rolled back, and both are
read from the catalogue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import MetaData, Table, text
from sqlalchemy.exc import DBAPIError

from ...errors.batch import NotCarriedOver
from ...schema.inspector import complete
from ..recreation import Recreation
from ..sinks import LiveSink
from ..whole import is_as_it_is
from .reflect import read

if TYPE_CHECKING:
    from ...schema.catalogue import TableRecord
    from .operations import PostgresqlImpl

# Facts about a relation that its record doesn't have, in words.
_MORE = text(
    """
SELECT 'privileges of column ' || a.attname FROM pg_catalog.pg_attribute a
 WHERE a.attrelid = CAST(:table AS regclass) AND a.attacl IS NOT NULL
UNION ALL
SELECT 'storage of column ' || a.attname
  FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
 WHERE a.attrelid = CAST(:table AS regclass) AND a.attnum > 0 AND a.attstorage <> t.typstorage
UNION ALL
SELECT 'options of column ' || a.attname FROM pg_catalog.pg_attribute a
 WHERE a.attrelid = CAST(:table AS regclass) AND a.attnum > 0
   AND (a.attoptions IS NOT NULL OR a.attstattarget >= 0)
UNION ALL
SELECT 'NO INHERIT of constraint ' || k.conname FROM pg_catalog.pg_constraint k
 WHERE k.conrelid = CAST(:table AS regclass) AND k.contype = 'c' AND k.connoinherit
UNION ALL
SELECT 'replica identity' FROM pg_catalog.pg_class c
 WHERE c.oid = CAST(:table AS regclass) AND c.relreplident <> 'd'
UNION ALL
SELECT 'owner' FROM pg_catalog.pg_class c
 WHERE c.oid = CAST(:table AS regclass) AND c.relowner <> CAST(CAST(current_user AS text) AS regrole)
UNION ALL
SELECT 'order by index ' || c.relname
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
 WHERE i.indrelid = CAST(:table AS regclass) AND i.indisclustered
UNION ALL
SELECT 'publications' WHERE EXISTS (
    SELECT 1 FROM pg_catalog.pg_publication_rel p WHERE p.prrelid = CAST(:table AS regclass))
"""
)


def whole_table(impl: PostgresqlImpl, batch: Any) -> Table | None:
    """The table of a batch, as it is; None: there is none.

    :raises NotCarriedOver: it has something that would be lost.
    """
    connection: Any = impl.connection
    before = _record(connection, batch)
    if before is None:
        return None
    name = impl.dialect.identifier_preparer.format_table(_named(batch))
    lost = [*before.beyond, *connection.execute(_MORE, {"table": name}).scalars()]
    if lost:
        raise NotCarriedOver(batch.table_name, lost)
    table: Table
    table, _ = batch._known_table()
    complete(table, before)
    if is_as_it_is(batch) and _has_transactions(connection):
        lost = _rehearsed(impl, batch, table, before)
        if lost:
            raise NotCarriedOver(batch.table_name, lost)
    return table


def _has_transactions(connection: Any) -> bool:
    # The server does not tell: it is the driver that begins none.
    options = connection.get_execution_options()
    usual = getattr(connection.dialect, "_on_connect_isolation_level", None)
    return (options.get("isolation_level") or usual) != "AUTOCOMMIT"


class _Rehearsal(Recreation):
    def _copy_rows(self, new: Table) -> None:
        pass


def _rehearsed(impl: PostgresqlImpl, batch: Any, table: Table, before: TableRecord) -> list[str]:
    """What the table would have no more, by kind and name."""
    connection: Any = impl.connection
    usual, impl.sink = impl.sink, LiveSink(connection)
    savepoint = connection.begin_nested()
    try:
        _Rehearsal(impl, table).carry_out()
        after = _record(connection, batch)
    except DBAPIError as error:
        return [str(error.orig)]  # other objects that depend on it
    finally:
        impl.sink = usual
        if savepoint.is_active:
            savepoint.rollback()
    assert after is not None, "it has just been made"
    old, new = _facts(before), _facts(after)
    return [name for name in old if new.get(name) != old[name]] + [name for name in new if name not in old]


def _facts(record: TableRecord) -> dict[str, str]:
    kinds = {
        "column": record.columns,
        "primary key": [record.primary_key],
        "foreign key": record.foreign_keys,
        "unique constraint": record.uniques,
        "index": record.indexes,
        "check": record.checks,
        "exclude constraint": record.excludes,
    }
    facts = {f"{kind} {each['name']}": _told(each) for kind, found in kinds.items() for each in found}
    facts["comment"] = repr(record.comment)
    facts["options"] = repr(sorted(record.options.items()))
    return facts


def _told(found: dict[str, Any]) -> str:
    # The sequence of a number gets the name of the table that it was made for.
    told = {name: "serial" if name == "serial" else value for name, value in found.items()}
    return repr(sorted(told.items(), key=lambda item: item[0]))


def _record(connection: Any, batch: Any) -> TableRecord | None:
    key = (batch.schema, batch.table_name)
    catalogue, _ = read(connection, [batch.schema], lambda each: each[1] == batch.table_name)
    schema = None if batch.schema == catalogue.default_schema else batch.schema
    return catalogue.tables.get(key) or catalogue.tables.get((schema, batch.table_name))


def _named(batch: Any) -> Any:
    return Table(batch.table_name, MetaData(), schema=batch.schema)

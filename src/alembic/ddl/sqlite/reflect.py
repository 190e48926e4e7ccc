"""Reading the schemas of SQLite: four statements, whatever the number of tables and attached databases.

The pragmas are asked as table-valued functions, joined with ``sqlite_master``:
https://www.sqlite.org/pragma.html#pragfunc. The text of CREATE TABLE is parsed where it says something that
they leave out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from ...schema.catalogue import Catalogue
from ...schema.inspection import read_by_inspector
from .records import ColumnRow, ForeignKeyRow, IndexRow, RecordMaker, parsed, primary_key

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ...schema.shapes import TableKey

#: ``pragma_table_xinfo``, which knows generated columns.
OLDEST = (3, 26)

_NOT_INTERNAL = r"m.name NOT LIKE 'sqlite~_%' ESCAPE '~'"
_MASTER = (
    """SELECT {number}, m.type, m.rowid, m.name, m.tbl_name, m.sql FROM {schema}.sqlite_master AS m
WHERE m.type IN ('table', 'index', 'view', 'trigger') AND m.sql IS NOT NULL AND """
    + _NOT_INTERNAL
)
_COLUMNS = """SELECT {number}, m.rowid, x.name, x.type, x."notnull", x.dflt_value, x.pk, x.hidden
FROM {schema}.sqlite_master AS m CROSS JOIN pragma_table_xinfo(m.name, {literal}) AS x
WHERE m.type = 'table' AND {tables}"""
_FOREIGN_KEYS = """SELECT {number}, m.rowid, f.id, f."table", f."from", f."to", f.on_update, f.on_delete
FROM {schema}.sqlite_master AS m CROSS JOIN pragma_foreign_key_list(m.name, {literal}) AS f
WHERE m.type = 'table' AND {tables}"""
_INDEXES = """SELECT {number}, m.rowid, l.name, l."unique", l.origin, l.partial, x.name, x."desc", x.coll
FROM {schema}.sqlite_master AS m CROSS JOIN pragma_index_list(m.name, {literal}) AS l
CROSS JOIN pragma_index_xinfo(l.name, {literal}) AS x
WHERE m.type = 'table' AND l.origin <> 'pk' AND x.key AND {tables}"""
_KINDS = "SELECT schema, name, type FROM pragma_table_list WHERE type IN ('shadow', 'virtual')"
#: What virtual tables keep their contents in, for servers that can't tell (before 3.37).
_SHADOWS = frozenset(
    ("config", "content", "data", "docsize", "idx", "node", "parent", "rowid", "segdir", "segments", "stat")
)


@dataclass(slots=True)
class _Found:
    """A table in ``sqlite_master``, and what was read of it."""

    key: TableKey
    rowid: int
    text: str
    index_texts: dict[str, str] = field(default_factory=dict)
    has_triggers: bool = False
    columns: list[ColumnRow] = field(default_factory=list)
    foreign_keys: list[ForeignKeyRow] = field(default_factory=list)
    indexes: list[IndexRow] = field(default_factory=list)


def read(
    connection: Connection,
    schemas: Sequence[str | None],
    wanted: Callable[[TableKey], bool],
    maker: RecordMaker,
) -> Catalogue:
    """The wanted tables of these databases; None is the main one.

    Views and virtual tables, with the tables that these keep their contents in, are left alone.
    """
    if _version(connection) < OLDEST:
        return read_by_inspector(connection, schemas, wanted)
    catalogue = Catalogue("main")
    reader = _Reader(connection, sorted(set(schemas), key=lambda name: name or ""))
    tables = reader.tables(catalogue, wanted)
    if tables:
        reader.details(tables)
        everything = _ReferredKeys(reader, tables)
        for found in tables.values():
            record = catalogue.tables[found.key] = maker.record(
                found.key[0],
                found.text,
                found.index_texts,
                found.columns,
                found.foreign_keys,
                found.indexes,
                everything,
            )
            if found.has_triggers:
                record.beyond.append("triggers")
    return catalogue


class _Reader:
    """Sends the statements."""

    def __init__(self, connection: Connection, schemas: Sequence[str | None]) -> None:
        self.connection = connection
        self.schemas = schemas
        self.all_texts: dict[TableKey, str] = {}

    def tables(
        self, catalogue: Catalogue, wanted: Callable[[TableKey], bool]
    ) -> dict[tuple[int, int], _Found]:
        """The wanted tables, by the number of their database and their row there, in order of their names."""
        rows = self._ask(_MASTER)
        self._skip(catalogue, rows)
        found: dict[tuple[int, int], _Found] = {}
        by_key: dict[TableKey, _Found] = {}
        tables = [row for row in rows if row[1] == "table"]
        for number, _, rowid, name, _, text in sorted(tables, key=lambda row: (row[0], row[3])):
            key = (self.schemas[number], name)
            self.all_texts[key] = text
            if key not in catalogue.skipped and wanted(key):
                found[number, rowid] = by_key[key] = _Found(key, rowid, text)
        for number, kind, _, name, table, text in rows:
            owner = by_key.get((self.schemas[number], table)) if kind in ("index", "trigger") else None
            if owner is not None and kind == "index":
                owner.index_texts[name] = text
            elif owner is not None:
                owner.has_triggers = True
        self.partial = len(found) < len(tables) / 2
        return found

    def _skip(self, catalogue: Catalogue, rows: Sequence[Any]) -> None:
        virtual = set()
        for number, kind, _, name, _, text in rows:
            if kind == "view":
                catalogue.skipped[self.schemas[number], name] = "view"
            elif kind == "table" and text[:14].upper().startswith("CREATE VIRTUAL"):
                virtual.add((self.schemas[number], name))
        if not virtual:
            return
        catalogue.skipped.update(dict.fromkeys(sorted(virtual, key=_order), "virtual"))
        for key in self._shadows(virtual, {(self.schemas[row[0]], row[3]) for row in rows}):
            catalogue.skipped[key] = "shadow"

    def _shadows(self, virtual: set[TableKey], existing: set[TableKey]) -> list[TableKey]:
        if _version(self.connection) >= (3, 37):
            rows = self.connection.exec_driver_sql(_KINDS).fetchall()
            told = {(None if schema == "main" else schema, name) for schema, name, type_ in rows}
        else:
            told = {(schema, f"{name}_{end}") for schema, name in virtual for end in _SHADOWS}
        return sorted((told & existing) - virtual, key=_order)

    def details(self, tables: dict[tuple[int, int], _Found]) -> None:
        """Columns, foreign keys and indexes of these tables."""
        chosen = tables.values() if self.partial else None
        for row in self._ask(_COLUMNS, chosen):
            if (found := tables.get((row[0], row[1]))) is not None:
                found.columns.append(ColumnRow._make(row[2:]))
        for row in self._ask(_FOREIGN_KEYS, chosen):
            if (found := tables.get((row[0], row[1]))) is not None:
                found.foreign_keys.append(ForeignKeyRow._make(row[2:]))
        for row in self._ask(_INDEXES, chosen):
            if (found := tables.get((row[0], row[1]))) is not None:
                found.indexes.append(IndexRow._make(row[2:]))

    def _ask(self, statement: str, chosen: Iterable[_Found] | None = None) -> Sequence[Any]:
        """The rows of a statement for all databases; of all tables, or those that were chosen."""
        quote = self.connection.dialect.identifier_preparer.quote_identifier
        rows_of: dict[str | None, list[str]] = {schema: [] for schema in self.schemas}
        for found in chosen or ():
            rows_of[found.key[0]].append(str(found.rowid))
        parts = []
        for number, schema in enumerate(self.schemas):
            name = schema or "main"
            only = f"m.rowid IN ({', '.join(rows_of[schema])})"
            parts.append(
                statement.format(
                    number=number,
                    schema=quote(name),
                    literal="'" + name.replace("'", "''") + "'",
                    tables=_NOT_INTERNAL if chosen is None else only,
                )
            )
        return self.connection.exec_driver_sql("\nUNION ALL\n".join(parts)).fetchall()


class _ReferredKeys:
    """Names as they are, for foreign keys that spell them otherwise or leave them out."""

    def __init__(self, reader: _Reader, tables: dict[tuple[int, int], _Found]) -> None:
        self._names = {(schema, name.lower()): name for schema, name in reader.all_texts}
        self._texts = reader.all_texts
        self._found = {found.key: found for found in tables.values()}

    def table(self, schema: str | None, name: str) -> str:
        """The table's name; the given one if there is no such table."""
        return self._names.get((schema, name.lower()), name)

    def columns(self, schema: str | None, table: str, names: Sequence[str | None]) -> list[str]:
        """The columns' names; the primary key's where a foreign key leaves them out."""
        found = self._found.get((schema, table))
        if None in names:
            if found is not None:
                return primary_key(found.columns)
            return _primary_key_of_text(self._texts.get((schema, table)))
        known = {column.name.lower(): column.name for column in found.columns} if found is not None else {}
        return [known.get(name.lower(), name) for name in names if name is not None]


def _primary_key_of_text(text: str | None) -> list[str]:
    """The primary key of a table that nobody wanted to be read, but a foreign key refers to."""
    created = parsed(text) if text is not None else None
    return created.primary_key if created is not None else []


def _version(connection: Connection) -> tuple[int, ...]:
    return cast("tuple[int, ...]", connection.dialect.server_version_info or ())


def _order(key: TableKey) -> tuple[str, str]:
    return key[0] or "", key[1]

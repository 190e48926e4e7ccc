"""What was read of a table of SQLite, in the form of SQLAlchemy's Inspector, and what that leaves out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from sqlalchemy import text as sql_text
from sqlalchemy.types import String, TypeEngine

from ...schema.catalogue import TableRecord
from ...schema.expressions import SQLITE, significant_tokens
from ..ddl_text import escaped_for_text
from .create_index import parse_create_index
from .create_table import excerpt, parse_create_table
from .parts import Clause, ClauseKind, ColumnDefinition, CreateTable, NoCreateTable
from .spelling import reflected_default


class ColumnRow(NamedTuple):
    """A row of ``pragma_table_xinfo``."""

    name: str
    type: str
    notnull: int
    default: str | None
    pk: int
    hidden: int


class ForeignKeyRow(NamedTuple):
    """A row of ``pragma_foreign_key_list``."""

    id: int
    table: str
    from_: str
    to: str | None
    on_update: str
    on_delete: str


class IndexRow(NamedTuple):
    """A row of ``pragma_index_list`` with one of ``pragma_index_xinfo``."""

    name: str
    unique: int
    origin: str
    partial: int
    column: str | None
    desc: int
    collation: str


class Names(Protocol):
    """Tells names as they are, for foreign keys that spell them otherwise or leave them out."""

    def table(self, schema: str | None, name: str) -> str:
        """The table's name."""

    def columns(self, schema: str | None, table: str, names: Sequence[str | None]) -> list[str]:
        """The columns' names; the primary key's for None."""


# Words of a CREATE TABLE that say what no pragma tells.
_UNTOLD = ("CONSTRAINT", "CHECK", "UNIQUE", "COLLATE", "DEFERRABLE", "AUTOINCREMENT", "CONFLICT")


def parsed(text: str) -> CreateTable | None:
    """The parts of the statement; None if it is one that we don't understand."""
    try:
        return parse_create_table(text)
    except NoCreateTable:
        return None


class RecordMaker:
    """Makes records; types are made once for each declaration.

    :param resolve: SQLAlchemy's type for a declared one in upper case.
    :param knows_strict: SQLAlchemy has an option for STRICT (since 2.1).
    """

    def __init__(self, resolve: Callable[[str], TypeEngine[Any]], knows_strict: bool = True) -> None:
        self._resolve = resolve
        self._knows_strict = knows_strict
        self._types: dict[tuple[str, str | None], TypeEngine[Any]] = {}

    def record(
        self,
        schema: str | None,
        text: str,
        index_texts: Mapping[str, str],
        columns: Sequence[ColumnRow],
        foreign_keys: Sequence[ForeignKeyRow],
        indexes: Sequence[IndexRow],
        names: Names,
    ) -> TableRecord:
        """The record of one table."""
        uniques = _unnamed_uniques(indexes)
        untold = _untold(text, columns, len(uniques))
        created = parsed(excerpt(text, untold)) if untold is not None else None
        definitions = _definitions(created)
        record = TableRecord(
            columns=[self._column(row, definitions.get(row.name), created) for row in columns]
        )
        key = primary_key(columns)
        if len(key) == 1:
            _refuse_null_rowid(record.columns, key[0])
        record.primary_key = {"constrained_columns": key, "name": None}
        if foreign_keys:
            record.foreign_keys = _foreign_keys(schema, foreign_keys, created, names)
        if indexes:
            record.indexes = _indexes(indexes, index_texts, record.columns)
        if created is not None:
            _add_constraints(record, created)
            self._add_options(record, created)
        else:
            record.uniques = uniques
        return record

    def _column(
        self, row: ColumnRow, definition: ColumnDefinition | None, created: CreateTable | None
    ) -> dict[str, Any]:
        collation = None
        if definition is not None and (collate := definition.clause(ClauseKind.COLLATE)) is not None:
            collation = collate.word
        column: dict[str, Any] = {
            "name": row.name,
            "type": self._type(row.type, collation),
            "nullable": not row.notnull,
            "default": row.default if row.default is None else reflected_default(row.default),
            "primary_key": row.pk,
            "declared": row.type,
        }
        if collation is not None:
            column["sqlite_collation"] = collation
        if definition is not None and created is not None:
            _add_clauses(column, definition, created)
        return column

    def _add_options(self, record: TableRecord, created: CreateTable) -> None:
        if "STRICT" in created.options and self._knows_strict:
            record.options["sqlite_strict"] = True
        elif "STRICT" in created.options:
            record.beyond.append("STRICT")
        if "WITHOUT ROWID" in created.options:
            record.options["sqlite_with_rowid"] = False

    def _type(self, declared: str, collation: str | None) -> TypeEngine[Any]:
        known = self._types.get((declared, collation))
        if known is None:
            known = self._resolve(declaration(declared))
            if collation is not None and isinstance(known, String):
                known.collation = collation
            self._types[declared, collation] = known
        return known


def _refuse_null_rowid(columns: list[dict[str, Any]], name: str) -> None:
    """A sole INTEGER PRIMARY KEY is the rowid, which is never NULL, whatever the pragma says."""
    for column in columns:
        if column["name"] == name and column["declared"].upper() == "INTEGER":
            column["nullable"] = False


def declaration(type_: str) -> str:
    """A declared type in upper case, with no more blanks than needed.

    SQLite takes a comment between the type and GENERATED for a part of the type.
    """
    words = type_.upper().split()
    if "/*" in type_ or "--" in type_:
        words = [token.text.upper() for token in significant_tokens(type_, SQLITE)]
    return _AROUND_ARGUMENTS.sub(r"\1", " ".join(words))


def _untold(text: str, columns: Sequence[ColumnRow], uniques: int) -> Callable[[str], bool] | None:
    """Which definitions of a CREATE TABLE say what no pragma tells; None if the whole text says no more.

    :param uniques: how many indexes SQLite made for UNIQUE constraints: none where there was one already.
    """
    upper = text.upper()
    words = [word for word in _UNTOLD if word in upper]
    if any(row.hidden for row in columns):
        words.append("AS")
    told_by_index = words == ["UNIQUE"] and upper.count("UNIQUE") == uniques
    if (not words or told_by_index) and upper.endswith(")"):
        return None
    # Names and DEFERRABLE are told to the pragma's foreign keys by their number.
    if "REFERENCES" in upper and ("CONSTRAINT" in words or "DEFERRABLE" in words):
        words.append("REFERENCES")

    def is_wanted(definition: str) -> bool:
        said = definition.upper()
        return any(word in said for word in words)

    return is_wanted


def _definitions(created: CreateTable | None) -> dict[str, ColumnDefinition]:
    return created.columns if created is not None else {}


def _add_clauses(column: dict[str, Any], definition: ColumnDefinition, created: CreateTable) -> None:
    generated = definition.clause(ClauseKind.GENERATED)
    if generated is not None and generated.expression is not None:
        column["computed"] = {
            "sqltext": created.of(generated.expression).strip(),
            "persisted": generated.word == "STORED",
        }
    not_null = definition.clause(ClauseKind.NOT_NULL)
    if not_null is not None and not_null.conflict is not None:
        column["dialect_options"] = {"sqlite_on_conflict_not_null": not_null.conflict}


_AROUND_ARGUMENTS = re.compile(r"\s*([(),])\s*")


def primary_key(columns: Sequence[ColumnRow]) -> list[str]:
    """The columns of the primary key, in its order."""
    return [row.name for row in sorted((row for row in columns if row.pk), key=lambda row: row.pk)]


def _foreign_keys(
    schema: str | None, rows: Sequence[ForeignKeyRow], created: CreateTable | None, names: Names
) -> list[dict[str, Any]]:
    """In the order of the text: the pragma counts from the last one."""
    by_id: dict[int, list[ForeignKeyRow]] = {}
    for row in rows:
        by_id.setdefault(row.id, []).append(row)
    written = _written_foreign_keys(created) if created is not None else []
    found = []
    for position, number in enumerate(sorted(by_id, reverse=True)):
        parts = by_id[number]
        first = parts[0]
        table = names.table(schema, first.table)
        referred = names.columns(schema, table, [part.to for part in parts])
        if len(referred) != len(parts):  # no such table, or it has no such key: SQLite does not mind yet
            referred = [part.from_ for part in parts]
        options = {
            "ondelete": first.on_delete if first.on_delete != "NO ACTION" else None,
            "onupdate": first.on_update if first.on_update != "NO ACTION" else None,
        }
        name = None
        if len(written) == len(by_id):
            name, more = written[position]
            options.update(more)
        found.append(
            {
                "name": name,
                "constrained_columns": [part.from_ for part in parts],
                "referred_schema": schema,
                "referred_table": table,
                "referred_columns": referred,
                "options": {option: value for option, value in options.items() if value is not None},
            }
        )
    return found


def _written_foreign_keys(created: CreateTable) -> list[tuple[str | None, dict[str, Any]]]:
    """Name, DEFERRABLE and INITIALLY of each foreign key, in the order of the text."""
    found: list[tuple[str | None, dict[str, Any]]] = []
    for part in created.definitions:
        for clause in part.clauses if isinstance(part, ColumnDefinition) else (part,):
            reference = clause.reference
            if reference is None:
                continue
            said = {"deferrable": reference.deferrable, "initially": reference.initially}
            if clause.kind is ClauseKind.FOREIGN_KEY:
                found.append((clause.name, said))
            elif found:
                found[-1][1].update(said)
    return found


def _indexes(
    rows: Sequence[IndexRow], texts: Mapping[str, str], columns: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    by_name: dict[str, list[IndexRow]] = {}
    for row in rows:
        if row.origin == "c":
            by_name.setdefault(row.name, []).append(row)
    collations = {
        column["name"]: column["sqlite_collation"].upper()
        for column in columns
        if "sqlite_collation" in column
    }
    found = []
    for name in sorted(by_name):
        record = _index(by_name[name], texts.get(name), collations)
        if "expressions" in record:
            record["sqlite_columns"] = {column["name"].lower(): column["name"] for column in columns}
            record["sqlite_collations"] = collations
        found.append(record)
    return found


def _index(rows: Sequence[IndexRow], text: str | None, collations: Mapping[str, str]) -> dict[str, Any]:
    """As SQLAlchemy's; a column with another collation than its own is an expression, so that it stays."""
    first = rows[0]
    record: dict[str, Any] = {
        "name": first.name,
        "column_names": [row.column for row in rows],
        "unique": bool(first.unique),
        "dialect_options": {},
    }
    plain = [
        row.column is not None and row.collation.upper() == collations.get(row.column, "BINARY")
        for row in rows
    ]
    created = parse_create_index(text) if text and (first.partial or not all(plain)) else None
    if created is not None and created.where is not None:
        record["dialect_options"]["sqlite_where"] = sql_text(escaped_for_text(created.where))
        record["sqlite_where"] = created.where
    if created is not None and not all(plain):
        kept = [is_plain and not row.desc for row, is_plain in zip(rows, plain, strict=True)]
        record["column_names"] = [row.column if keep else None for row, keep in zip(rows, kept, strict=True)]
        record["expressions"] = list(created.elements)
    elif any(row.desc for row in rows):
        record["column_sorting"] = {row.column: ("desc",) for row in rows if row.desc}
    return record


def _unnamed_uniques(rows: Sequence[IndexRow]) -> list[dict[str, Any]]:
    """The UNIQUE constraints, from the indexes that SQLite made for them."""
    by_name: dict[str, list[str | None]] = {}
    for row in rows:
        if row.origin == "u":
            by_name.setdefault(row.name, []).append(row.column)
    return [{"name": None, "column_names": columns} for _, columns in sorted(by_name.items())]


def _add_constraints(record: TableRecord, created: CreateTable) -> None:
    lower = {column["name"].lower(): column["name"] for column in record.columns}
    for part in created.definitions:
        if isinstance(part, ColumnDefinition):
            for clause in part.clauses:
                _add_constraint(record, clause, [part.name], created)
        else:
            columns = [lower.get(column.name.lower(), column.name) for column in part.columns]
            _add_constraint(record, part, columns, created)
    record.checks.sort(key=lambda check: check["name"] or "~")


def _add_constraint(record: TableRecord, clause: Clause, columns: list[str], created: CreateTable) -> None:
    if clause.kind is ClauseKind.CHECK and clause.expression is not None:
        record.checks.append({"sqltext": created.of(clause.expression).strip(), "name": clause.name})
    elif clause.kind is ClauseKind.UNIQUE:
        unique: dict[str, Any] = {"name": clause.name, "column_names": columns}
        if clause.conflict is not None:
            unique["dialect_options"] = {"sqlite_on_conflict": clause.conflict}
        record.uniques.append(unique)
    elif clause.kind is ClauseKind.PRIMARY_KEY:
        record.primary_key["name"] = clause.name
        if clause.conflict is not None:
            record.primary_key["dialect_options"] = {"sqlite_on_conflict": clause.conflict}
        if clause.autoincrement:
            record.options["sqlite_autoincrement"] = True

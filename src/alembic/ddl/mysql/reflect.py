"""Reading MySQL and MariaDB through information_schema: seven queries, however many tables and schemas.

SQLAlchemy's Inspector sends a SHOW CREATE TABLE for each table and takes it apart by regular expressions. The
records are the same, but for what SHOW CREATE TABLE leaves out or SQLAlchemy loses: ON UPDATE of a column
without default, the direction of index parts, constraints that belong to a column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from ...schema.catalogue import Catalogue, TableRecord
from ...schema.shapes import Sequence as SequenceShape
from .column_types import TypeReader
from .strings import literal, quoted

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.engine import Dialect

    from ...schema.shapes import TableKey

_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_IS_COLUMN = (
    "EXISTS (SELECT 1 FROM information_schema.columns AS c WHERE c.table_schema = k.constraint_schema"
    " AND c.table_name = k.table_name AND c.column_name = k.constraint_name)"
)
SYSTEM = frozenset(("information_schema", "mysql", "performance_schema", "sys"))


@dataclass(slots=True)
class ServerFacts:
    """What the server takes for granted.

    :param collations: the default collation of each character set.
    :param databases: the default collation of each database.
    :param implicit_timestamps: the first TIMESTAMP of a table gets a default and ON UPDATE by itself.
    """

    current: str | None = None
    collations: dict[str, str] = field(default_factory=dict)
    databases: dict[str, str] = field(default_factory=dict)
    implicit_timestamps: bool = False


def server_facts(connection: Connection) -> ServerFacts:
    """One query for all that is the same for every table."""
    facts = ServerFacts()
    for kind, name, value in connection.execute(
        sa.text(
            "SELECT 'current' AS kind, DATABASE() AS name, @@explicit_defaults_for_timestamp AS value"
            " UNION ALL SELECT 'database', schema_name, default_collation_name"
            " FROM information_schema.schemata"
            " UNION ALL SELECT 'collation', character_set_name, default_collate_name"
            " FROM information_schema.character_sets"
        )
    ):
        if kind == "current":
            facts.current, facts.implicit_timestamps = name, str(value) in ("0", "OFF")
        elif kind == "database":
            facts.databases[name] = value
        else:
            facts.collations[name] = value
    return facts


def read(
    connection: Connection,
    facts: ServerFacts,
    schemas: Sequence[str | None],
    wanted: Callable[[TableKey], bool],
) -> Catalogue:
    """Everything about the wanted tables of these schemas.

    :param schemas: None is the database that the connection is in.
    :param wanted: asked once for each table found.
    """
    reader = _Reader(connection, facts, schemas)
    reader.find_tables(wanted)
    if reader.tables:
        reader.read_checks()
        reader.read_columns()
        reader.read_indexes()
        reader.read_foreign_keys()
    reader.read_sequences()
    return reader.catalogue()


class _Reader:
    def __init__(self, connection: Connection, facts: ServerFacts, schemas: Sequence[str | None]) -> None:
        self.connection = connection
        self.dialect: Dialect = connection.dialect
        self.is_mariadb = bool(getattr(self.dialect, "is_mariadb", False))
        self.facts = facts
        # What the server calls a schema, and what we call it.
        self.names = {(facts.current if name is None else name): name for name in reversed(schemas)}
        self.tables: dict[tuple[str, str], TableRecord] = {}
        self.collations: dict[tuple[str, str], str | None] = {}
        # Of MariaDB's columns: their own CHECK.
        self.column_checks: dict[tuple[str, str, str], str] = {}
        self.sequences: list[tuple[str, str]] = []
        self.views: list[tuple[str, str]] = []
        self.sequence_shapes: dict[TableKey, SequenceShape] = {}

    def catalogue(self) -> Catalogue:
        """What was read, sorted."""
        keyed = {(self.names[schema], name): record for (schema, name), record in self.tables.items()}
        return Catalogue(
            self.facts.current,
            {key: keyed[key] for key in sorted(keyed, key=_order)},
            sequences={key: self.sequence_shapes[key] for key in sorted(self.sequence_shapes, key=_order)},
            skipped={(self.names[schema], name): "view" for schema, name in sorted(self.views)},
        )

    def query(self, sql: str) -> Sequence[Any]:
        """The rows of a query whose ``:schemas`` are the schemas to read."""
        names = [name for name in self.names if name is not None]
        clause = sa.text(sql).bindparams(sa.bindparam("schemas", expanding=True))
        return self.connection.execute(clause, {"schemas": names}).all() if names else []

    # -- tables ------------------------------------------------------------------------------------

    def find_tables(self, wanted: Callable[[TableKey], bool]) -> None:
        """Make a record of each wanted table; views are just noted, sequences kept for later."""
        triggered: set[tuple[str, str]] = set()
        for schema, name, kind, engine, collation, created_with, comment in self.query(
            "SELECT table_schema, table_name, table_type, engine, table_collation, create_options,"
            " table_comment FROM information_schema.tables"
            " WHERE table_schema IN :schemas"
            " AND table_type IN ('BASE TABLE', 'SYSTEM VERSIONED', 'SEQUENCE', 'VIEW')"
            " UNION ALL SELECT event_object_schema, event_object_table, 'TRIGGER', NULL, NULL, NULL, NULL"
            " FROM information_schema.triggers WHERE event_object_schema IN :schemas"
        ):
            if kind == "TRIGGER":
                triggered.add((schema, name))
            elif kind == "SEQUENCE":
                self.sequences.append((schema, name))
            elif kind == "VIEW":
                self.views.append((schema, name))
            elif wanted((self.names[schema], name)):
                record = TableRecord(comment=comment or None)
                record.options = self._options(engine, collation, created_with)
                if kind == "SYSTEM VERSIONED":
                    record.beyond.append("system versioning")
                if "partitioned" in (created_with or ""):
                    record.beyond.append("partitions")
                self.tables[schema, name] = record
                self.collations[schema, name] = collation
        for key in sorted(triggered & self.tables.keys()):
            self.tables[key].beyond.append("triggers")

    def _options(self, engine: str | None, collation: str | None, created_with: str | None) -> dict[str, Any]:
        """What was said of a table after its columns, under the names that SQLAlchemy's Table takes."""
        options: dict[str, Any] = {"engine": engine, "collate": collation}
        options["default_charset"] = collation and collation.split("_", 1)[0]
        for word in (created_with or "").split():
            name, equals, value = word.partition("=")
            # What stands alone, as "partitioned", is no option.
            if equals:
                options[name.strip("`").lower()] = value.strip("'\"")
        prefix = self.dialect.name
        return {f"{prefix}_{name}": value for name, value in options.items() if value is not None}

    # -- columns -----------------------------------------------------------------------------------

    def read_columns(self) -> None:
        """Give the records their columns."""
        types = TypeReader(self.dialect)
        rows = self.query(
            "SELECT table_schema, table_name, column_name, column_default, is_nullable, column_type,"
            " character_set_name, collation_name, extra, column_comment, generation_expression"
            " FROM information_schema.columns WHERE table_schema IN :schemas"
            " ORDER BY table_schema, table_name, ordinal_position"
        )
        tables = self.tables
        for schema, table, *row in rows:
            record = tables.get((schema, table))
            if record is not None:
                check = self.column_checks.get((schema, table, row[0]))
                record.columns.append(self._column(row, types, self.collations[schema, table], check))

    def _column(
        self, row: Sequence[Any], types: TypeReader, table_collation: str | None, check: str | None
    ) -> dict[str, Any]:
        name, default, nullable, column_type, charset, collation, extra, comment, generation = row
        is_json = check is not None and _is_json(check, name)
        own = collation is not None and collation != table_collation
        type_ = types.type(column_type, charset if own else None, collation if own else None, is_json)
        column: dict[str, Any] = {
            "name": name,
            "type": type_,
            "default": None,
            "comment": comment or None,
            "nullable": nullable == "YES",
            "column_type": "json" if is_json else column_type,
        }
        if collation is not None:
            column["collation"] = collation
            column["own_collation"] = own
        if check is not None and not is_json:
            column["check"] = check
        if isinstance(type_, sa.Integer):
            column["autoincrement"] = False
        said = extra.lower() if extra else ""
        if generation:
            persisted = "stored" in said or "persistent" in said
            column["computed"] = {"sqltext": self._sql(generation), "persisted": persisted}
        elif default is not None:
            column["default"] = self._default(default, column_type, said)
        if said:
            if "auto_increment" in said:
                column["autoincrement"] = True
            if "on update" in said:
                moment = said[said.index("on update") + len("on update") :].strip().split(" ")[0]
                column["default"] = f"{column['default'] or 'NULL'} ON UPDATE {moment}"
        return column

    def _default(self, text: str, column_type: str, extra: str) -> str | None:
        if self.is_mariadb:
            return None if text == "NULL" else self._sql(text)
        # MySQL tells the value of a literal, and of everything else the SQL.
        if text.upper().startswith("CURRENT_TIMESTAMP") and column_type.startswith(("timestamp", "datetime")):
            return text
        if "default_generated" in extra:
            return f"({self._sql(text)})"
        return text if column_type.startswith("bit") else literal(text)

    def _sql(self, text: str) -> str:
        """SQL of the catalogue as one would write it."""
        if not self.is_mariadb:
            # MySQL writes it as it would stand within a string.
            text = _ESCAPED.sub(r"\1", text)
        # MariaDB puts the database's name before that of a sequence.
        return text.replace(f"`{self.facts.current}`.", "") if "`." in text else text

    # -- keys, indexes, constraints ----------------------------------------------------------------

    def read_indexes(self) -> None:
        """Give the records their primary keys, indexes and unique constraints."""
        expressions = not self.is_mariadb and self._version >= (8, 0, 13)
        rows = self.query(
            "SELECT table_schema, table_name, index_name, non_unique, column_name, sub_part, collation,"
            f" index_type{', expression' if expressions else ''}"
            " FROM information_schema.statistics WHERE table_schema IN :schemas"
            " ORDER BY table_schema, table_name, index_name, seq_in_index"
        )
        for (schema, table, name), parts in groupby(rows, key=itemgetter(0, 1, 2)):
            record = self.tables.get((schema, table))
            if record is None:
                continue
            if name == "PRIMARY":
                record.primary_key["constrained_columns"] = [part[4] for part in parts]
                continue
            index = self._index(name, list(parts))
            record.indexes.append(index)
            if index["unique"]:
                record.uniques.append(
                    {"name": name, "column_names": index["column_names"], "duplicates_index": name}
                )

    def _index(self, name: str, parts: list[Any]) -> dict[str, Any]:
        first = parts[0]
        kind = first[7].upper()
        columns = [part[4] for part in parts]
        index: dict[str, Any] = {"name": name, "column_names": columns, "unique": not int(first[3])}
        options: dict[str, Any] = {}
        if kind in ("FULLTEXT", "SPATIAL"):
            options[f"{self.dialect.name}_prefix"] = kind
        else:
            lengths = {part[4]: int(part[5]) for part in parts if part[5] is not None}
            if lengths:
                options[f"{self.dialect.name}_length"] = lengths
        names = [part[4] if part[4] is not None else self._sql(part[8]) for part in parts]
        if names != columns:
            index["expressions"] = names
        sorting = {name: ("desc",) for name, part in zip(names, parts, strict=True) if part[6] == "D"}
        if sorting:
            index["column_sorting"] = sorting
        if options:
            index["dialect_options"] = options
        return index

    def read_foreign_keys(self) -> None:
        """Give the records their foreign keys."""
        rules = {
            (schema, table, name): (on_update, on_delete)
            for schema, table, name, on_update, on_delete in self.query(
                "SELECT constraint_schema, table_name, constraint_name, update_rule, delete_rule"
                " FROM information_schema.referential_constraints WHERE constraint_schema IN :schemas"
            )
        }
        if not rules:
            return
        rows = self.query(
            "SELECT table_schema, table_name, constraint_name, column_name, referenced_table_schema,"
            " referenced_table_name, referenced_column_name FROM information_schema.key_column_usage"
            " WHERE table_schema IN :schemas AND referenced_table_name IS NOT NULL"
            " ORDER BY table_schema, table_name, constraint_name, ordinal_position"
        )
        for (schema, table, name), columns in groupby(rows, key=itemgetter(0, 1, 2)):
            record = self.tables.get((schema, table))
            if record is not None:
                key = (schema, table, name)
                record.foreign_keys.append(self._foreign_key(key, list(columns), rules.get(key, ())))

    def _foreign_key(
        self, key: tuple[str, str, str], columns: list[Any], actions: Iterable[str]
    ) -> dict[str, Any]:
        schema, _, name = key
        target_schema, target = columns[0][4:6]
        # The server's own default is the one that it does not show.
        unsaid = "RESTRICT" if self.is_mariadb else "NO ACTION"
        said = zip(("onupdate", "ondelete"), actions, strict=False)
        return {
            "name": name,
            "constrained_columns": [column[3] for column in columns],
            "referred_schema": self.names[schema] if target_schema == schema else target_schema,
            "referred_table": target,
            "referred_columns": [column[6] for column in columns],
            "options": {option: action for option, action in said if action != unsaid},
        }

    def read_checks(self) -> None:
        """Give the records their CHECK constraints; those that belong to a column are for later."""
        for schema, table, name, level, clause in self._check_rows():
            record = self.tables.get((schema, table))
            if record is None:
                continue
            if level == "Column":
                self.column_checks[schema, table, name] = self._sql(clause)
            else:
                record.checks.append({"name": name, "sqltext": self._sql(clause)})

    def _check_rows(self) -> Sequence[Any]:
        if self.is_mariadb:
            if self._version < (10, 2, 22):
                return []
            # Older servers name the check of a column like the column, and don't tell it from others.
            level = "k.level" if self._version >= (10, 5, 10) else f"IF({_IS_COLUMN}, 'Column', 'Table')"
            return self.query(
                f"SELECT k.constraint_schema, k.table_name, k.constraint_name, {level}, k.check_clause"
                " FROM information_schema.check_constraints AS k WHERE k.constraint_schema IN :schemas"
                " ORDER BY k.constraint_schema, k.table_name, k.constraint_name"
            )
        if self._version < (8, 0, 16):
            return []
        return self.query(
            "SELECT t.table_schema, t.table_name, t.constraint_name, 'Table', c.check_clause"
            " FROM information_schema.table_constraints AS t JOIN information_schema.check_constraints AS c"
            " ON c.constraint_schema = t.constraint_schema AND c.constraint_name = t.constraint_name"
            " WHERE t.table_schema IN :schemas AND t.constraint_type = 'CHECK'"
            " ORDER BY t.table_schema, t.table_name, t.constraint_name"
        )

    @property
    def _version(self) -> tuple[int, ...]:
        version: tuple[int, ...] | None = self.dialect.server_version_info  # type: ignore[assignment]
        return version or ()

    # -- sequences ---------------------------------------------------------------------------------

    def read_sequences(self) -> None:
        """One query for all sequences of MariaDB, each of which is a table with a row."""
        if not self.sequences:
            return
        selects = (
            f"SELECT {literal(schema)}, {literal(name)}, start_value, minimum_value, maximum_value, "
            f"increment, cache_size, cycle_option FROM {quoted(schema)}.{quoted(name)}"
            for schema, name in self.sequences
        )
        rows = self.connection.exec_driver_sql(
            " UNION ALL ".join(selects), execution_options={"no_parameters": True}
        )
        for schema, name, *facts in rows:
            key = (self.names[schema], name)
            self.sequence_shapes[key] = SequenceShape(*key, sequence_options(*map(int, facts)), source=facts)


def sequence_options(
    start: int, minimum: int, maximum: int, increment: int, cache: int, cycle: int
) -> tuple[tuple[str, Any], ...]:
    """The options of a sequence that are not what CREATE SEQUENCE takes without them."""
    lowest, highest = (1, 2**63 - 2) if increment > 0 else (-(2**63) + 1, -1)
    usual = {
        "start": minimum if increment > 0 else maximum,
        "minvalue": lowest,
        "maxvalue": highest,
        "increment": 1,
        "cache": 1000,
        "cycle": False,
    }
    found = {
        "start": start,
        "minvalue": minimum,
        "maxvalue": maximum,
        "increment": increment,
        "cache": cache,
        "cycle": bool(cycle),
    }
    return tuple(sorted((name, value) for name, value in found.items() if value != usual[name]))


def _is_json(check: str, column: str) -> bool:
    """Whether a check is the one that makes a LONGTEXT of MariaDB a JSON."""
    said = check.lower().replace('"', "`")
    return said == f"json_valid({quoted(column.lower())})"


def _order(key: TableKey) -> tuple[str, str]:
    return key[0] or "", key[1]

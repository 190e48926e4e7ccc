"""What sqlite_master holds about one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from ...errors.sqlite import NotATable, RebuildTableMissing
from ..recreation import copy_name
from .create_table import NoCreateTable, parse_create_table

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


class Stored(NamedTuple):
    """An index, trigger or table, and the statement that made it."""

    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table is, on which connection."""

    connection: Connection
    name: str
    schema: str | None = None

    def sql(self, name: str | None = None) -> str:
        """A name in this schema as SQL; the table's own, if none is given."""
        quoted = self.quote(self.name if name is None else name)
        return f"{self.quote(self.schema)}.{quoted}" if self.schema else quoted

    def quote(self, name: str) -> str:
        """A name as SQL, quoted where SQLite needs it."""
        return self.connection.dialect.identifier_preparer.quote(name)

    @property
    def master(self) -> str:
        """The schema table."""
        return self.sql("sqlite_master")

    def rows(self, sql: str, *values: Any) -> Sequence[Any]:
        """The rows of a query."""
        return self.connection.exec_driver_sql(sql, values).all()

    def pragma(self, name: str) -> Any:
        """The first value that a pragma says; None: SQLite does not know it, or may not say."""
        result = self.connection.exec_driver_sql(f"PRAGMA {name}")
        return result.scalar() if result.returns_rows else None

    def definition(self) -> str:
        """The statement that made the table.

        :raises RebuildTableMissing: there is no such table.
        :raises NotATable: it is a view or a virtual table.
        """
        found = self.rows(
            f"SELECT type, sql FROM {self.master} WHERE lower(name) = lower(?) AND type IN ('table', 'view')",
            self.name,
        )
        if not found:
            leftover = copy_name(self.name)
            raise RebuildTableMissing(self.name, leftover if self.exists(leftover) else None)
        kind, sql = found[0]
        if kind == "view":
            raise NotATable(self.name, "it is a view")
        try:
            parse_create_table(sql)
        except NoCreateTable as error:
            raise NotATable(self.name, str(error)) from error
        return str(sql)

    def exists(self, name: str) -> bool:
        """Whether there is a table of this name."""
        return bool(
            self.rows(f"SELECT 1 FROM {self.master} WHERE lower(name) = lower(?) AND type = 'table'", name)
        )

    def objects(self, kind: str) -> list[Stored]:
        """The table's indexes or triggers that a statement made, in the order of their making."""
        return [
            Stored(*row)
            for row in self.rows(
                f"SELECT name, sql FROM {self.master} WHERE type = ? AND lower(tbl_name) = lower(?) "
                "AND sql IS NOT NULL ORDER BY rowid",
                kind,
                self.name,
            )
        ]

    def columns(self) -> dict[str, bool]:
        """The columns, and of each whether it is generated."""
        return {name: hidden in (2, 3) for name, hidden in self._info("name, hidden")}

    def has_row_numbers(self) -> bool:
        """Whether it is not WITHOUT ROWID."""
        return "WITHOUT ROWID" not in parse_create_table(self.definition()).options

    def row_number(self) -> str | None:
        """The column that is the row's number; None: there is none, or no numbers at all."""
        keys = self._info("name, upper(type), pk", "WHERE pk")
        if len(keys) == 1 and keys[0][1] == "INTEGER" and not self._has_key_index():
            return str(keys[0][0])
        return None

    def _info(self, what: str, where: str = "") -> Sequence[Any]:
        arguments = (self.name, self.schema) if self.schema else (self.name,)
        marks = ", ".join("?" * len(arguments))
        return self.rows(f"SELECT {what} FROM pragma_table_xinfo({marks}) {where}", *arguments)

    def _has_key_index(self) -> bool:
        """Whether an index of its own holds the primary key, as for INTEGER PRIMARY KEY DESC."""
        arguments = (self.name, self.schema) if self.schema else (self.name,)
        marks = ", ".join("?" * len(arguments))
        return bool(self.rows(f"SELECT 1 FROM pragma_index_list({marks}) WHERE origin = 'pk'", *arguments))

    def referrers(self) -> list[Stored]:
        """Other tables that have a foreign key to this one."""
        schema = ", ?" if self.schema else ""
        arguments = (self.schema,) if self.schema else ()
        keys = f"pragma_foreign_key_list(m.name{schema})"
        return [
            Stored(*row)
            for row in self.rows(
                f"SELECT DISTINCT m.name, m.sql FROM {self.master} m, {keys} f "
                "WHERE m.type = 'table' AND lower(f.\"table\") = lower(?) AND lower(m.name) <> lower(?) "
                "ORDER BY m.rowid",
                *arguments,
                self.name,
                self.name,
            )
        ]


def literal(text: str) -> str:
    """A string as SQL."""
    return "'" + text.replace("'", "''") + "'"

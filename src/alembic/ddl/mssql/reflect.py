"""What SQLAlchemy's Inspector leaves out of SQL Server: CHECKs, and which indexes are constraints."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ...schema.inspection import read_by_inspector

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ...schema.catalogue import Catalogue
    from ...schema.shapes import TableKey

_CHECKS = """SELECT s.name, t.name, c.name, c.definition
FROM sys.check_constraints AS c
JOIN sys.tables AS t ON t.object_id = c.parent_object_id
JOIN sys.schemas AS s ON s.schema_id = t.schema_id
ORDER BY s.name, t.name, c.name"""
_UNIQUES = """SELECT s.name, t.name, i.name
FROM sys.indexes AS i
JOIN sys.tables AS t ON t.object_id = i.object_id
JOIN sys.schemas AS s ON s.schema_id = t.schema_id
WHERE i.is_unique_constraint = 1"""


def read(
    connection: Connection, schemas: Sequence[str | None], wanted: Callable[[TableKey], bool]
) -> Catalogue:
    """What the Inspector tells about the wanted tables, and by two statements more what it does not."""
    catalogue = read_by_inspector(connection, schemas, wanted)
    if catalogue.tables:
        checks = connection.exec_driver_sql(_CHECKS).fetchall()
        uniques = connection.exec_driver_sql(_UNIQUES).fetchall()
        complete(catalogue, checks, uniques)
    return catalogue


def complete(catalogue: Catalogue, checks: Iterable[Any], uniques: Iterable[Any]) -> None:
    """Put CHECKs and UNIQUE constraints into the records.

    :param checks: rows of schema, table, name, definition.
    :param uniques: rows of schema, table and the name of an index that is the means of a constraint.
    """
    default = catalogue.default_schema
    for schema, table, name, definition in checks:
        record = catalogue.tables.get((None if schema == default else schema, table))
        if record is not None:
            record.checks.append({"name": name, "sqltext": definition})
    for schema, table, name in uniques:
        record = catalogue.tables.get((None if schema == default else schema, table))
        if record is not None:
            columns = [index["column_names"] for index in record.indexes if index["name"] == name]
            record.indexes = [index for index in record.indexes if index["name"] != name]
            record.uniques += ({"name": name, "column_names": each} for each in columns)

"""Questions to PostgreSQL's catalogue about enum and domain types, and about the columns that use them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import bindparam, text
from sqlalchemy.types import ARRAY, BigInteger

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

# The comment on a type that a migration created because a column needed it. Only a type that carries it is
# dropped with its last column: one that was made by hand stays until it is dropped by hand.
OWNED = "Created by a migration for a column; dropped with the last column that uses it."


class FoundType(NamedTuple):
    """A type in the database; ``labels`` are an enum's values, in order."""

    oid: int
    labels: tuple[str, ...]


class UsedType(NamedTuple):
    """A named type that a column uses, by itself or as the element of an array."""

    oid: int
    schema: str
    name: str
    kind: str
    owned: bool


class FoundColumn(NamedTuple):
    """A column in the database: whether it has a default, and the named type it uses."""

    has_default: bool
    type: UsedType | None


def find_type(connection: Connection, name: str, schema: str | None) -> FoundType | None:
    """The type of this name, None if there is none; without a schema, as the search path finds it."""
    row = connection.execute(
        _TYPE_IN_SCHEMA if schema else _TYPE_IN_PATH, {"name": name, "schema": schema}
    ).first()
    return None if row is None else FoundType(row.oid, tuple(row.labels or ()))


def has_owned_types(connection: Connection) -> bool:
    """Whether the database has any type at all that goes with its last column."""
    return connection.execute(_ANY_OWNED, {"owned": OWNED}).first() is not None


def types_of_table(connection: Connection, table: str, schema: str | None) -> list[UsedType]:
    """The enum and domain types that the table's columns use, in the order of the columns."""
    found = _columns(connection, table, schema, None)
    return [column.type for column in found if column.type is not None]


def find_column(connection: Connection, table: str, column: str, schema: str | None) -> FoundColumn | None:
    """What the catalogue says about a column; None if there is no such column."""
    return next(iter(_columns(connection, table, schema, column)), None)


def unused_types(connection: Connection, oids: Iterable[int]) -> frozenset[int]:
    """Those of the types that exist and that nothing depends on: no column, function, view or other type."""
    return frozenset(connection.execute(_UNUSED, {"oids": list(oids)}).scalars())


def _columns(
    connection: Connection, table: str, schema: str | None, column: str | None
) -> Iterable[FoundColumn]:
    preparer = connection.dialect.identifier_preparer
    relation = ".".join(preparer.quote_identifier(part) for part in (schema, table) if part)
    for row in connection.execute(_COLUMNS, {"relation": relation, "column": column, "owned": OWNED}):
        used = UsedType(row.oid, row.schema, row.name, row.kind, row.owned) if row.oid is not None else None
        yield FoundColumn(row.has_default, used)


_TYPE = """
SELECT t.oid AS oid,
       (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder)
          FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid) AS labels
  FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
 WHERE t.typname = :name AND """
_TYPE_IN_SCHEMA = text(_TYPE + "n.nspname = :schema")
_TYPE_IN_PATH = text(_TYPE + "pg_catalog.pg_type_is_visible(t.oid)")

_ANY_OWNED = text(
    """
SELECT 1 FROM pg_catalog.pg_type t
 WHERE t.typtype IN ('e', 'd') AND pg_catalog.obj_description(t.oid, 'pg_type') = :owned
 LIMIT 1"""
)

# to_regclass() resolves the name as the statement itself will; where there is none it is NULL, not an error.
_COLUMNS = text(
    """
SELECT a.atthasdef AS has_default, t.oid AS oid, n.nspname::text AS schema, t.typname::text AS name,
       t.typtype::text AS kind,
       coalesce(pg_catalog.obj_description(t.oid, 'pg_type') = :owned, false) AS owned
  FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_type c ON c.oid = a.atttypid
  LEFT JOIN pg_catalog.pg_type t
    ON t.oid = CASE WHEN c.typcategory = 'A' THEN c.typelem ELSE c.oid END AND t.typtype IN ('e', 'd')
  LEFT JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
 WHERE a.attrelid = pg_catalog.to_regclass(:relation) AND a.attnum > 0 AND NOT a.attisdropped
   AND (CAST(:column AS text) IS NULL OR a.attname = CAST(:column AS text))
 ORDER BY a.attnum"""
)

# What belongs to a type goes with it: its array type ('i'), a domain's constraints ('a'); only 'n' is use by
# something else.
_UNUSED = text(
    """
SELECT t.oid
  FROM pg_catalog.pg_type t
 WHERE t.oid = ANY (:oids)
   AND NOT EXISTS (
       SELECT 1 FROM pg_catalog.pg_depend d
        WHERE d.refclassid = 'pg_catalog.pg_type'::regclass
          AND d.refobjid IN (t.oid, t.typarray)
          AND d.deptype = 'n')"""
).bindparams(bindparam("oids", type_=ARRAY(BigInteger)))

"""What statements leave behind in PostgreSQL where each of them takes effect at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from ...schema.tokens import POSTGRESQL, Kind, Token, significant_tokens, unquoted
from ...schema.touched import Name, touched_by
from ..traces import QUIET, Traces, fingerprint_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

# What can't stand in a transaction block, beside whatever is done CONCURRENTLY.
_OUTSIDE = frozenset(
    ("DATABASE", "TABLESPACE", "SUBSCRIPTION", "SYSTEM", "VACUUM", "CLUSTER", "CALL", "DO", "PREPARED")
)

_TABLE = text(
    """SELECT
    ARRAY(SELECT ROW(attnum, attname, format_type(atttypid, atttypmod), attnotnull)::text FROM pg_attribute
        WHERE attrelid = o.oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum),
    ARRAY(SELECT ROW(conname, pg_get_constraintdef(oid), convalidated)::text FROM pg_constraint
        WHERE conrelid = o.oid ORDER BY conname),
    ARRAY(SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = o.oid AND indisvalid ORDER BY 1),
    ARRAY(SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = o.oid ORDER BY 1)
    FROM (SELECT to_regclass(:name) AS oid) o"""
)
_LABELS = text(
    "SELECT ARRAY(SELECT enumlabel FROM pg_enum WHERE enumtypid = to_regtype(:name) ORDER BY enumsortorder)"
)
_INDEX = text("SELECT to_regclass(:name) IS NOT NULL")
_LEFTOVER = text(
    """SELECT quote_ident(n.nspname) || '.' || quote_ident(i.relname)
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_namespace n ON n.oid = i.relnamespace
    WHERE x.indrelid = to_regclass(:table) AND i.relname = :index AND NOT x.indisvalid
    AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = i.oid)
    AND i.relkind = 'i'"""
)


class PostgresqlTraces(Traces):
    """PostgreSQL, where few statements can't be rolled back."""

    flavour = POSTGRESQL
    begin = "BEGIN"
    idle = "DO 'BEGIN END'"

    def outside(self, words: Sequence[str]) -> bool:
        """What is done CONCURRENTLY, databases and the like; new enum values, which old servers refuse."""
        named = _OUTSIDE.intersection(words[:3])
        return bool(named) or "CONCURRENTLY" in words or ("ADD" in words and "VALUE" in words)

    def fingerprint(self, connection: Connection, sql: str) -> str | None:
        """The touched tables and types; an index that is not valid doesn't count as created."""
        touched = touched_by(sql, POSTGRESQL)
        if not touched or touched.everything or touched.schemas:
            return None
        parts: list[Any] = []
        for name in touched.tables:
            for question in (_TABLE, _LABELS):
                row = connection.execute(question, {"name": _quoted(name)}, execution_options=QUIET).one()
                parts.append(tuple(row))
        for name in touched.indexes:
            parts.append(
                connection.execute(_INDEX, {"name": _quoted(name)}, execution_options=QUIET).scalar()
            )
        return fingerprint_of(parts)

    def prepare(self, connection: Connection, sql: str) -> None:
        """Drop the index of the same name that an interrupted CREATE INDEX CONCURRENTLY has left."""
        drop_leftover(connection, sql)


def drop_leftover(connection: Connection, sql: str) -> str | None:
    """Drop the invalid index that is in the way of a CREATE INDEX CONCURRENTLY, and return its name.

    An index that somebody is building at this moment is left alone.

    :param connection: where each statement takes effect at once.
    :param sql: any statement; nothing is done for others.
    """
    target = _concurrent_index(significant_tokens(sql, POSTGRESQL)) if _may_be(sql) else None
    if target is None:
        return None
    index, table = target
    values = {"index": index, "table": _quoted(table)}
    name: str | None = connection.execute(_LEFTOVER, values, execution_options=QUIET).scalar()
    if name is not None:
        connection.exec_driver_sql(
            f"DROP INDEX CONCURRENTLY IF EXISTS {name}", execution_options={"no_parameters": True, **QUIET}
        )
    return name


def _may_be(sql: str) -> bool:
    return "concurrently" in sql[:500].lower()


def _concurrent_index(found: list[Token]) -> tuple[str, Name] | None:
    """The index and the table of CREATE [UNIQUE] INDEX CONCURRENTLY [IF NOT EXISTS] index ON table."""
    words = [token.word for token in found]
    if words[:1] != ["CREATE"] or "CONCURRENTLY" not in words[:4] or "ON" not in words:
        return None
    on = words.index("ON")
    at = words.index("CONCURRENTLY") + 1
    if words[at : at + 3] == ["IF", "NOT", "EXISTS"]:
        at += 3
    if on != at + 1:
        return None  # without a name: the server finds one that is free
    table = touched_by(" ".join(token.text for token in found), POSTGRESQL).tables
    return (_folded(found[at]), table[0]) if table else None


def _folded(token: Token) -> str:
    return token.text.lower() if token.kind is Kind.WORD else unquoted(token.text)


def _quoted(name: Name) -> str:
    return ".".join('"' + part.replace('"', '""') + '"' for part in name if part)

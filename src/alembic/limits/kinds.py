"""What a statement is, as far as limits of time go."""

from __future__ import annotations

import re
from enum import Enum


class Kind(Enum):
    """The kinds of statements; those of a setting's name are the first three."""

    DDL = "ddl"
    """Changes the schema, and so takes locks that keep others from reading or writing a table."""
    DML = "dml"
    """Reads or changes rows."""
    ONLINE = "online"
    """Takes long because it lets others work meanwhile, such as CREATE INDEX CONCURRENTLY."""
    LIMITS = "limits"
    """Sets limits of time itself: the migration's author knows better."""
    ENDS = "ends"
    """Ends a transaction, or goes back to a savepoint; settings may end with that."""
    OTHER = "other"
    """None of these: other settings, and waiting for a lock on purpose."""


_REMARKS = re.compile(r"(?:\s+|--[^\n]*(?:\n|$)|/\*(?!!).*?\*/)*", re.DOTALL)
_TEXTS = re.compile(r"'(?:[^'\\]|''|\\.)*'", re.DOTALL)
_WORD = re.compile(r"[A-Za-z]+")
_LIMITS = re.compile(
    r"(?:\bSET\b.*|\bset_config\s*\(\s*'|\bPRAGMA\s+)(?:lock_timeout|statement_timeout|lock_wait_timeout"
    r"|innodb_lock_wait_timeout|max_statement_time|max_execution_time|busy_timeout)\b",
    re.IGNORECASE | re.DOTALL,
)
_WAITS = re.compile(r"\bpg_(?:try_)?advisory_|\bGET_LOCK\s*\(|\bRELEASE_(?:ALL_)?LOCKS?\s*\(", re.IGNORECASE)
_ENDS = re.compile(r"BEGIN|START|COMMIT|END|ROLLBACK|ABORT")
_ONLINE = re.compile(
    r"\bCONCURRENTLY\b|\bVALIDATE\s+CONSTRAINT\b|\bLOCK\s*=?\s*NONE\b|\bALGORITHM\s*=?\s*(?:INPLACE|NOCOPY)\b"
    r"|^(?:CREATE|ALTER|DROP)\s+ONLINE\b|^VACUUM\b|^ANALY[SZ]E\b",
    re.IGNORECASE,
)
_NOT_ONLINE = re.compile(r"\bLOCK\s*=?\s*(?:SHARED|EXCLUSIVE)\b|^VACUUM\s*\(?[^)]*\bFULL\b", re.IGNORECASE)

_DDL = re.compile(
    r"CREATE|ALTER|DROP|TRUNCATE|RENAME|COMMENT|GRANT|REVOKE|REINDEX|CLUSTER|LOCK|OPTIMIZE|REFRESH|SECURITY"
    r"|VACUUM|ANALY[SZ]E|DO|CALL|IMPORT"
)
_OTHER = re.compile(
    r"SAVEPOINT|RELEASE|SET|RESET|SHOW|USE|PRAGMA|DISCARD|LISTEN|UNLISTEN|NOTIFY|EXPLAIN|UNLOCK|KILL"
)


def kind_of(sql: str) -> Kind:
    """The kind of a statement, by its words; it needn't be valid."""
    begin = _REMARKS.match(sql)
    at = begin.end() if begin else 0
    word = _WORD.match(sql, at)
    first = word[0].upper() if word else ""
    if first in ("SET", "SELECT", "PRAGMA") and _LIMITS.search(sql, at, at + 200):
        return Kind.LIMITS
    if _ENDS.fullmatch(first):
        return Kind.ENDS
    if _OTHER.fullmatch(first) or (first in ("SELECT", "DO") and _WAITS.search(sql, at, at + 200)):
        return Kind.OTHER
    if not _DDL.fullmatch(first):
        return Kind.DML
    text = _TEXTS.sub("''", sql[at:])
    return Kind.ONLINE if _ONLINE.search(text) and not _NOT_ONLINE.search(text) else Kind.DDL


def can_stand_alone(sql: str) -> bool:
    """Whether a statement is certainly a single one, and no call of a procedure that may commit a part."""
    begin = _REMARKS.match(sql)
    word = _WORD.match(sql, begin.end() if begin else 0)
    if word is not None and word[0].upper() in ("DO", "CALL", "EXEC", "EXECUTE"):
        return False
    return ";" not in sql.rstrip().rstrip(";")

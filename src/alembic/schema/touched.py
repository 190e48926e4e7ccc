"""What SQL that a person has written may have done to the schema, told from its words alone.

Nothing is executed or fully parsed. Whatever isn't recognised counts as able to change anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .tokens import POSTGRESQL, Flavour, Kind, Token, significant, tokens, unquoted

Name = tuple["str | None", str]


@dataclass(frozen=True, slots=True)
class Touched:
    """What one or several statements may have changed.

    :param tables: tables, types and sequences that are created, altered or dropped, as (schema, name); the
        schema is None where the text has none.
    :param indexes: names of indexes that are altered or dropped, of tables that the text doesn't tell.
    :param schemas: schemas of which everything may be gone.
    :param dependents: tables that refer to ``tables`` may have changed with them.
    :param everything: anything may have changed.
    """

    tables: tuple[Name, ...] = ()
    indexes: tuple[Name, ...] = ()
    schemas: tuple[str, ...] = ()
    dependents: bool = False
    everything: bool = False

    def __bool__(self) -> bool:
        """Whether anything at all may have changed."""
        return bool(self.tables or self.indexes or self.schemas or self.everything)


NOTHING = Touched()
EVERYTHING = Touched(everything=True)


def touched_by(sql: str, flavour: Flavour) -> Touched:
    """What the statements in a text may have changed.

    DML, settings and the control of transactions change no schema, nor do views, functions, triggers and
    privileges. That a SELECT calls a function which changes tables can't be seen, and isn't assumed.
    """
    every = tokens(sql, flavour)
    if any(each.kind is Kind.COMMENT and each.text.startswith(("/*!", "/*M!")) for each in every):
        return EVERYTHING  # MySQL carries such comments out
    found = [_by_statement(each, flavour) for each in statements_in(significant(every))]
    if any(each.everything for each in found):
        return EVERYTHING
    return Touched(
        tuple(dict.fromkeys(name for each in found for name in each.tables)),
        tuple(dict.fromkeys(name for each in found for name in each.indexes)),
        tuple(dict.fromkeys(name for each in found for name in each.schemas)),
        any(each.dependents for each in found),
    )


def trigger_made(sql: str, flavour: Flavour) -> tuple[Name, Name] | None:
    """Names of the trigger that a text makes, and of its table; None if it doesn't, or does more."""
    found = significant(tokens(sql, flavour))
    while found and found[-1].text == ";":
        found = found[:-1]
    words = [each.word for each in found]
    at = 1
    while at < len(found) and words[at] in _KIND_MODIFIERS:
        at += 1
    is_one = words[:1] == ["CREATE"] and words[at : at + 1] == ["TRIGGER"] and words[-1:] == ["END"]
    if not is_one or "ON" not in words[at:] or "TEMP" in words[:at] or "TEMPORARY" in words[:at]:
        return None
    name, behind = _name(found, _behind_conditions(words, at + 1), flavour)
    return name, _name(found, words.index("ON", behind) + 1, flavour)[0]


def triggers_dropped(sql: str, flavour: Flavour) -> list[str]:
    """Names of the triggers that a text drops."""
    names: list[str] = []
    for found in statements_in(significant(tokens(sql, flavour))):
        words = [each.word for each in found]
        if words[:2] == ["DROP", "TRIGGER"]:
            names += [name for _, name in _all_names(found[_behind_conditions(words, 2) :], flavour)]
    return names


def statements_in(found: list[Token]) -> Iterator[list[Token]]:
    """The tokens of each statement, without the semicolons."""
    statement: list[Token] = []
    for token in found:
        if token.kind is Kind.OPERATOR and token.text == ";":
            yield statement
            statement = []
        else:
            statement.append(token)
    yield statement


def _by_statement(found: list[Token], flavour: Flavour) -> Touched:
    while found and found[0].text == "(":
        found = found[1:]
    if not found:
        return NOTHING
    first = found[0].word
    if first in _ROWS:
        return _by_rows(found, flavour)
    if first in _HARMLESS:
        return NOTHING
    if first == "PRAGMA":
        return EVERYTHING if any("writable_schema" in each.text.lower() for each in found) else NOTHING
    if first == "COMMENT":
        return _by_comment(found, flavour)
    if first == "RENAME":
        return Touched(tuple(_all_names(found[1:], flavour)), dependents=True)
    if first in ("CREATE", "ALTER", "DROP"):
        return _by_definition(found, flavour)
    return EVERYTHING


def _by_rows(found: list[Token], flavour: Flavour) -> Touched:
    """Rows of the system's own tables are the schema; SELECT … INTO makes a table."""
    words = [each.word for each in found]
    writes = words[0] not in ("SELECT", "VALUES", "WITH") or any(each in _WRITES for each in words)
    if writes and any(unquoted(each.text).lower().startswith(_SYSTEM_TABLES) for each in found):
        return EVERYTHING
    if words[0] in ("SELECT", "WITH") and "INTO" in words and "INSERT" not in words and "MERGE" not in words:
        at = words.index("INTO") + 1
        while at < len(words) and words[at] in _KIND_MODIFIERS | {"TABLE"}:
            at += 1
        if at < len(found) and found[at].kind in (Kind.WORD, Kind.NAME) and words[at] not in _FILES:
            return Touched((_name(found, at, flavour)[0],))
    return NOTHING


def _by_comment(found: list[Token], flavour: Flavour) -> Touched:
    words = [each.word for each in found]
    kind = words[2] if len(words) > 2 and words[1] == "ON" else ""
    if kind == "TABLE":
        return Touched((_name(found, 3, flavour)[0],))
    if kind == "COLUMN":
        parts = _parts(found, 3, flavour)[0]
        return (
            Touched(((parts[-3] if len(parts) > 2 else None, parts[-2]),)) if len(parts) > 1 else EVERYTHING
        )
    if kind in ("CONSTRAINT", "INDEX") or kind in _HARMLESS_KINDS or kind in ("TYPE", "SEQUENCE", "SCHEMA"):
        return NOTHING  # comments of these are in no shape
    return EVERYTHING


def _by_definition(found: list[Token], flavour: Flavour) -> Touched:
    verb = found[0].word
    words = [each.word for each in found]
    at = 1
    while at < len(found) and words[at] in _KIND_MODIFIERS:
        at += 1
    kind = words[at] if at < len(found) else ""
    temporary = "TEMP" in words[:at] or "TEMPORARY" in words[:at]
    if kind in _HARMLESS_KINDS or (kind == "TABLE" and temporary):
        return EVERYTHING if verb == "DROP" and "CASCADE" in words else NOTHING
    start = _behind_conditions(words, at + 1)
    if kind in ("TABLE", "TYPE", "DOMAIN", "SEQUENCE"):
        if verb == "DROP":
            return Touched(tuple(_all_names(found[start:], flavour)), dependents="CASCADE" in words)
        named = [_name(found, start, flavour)[0]] if start < len(found) else []
        if verb == "ALTER":
            named += _others_of_alter(found, start, named, flavour)
        return (
            Touched(tuple(named), dependents=verb == "ALTER" and "RENAME" in words) if named else EVERYTHING
        )
    if kind == "INDEX":
        return _by_index(found, words, start, flavour)
    if kind == "SCHEMA":
        if verb == "CREATE" and "TABLE" not in words:
            return NOTHING
        names = [unquoted(each.text) for each in found[start:] if each.word not in ("CASCADE", "RESTRICT")]
        return Touched(schemas=tuple(name for name in names if name != ",")) if verb == "DROP" else EVERYTHING
    return EVERYTHING


def _by_index(found: list[Token], words: list[str], start: int, flavour: Flavour) -> Touched:
    if "ON" in words[start:]:
        at = words.index("ON", start) + 1
        return Touched((_name(found, _behind_conditions(words, at), flavour)[0],))
    return Touched(indexes=tuple(_all_names(found[start:], flavour))) if words[0] != "CREATE" else EVERYTHING


def _others_of_alter(found: list[Token], start: int, named: list[Name], flavour: Flavour) -> Iterator[Name]:
    """What ALTER TABLE names beside the table: its new name or schema, a partition, a parent."""
    words = [each.word for each in found]
    for at in range(start, len(found) - 1):
        if words[at] == "RENAME":
            # RENAME TO x; MySQL's RENAME x and RENAME AS x; but not RENAME [COLUMN] a TO b
            behind = at + 2 if words[at + 1] in ("TO", "AS") else at + 1
            if behind < len(found):
                yield _name(found, behind, flavour)[0]
        elif words[at] == "SCHEMA" and words[at - 1] == "SET":
            yield unquoted(found[at + 1].text), named[0][1]
        elif words[at] == "TRANSFER" or (words[at] in ("PARTITION", "INHERIT") and words[at - 1] != "BY"):
            yield _name(found, at + 1, flavour)[0]


def _behind_conditions(words: list[str], at: int) -> int:
    """Where the name begins, behind IF NOT EXISTS and the like."""
    while at < len(words) and words[at] in ("IF", "NOT", "EXISTS", "ONLY", "CONCURRENTLY", "IGNORE"):
        at += 1
    return at


def _all_names(found: list[Token], flavour: Flavour) -> Iterator[Name]:
    at = 0
    while at < len(found):
        if found[at].kind in (Kind.WORD, Kind.NAME) and found[at].word not in _NO_NAMES:
            name, at = _name(found, at, flavour)
            yield name
        else:
            at += 1


def _name(found: list[Token], at: int, flavour: Flavour) -> tuple[Name, int]:
    """The name that begins at a token, and where it ends."""
    parts, end = _parts(found, at, flavour)
    return (parts[-2] if len(parts) > 1 else None, parts[-1] if parts else ""), end


def _parts(found: list[Token], at: int, flavour: Flavour) -> tuple[list[str], int]:
    parts: list[str] = []
    while at < len(found):
        token = found[at]
        folded = token.text.lower() if flavour is POSTGRESQL and token.kind is Kind.WORD else token.text
        parts.append(unquoted(folded))
        at += 1
        if at >= len(found) or found[at].text != ".":
            break
        at += 1
    return parts, at


_ROWS = frozenset("INSERT UPDATE DELETE SELECT WITH VALUES MERGE REPLACE".split())  # noqa: SIM905
_WRITES = frozenset(("INSERT", "UPDATE", "DELETE", "MERGE"))
_SYSTEM_TABLES = ("sqlite_master", "sqlite_schema", "pg_catalog", *(
    f"pg_{name}" for name in ("attr", "class", "constraint", "enum", "index", "type", "depend", "namespace")
))  # fmt: skip
_FILES = frozenset(("OUTFILE", "DUMPFILE"))
_HARMLESS = frozenset(
    """SET RESET SHOW USE EXPLAIN ANALYZE VACUUM BEGIN START COMMIT ROLLBACK SAVEPOINT RELEASE END LOCK
    UNLOCK TRUNCATE GRANT REVOKE REINDEX CLUSTER NOTIFY LISTEN UNLISTEN COPY LOAD DISCARD CHECKPOINT OPTIMIZE
    REFRESH FLUSH ATTACH DETACH DEALLOCATE FETCH CLOSE PRINT REASSIGN SECURITY DESCRIBE""".split()  # noqa: SIM905
)
_KIND_MODIFIERS = frozenset(
    """OR REPLACE TEMP TEMPORARY UNIQUE GLOBAL LOCAL UNLOGGED MATERIALIZED VIRTUAL FULLTEXT SPATIAL CLUSTERED
    NONCLUSTERED BITMAP FOREIGN EXTERNAL ONLINE OFFLINE CONSTRAINT TRUSTED PROCEDURAL RECURSIVE EVENT
    """.split()  # noqa: SIM905
)
_HARMLESS_KINDS = frozenset(
    """VIEW TRIGGER FUNCTION PROCEDURE ROUTINE EXTENSION POLICY RULE ROLE USER GROUP DATABASE COLLATION
    AGGREGATE OPERATOR PUBLICATION SUBSCRIPTION STATISTICS CAST LANGUAGE SERVER SYNONYM TABLESPACE DEFAULT
    SYSTEM LOGIN TEXT CONVERSION TRANSFORM PACKAGE""".split()  # noqa: SIM905
)
_NO_NAMES = frozenset(("CASCADE", "RESTRICT", "TO", "TABLE", "RENAME", "PURGE", "CONSTRAINTS"))

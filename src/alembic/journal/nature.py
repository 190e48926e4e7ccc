"""What kind of statement a text is, told from its words: whether it is worth a row of the journal."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import Enum
from typing import NamedTuple

from ..schema.tokens import POSTGRESQL, Flavour, Kind, Token, significant_tokens, unquoted
from ..schema.touched import touched_by

# Nobody writes longer ones by hand, and taking one to pieces takes long.
_LONG = 100_000


class Nature(Enum):
    """What a statement does."""

    READ = "reads"
    SESSION = "does something to the session only, or what may be done any number of times"
    CONTROL = "begins or ends a transaction"
    ROWS = "changes rows"
    SCHEMA = "changes the schema"
    OPAQUE = "may do anything"


class Reading(NamedTuple):
    """What the words of a statement say.

    :param words: in upper case; the empty string for everything that is no bare word.
    :param tables: whose rows it changes, as far as can be told; none for other natures.
    :param temporary: the temporary table that it creates.
    """

    nature: Nature
    words: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    temporary: str | None = None

    @property
    def commits(self) -> bool:
        """Whether a server whose DDL commits does so before it."""
        if self.nature in (Nature.READ, Nature.ROWS) or self.temporary is not None:
            return False
        return self.words[:1] not in _NO_COMMIT or self.words[:2] == ("SET", "AUTOCOMMIT")


def reading(sql: str, flavour: Flavour, temporary: Collection[str] = ()) -> Reading:
    """Take a statement to pieces.

    :param temporary: names of temporary tables; what is done to these concerns the session alone.
    """
    found = significant_tokens(sql[:_LONG], flavour)
    while found and found[0].text in ("(", ";"):
        found = found[1:]
    while found and found[-1].text == ";":
        found = found[:-1]
    words = tuple(token.word for token in found)
    if not words:
        return Reading(Nature.SESSION)
    if any(token.text == ";" for token in found) and len(sql) < _LONG:
        return Reading(_of_several(found, flavour), words)
    return _of_one(found, words, flavour, temporary)


def _of_several(found: list[Token], flavour: Flavour) -> Nature:
    """That of a text of several statements; the body of a procedure looks like one, too."""
    if found[0].word in ("CREATE", "ALTER"):
        return Nature.SCHEMA
    natures = set()
    statement: list[Token] = []
    for token in [*found, None]:
        if token is not None and token.text != ";":
            statement.append(token)
        elif statement:
            words = tuple(each.word for each in statement)
            natures.add(_of_one(statement, words, flavour, ()).nature)
            statement = []
    return natures.pop() if len(natures) == 1 else Nature.OPAQUE


def _of_one(
    found: list[Token], words: tuple[str, ...], flavour: Flavour, temporary: Collection[str]
) -> Reading:
    first = words[0]
    if first in _READS or (first == "WITH" and not _writes(words)):
        makes_table = "INTO" in words and flavour is POSTGRESQL
        return Reading(Nature.SCHEMA if makes_table else Nature.READ, words)
    if first in _ROWS or first == "WITH":
        tables = _written(found, words)
        mine = bool(tables) and all(name.lower() in temporary for name in tables)
        return Reading(Nature.SESSION if mine else Nature.ROWS, words, tables)
    if first == "TRUNCATE" and flavour is POSTGRESQL:
        return Reading(Nature.ROWS, words)
    if first in _CONTROL or words[:2] == ("ROLLBACK", "TO"):
        return Reading(Nature.CONTROL, words)
    if first in _SESSION:
        return Reading(Nature.SESSION, words)
    if first in _SCHEMA:
        return _of_schema(found, words, flavour, temporary)
    return Reading(Nature.OPAQUE, words)


def _writes(words: Sequence[str]) -> bool:
    """Whether a statement that begins by WITH changes rows; FOR UPDATE and FOR NO KEY UPDATE don't."""
    return any(word in _WRITES and words[at - 1] not in ("FOR", "KEY") for at, word in enumerate(words) if at)


def _of_schema(
    found: list[Token], words: tuple[str, ...], flavour: Flavour, temporary: Collection[str]
) -> Reading:
    names = touched_by(" ".join(token.text for token in found), flavour).tables
    if {"TEMPORARY", "TEMP"}.intersection(words[1:4]) and "TABLE" in words:
        return Reading(Nature.SESSION, words, temporary=_behind(found, words, "TABLE"))
    if names and temporary and all(name.lower() in temporary for _, name in names):
        return Reading(Nature.SESSION, words, temporary=names[0][1])
    return Reading(Nature.SCHEMA, words)


def _behind(found: list[Token], words: Sequence[str], word: str) -> str:
    at = words.index(word) + 1
    while at < len(words) and words[at] in ("IF", "NOT", "EXISTS"):
        at += 1
    return _last_part(found, at)[0]


def _written(found: list[Token], words: Sequence[str]) -> tuple[str, ...]:
    """Tables whose rows change; of a statement on several tables those that are only read, too."""
    begin = next((at for at, word in enumerate(words) if word in _WRITES), 0)
    end = len(words)
    if words[begin] in ("INSERT", "REPLACE", "MERGE", "LOAD"):
        into = next((at for at in range(begin, end) if words[at] in ("INTO", "TABLE")), begin)
        while into + 1 < end and words[into + 1] in _NO_TABLES:
            into += 1
        return (_last_part(found, into + 1)[0],) if into + 1 < end else ()
    stop = "SET" if words[begin] == "UPDATE" else "WHERE"
    end = next((at for at in range(begin, end) if words[at] == stop), end)
    names, at, expected = [], begin + 1, True
    while at < end:
        if words[at] in _NO_TABLES or found[at].text == ",":
            expected = words[at] not in ("ON", "USING", "AS")
            at += 1
        elif expected and found[at].kind in (Kind.WORD, Kind.NAME):
            name, at = _last_part(found, at)
            names.append(name)
            expected = False
        else:
            at += 1
    return tuple(dict.fromkeys(names))


def _last_part(found: list[Token], at: int) -> tuple[str, int]:
    """A name without its schema, and where it ends."""
    name = ""
    while at < len(found):
        name, at = unquoted(found[at].text), at + 1
        if at >= len(found) or found[at].text != ".":
            break
        at += 1
    return name, at


_READS = frozenset("SELECT SHOW EXPLAIN DESCRIBE DESC VALUES TABLE PRAGMA HELP FETCH CHECKSUM".split())  # noqa: SIM905
_WRITES = frozenset(("INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE", "LOAD"))
_ROWS = _WRITES | {"COPY"}
_CONTROL = frozenset("BEGIN START COMMIT ROLLBACK SAVEPOINT RELEASE END ABORT".split())  # noqa: SIM905
_SESSION = frozenset(
    """SET RESET USE LOCK UNLOCK PREPARE DEALLOCATE DISCARD LISTEN UNLISTEN NOTIFY DECLARE CLOSE ANALYZE
    ANALYSE VACUUM OPTIMIZE REPAIR CHECK CHECKPOINT FLUSH REINDEX CLUSTER REFRESH CACHE KILL PRINT""".split()  # noqa: SIM905
)
_SCHEMA = frozenset(
    """CREATE ALTER DROP RENAME TRUNCATE COMMENT GRANT REVOKE SECURITY REASSIGN IMPORT INSTALL
    UNINSTALL""".split()  # noqa: SIM905
)
_NO_COMMIT = (("SAVEPOINT",), ("RELEASE",), ("ROLLBACK",), ("SET",), ("USE",), ("PREPARE",), ("DEALLOCATE",))
_NO_TABLES = frozenset(
    """INTO FROM LOW_PRIORITY HIGH_PRIORITY DELAYED IGNORE QUICK ONLY TABLE JOIN INNER LEFT RIGHT OUTER CROSS
    NATURAL STRAIGHT_JOIN ON USING AS LOCAL DATA INFILE CONCURRENT OVERWRITE""".split()  # noqa: SIM905
)

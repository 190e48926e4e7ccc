"""What statements leave behind in MySQL and MariaDB, where DDL can't be rolled back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

from ...schema.tokens import MYSQL, Kind, Token, significant_tokens, unquoted
from ...schema.touched import Name, touched_by
from ..traces import QUIET, Traces, fingerprint_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

# Kinds of objects that SHOW CREATE tells the text of; tables, views and sequences by SHOW CREATE TABLE.
_SHOWN = {"TRIGGER": "TRIGGER", "FUNCTION": "FUNCTION", "PROCEDURE": "PROCEDURE", "EVENT": "EVENT",
          "VIEW": "TABLE", "DATABASE": "DATABASE", "SCHEMA": "DATABASE", "PACKAGE": "PACKAGE"}  # fmt: skip
# That of the next row: data, and no part of a definition.
_COUNTER = re.compile(r"(\s)AUTO_INCREMENT=\d+(?=\s|$)")
# The server's words for: there is no such thing.
_NO_SUCH = frozenset((1049, 1051, 1146, 1305, 1347, 1360, 1539, 4091))


class MySQLTraces(Traces):
    """MySQL and MariaDB: each DDL statement commits, and is carried out as a whole or not at all."""

    flavour = MYSQL
    commits_ddl = True
    begin = "START TRANSACTION"
    idle = "DO 0"

    def idle_after_insert(self, key: int | None) -> str:
        """DO, with LAST_INSERT_ID() set as the INSERT had set it."""
        return f"DO LAST_INSERT_ID({key})" if key else self.idle

    def outside(self, words: Sequence[str]) -> bool:
        """All but changes of rows, as the rest commits."""
        return not words or words[0] not in ("INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "LOAD")

    def fingerprint(self, connection: Connection, sql: str) -> str | None:
        """The CREATE statements of what is touched; None for what isn't shown by any."""
        found = significant_tokens(sql, MYSQL)
        words = [token.word for token in found]
        if not words:
            return None
        if words[0] in ("GRANT", "REVOKE", "TRUNCATE"):
            return fingerprint_of(())  # a second time makes no difference
        if words[0] == "RENAME" and words[1:2] == ["TABLE"]:
            return self._renamed(connection, sql)
        touched = touched_by(sql, MYSQL)
        if touched.everything or touched.indexes or touched.schemas:
            named = tuple(_databases(found)) if touched.schemas else ()
            if not named:
                return None
            return fingerprint_of([_text(connection, "DATABASE", name) for name in named])
        if touched.tables:
            return fingerprint_of([_text(connection, "TABLE", name) for name in touched.tables])
        shown = _object(found, words)
        return fingerprint_of([_text(connection, *shown)]) if shown else None

    def _renamed(self, connection: Connection, sql: str) -> str | None:
        """Two tables that are alike may change places; then their ids tell, which needs a privilege."""
        names = touched_by(sql, MYSQL).tables
        texts = [_text(connection, "TABLE", name) for name in names]
        present = [_anonymous(text) for text in texts if text is not None]
        ids: list[Any] = []
        if len(set(present)) != len(present):
            found = _ids(connection, names)
            if found is None:
                return None
            ids = found
        return fingerprint_of([*texts, *ids])

    def loses_rows(self, connection: Connection, tables: Sequence[str]) -> bool:
        """MyISAM, Aria and the like; a table that can't be seen isn't among them."""
        if not tables:
            return False
        names = ", ".join("'" + name.replace("\\", "\\\\").replace("'", "''") + "'" for name in tables)
        found = connection.exec_driver_sql(
            "SELECT COUNT(*) FROM information_schema.tables t JOIN information_schema.engines e"
            f" ON e.engine = t.engine WHERE t.table_name IN ({names}) AND e.transactions <> 'YES'",
            execution_options={"no_parameters": True, **QUIET},
        )
        return bool(found.scalar())


def _text(connection: Connection, kind: str, name: Name) -> str | None:
    """The text of SHOW CREATE; None if there is no such thing."""
    target = ".".join("`" + part.replace("`", "``") + "`" for part in name if part)
    try:
        row = connection.exec_driver_sql(
            f"SHOW CREATE {kind} {target}", execution_options={"no_parameters": True, **QUIET}
        ).one()
    except DBAPIError as error:
        if error.orig is not None and error.orig.args and error.orig.args[0] in _NO_SUCH:
            return None
        raise
    column = 2 if kind in ("TRIGGER", "FUNCTION", "PROCEDURE", "PACKAGE") else 3 if kind == "EVENT" else 1
    text = row[column]
    text = text.decode() if isinstance(text, bytes) else str(text)
    return _COUNTER.sub(r"\1", text)


def _anonymous(text: str) -> str:
    """A definition without the name of its table."""
    return text.partition("(")[2]


def _ids(connection: Connection, names: Sequence[Name]) -> list[Any] | None:
    """The ids that InnoDB has given to tables; None if that may not be asked."""
    found: list[Any] = []
    for schema, name in names:
        home = "DATABASE()" if schema is None else "'" + schema.replace("'", "''") + "'"
        escaped = name.replace("\\", "\\\\").replace("'", "''")
        ids = None
        for view in ("INNODB_SYS_TABLES", "INNODB_TABLES"):
            try:
                ids = connection.exec_driver_sql(
                    f"SELECT table_id FROM information_schema.{view}"
                    f" WHERE name = CONCAT({home}, '/', '{escaped}')",
                    execution_options={"no_parameters": True, **QUIET},
                ).all()
                break
            except DBAPIError:
                continue
        if ids is None:
            return None
        found.append([tuple(row) for row in ids])
    return found


def _object(found: list[Token], words: list[str]) -> tuple[str, Name] | None:
    """Kind and name of what is created, altered or dropped, other than tables."""
    if words[0] not in ("CREATE", "ALTER", "DROP"):
        return None
    for at, word in enumerate(words[1:], 1):
        if word in _SHOWN:
            at += 1
            while at < len(words) and words[at] in ("IF", "NOT", "EXISTS", "BODY"):
                at += 1
            name = _name(found, at)
            return (_SHOWN[word], name) if name else None
    return None


def _databases(found: list[Token]) -> Iterator[Name]:
    for at, token in enumerate(found):
        if token.word in ("DATABASE", "SCHEMA"):
            at += 1
            while at < len(found) and found[at].word in ("IF", "NOT", "EXISTS"):
                at += 1
            name = _name(found, at)
            if name:
                yield name


def _name(found: list[Token], at: int) -> Name | None:
    parts: list[str] = []
    while at < len(found) and found[at].kind in (Kind.WORD, Kind.NAME):
        parts.append(unquoted(found[at].text))
        if at + 1 >= len(found) or found[at + 1].text != ".":
            break
        at += 2
    if not parts:
        return None
    return (parts[-2] if len(parts) > 1 else None), parts[-1]

"""What a plan would destroy, foretold by running its functions without a database.

The functions run as for a script (``--sql``), except that nothing is written. What can't be foretold counts
as destructive: a function that asks the database, or SQL of an unknown kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Delete, Insert, Select, Update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.elements import TextClause

from ..operations import ops
from ..schema.knowledge import nothing_known
from ..schema.tokens import Flavour, Kind, Token, significant, tokens, unquoted
from ..schema.touched import statements_in
from .replay import Replaying

if TYPE_CHECKING:
    from sqlalchemy.sql import Executable

    from ..operations.operation import MigrateOperation
    from ..script.steps import MigrationStep
    from .migration import MigrationContext

_SHOWN = 100  # characters of a statement

_ROWLESS = """
    AGGREGATE CAST CHECK COLLATION CONSTRAINT CONVERSION DEFAULT DOMAIN EVENT EXPRESSION EXTENSION FOREIGN
    FUNCTION IDENTITY INDEX KEY MATERIALIZED NOT OPERATOR POLICY PRIMARY PROCEDURE PUBLICATION ROLE ROUTINE
    RULE SEQUENCE SERVER STATISTICS SUBSCRIPTION SYNONYM TRIGGER TYPE USER VIEW
"""
_HARMLESS = """
    ALTER ANALYZE CLUSTER COMMENT CREATE DROP EXPLAIN GRANT INSERT LOCK OPTIMIZE PRAGMA REFRESH REINDEX RENAME
    RESET REVOKE SELECT SET SHOW TABLE USE VACUUM VALUES
"""
# What DROP can be followed by without a row being lost; words that destroy rows; what else may come first.
_NO_ROWS_IN = frozenset(_ROWLESS.split())
_DESTROY = frozenset({"DELETE", "UPDATE", "TRUNCATE", "REPLACE", "MERGE"})
_FIRST = frozenset({"TRUNCATE", "REPLACE", "MERGE"})  # these only as the first word
_KEEP = frozenset(_HARMLESS.split())
_BETWEEN = frozenset(
    {"TABLE", "FROM", "ONLY", "IF", "EXISTS", "IGNORE", "LOW_PRIORITY", "QUICK", "INTO", "OR"}
)


class Loss(NamedTuple):
    """Something that a revision destroys, or may destroy.

    :param revision: which revision.
    :param what: in words, such as ``drop table orders``.
    :param table: schema and name of the table whose rows it concerns; None if that isn't known.
    """

    revision: str
    what: str
    table: tuple[str | None, str] | None


def losses(
    context: MigrationContext, steps: Iterable[MigrationStep], arguments: Mapping[str, Any] | None = None
) -> list[Loss]:
    """What the steps would destroy, in the order in which they would.

    :param context: its dialect and options count; its database is not asked.
    :param arguments: keywords for the functions.
    """
    foretelling = _Foretelling(context.dialect, context.opts)
    for step in steps:
        revision = getattr(step, "revision", None)
        if revision is not None:
            foretelling.revision = revision.revision
            foretelling.through([step], nothing_known("nobody has asked"), arguments or {})
    return foretelling.found


class _Foretelling(Replaying):
    """The context of revisions of which nothing but the losses is asked."""

    revision = ""

    def __init__(self, dialect: Any, opts: Mapping[str, Any]) -> None:
        super().__init__(dialect, opts)
        self.found: list[Loss] = []

    def _lost(self, what: str, table: tuple[str | None, str] | None = None) -> None:
        self.found.append(Loss(self.revision, what, table))

    def follow(self, operation: MigrateOperation) -> None:
        """An operation of a revision."""
        match operation:
            case ops.DropTableOp():
                table = operation.schema, operation.table_name
                self._lost(f"drop table {_dotted(*table)}", table)
            case ops.DropColumnOp():
                table = operation.schema, operation.table_name
                self._lost(f"drop column {_dotted(*table)}.{operation.column_name}", table)
            case ops.AlterColumnOp():
                if operation.modify_type is not None:
                    table = operation.schema, operation.table_name
                    self._lost(f"change the type of {_dotted(*table)}.{operation.column_name}", table)
            case ops.ExecuteSQLOp():
                self.follow_statement(operation.sqltext)
            case ops.OpContainer():
                for each in operation.ops:
                    self.follow(each)
            case _:
                if not type(operation).__module__.startswith("alembic."):
                    self.follow_foreign(operation)

    def follow_statement(self, statement: Executable | str) -> None:
        """SQL, of an operation or around operations."""
        if isinstance(statement, TextClause):
            statement = statement.text
        if isinstance(statement, str):
            for what, table in lost_by(statement, self.impl.rules.flavour):
                self._lost(what, table)
        elif not isinstance(statement, Insert | Select):
            table = getattr(statement, "table", None) if isinstance(statement, Update | Delete) else None
            name = getattr(table, "name", None)
            self._lost(_text(statement), (getattr(table, "schema", None), name) if name else None)

    def follow_foreign(self, operation: MigrateOperation) -> None:
        """An operation of the application's own."""
        name = getattr(operation, "table_name", None)
        table = (getattr(operation, "schema", None), name) if isinstance(name, str) else None
        self._lost(f"{type(operation).__name__}, an operation of your own", table)

    def failed(self, why: str) -> None:
        """A function can't be followed to its end."""
        self._lost(f"what can't be foretold ({why})")


def lost_by(sql: str, flavour: Flavour) -> Iterator[tuple[str, tuple[str | None, str] | None]]:
    """What statements may destroy: in words, and the table."""
    every = tokens(sql, flavour)
    if any(each.kind is Kind.COMMENT and each.text.startswith(("/*!", "/*M!")) for each in every):
        yield _shortened(sql), None  # MySQL carries such comments out
        return
    for statement in filter(None, statements_in(significant(every))):
        words = [token.word for token in statement]
        at = _destroys(words)
        if at is not None:
            start, end = statement[0].start, statement[-1].end
            yield _shortened(sql[start:end]), _named_after(statement, at)


def _destroys(words: list[str]) -> int | None:
    """Which word it is that destroys rows, or may; None if there is none."""
    if words[0] not in _KEEP | _DESTROY | {"WITH"}:
        return 0  # DO, CALL, EXEC: anything may happen
    if words[0] == "CREATE" and not {"TABLE", "SELECT"} & set(words[1:4]):
        return None  # of a function or trigger, whose words are carried out later
    if words[0] in {"GRANT", "REVOKE", "COMMENT", "EXPLAIN"}:
        return None
    for at, word in enumerate(words):
        before = words[at - 1] if at else ""
        if word in _FIRST and at > 0 and words[:3] != ["CREATE", "OR", "REPLACE"]:
            continue  # a function of that name
        if word in _DESTROY and before not in {"ON", "FOR", "BEFORE", "AFTER", "NO"}:
            return at
        if word == "DROP" and (words[at + 1] if at + 1 < len(words) else "") not in _NO_ROWS_IN:
            return 0 if words[0] == "ALTER" else at
        if words[:2] == ["ALTER", "TABLE"] and word in {"TYPE", "MODIFY", "CHANGE"}:
            return 0
    return None


def _named_after(statement: list[Token], at: int) -> tuple[str | None, str] | None:
    """The table that is named behind a word."""
    rest = iter(statement[at + 1 :])
    token = next((each for each in rest if each.word not in _BETWEEN), None)
    if token is None or token.kind not in (Kind.WORD, Kind.NAME):
        return None
    first = unquoted(token.text)
    dot = next(rest, None)
    if dot is not None and dot.text == ".":
        second = next(rest, None)
        if second is not None and second.kind in (Kind.WORD, Kind.NAME):
            return first, unquoted(second.text)
    return None, first


def _text(statement: Executable) -> str:
    try:
        return _shortened(str(statement))
    except SQLAlchemyError:
        return type(statement).__name__


def _shortened(sql: str) -> str:
    from ..masking import masked

    line = " ".join(masked(sql).split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def _dotted(schema: str | None, name: str) -> str:
    return f"{schema}.{name}" if schema else name

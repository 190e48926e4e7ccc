"""Replaying revisions as they run on a database without rows: what they read there is nothing.

A revision that moves data reads rows first, of which a replay knows none. Run on a new database it finds none
either, and what it makes of the schema is the same. So a query gets an empty answer, if all of its tables are
known and no revision has put rows in; any other is refused, as in every replay.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.elements import TextClause

from ..ddl.stand_in import ScriptConnection
from ..errors.ddl import NoResultInScript
from ..operations import ops
from ..schema.tokens import Kind, Token, significant_tokens, unquoted
from .replay import Replaying

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.engine import Dialect
    from sqlalchemy.sql import Executable

    from ..operations.operation import MigrateOperation

_ENDS = frozenset(
    {
        "WHERE",
        "JOIN",
        "LEFT",
        "INNER",
        "CROSS",
        "GROUP",
        "ORDER",
        "LIMIT",
        "ON",
        "FOR",
        "UNION",
        "HAVING",
        "SET",
    }
)

_NO_NAMES = frozenset({"LATERAL", "ONLY", "TABLE"})


class ReplayingOnEmptyTables(Replaying):
    """The migration context of such a replay; the parameters are those of its base."""

    def __init__(self, dialect: Dialect, opts: Mapping[str, Any]) -> None:
        super().__init__(dialect, opts)
        self.filled: set[str] = set()
        self.impl.stand_in = lambda impl: _EmptyTables(impl, self)

    def follow(self, operation: MigrateOperation) -> None:
        """An operation of a revision."""
        if isinstance(operation, ops.BulkInsertOp):
            self.filled.add(operation.table.name.lower())
        elif isinstance(operation, ops.ExecuteSQLOp):
            self.note_rows(operation.sqltext)
        super().follow(operation)

    def follow_statement(self, statement: Executable | str) -> None:
        """What went to the database around operations."""
        self.note_rows(statement)
        super().follow_statement(statement)

    def note_rows(self, statement: Executable | str) -> None:
        """The tables that a statement puts rows into."""
        words = self._tokens(statement)
        before = [at for at, token in enumerate(words) if token.word == "INTO"]
        before += [0] if words and words[0].word == "COPY" else []
        self.filled.update(_name(words[at + 1 :]) for at in before)

    def answer(self, statement: Executable | str) -> _Rows:
        """What a query finds.

        :raises NoResultInScript: that isn't known.
        """
        words = self._tokens(statement)
        known = {name.lower() for _, name in self.schema.tables}
        tables = list(_tables(words))
        if not tables or not known.issuperset(tables) or self.filled.intersection([*tables, ""]):
            raise NoResultInScript("rows")
        counts = [token.word for token in words[:3]] == ["SELECT", "COUNT", ""]
        return _Rows([(0,)] if counts and not any(token.word == "GROUP" for token in words) else [])

    def _tokens(self, statement: Executable | str) -> list[Token]:
        if isinstance(statement, TextClause):
            statement = statement.text
        if not isinstance(statement, str):
            try:
                statement = str(statement.compile(dialect=self.dialect))  # type: ignore[attr-defined]  # of every construct
            except SQLAlchemyError:
                return []
        return significant_tokens(statement, self.impl.rules.flavour)


class _EmptyTables(ScriptConnection):
    """The connection that such a revision gets."""

    def __init__(self, impl: Any, context: ReplayingOnEmptyTables) -> None:
        super().__init__(impl)
        self._context = context

    def _write(self, construct: Any, parameters: Any = None, *rest: Any) -> Any:
        refused = super()._write(construct, parameters, *rest)
        return self._answer(construct, refused)

    def exec_driver_sql(self, statement: str, parameters: Any = None, execution_options: Any = None) -> Any:
        """Rows for SQL exactly as it stands."""
        return self._answer(statement, super().exec_driver_sql(statement, parameters, execution_options))

    def scalar(self, obj: Any, parameters: Any = None, **_: Any) -> Any:
        """The first value, if there is any."""
        return self._write(obj, parameters).scalar()

    def scalars(self, obj: Any, parameters: Any = None, **_: Any) -> Any:
        """The values of the first column."""
        return self._write(obj, parameters).scalars()

    def close(self) -> None:
        """Nothing is open."""

    def _answer(self, statement: Any, refused: Any) -> Any:
        try:
            return self._context.answer(statement)
        except NoResultInScript:
            return refused


class _Rows:
    """A result that has been read already: no rows, or the one of a count."""

    rowcount = 0

    def __init__(self, rows: Sequence[Any]) -> None:
        self._rows = list(rows)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def all(self) -> list[Any]:
        """All rows."""
        return self._rows

    def fetchall(self) -> list[Any]:
        """All rows."""
        return self._rows

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """The next rows."""
        rows, self._rows = self._rows, []
        return rows

    def partitions(self, size: int | None = None) -> Iterator[list[Any]]:
        """The rows in parts."""
        return iter([self._rows] if self._rows else [])

    def first(self) -> Any:
        """The first row, or None."""
        return self._rows[0] if self._rows else None

    fetchone = one_or_none = first

    def one(self) -> Any:
        """The only row."""
        return self._rows[0] if self._rows else _unknown("one()")

    def scalar(self) -> Any:
        """The first value, or None."""
        return self._rows[0][0] if self._rows else None

    scalar_one_or_none = scalar

    def scalar_one(self) -> Any:
        """The only value."""
        return self.one()[0]

    def scalars(self, index: Any = 0) -> _Rows:
        """The values of the first column."""
        return _Rows([row[0] for row in self._rows])

    def mappings(self) -> _Rows:
        """The rows as dictionaries; of a count nobody knows the name."""
        return _Rows([]) if not self._rows else _unknown("mappings()")

    def close(self) -> None:
        """Nothing is open."""

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        _unknown(name)


def _unknown(what: str) -> NoReturn:
    raise NoResultInScript(what)


def _tables(words: list[Token]) -> Iterator[str]:
    """The names of the tables that a query reads; what is no plain name gives an empty one."""
    for at, token in enumerate(words):
        if token.word in ("FROM", "JOIN"):
            rest = words[at + 1 :]
            while rest:
                if rest[0].text == "(":
                    break  # a query of its own, whose tables come next
                yield "" if _is_function(rest) else _name(rest)
                rest = _behind_comma(rest)


def _behind_comma(words: list[Token]) -> list[Token]:
    """What follows ``name alias,``; nothing if no other table does."""
    for at, token in enumerate(words):
        if token.text == ",":
            return words[at + 1 :]
        if at > 4 or not (token.kind in (Kind.WORD, Kind.NAME) or token.text == "."):
            return []
        if token.word in _ENDS:
            return []
    return []


def _name(words: list[Token]) -> str:
    """The name, without its schema, that some tokens begin with, in lower case."""
    parts = _dotted(words)
    return unquoted(parts[-1].text).lower() if parts else ""


def _is_function(words: list[Token]) -> bool:
    """Whether it is a function that gives rows."""
    parts = _dotted(words)
    behind = words[words.index(parts[-1]) + 1 :] if parts else []
    return bool(behind) and behind[0].text == "("


def _dotted(words: list[Token]) -> list[Token]:
    parts = []
    rest = [token for token in words[:8] if token.word not in _NO_NAMES]
    while rest and rest[0].kind in (Kind.WORD, Kind.NAME):
        parts.append(rest[0])
        if len(rest) < 2 or rest[1].text != ".":
            break
        rest = rest[2:]
    return parts

"""Where statements go: to a database, into a script, or into a list.

Nothing else in the package writes to a database. A dialect emits the same statements into any of the three.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TextIO

from sqlalchemy.sql import Executable, Insert
from sqlalchemy.sql.ddl import BaseDDLElement

from ..errors.ddl import ScriptParametersError
from .literals import literal_text
from .row_values import Processor, bind_processor, send_rows

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, CursorResult
    from sqlalchemy.engine.interfaces import Dialect
    from sqlalchemy.types import TypeEngine

    from .statement import Statement


class Sink(Protocol):
    """Anything that takes statements."""

    def emit(self, statement: Statement) -> CursorResult[Any] | None:
        """Take one statement; what comes back is its result, if it was run."""

    def write(self, text: str) -> None:
        """Take a remark that is not a statement to run: a comment, BEGIN and COMMIT of a script."""


class LiveSink:
    """Runs each statement on a connection.

    :param connection: an open SQLAlchemy connection; the sink neither begins nor commits.
    :param rows_per_statement: so many rows of a bulk insert may share one statement.
    :param processor_of: what turns a value of a type into what the driver takes, for bulk inserts.
    """

    def __init__(
        self,
        connection: Connection,
        rows_per_statement: int = 1,
        processor_of: Callable[[TypeEngine[Any], Dialect], Processor | None] = bind_processor,
    ) -> None:
        self.connection = connection
        self.rows_per_statement = rows_per_statement
        self.processor_of = processor_of

    def emit(self, statement: Statement) -> CursorResult[Any] | None:
        """The result of the statement, run now; None for many rows."""
        if self._send_rows(statement):
            return None
        options = dict(statement.execution_options)
        if isinstance(statement.construct, str):
            # The driver itself must not look for its own placeholders ("%s", ":1") in the text either.
            options["no_parameters"] = True
            return self.connection.exec_driver_sql(statement.construct, execution_options=options)
        return self.connection.execute(
            statement.construct, statement.parameters, execution_options=options or None
        )

    def _send_rows(self, statement: Statement) -> bool:
        rows = statement.parameters
        return (
            isinstance(statement.construct, Insert)
            and isinstance(rows, Sequence)
            and not statement.execution_options
            and send_rows(
                self.connection, statement.construct, rows, self.rows_per_statement, self.processor_of
            )
        )

    def write(self, text: str) -> None:
        """Nothing: a database has no use for remarks."""


class ScriptSink:
    """Writes each statement as SQL text, for somebody to run later.

    :param dialect: the dialect to compile for.
    :param buffer: receives the text; flushed after each statement, so that a failing run leaves what it had.
    :param terminator: ends each statement.
    :param batch_separator: a line of its own after each statement, such as ``GO``; empty for none.
    :param literal_binds: bound values become literals; otherwise their placeholders stay.
    :param through: takes each finished statement instead of :meth:`write`.
    """

    def __init__(
        self,
        dialect: Dialect,
        buffer: TextIO,
        *,
        terminator: str = ";",
        batch_separator: str = "",
        literal_binds: bool = False,
        through: Callable[[str], None] | None = None,
    ) -> None:
        self.dialect = script_dialect(dialect)
        self.buffer = buffer
        self.terminator = terminator
        self.batch_separator = batch_separator
        self.literal_binds = literal_binds
        self._put = through or self.write

    def emit(self, statement: Statement) -> None:
        """Write the statement; there is no result."""
        if statement.parameters:
            raise ScriptParametersError()
        self.put(self.render(statement.construct))

    def put(self, sql: str) -> None:
        """Write finished SQL as one statement, with terminator and separator."""
        self._put(sql + self.terminator)
        if self.batch_separator:
            self._put(self.batch_separator)

    def write(self, text: str) -> None:
        """Write a paragraph as it stands."""
        self.buffer.write(text + "\n\n")
        self.buffer.flush()

    def render(self, construct: Executable | str) -> str:
        """The SQL text of a construct, without terminator."""
        if isinstance(construct, str):
            return construct.strip()
        return expand_tabs(self._compile(construct)).strip()

    def _compile(self, construct: Executable) -> str:
        if isinstance(construct, BaseDDLElement):
            return str(construct.compile(dialect=self.dialect))
        if isinstance(construct, Insert):
            # An INSERT that runs later has nobody to return a generated key to.
            construct = construct.inline()
        if self.literal_binds:
            return literal_text(construct, self.dialect)
        return str(construct.compile(dialect=self.dialect))  # type: ignore[attr-defined]  # Executable is a mixin of ClauseElement


class RecordingSink:
    """Keeps statements and remarks instead of running them.

    ``statements`` holds each statement in order, ``remarks`` each text written.
    """

    def __init__(self) -> None:
        self.statements: list[Statement] = []
        self.remarks: list[str] = []

    def emit(self, statement: Statement) -> None:
        """Keep the statement."""
        self.statements.append(statement)

    def write(self, text: str) -> None:
        """Keep the remark."""
        self.remarks.append(text)


def script_dialect(dialect: Dialect) -> Dialect:
    """The same dialect for text that no driver will read: percent signs are never doubled.

    Dialects whose driver uses ``%s`` placeholders double each percent sign for it; in a script that would
    change data.
    """
    quiet = copy.copy(dialect)
    # Literal processors remember the dialect they were made for.
    quiet.__dict__.pop("_type_memos", None)
    quiet.identifier_preparer = copy.copy(dialect.identifier_preparer)
    quiet.identifier_preparer.dialect = quiet
    quiet.identifier_preparer._double_percents = False
    quiet.identifier_preparer._strings = {}  # its memory of quoted names, which are spelled otherwise here
    quiet.type_compiler_instance = type(dialect.type_compiler_instance)(quiet)
    return quiet


_TABS_AND_QUOTED = re.compile(r"""\t|'[^']*'|"[^"]*"|`[^`]*`""")


def expand_tabs(sql: str) -> str:
    """The text with each tab outside of quotes as four spaces; SQLAlchemy indents columns by tabs."""
    if "\t" not in sql:
        return sql
    return _TABS_AND_QUOTED.sub(lambda found: "    " if found[0] == "\t" else found[0], sql)

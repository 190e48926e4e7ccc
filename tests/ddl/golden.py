"""Golden cases: a directive of a migration, and under it, indented, the script that it becomes.

The first paragraph of a file states the law. ``given:`` lines are SQL for a live run to execute before: at
the head of the file for all its cases, right above a directive for that one. ``then:`` is a query for after
it, with its answer behind ``=>``. Below a directive, ``!!`` is an error and ``~~`` a warning. Blank lines
between statements are left out.

ALEMBIC_TEST_REWRITE=1 writes what comes out into the files instead of comparing; look at the difference then.
"""

from __future__ import annotations

import datetime
import io
import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic.errors import CommandError
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

NAMES: dict[str, Any] = {
    **vars(sa),
    "sa": sa,
    "datetime": datetime,
    "postgresql": postgresql,
    "FetchedValue": sa.FetchedValue,
}


@dataclass(frozen=True)
class Case:
    """One directive.

    :param given: SQL to run before it, live only.
    :param then: a query and the one value that it must answer after the directive, live only.
    :param directive: Python, an expression that calls ``op``.
    :param expected: the lines that come out.
    """

    given: tuple[str, ...]
    directive: str
    expected: tuple[str, ...]
    then: str = ""

    @property
    def fails(self) -> bool:
        return any(line.startswith("!!") for line in self.expected)


@dataclass(frozen=True)
class GoldenFile:
    path: Path
    law: str
    given: tuple[str, ...]
    cases: tuple[Case, ...]


def read(path: Path) -> GoldenFile:
    """The cases of a file."""
    law, _, rest = path.read_text(encoding="utf-8").partition("\n\n")
    file_given: tuple[str, ...] | None = None
    given: list[str] = []
    then = ""
    cases: list[Case] = []
    for line in rest.splitlines():
        if line.startswith("    "):
            cases[-1] = replace(cases[-1], expected=(*cases[-1].expected, line[4:]))
        elif line.startswith("given: "):
            given.append(line.removeprefix("given: "))
        elif line.startswith("then: "):
            then = line.removeprefix("then: ")
        elif line:
            file_given = () if file_given is None else file_given
            cases.append(Case(tuple(given), line, (), then))
            given, then = [], ""
        elif file_given is None:
            file_given, given = tuple(given), []
    return GoldenFile(path, law, file_given or (), tuple(cases))


def write(file: GoldenFile) -> None:
    """Write the cases as they are now."""
    blocks = [file.law]
    if file.given:
        blocks.append("\n".join(f"given: {sql}" for sql in file.given))
    for case in file.cases:
        lines = [f"given: {sql}" for sql in case.given]
        lines += [f"then: {case.then}"] if case.then else []
        lines += [case.directive, *(f"    {line}" for line in case.expected)]
        blocks.append("\n".join(lines))
    file.path.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")


def check(path: Path, dialect: str) -> None:
    """Assert that each directive of the file becomes the script below it."""
    file = read(path)
    assert file.cases, f"{path} holds no cases"
    actual = tuple(replace(case, expected=tuple(outcome(case.directive, dialect))) for case in file.cases)
    if os.environ.get("ALEMBIC_TEST_REWRITE") == "1":
        write(replace(file, cases=actual))
    else:
        assert actual == file.cases


def outcome(directive: str, dialect: str, **opts: Any) -> list[str]:
    """The lines that a directive becomes: warnings, script, error."""
    buffer = io.StringIO()
    context = MigrationContext.configure(
        dialect_name=dialect, opts={"as_sql": True, "output_buffer": buffer, **opts}
    )
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        warnings.simplefilter("ignore", ResourceWarning)  # of whatever is collected just now
        error = _attempt(directive, Operations(context))
    lines = [f"~~ {warning.message}" for warning in warned]
    lines += [line for line in buffer.getvalue().splitlines() if line]
    return lines + error


def statements(case: Case, separator: str) -> Iterator[str]:
    """The statements of a case whose dialect puts a separator on a line of its own after each."""
    statement: list[str] = []
    for line in case.expected:
        if line.startswith(("!!", "~~")):
            continue
        if line == separator:
            yield "\n".join(statement)
            statement = []
        else:
            statement.append(line)
    assert not statement, f"not ended by {separator}: {statement}"


def run_live(case: Case, connection: sa.Connection) -> None:
    """Carry out the directive on a connection."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        context = MigrationContext.configure(connection)
        eval(case.directive, {**NAMES, "op": Operations(context)})  # data of this suite


def _attempt(directive: str, op: Operations) -> list[str]:
    try:
        eval(directive, {**NAMES, "op": op})  # data of this suite
    except (CommandError, sa.exc.CompileError) as error:
        message = error.message if isinstance(error, CommandError) else str(error)
        return [f"!! {type(error).__name__}: {message.splitlines()[0]}"]
    return []

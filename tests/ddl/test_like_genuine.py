"""PostgreSQL and SQLite: the same scripts as the genuine package, save where it loses something or breaks.

Compared are all directives of the golden files and a wide product of alter_column's arguments. A difference
must be one of DIFFERENCES, and each of those must still occur.
"""

from __future__ import annotations

import itertools
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ddl.golden import outcome, read

HERE = Path(__file__).parent

VARIES = "the order varied from run to run"

# Dialects, what the directive holds, and why we do otherwise.
DIFFERENCES = [
    ("postgresql", r"5%", "percent signs were doubled in scripts"),
    ("postgresql", r"ForeignKey\(.*name=.*inline_references=True", "the key's name was lost"),
    ("postgresql", r"ForeignKey\(.*ForeignKey\(.*inline_references=True", "not inline as asked"),
    ("postgresql sqlite", r"CheckConstraint.*CheckConstraint", VARIES),
    ("postgresql", r"index=True.*index=True", VARIES),
    ("postgresql", r"create_check_constraint\(.*':x'", "text was searched for bound names"),
    ("postgresql", r"bulk_insert\(.*func.now\(\)", "no SQL among the values"),
    (
        "postgresql",
        r"(add|alter)_column\(.*(ENUM|Enum|DOMAIN)\((?!.*(create_type=False|native_enum))",
        "no type",
    ),
    ("postgresql", r"type_=.*server_default=None", "the old default was in the way"),
    (
        "postgresql",
        r"type_=Integer.*existing_server_default=",
        "the old default was in the way",
    ),
    (
        "postgresql",
        r"Identity\(\), existing_server_default=Identity\(start",
        "half a statement",
    ),
    ("postgresql", r"existing_server_default=(Identity\(\)|\"5\")\)$", "an assertion failed"),
    ("postgresql sqlite", r"FetchedValue", "an assertion failed"),
    ("postgresql sqlite", r"JSON\)|column\(\"a\"\)", "no literals of JSON and of columns without a type"),
    ("postgresql sqlite", r"default=5", "Python's defaults became NULL"),
    ("postgresql", r"execute\(r?\"INSERT", "text was searched for bound names"),
    ("sqlite", r"execute\(r?\"INSERT", "text was searched for bound names"),
    ("postgresql", r"\{\}\]", "a row without values"),
    ("postgresql", r"\"none\": 1", "a KeyError"),
    ("sqlite", r"ForeignKey|create_constraint", "foreign keys and CHECKs of a column weren't possible"),
    ("sqlite", r"unique=True\)", "half the directive was written"),
    ("sqlite", r"Identity\(", "the identity was lost"),
    ("sqlite", r"alter_column.* (nullable|type_|server_default)=", "words that the server lacks"),
    ("sqlite", r"comment", "words that the server lacks"),
    ("sqlite", r"if_(not_)?exists=True", "words that the server lacks"),
]

PROGRAM = r"""
import datetime, io, json, sys, warnings
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

def outcome(directive, dialect):
    buffer = io.StringIO()
    context = MigrationContext.configure(dialect_name=dialect, opts={"as_sql": True, "output_buffer": buffer})
    names = {**vars(sa), "sa": sa, "datetime": datetime, "postgresql": postgresql, "op": Operations(context)}
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        warnings.simplefilter("ignore", ResourceWarning)  # of whatever is collected just now
        try:
            eval(directive, names)
            error = []
        except Exception as found:
            error = [f"!! {type(found).__name__}: {found}".splitlines()[0]]
    lines = [f"~~ {warning.message}" for warning in warned]
    return lines + [line for line in buffer.getvalue().splitlines() if line] + error

print(json.dumps([[outcome(text, dialect) for text in texts] for dialect, texts in json.load(sys.stdin)]))
"""


def _golden(dialect: str) -> Iterator[str]:
    for path in sorted((HERE / dialect).glob("*.golden")):
        yield from (case.directive for case in read(path).cases)


def _alterations() -> Iterator[str]:
    existing = [
        "",
        "existing_type=Integer(), existing_nullable=False",
        'existing_type=String(9), existing_comment="was", schema="s"',
    ]
    for arguments in itertools.product(
        ["", "nullable=True", "nullable=False"],
        ["", "type_=String(20)", "type_=DateTime()"],
        ["", "server_default=None", 'server_default="x"', 'server_default=text("now()")'],
        ["", 'new_column_name="d"'],
        existing,
    ):
        said = ", ".join(argument for argument in arguments if argument)
        yield f'op.alter_column("t", "c"{", " if said else ""}{said})'


def _same(ours: list[str], theirs: list[str]) -> bool:
    # Errors are compared by text: ours are subclasses with names of their own.
    return [re.sub(r"^!! \w+: ", "!! ", line) for line in ours] == [
        re.sub(r"^!! \w+: ", "!! ", line) for line in theirs
    ]


def test_same_scripts(genuine: Path) -> None:
    dialects = ["postgresql", "sqlite"]
    asked = [(dialect, [*_golden(dialect), *_alterations()]) for dialect in dialects]
    answer = subprocess.run(
        [genuine, "-c", PROGRAM], input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    seen: set[int] = set()
    unexplained = []
    for (dialect, directives), answers in zip(asked, json.loads(answer.stdout), strict=True):
        for directive, theirs in zip(directives, answers, strict=True):
            ours = outcome(directive, dialect)
            if _same(ours, theirs):
                continue
            reasons = _reasons(dialect, directive)
            seen.update(reasons)
            if not reasons:
                unexplained.append((dialect, directive, theirs, ours))
    assert not unexplained
    steady = [index for index, (*_, reason) in enumerate(DIFFERENCES) if reason is not VARIES]
    never = [DIFFERENCES[index] for index in steady if index not in seen]
    if never:
        pytest.fail(f"no longer different, remove from the list: {never}")


def _reasons(dialect: str, directive: str) -> list[int]:
    return [
        index
        for index, (dialects, pattern, _) in enumerate(DIFFERENCES)
        if dialect in dialects.split() and re.search(pattern, directive)
    ]

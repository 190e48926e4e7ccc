"""Each statement of the golden files is T-SQL, as far as sqlglot knows the language."""

from __future__ import annotations

import re
from pathlib import Path

from tests.ddl.golden import read, statements
from tests.ddl.grammar import check

HERE = Path(__file__).parent

UNKNOWN = {
    "ADD DEFAULT": "sqlglot's ALTER TABLE has no ADD DEFAULT ... FOR",
}

# T-SQL needs no semicolon between statements, sqlglot does.
NEXT_STATEMENT = re.compile(r"\n(?=select @const_name|exec)")

DYNAMIC = re.compile(r"exec\('(?P<sql>(?:[^']|'')+)' \+ @const_name\);")


def test_statements_parse() -> None:
    found: dict[str, str] = {}
    for path in sorted(HERE.glob("*.golden")):
        for case in read(path).cases:
            for batch in statements(case, "GO"):
                for number, sql in enumerate(NEXT_STATEMENT.split(batch)):
                    if dynamic := DYNAMIC.fullmatch(sql):
                        sql = dynamic["sql"].replace("''", "'") + "some_name"
                    found[f"{path.name}: {case.directive} [{number}] {sql[:20]}"] = sql
    assert len(found) > 500
    check(found, "tsql", UNKNOWN)

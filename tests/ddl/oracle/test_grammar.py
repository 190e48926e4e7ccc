"""Each statement of the golden files is Oracle's SQL, as far as sqlglot knows it, those inside PL/SQL too."""

from __future__ import annotations

import re
from pathlib import Path

from tests.ddl.golden import read, statements
from tests.ddl.grammar import check

HERE = Path(__file__).parent

UNKNOWN = {
    " MODIFY ": "sqlglot's ALTER TABLE has no MODIFY",
    "IDENTITY (INCREMENT BY": "sqlglot wants START WITH first; Oracle takes its options in any order",
    "INDEX s.": "sqlglot's index has no schema",
    "BITMAP INDEX": "sqlglot knows no kinds of index",
    "COMPRESS": "sqlglot knows no storage of an index",
    "begin null; end;": "PL/SQL that a migration executes itself",
}

BLOCK = re.compile(
    r"BEGIN\n    EXECUTE IMMEDIATE '(?P<sql>(?:[^']|'')+)';\nEXCEPTION\n    WHEN OTHERS THEN\n"
    r"        IF SQLCODE != -\d+ THEN\n            RAISE;\n        END IF;\nEND;"
)


def test_statements_parse() -> None:
    found: dict[str, str] = {}
    blocks = 0
    for path in sorted(HERE.glob("*.golden")):
        for case in read(path).cases:
            for number, sql in enumerate(statements(case, "/")):
                if block := BLOCK.fullmatch(sql):
                    blocks += 1
                    sql = block["sql"].replace("''", "'")
                found[f"{path.name}: {case.directive} [{number}]"] = sql
    assert len(found) > 400 and blocks >= 14
    check(found, "oracle", UNKNOWN)

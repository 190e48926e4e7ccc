"""MySQL and MariaDB: each directive becomes the script that stands below it in the golden files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ddl.golden import check

HERE = Path(__file__).parent
FILES = sorted(path.name for path in HERE.glob("*.golden"))
ONLY = {"only_mysql.golden": ["mysql"], "only_mariadb.golden": ["mariadb"]}
CASES = [(name, dialect) for name in FILES for dialect in ONLY.get(name, ["mysql", "mariadb"])]


@pytest.mark.parametrize(("name", "dialect"), CASES)
def test_golden(name: str, dialect: str) -> None:
    check(HERE / name, dialect)

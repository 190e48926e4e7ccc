"""Killed again and again, at places chosen by chance, until the last revision is done."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

import pytest

from alembic.testing.crash import DisposableDatabase, SQLiteFile
from alembic.testing.pytest_plugin import PytestCrashTest
from tests.crash.autocommit import BLOCKS
from tests.crash.kinds import COUNT, PREPARED, upgrade_of
from tests.project import Project

Make = Callable[..., PytestCrashTest]

# One after the other on the same tables; what comes later finds what it needs.
CHAIN = (
    "create_table with parts",
    "add_column with default",
    "alter_column type",
    "UPDATE",
    "swap of indexes",
    "drop_constraint foreign key",
    "data between DDL",
    "rename_table",
    "bulk_insert one by one",
    "CREATE TRIGGER",
)


@pytest.mark.parametrize("seed", [1, 2])
def test_mariadb(seed: int, project: Project, mariadb_url: str, crash_test: Make) -> None:
    project.configure(mariadb_url)
    begin = "".join(f"op.execute({statement!r})\n" for statement in PREPARED)
    project.revision("a0", upgrade=begin)
    before = "a0"
    for number, kind in enumerate(CHAIN, 1):
        body = upgrade_of(kind)
        if number == CHAIN.index("CREATE TRIGGER") + 1:
            body = body.replace("loose", "tight").replace("VALUES (10, 'ten')", "(a, b) VALUES (10, 'ten')")
        if kind == "data between DDL":
            body = body.replace('"c"', '"cc"').replace("SET c = c + a", "SET cc = cc + a")
        project.revision(f"a{number}", before, upgrade=body)
        before = f"a{number}"
    test = crash_test(DisposableDatabase(mariadb_url), directory=project.directory)
    storm = test.storm(seed)
    assert len(storm.blows) >= 3
    storm.check()
    assert test.reference().dump.rows["counter"].values == ((str(len(CHAIN)),),)


@pytest.mark.parametrize("seed", [1, 2])
def test_postgresql(seed: int, project: Project, postgresql_url: str, crash_test: Make) -> None:
    project.configure(postgresql_url)
    rows = (
        'op.create_table("t_a", sa.Column("id", sa.Integer))\nop.execute("INSERT INTO t_a VALUES (1), (2)")'
    )
    project.revision("a", upgrade=rows)
    project.chain("b", down="a")
    project.revision("c", "b", upgrade=textwrap.dedent(BLOCKS["index and data"]))
    project.revision("d", "c", upgrade=textwrap.dedent(BLOCKS["two blocks"]))
    project.revision(
        "e", "d", upgrade=textwrap.dedent(BLOCKS["table rewritten"]).replace("BigInteger", "Text")
    )
    test = crash_test(DisposableDatabase(postgresql_url), directory=project.directory)
    storm = test.storm(seed, within=25)
    assert len(storm.blows) >= 2
    storm.check()


@pytest.mark.parametrize("seed", [1, 2])
def test_sqlite(seed: int, project: Project, crash_test: Make) -> None:
    create = (
        'op.create_table("counter", sa.Column("n", sa.Integer))\nop.execute("INSERT INTO counter VALUES (0)")'
    )
    project.revision("a", upgrade=create)
    for number in range(12):
        body = f'op.create_table("t{number}", sa.Column("n", sa.Integer))\n{COUNT}'
        project.revision(f"a{number}", f"a{number - 1}" if number else "a", upgrade=body)
    test = crash_test(SQLiteFile(project.directory / "database.db"), directory=project.directory)
    storm = test.storm(seed, within=30)
    assert len(storm.blows) >= 4
    storm.check()
    assert test.reference().dump.rows["counter"].values == (("12",),)

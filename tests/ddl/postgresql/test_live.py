"""Every directive of the golden files runs on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.ddl.golden import read, run_live

HERE = Path(__file__).parent
OUTSIDE_OF_TRANSACTIONS = "concurrently"
# A placeholder in a script is for its reader to fill in; a list of the wrong shape runs nowhere.
NAMES = sorted({path.stem for path in HERE.glob("*.golden")} - {OUTSIDE_OF_TRANSACTIONS})


@pytest.fixture
def engine(postgresql_url: str) -> Iterator[sa.Engine]:
    engine = sa.create_engine(postgresql_url)
    yield engine
    engine.dispose()


@pytest.mark.parametrize("name", NAMES)
def test_every_directive_runs(engine: sa.Engine, name: str) -> None:
    file = read(HERE / f"{name}.golden")
    for case in file.cases:
        if case.fails:
            continue
        with engine.connect() as connection:
            for sql in (*file.given, *case.given):
                connection.exec_driver_sql(sql)
            run_live(case, connection)


def test_every_directive_runs_outside_of_transactions(engine: sa.Engine) -> None:
    file = read(HERE / f"{OUTSIDE_OF_TRANSACTIONS}.golden")
    with engine.connect() as connection:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        for case in file.cases:
            for sql in file.given:
                connection.exec_driver_sql(sql)
            run_live(case, connection)


@pytest.mark.parametrize("name", NAMES)
def test_every_script_runs(engine: sa.Engine, name: str) -> None:
    """What is written for somebody to run later is what the server takes."""
    file = read(HERE / f"{name}.golden")
    for case in file.cases:
        script = "\n".join(line for line in case.expected if not line.startswith(("!!", "~~")))
        if case.fails or not script or "%(" in script.replace("%(x)s", ""):
            continue
        with engine.connect() as connection:
            for sql in (*file.given, *case.given):
                connection.exec_driver_sql(sql)
            connection.exec_driver_sql(script, execution_options={"no_parameters": True})

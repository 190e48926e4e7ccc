"""Types of the database that SQLAlchemy doesn't know: compared by their names, changed by a person."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool
from sqlalchemy.types import UserDefinedType

from alembic.autogenerate import produce_migrations
from alembic.operations.ops import ManualOp
from alembic.runtime.migration import MigrationContext
from tests.autogenerate.core.comparing import column, connected, differences, made, table

pytestmark = pytest.mark.filterwarnings("ignore:Did not recognize type")


class Named(UserDefinedType[Any]):
    """A type of the application's, known to the database by this name."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **kw: Any) -> str:
        return self.name


@pytest.fixture
def postgresql(postgresql_url: str) -> str:
    engine = sa.create_engine(postgresql_url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TYPE pair AS (a int, b int)")
        connection.exec_driver_sql("CREATE TYPE other AS (a int)")
        connection.exec_driver_sql("CREATE TABLE t (id SERIAL PRIMARY KEY, x pair, y pg_lsn)")
    return postgresql_url


NAMES = [("pair", "pg_lsn"), ("public.pair", "PG_LSN"), ("PAIR", "pg_catalog.pg_lsn")]


@pytest.mark.parametrize(("x", "y"), NAMES)
def test_same_type(postgresql: str, x: str, y: str) -> None:
    assert differences(postgresql, None, table(column("x", Named(x)), column("y", Named(y)))) == []


def test_other_type(postgresql: str) -> None:
    """It is found, and left to a person: what is there can't be written as Python."""
    wanted = table(column("x", Named("other"), nullable=False), column("y", Named("pg_lsn")))
    with connected(postgresql, None) as connection:
        script = produce_migrations(MigrationContext.configure(connection), made(wanted))
    (table_ops,) = script.upgrade_ops.ops
    manual, changed = table_ops.ops
    assert isinstance(manual, ManualOp)
    assert "pair" in manual.reason
    (diff,) = manual.to_diff_tuple()
    assert (diff[0], diff[3], diff[6].name) == ("modify_type", "x", "other")
    assert [each[0] for each in changed.to_diff_tuple()] == ["modify_nullable"]


def test_on_mariadb(mariadb_url: str) -> None:
    engine = sa.create_engine(mariadb_url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, x INET6, y POINT)")
    assert (
        differences(mariadb_url, None, table(column("x", Named("INET6")), column("y", Named("point")))) == []
    )
    wanted = table(column("x", sa.String(40)), column("y", Named("POINT")))
    ((change,),) = differences(mariadb_url, None, wanted)
    assert (change[0], change[3]) == ("modify_type", "x")

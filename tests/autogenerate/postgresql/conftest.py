"""One database for the whole folder, emptied for each test: making databases is what costs time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from tests.absence import absent
from tests.servers import Unavailable, lease

Compare = Callable[..., list[Any]]


@pytest.fixture(scope="package")
def server() -> Iterator[sa.Engine]:
    try:
        lease("postgresql").admin_url()
    except Unavailable as error:
        absent("postgresql", error)
    with lease("postgresql").database() as url:
        engine = sa.create_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def engine(server: sa.Engine) -> sa.Engine:
    """An engine on an empty database."""
    with server.begin() as connection:
        names = connection.exec_driver_sql(
            "SELECT quote_ident(nspname) FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)'"
        )
        for name in names.scalars().all():
            connection.exec_driver_sql(f"DROP SCHEMA {name} CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    return server


@pytest.fixture
def compare(engine: sa.Engine) -> Compare:
    """``compare(metadata, **options)``: the differences between the models and the database."""

    def differences(metadata: sa.MetaData, **options: Any) -> list[Any]:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts=options)
            return compare_metadata(context, metadata)

    return differences

"""Tables made on MariaDB, compared with models, migrated to them and back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from alembic.autogenerate import compare_metadata, produce_migrations, render_python_code
from alembic.runtime.migration import MigrationContext

from ..core.comparing import statements
from ..roundtrip.cycle import round_trip

Items = Callable[[], Sequence[Any]]


def models(items: Items, **options: Any) -> sa.MetaData:
    """A table ``t`` with a key and the items, beside a table ``p`` to refer to."""
    metadata = sa.MetaData()
    sa.Table("p", metadata, sa.Column("id", sa.Integer, primary_key=True))
    sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True), *items(), **options)
    return metadata


def migrated(url: str, before: sa.MetaData, after: sa.MetaData) -> str:
    """The code of the upgrade from one to the other, which was applied, undone and left no differences."""
    engine = sa.create_engine(url, poolclass=NullPool)
    round_trip(engine, before, after)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        return render_python_code(produce_migrations(context, after).upgrade_ops, migration_context=context)


def unchanged(url: str, metadata: sa.MetaData) -> list[str]:
    """The statements that it took to find that there are no differences from what ``create_all`` made."""
    engine = sa.create_engine(url, poolclass=NullPool)
    metadata.create_all(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        with statements(connection) as sent:
            assert compare_metadata(context, metadata) == []
    return sent


def made_by(url: str, *sql: str) -> None:
    """Carry out statements."""
    with sa.create_engine(url, poolclass=NullPool).begin() as connection:
        for each in sql:
            connection.exec_driver_sql(each, execution_options={"no_parameters": True})


def found(url: str, metadata: sa.MetaData, **options: Any) -> list[Any]:
    """The differences between a database as it is and models."""
    with sa.create_engine(url, poolclass=NullPool).connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))

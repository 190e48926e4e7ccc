"""What a comparison costs: as many statements for many tables as for few."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from tests.autogenerate.core.comparing import Models, both, connected, made, statements


def _many(stop: int, start: int = 0) -> Models:
    def make(metadata: sa.MetaData) -> None:
        for i in range(start, stop):
            # What servers take their time to make is in the first tables only.
            more = [sa.Column("kind", sa.Enum("a", "b", name=f"kind{i}")), sa.Index(f"ix{i}", "name", "n")]
            key = [sa.Column("up", sa.ForeignKey(f"t{max(start, i - 1)}.id", ondelete="CASCADE"))]
            sa.Table(
                f"t{i}",
                metadata,
                sa.Column("id", sa.Integer, primary_key=True),
                sa.Column("name", sa.String(50), nullable=False, server_default="it's"),
                sa.Column("n", sa.Integer, server_default="0", unique=i < 100),
                sa.Column("made", sa.DateTime, server_default=sa.func.now()),
                sa.Column("amount", sa.Numeric(12, 2), server_default="0"),
                sa.CheckConstraint("n >= 0", name=f"ck{i}"),
                *(more + key if i < 100 else []),
            )

    return make


def _make_in_portions(connection: sa.Connection, models: sa.MetaData) -> None:
    tables = models.sorted_tables
    for start in range(0, len(tables), 100):
        # A transaction in PostgreSQL can't lock thousands of tables.
        models.create_all(connection, tables[start : start + 100])
        connection.commit()


def test_number_of_statements(database_url: str) -> None:
    """The same for 10, 500 and 2,000 tables, server defaults and checks included."""
    numbers = []
    steps: list[Models] = []
    with connected(database_url, None) as connection:
        for start, stop in ((0, 10), (10, 500), (500, 2000)):
            steps.append(_many(stop, start))
            _make_in_portions(connection, made(steps[-1]))
            for options in ({}, {"compare_server_default": True}):
                context = MigrationContext.configure(connection, opts=options)
                with statements(connection) as sent:
                    assert compare_metadata(context, made(both(*steps))) == []
                numbers.append(len(sent))
    assert len(numbers) == 6
    assert len(set(numbers)) == 1, numbers
    assert numbers[0] <= 20


def test_unchanged_tables_become_no_table_objects(database_url: str) -> None:
    """SQLAlchemy's Table is made of what the database has only where something differs."""
    reflected: list[str] = []

    def note(inspector: Any, table: sa.Table, column: Any) -> None:
        reflected.append(table.name)

    def changed(metadata: sa.MetaData) -> None:
        _many(5)(metadata)
        metadata.tables["t3"].append_column(sa.Column("more", sa.Integer))

    with connected(database_url, _many(5)) as connection:
        context = MigrationContext.configure(connection)
        original = sa.Table.__init__

        def init(self: sa.Table, name: str, *args: Any, **kw: Any) -> None:
            reflected.append(name)
            original(self, name, *args, **kw)

        wanted = made(changed)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sa.Table, "__init__", init)
            ((kind, *_),) = compare_metadata(context, wanted)
    assert kind == "add_column"
    assert {name for name in reflected if name.startswith("t")} <= {"t2", "t3"}

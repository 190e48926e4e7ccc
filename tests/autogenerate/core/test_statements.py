"""What a comparison costs: as many statements for many tables as for few."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from tests.autogenerate.core.comparing import Models, connected, made, statements


def _many(number: int) -> Models:
    def make(metadata: sa.MetaData) -> None:
        for i in range(number):
            sa.Table(
                f"t{i}",
                metadata,
                sa.Column("id", sa.Integer, primary_key=True),
                sa.Column("name", sa.String(50), nullable=False, server_default="it's"),
                sa.Column("n", sa.Integer, server_default="0", unique=True),
                sa.Column("made", sa.DateTime, server_default=sa.func.now()),
                sa.Column("amount", sa.Numeric(12, 2), server_default="0"),
                sa.Column("kind", sa.Enum("a", "b", name=f"kind{i}")),
                sa.Column("up", sa.ForeignKey(f"t{max(0, i - 1)}.id", ondelete="CASCADE")),
                sa.Index(f"ix{i}", "name", "n"),
                sa.CheckConstraint("n >= 0", name=f"ck{i}"),
            )

    return make


@pytest.mark.parametrize("options", [{}, {"compare_server_default": True}], ids=["default", "asked"])
def test_number_of_statements(database_url: str, options: dict[str, Any]) -> None:
    numbers = []
    for tables in (10, 120):
        with connected(database_url, _many(tables)) as connection:
            context = MigrationContext.configure(connection, opts=options)
            with statements(connection) as sent:
                assert compare_metadata(context, made(_many(tables))) == []
            numbers.append(len(sent))
    assert numbers[0] == numbers[1] <= 20


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

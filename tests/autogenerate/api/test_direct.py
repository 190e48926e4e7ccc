"""The operations of produce_migrations, carried out as they are, without a revision file."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from alembic.autogenerate import compare_metadata, produce_migrations
from alembic.operations import Operations
from alembic.operations.ops import OpContainer
from alembic.runtime.migration import MigrationContext
from tests.autogenerate.core.comparing import both, column, connected, made, table

BEFORE = both(table(name="p"), table(column("old", sa.String(5), index=True)))
AFTER = both(
    table(name="p"),
    table(
        column("p_id", sa.Integer, lambda: sa.ForeignKey("p.id"), index=True),
        column("u", sa.Integer, unique=True),
        column("n", sa.Integer, lambda: sa.CheckConstraint("n > 0", name="ck_n")),
        column("b", sa.Boolean(create_constraint=True, name="ck_b")),
    ),
    table(column("t_id", lambda: sa.ForeignKey("t.id"), index=True), name="new"),
)


def _carry_out(operations: Operations, operation: Any) -> None:
    if isinstance(operation, OpContainer):
        for each in operation.ops:
            _carry_out(operations, each)
    else:
        operations.invoke(operation)


def test_there_and_back(database_url: str) -> None:
    with connected(database_url, BEFORE) as connection:
        context = MigrationContext.configure(connection)
        script = produce_migrations(context, made(AFTER))
        operations = Operations(context)
        _carry_out(operations, script.upgrade_ops)
        assert compare_metadata(context, made(AFTER)) == []
        _carry_out(operations, script.downgrade_ops)
        assert compare_metadata(context, made(BEFORE)) == []


def test_keys_and_indexes_are_made_once(database_url: str) -> None:
    with connected(database_url, BEFORE) as connection:
        context = MigrationContext.configure(connection)
        _carry_out(Operations(context), produce_migrations(context, made(AFTER)).upgrade_ops)
        inspector = sa.inspect(connection)
        assert len(inspector.get_foreign_keys("t")) == 1
        uniques = {tuple(each["column_names"]) for each in inspector.get_unique_constraints("t")}
        assert uniques == {("u",)}

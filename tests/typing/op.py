"""What type checkers know of `op`; checked by mypy, never run."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import conv
from typing_extensions import assert_type

from alembic import op
from alembic.operations import BatchOperations, Operations, ops


async def count(connection: AsyncConnection, table: str, *, minimum: int) -> int:
    return minimum


def upgrade(operations: Operations) -> None:
    assert_type(op.create_table("t", sa.Column("x", sa.Integer), if_not_exists=True, comment="c"), sa.Table)
    assert_type(op.f("x"), conv)
    assert_type(op.get_bind(), sa.Connection)
    assert_type(op.run_async(count, "t", minimum=1), int)
    assert_type(op.invoke(ops.ExecuteSQLOp("x")), Any)
    with op.batch_alter_table("t", recreate="never") as batch:
        assert_type(batch, BatchOperations)
        batch.add_column(sa.Column("x", sa.Integer), insert_after="y")
        batch.create_foreign_key(None, "p", ["a"], ["b"], ondelete="CASCADE")
    with op.context(operations.migration_context) as current:
        assert_type(current, Operations)

    op.add_column("t", sa.Column("x", sa.Integer), schema="s", if_not_exists=True)
    op.alter_column("t", "x", type_=sa.Integer, existing_type=sa.String(5), server_default=None, comment=None)
    op.alter_column("t", "x", server_default=sa.text("now()"), postgresql_using="x::int")
    op.create_index(None, "t", ["a", sa.text("lower(b)"), sa.func.lower(sa.column("c"))], unique=True)
    op.bulk_insert(sa.table("t", sa.column("a")), [{"a": 1}])
    op.execute(sa.text("select 1"), execution_options={"autocommit": True})

    op.add_column("t", "x")  # type: ignore[arg-type]
    op.add_column("t", sa.Column("x", sa.Integer), "s")  # type: ignore[call-arg]
    op.drop_table("t", if_exists="yes")  # type: ignore[arg-type]
    op.execute("x", unknown=True)  # type: ignore[call-arg]


@Operations.register_operation("own")
class OwnOp(ops.MigrateOperation):
    @classmethod
    def own(cls, operations: Operations, name: str) -> None:
        operations.invoke(cls())


@Operations.implementation_for(OwnOp)
def own(operations: Operations, operation: OwnOp) -> str:
    return "done"


assert_type(own(Operations(None), OwnOp()), str)  # type: ignore[arg-type]
assert_type(OwnOp(), OwnOp)

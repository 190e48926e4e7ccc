"""Operations of other people's comparators keep their place, whatever they are about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table

from alembic.autogenerate.compare import _produce_net_changes
from alembic.autogenerate.context import AutogenContext
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from alembic.runtime.plugins import Plugin


class OtherOp(ops.MigrateOperation):
    def __init__(self, name: str) -> None:
        self.name = name

    def reverse(self) -> OtherOp:
        return OtherOp(f"not {self.name}")

    def to_diff_tuple(self) -> tuple[str, str]:
        return ("other", self.name)


@pytest.fixture
def plugin() -> Iterator[Plugin]:
    made = Plugin("tests.ordering")
    yield made
    made.remove()


def test_they_stay_where_they_were_put(plugin: Plugin, mariadb_url: str) -> None:
    def first(context: Any, upgrade_ops: ops.UpgradeOps, schemas: Any) -> None:
        upgrade_ops.ops.insert(0, OtherOp("first"))
        upgrade_ops.ops.append(
            ops.ModifyTableOps(
                "unknown",
                [
                    ops.AlterColumnOp("unknown", "x", existing_type=Integer(), modify_type=sa.String(5)),
                    ops.DropConstraintOp("c", "unknown", "unique"),
                    ops.DropIndexOp("i", "unknown"),
                    OtherOp("inside"),
                ],
            )
        )
        upgrade_ops.ops.append(ops.DropTableOp("unknown"))

    def in_table(context: Any, modify_ops: ops.ModifyTableOps, *_: Any) -> None:
        modify_ops.ops.append(OtherOp(f"of {modify_ops.table_name}"))

    plugin.add_autogenerate_comparator(first, "schema", "others")  # type: ignore[arg-type]  # returns nothing
    plugin.add_autogenerate_comparator(in_table, "table", "others")  # type: ignore[arg-type]  # likewise
    metadata = MetaData()
    Table("b", metadata, Column("id", Integer, primary_key=True))
    Table("a", metadata, Column("id", Integer, primary_key=True), Column("b", Integer, ForeignKey("b.id")))
    opts = {"autogenerate_plugins": ["alembic.autogenerate.*", "tests.ordering"]}
    with sa.create_engine(mariadb_url).connect() as connection:
        upgrade_ops = ops.UpgradeOps([])
        context = AutogenContext(MigrationContext.configure(connection, opts=opts), metadata)
        _produce_net_changes(context, upgrade_ops)
    kinds = [diff[:2] if diff[0] == "other" else diff[0] for diff in _flat(upgrade_ops)]
    assert kinds == [
        ("other", "first"),
        "add_table",
        ("other", "of b"),
        "add_table",
        ("other", "of a"),
        "modify_type",
        "DropConstraintOp",
        "DropIndexOp",
        ("other", "inside"),
        "DropTableOp",
    ]


def _flat(container: ops.OpContainer) -> Iterator[tuple[Any, ...]]:
    for operation in container.ops:
        if isinstance(operation, ops.OpContainer):
            yield from _flat(operation)
        elif isinstance(operation, ops.AlterColumnOp):
            yield from operation.to_diff_tuple()
        elif isinstance(operation, (ops.DropConstraintOp, ops.DropIndexOp, ops.DropTableOp)):
            yield (type(operation).__name__,)  # such as nobody kept the original of
        else:
            yield operation.to_diff_tuple()

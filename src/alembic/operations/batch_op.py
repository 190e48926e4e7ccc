"""A batch as one value: the operations on one table, and how it was to be carried out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .containers import ModifyTableOps

if TYPE_CHECKING:
    from .batch import BatchOperationsImpl
    from .operation import MigrateOperation


class BatchOp(ModifyTableOps):
    """The operations of ``op.batch_alter_table``, which are one change: names may be those of before it.

    :param batch: how it was to be carried out.
    :param ops: its operations.
    """

    def __init__(self, batch: BatchOperationsImpl, ops: Sequence[MigrateOperation]) -> None:
        super().__init__(batch.table_name, ops, schema=batch.schema)
        self.batch = batch

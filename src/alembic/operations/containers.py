"""Groups of operations: those of one table, of one direction, of a whole revision."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from alembic.errors.operations import SeveralMigrations

from .operation import MigrateOperation

if TYPE_CHECKING:
    import os


class OpContainer(MigrateOperation):
    """A sequence of operations, which is an operation itself.

    :param ops: the operations; the list ``ops`` may be edited in place.
    """

    def __init__(self, ops: Sequence[MigrateOperation] = ()) -> None:
        self.ops = list(ops)

    def is_empty(self) -> bool:
        """Whether it holds nothing; a container within counts, even an empty one."""
        return not self.ops

    def as_diffs(self) -> Any:
        """The diff tuples of all operations within, as a flat list."""
        return list(OpContainer._ops_as_diffs(self))

    @classmethod
    def _ops_as_diffs(cls, migrations: OpContainer) -> Iterator[tuple[Any, ...]]:
        for operation in migrations.ops:
            if isinstance(operation, OpContainer):
                yield from cls._ops_as_diffs(operation)
            else:
                yield operation.to_diff_tuple()

    def _reversed(self) -> list[MigrateOperation]:
        opposites: list[MigrateOperation] = []
        for operation in reversed(self.ops):
            back = operation.reverse()
            # It may take several operations to undo one.
            several = back.ops if type(back) is OpContainer else [back]
            if several and operation.reverse_notes:
                several[0].notes = operation.reverse_notes + several[0].notes
            if len(several) == 1 and operation.notes:
                several[0].reverse_notes = operation.notes + several[0].reverse_notes
            opposites += [*operation.reverse_before, *several, *operation.reverse_after]
        return opposites


class ModifyTableOps(OpContainer):
    """The operations on one table.

    :param table_name: the table.
    :param schema: its schema.
    """

    def __init__(
        self, table_name: str, ops: Sequence[MigrateOperation], *, schema: str | None = None
    ) -> None:
        super().__init__(ops)
        self.table_name, self.schema = table_name, schema

    def reverse(self) -> ModifyTableOps:
        """The opposites of the operations, last one first."""
        return ModifyTableOps(self.table_name, self._reversed(), schema=self.schema)


class UpgradeOps(OpContainer):
    """The operations of an upgrade.

    :param upgrade_token: the name by which the revision template asks for them.
    """

    def __init__(self, ops: Sequence[MigrateOperation] = (), upgrade_token: str = "upgrades") -> None:
        super().__init__(ops)
        self.upgrade_token = upgrade_token

    def reverse(self) -> DowngradeOps:
        """The opposites of the operations, last one first."""
        return self.reverse_into(DowngradeOps())

    def reverse_into(self, downgrade_ops: DowngradeOps) -> DowngradeOps:
        """Put the opposites of the operations, last one first, in the place of what a container holds.

        :param downgrade_ops: the container, which is also what comes back.
        """
        downgrade_ops.ops[:] = self._reversed()
        return downgrade_ops


class DowngradeOps(OpContainer):
    """The operations of a downgrade.

    :param downgrade_token: the name by which the revision template asks for them.
    """

    def __init__(self, ops: Sequence[MigrateOperation] = (), downgrade_token: str = "downgrades") -> None:
        super().__init__(ops)
        self.downgrade_token = downgrade_token

    def reverse(self) -> UpgradeOps:
        """The opposites of the operations, last one first."""
        return UpgradeOps(self._reversed())


class MigrationScript(MigrateOperation):
    """A revision file to be: its operations and what ``alembic revision`` was told.

    :param rev_id: the identifier; None lets one be made.
    :param upgrade_ops: one container, or a list of them for several databases.
    :param downgrade_ops: likewise.
    :param imports: import lines for the file.
    :param head: the parent, ``splice``, ``branch_label``, ``version_path`` and ``depends_on`` as for
        ``command.revision()``.
    """

    def __init__(
        self,
        rev_id: str | None,
        upgrade_ops: UpgradeOps | Sequence[UpgradeOps],
        downgrade_ops: DowngradeOps | Sequence[DowngradeOps],
        *,
        message: str | None = None,
        imports: Iterable[str] = (),
        head: str | None = None,
        splice: bool | None = None,
        branch_label: str | Sequence[str] | None = None,
        version_path: str | os.PathLike[str] | None = None,
        depends_on: str | Sequence[str] | None = None,
    ) -> None:
        self.rev_id = rev_id
        self.message = message
        # A set is kept, not copied: whoever renders the operations adds to it.
        self.imports = imports if isinstance(imports, set) else set(imports)
        self.head = head
        self.splice = splice
        self.branch_label = branch_label
        self.version_path = version_path
        self.depends_on = depends_on
        self._upgrade_ops: list[UpgradeOps] = []
        self._downgrade_ops: list[DowngradeOps] = []
        self.upgrade_ops = upgrade_ops
        self.downgrade_ops = downgrade_ops

    # Any: hooks both read one container from these and assign lists to them.

    @property
    def upgrade_ops(self) -> Any:
        """The operations of the upgrade; None if there are none.

        :raises SeveralMigrations: a ValueError too: there are several containers, see ``upgrade_ops_list``.
        """
        if len(self._upgrade_ops) > 1:
            raise SeveralMigrations("UpgradeOps", "upgrade_ops_list")
        return self._upgrade_ops[0] if self._upgrade_ops else None

    @upgrade_ops.setter
    def upgrade_ops(self, value: UpgradeOps | Sequence[UpgradeOps]) -> None:
        self._upgrade_ops = [value] if isinstance(value, UpgradeOps) else list(value)
        for each in self._upgrade_ops:
            assert isinstance(each, UpgradeOps)

    @property
    def downgrade_ops(self) -> Any:
        """The operations of the downgrade; None if there are none.

        :raises SeveralMigrations: a ValueError too: there are several containers, see ``downgrade_ops_list``.
        """
        if len(self._downgrade_ops) > 1:
            raise SeveralMigrations("DowngradeOps", "downgrade_ops_list")
        return self._downgrade_ops[0] if self._downgrade_ops else None

    @downgrade_ops.setter
    def downgrade_ops(self, value: DowngradeOps | Sequence[DowngradeOps]) -> None:
        self._downgrade_ops = [value] if isinstance(value, DowngradeOps) else list(value)
        for each in self._downgrade_ops:
            assert isinstance(each, DowngradeOps)

    @property
    def upgrade_ops_list(self) -> list[UpgradeOps]:
        """The containers of the upgrade, one for each database; editing the list edits the script."""
        return self._upgrade_ops

    @property
    def downgrade_ops_list(self) -> list[DowngradeOps]:
        """The containers of the downgrade, one for each database; editing the list edits the script."""
        return self._downgrade_ops

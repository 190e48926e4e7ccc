"""All operation classes under the path by which hooks and third parties import them."""

from __future__ import annotations

from .columns import AddColumnOp, AlterColumnOp, DropColumnOp
from .comments import CreateTableCommentOp, DropTableCommentOp
from .constraints import (
    AddConstraintOp,
    CreateCheckConstraintOp,
    CreateForeignKeyOp,
    CreatePrimaryKeyOp,
    CreateUniqueConstraintOp,
    DropConstraintOp,
)
from .containers import DowngradeOps, MigrationScript, ModifyTableOps, OpContainer, UpgradeOps
from .exclude import CreateExcludeConstraintOp
from .indexes import CreateIndexOp, DropIndexOp
from .operation import AlterTableOp, MigrateOperation
from .rows import BulkInsertOp
from .sql import ExecuteSQLOp, ManualOp, ReversibleSQLOp
from .tables import CreateTableOp, DropTableOp, RenameTableOp

__all__ = [
    "AddColumnOp",
    "AddConstraintOp",
    "AlterColumnOp",
    "AlterTableOp",
    "BulkInsertOp",
    "CreateCheckConstraintOp",
    "CreateExcludeConstraintOp",
    "CreateForeignKeyOp",
    "CreateIndexOp",
    "CreatePrimaryKeyOp",
    "CreateTableCommentOp",
    "CreateTableOp",
    "CreateUniqueConstraintOp",
    "DowngradeOps",
    "DropColumnOp",
    "DropConstraintOp",
    "DropIndexOp",
    "DropTableCommentOp",
    "DropTableOp",
    "ExecuteSQLOp",
    "ManualOp",
    "MigrateOperation",
    "MigrationScript",
    "ModifyTableOps",
    "OpContainer",
    "RenameTableOp",
    "ReversibleSQLOp",
    "UpgradeOps",
]

"""What type checkers know of `alembic.autogenerate`; checked by mypy, never run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import MetaData
from typing_extensions import assert_type

from alembic.autogenerate import (
    RevisionContext,
    Rewriter,
    compare_metadata,
    produce_migrations,
    render_python_code,
)
from alembic.autogenerate.api import AutogenContext
from alembic.migration import MigrationContext
from alembic.operations import MigrationScript, ops
from alembic.script import Script

writer = Rewriter()


@writer.rewrites(ops.AddColumnOp)
def twice(context: MigrationContext, revision: Any, op: ops.AddColumnOp) -> list[ops.MigrateOperation]:
    assert_type(op.notes, tuple[str, ...])
    return [op, ops.ExecuteSQLOp("x")]


def hook(context: MigrationContext, revision: Any, directives: list[MigrationScript]) -> None:
    writer(context, revision, directives)


def compare(context: MigrationContext, metadata: MetaData, revision: RevisionContext) -> None:
    assert_type(compare_metadata(context, metadata), Any)
    script = produce_migrations(context, metadata)
    assert_type(script, MigrationScript)
    assert_type(render_python_code(script.upgrade_ops, migration_context=context), str)
    assert_type(writer.chain(hook), Rewriter)
    assert_type(writer.chain(Rewriter()).process_revision_directives(context, (), [script]), None)
    assert_type(AutogenContext(context, metadata).imports, set[str])
    assert_type(revision.generate_scripts(), Iterator[Script | None])

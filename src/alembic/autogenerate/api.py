"""Comparing from Python: the differences as tuples, or as operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.operations.containers import DowngradeOps, MigrationScript, UpgradeOps

from .compare import _populate_migration_script
from .context import AutogenContext
from .render import render_python_code
from .revision_context import RevisionContext
from .template_variables import Pass, template_variables

if TYPE_CHECKING:
    from sqlalchemy import MetaData

    from alembic.runtime.migration import MigrationContext

__all__ = [
    "AutogenContext",
    "RevisionContext",
    "_render_migration_diffs",
    "compare_metadata",
    "produce_migrations",
    "render_python_code",
]


def compare_metadata(context: MigrationContext, metadata: MetaData) -> Any:
    """The differences between a database and models: a list of tuples such as ``("add_table", Table)``.

    What changes about one column is a list of tuples among them. The upgrade that these tuples describe makes
    the database like the models.

    :param context: a migration context with a connection.
    :param metadata: the models, one MetaData or several.
    """
    return produce_migrations(context, metadata).upgrade_ops.as_diffs()


def produce_migrations(context: MigrationContext, metadata: MetaData) -> MigrationScript:
    """The operations that make a database like models, and those that lead back.

    :param context: a migration context with a connection.
    :param metadata: the models, one MetaData or several.
    """
    autogen_context = AutogenContext(context, metadata=metadata)
    script = MigrationScript(None, UpgradeOps([]), DowngradeOps([]))
    _populate_migration_script(autogen_context, script)
    return script


def _render_migration_diffs(context: MigrationContext, template_args: dict[Any, Any]) -> None:
    """Compare, and put the rendered bodies and imports into the variables of a template.

    :param context: a migration context with a connection; its options name models and tokens.
    :param template_args: receives the bodies under the tokens, and ``imports``.
    """
    autogen_context = AutogenContext(context)
    opts = context.opts
    tokens = opts.get("upgrade_token", "upgrades"), opts.get("downgrade_token", "downgrades")
    script = MigrationScript(None, UpgradeOps([]), DowngradeOps([]))
    _populate_migration_script(autogen_context, script)
    template_args.update(template_variables(script, [Pass(*tokens, autogen_context)]))

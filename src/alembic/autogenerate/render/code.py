"""Operations to Python in one call, for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine.default import DefaultDialect

from .body import _indent, _render_cmd_body

if TYPE_CHECKING:
    from alembic.operations.ops import DowngradeOps, UpgradeOps
    from alembic.runtime.environment import RenderItemFn
    from alembic.runtime.migration import MigrationContext


def render_python_code(
    up_or_down_op: UpgradeOps | DowngradeOps,
    sqlalchemy_module_prefix: str = "sa.",
    alembic_module_prefix: str = "op.",
    render_as_batch: bool = False,
    imports: Sequence[str] = (),
    render_item: RenderItemFn | None = None,
    migration_context: MigrationContext | None = None,
    user_module_prefix: str | None = None,
) -> str:
    """The body of ``upgrade()`` or ``downgrade()``: its first line as it is, the others indented by four.

    :param up_or_down_op: the operations.
    :param sqlalchemy_module_prefix: what stands before names of SQLAlchemy's.
    :param alembic_module_prefix: what stands before directives.
    :param render_as_batch: write the operations on one table as a batch.
    :param imports: import lines that the text may need; a set or a list takes those that are found.
    :param render_item: as for ``context.configure()``.
    :param migration_context: gives the dialect; by default that of no database.
    :param user_module_prefix: what stands before types of the user's own; by default the module they are in.
    """
    from alembic.autogenerate.context import AutogenContext
    from alembic.runtime.migration import MigrationContext

    opts: dict[str, Any] = {"render_item": render_item, "render_as_batch": render_as_batch}
    opts |= {"alembic_module_prefix": alembic_module_prefix, "user_module_prefix": user_module_prefix}
    opts["sqlalchemy_module_prefix"] = sqlalchemy_module_prefix
    if migration_context is None:
        migration_context = MigrationContext.configure(dialect=DefaultDialect())
    autogen_context = AutogenContext(migration_context, opts=opts, autogenerate=False)
    autogen_context.imports = imports if isinstance(imports, set) else set(imports)
    body = _indent(_render_cmd_body(up_or_down_op, autogen_context))
    if isinstance(imports, list):
        imports.extend(sorted(autogen_context.imports.difference(imports)))
    return body

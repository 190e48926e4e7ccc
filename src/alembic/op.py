"""The directives of migrations, as functions: they speak for the migration that is running here and now.

Their signatures and documentation are those of the methods of :class:`alembic.operations.Operations`.
Directives registered by ``register_operation`` appear here as well.

A function is made when it is first named: importing this module costs nothing, and loads no SQLAlchemy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what type checkers and editors see; __getattr__ does the same at run time
    from .operations.base import Operations

    _door = Operations._door

    add_column = _door.through(Operations.add_column)
    alter_column = _door.through(Operations.alter_column)
    batch_alter_table = _door.through(Operations.batch_alter_table)
    bulk_insert = _door.through(Operations.bulk_insert)
    create_check_constraint = _door.through(Operations.create_check_constraint)
    create_exclude_constraint = _door.through(Operations.create_exclude_constraint)
    create_foreign_key = _door.through(Operations.create_foreign_key)
    create_index = _door.through(Operations.create_index)
    create_primary_key = _door.through(Operations.create_primary_key)
    create_table = _door.through(Operations.create_table)
    create_table_comment = _door.through(Operations.create_table_comment)
    create_unique_constraint = _door.through(Operations.create_unique_constraint)
    drop_column = _door.through(Operations.drop_column)
    drop_constraint = _door.through(Operations.drop_constraint)
    drop_index = _door.through(Operations.drop_index)
    drop_table = _door.through(Operations.drop_table)
    drop_table_comment = _door.through(Operations.drop_table_comment)
    execute = _door.through(Operations.execute)
    f = _door.through(Operations.f)
    get_bind = _door.through(Operations.get_bind)
    get_context = _door.through(Operations.get_context)
    inline_literal = _door.through(Operations.inline_literal)
    invoke = _door.through(Operations.invoke)
    rename_table = _door.through(Operations.rename_table)
    run_async = _door.through(Operations.run_async)

    # Class methods need no running migration.
    context = Operations.context
    create_module_class_proxy = Operations.create_module_class_proxy
    implementation_for = Operations.implementation_for
    register_operation = Operations.register_operation

__all__ = [
    "add_column",
    "alter_column",
    "batch_alter_table",
    "bulk_insert",
    "context",
    "create_check_constraint",
    "create_exclude_constraint",
    "create_foreign_key",
    "create_index",
    "create_module_class_proxy",
    "create_primary_key",
    "create_table",
    "create_table_comment",
    "create_unique_constraint",
    "drop_column",
    "drop_constraint",
    "drop_index",
    "drop_table",
    "drop_table_comment",
    "execute",
    "f",
    "get_bind",
    "get_context",
    "implementation_for",
    "inline_literal",
    "invoke",
    "register_operation",
    "rename_table",
    "run_async",
]


def __getattr__(name: str) -> Any:
    if not name.startswith("_"):
        from .operations.base import Operations

        if hasattr(Operations, name):
            Operations._follow(globals())
            Operations._put(name, globals())
            return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    from .operations.base import Operations

    return sorted({*globals(), *(name for name in dir(Operations) if not name.startswith("_"))})

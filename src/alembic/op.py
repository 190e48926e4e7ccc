"""The directives of migrations, as functions: they speak for the migration that is running here and now.

Their signatures and documentation are those of the methods of :class:`alembic.operations.Operations`.
Directives registered by ``register_operation`` appear here as well.
"""

from __future__ import annotations

from typing import Any

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


def __getattr__(name: str) -> Any:
    """A directive that was registered later."""
    method = getattr(Operations, name, None)
    if name.startswith("_") or not callable(method):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _door.through(method)


def __dir__() -> list[str]:
    return sorted({*globals(), *(name for name in dir(Operations) if not name.startswith("_"))})

"""The door of env.py: functions that speak for the environment of the command that is running.

Each is the method of the same name of :class:`~alembic.runtime.environment.EnvironmentContext`; ``config``
and ``script`` are its attributes. Threads and tasks that run commands at the same time each speak for their
own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from .errors import CommandError
from .runtime.environment import EnvironmentContext

if TYPE_CHECKING:
    from .configuration import Config
    from .script import ScriptDirectory

    config: Config
    script: ScriptDirectory

__all__ = [
    "EnvironmentContext",
    "begin_transaction",
    "configure",
    "create_module_class_proxy",
    "execute",
    "get_bind",
    "get_context",
    "get_head_revision",
    "get_head_revisions",
    "get_impl",
    "get_revision_argument",
    "get_starting_revision_argument",
    "get_tag_argument",
    "get_x_argument",
    "is_offline_mode",
    "is_transactional_ddl",
    "requires_connection",
    "run_migrations",
    "static_output",
]

_door = EnvironmentContext._door

begin_transaction = _door.through(EnvironmentContext.begin_transaction)
# A method with **kw could be given a keyword named "self", hence the complaints that are ignored here.
configure = _door.through(EnvironmentContext.configure)  # type: ignore[arg-type]
execute = _door.through(EnvironmentContext.execute)
get_bind = _door.through(EnvironmentContext.get_bind)
get_context = _door.through(EnvironmentContext.get_context)
get_head_revision = _door.through(EnvironmentContext.get_head_revision)
get_head_revisions = _door.through(EnvironmentContext.get_head_revisions)
get_impl = _door.through(EnvironmentContext.get_impl)
get_revision_argument = _door.through(EnvironmentContext.get_revision_argument)
get_starting_revision_argument = _door.through(EnvironmentContext.get_starting_revision_argument)
get_tag_argument = _door.through(EnvironmentContext.get_tag_argument)
is_offline_mode = _door.through(EnvironmentContext.is_offline_mode)
is_transactional_ddl = _door.through(EnvironmentContext.is_transactional_ddl)
requires_connection = _door.through(EnvironmentContext.requires_connection)
run_migrations = _door.through(EnvironmentContext.run_migrations)  # type: ignore[arg-type]
static_output = _door.through(EnvironmentContext.static_output)

create_module_class_proxy = EnvironmentContext.create_module_class_proxy


@overload
def get_x_argument(as_dictionary: Literal[False] = ...) -> list[str]: ...
@overload
def get_x_argument(as_dictionary: Literal[True]) -> dict[str, str]: ...
@overload
def get_x_argument(as_dictionary: bool = ...) -> list[str] | dict[str, str]: ...
def get_x_argument(as_dictionary: bool = False) -> list[str] | dict[str, str]:
    """The ``-x`` arguments of the command line, see :meth:`EnvironmentContext.get_x_argument`."""
    environment: EnvironmentContext = _door.current("get_x_argument")
    return environment.get_x_argument(as_dictionary)


def __getattr__(name: str) -> Any:
    if name in ("config", "script"):
        try:
            return getattr(_door.current(name), name)
        except CommandError:
            pass
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

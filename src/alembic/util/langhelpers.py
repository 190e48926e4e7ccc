"""Small helpers about Python values, by the familiar import path."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar, overload

from ..script.naming import new_identifier

if TYPE_CHECKING:
    from sqlalchemy.util import asbool, immutabledict, memoized_property, to_list, unique_list

    from ..operations.dispatch import Dispatcher
    from ..operations.door import ModuleClsProxy
    from ..runtime.plugins import DispatchPriority, PriorityDispatcher, PriorityDispatchResult

    EMPTY_DICT: immutabledict[Any, Any]

__all__ = [
    "EMPTY_DICT",
    "DispatchPriority",
    "Dispatcher",
    "ModuleClsProxy",
    "PriorityDispatchResult",
    "PriorityDispatcher",
    "asbool",
    "dedupe_tuple",
    "immutabledict",
    "memoized_property",
    "not_none",
    "rev_id",
    "to_list",
    "to_tuple",
    "unique_list",
]

_T = TypeVar("_T")

# These come with SQLAlchemy or need it, so they are loaded when first named.
_HOME = {
    **dict.fromkeys(
        ["asbool", "immutabledict", "memoized_property", "to_list", "unique_list"], "sqlalchemy.util"
    ),
    **dict.fromkeys(
        ["DispatchPriority", "PriorityDispatcher", "PriorityDispatchResult"], "alembic.runtime.plugins"
    ),
    "Dispatcher": "alembic.operations.dispatch",
    "ModuleClsProxy": "alembic.operations.door",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in _HOME:
        value = getattr(import_module(_HOME[name]), name)
    elif name == "EMPTY_DICT":
        value = import_module("sqlalchemy.util").immutabledict()
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def rev_id() -> str:
    """A random revision identifier: twelve hexadecimal digits."""
    return new_identifier()


@overload
def to_tuple(x: Any, default: tuple[Any, ...]) -> tuple[Any, ...]: ...
@overload
def to_tuple(x: None, default: tuple[Any, ...] | None = ...) -> tuple[Any, ...] | None: ...
@overload
def to_tuple(x: Any, default: tuple[Any, ...] | None = None) -> tuple[Any, ...]: ...
def to_tuple(x: Any, default: tuple[Any, ...] | None = None) -> tuple[Any, ...] | None:
    """A tuple of what an iterable yields; a string or another single value becomes a tuple of one.

    :param default: what to return for None.
    """
    if x is None:
        return default
    if isinstance(x, str) or not isinstance(x, Iterable):
        return (x,)
    return tuple(x)


def dedupe_tuple(tup: tuple[str, ...]) -> tuple[str, ...]:
    """The tuple without repetitions, in the order of first occurrence."""
    return tuple(dict.fromkeys(tup))


def not_none(value: _T | None) -> _T:
    """The value, for type checkers that cannot see that it is not None.

    :raises AssertionError: it is None.
    """
    assert value is not None
    return value

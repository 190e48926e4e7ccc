"""Constructor arguments of types that users write, found again on the object that they made."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

_MISSING: Any = object()


def is_python(text: str) -> bool:
    """Whether the text is a Python expression, as a good ``repr`` is; ``<object at 0x7f…>`` is none."""
    try:
        ast.parse(text, mode="eval")
    except (SyntaxError, ValueError):
        return False
    return True


def importable(value: Any) -> bool:
    """Whether ``import module`` and the qualified name lead to this class or function."""
    module = getattr(value, "__module__", None)
    path = getattr(value, "__qualname__", None)
    if not isinstance(module, str) or not isinstance(path, str) or module in ("builtins", "__main__"):
        return False
    found: Any = sys.modules.get(module)
    for name in path.split("."):
        found = getattr(found, name, None)
    return found is value


def constructor_call(type_: TypeEngine[Any], argument: Callable[[Any], str | None]) -> str | None:
    """``Name(arguments)`` that makes the type again; None if an argument can't be told.

    An argument is looked for under its own name, with an underscore before or after it, and on the type that
    a TypeDecorator wraps. What has its default is left out.

    :param argument: the Python for a value, or None.
    """
    cls: Any = type(type_)
    parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]
    positional: list[str] = []
    named: dict[str, str] = {}
    for parameter in parameters:
        if parameter.kind is parameter.VAR_POSITIONAL:
            continue
        if parameter.kind is parameter.VAR_KEYWORD:
            _add_arguments_of_impl(type_, named, [each.name for each in parameters], argument)
            continue
        value = _value(type_, parameter.name)
        required = parameter.default is parameter.empty
        if value is _MISSING and required:
            return None
        if value is _MISSING or (not required and _same(value, parameter.default)):
            continue
        text = argument(value)
        if text is None:
            return None
        if parameter.kind is parameter.KEYWORD_ONLY or not required:
            named[parameter.name] = text
        else:
            positional.append(text)
    arguments = [*positional, *(f"{name}={text}" for name, text in named.items())]
    return f"{cls.__name__}({', '.join(arguments)})"


def _add_arguments_of_impl(
    type_: Any, named: dict[str, str], known: list[str], argument: Callable[[Any], str | None]
) -> None:
    """What a TypeDecorator's ``**kw`` has handed to the type that it wraps."""
    impl = getattr(type_, "impl", None)
    if impl is None or isinstance(impl, type):
        return
    for parameter in list(inspect.signature(type(impl).__init__).parameters.values())[1:]:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD) or parameter.name in known:
            continue
        value = _value(impl, parameter.name)
        if value is _MISSING or _same(value, parameter.default):
            continue
        text = argument(value)
        if text is not None and parameter.default is not parameter.empty:
            named[parameter.name] = text


def _value(type_: Any, name: str) -> Any:
    attributes = vars(type_)
    mangled = [f"_{cls.__name__.lstrip('_')}__{name}" for cls in type(type_).__mro__]
    for candidate in (name, f"_{name}", f"{name}_", *mangled):
        if candidate in attributes:
            return attributes[candidate]
    impl = attributes.get("impl")
    if impl is not None and not isinstance(impl, type) and name in vars(impl):
        return vars(impl)[name]
    return _MISSING


def _same(value: Any, default: Any) -> bool:
    try:
        return value is default or bool(value == default)
    except Exception:  # the user's own comparison, whatever it may raise
        return False

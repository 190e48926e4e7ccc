"""How operation classes and the methods of ``op`` come together."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

_F = TypeVar("_F", bound=Callable[..., Any])


def directive_of(noun: type[Any]) -> Callable[[_F], _F]:
    """A decorator: this method of Operations can be called through the operation class as well.

    ``AddColumnOp.add_column(operations, …)`` and the like are how hooks and subclasses reach a directive.
    Called through a subclass, the directive makes operations of the subclass.
    """

    def attach(verb: _F) -> _F:
        name = ("batch_" if verb.__qualname__.startswith("Batch") else "") + verb.__name__
        setattr(noun, name, _Directive(verb))
        return verb

    return attach


class _Directive:
    """A method of Operations as a class method of an operation class."""

    def __init__(self, verb: Callable[..., Any]) -> None:
        self.verb = verb

    def __get__(self, instance: object, noun: type[Any]) -> Callable[..., Any]:
        def speak(operations: Any, *args: Any, **kw: Any) -> Any:
            return self.verb(_Saying(operations, noun), *args, **kw)

        speak.__name__ = self.verb.__name__
        speak.__doc__ = self.verb.__doc__
        speak.__dict__["__signature__"] = _with_first(self.verb, "operations")
        return speak


class _Saying:
    """Operations, as a directive sees them that is to make operations of one certain class."""

    def __init__(self, operations: Any, noun: type[Any]) -> None:
        self._operations = operations
        self._noun = noun

    def _say(self, _: type[Any], /, *args: Any, **kw: Any) -> Any:
        return self._operations.invoke(self._noun(*args, **kw))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._operations, name)


def method_for(noun: type[Any], name: str, sourcename: str) -> Callable[..., Any]:
    """A method for Operations that calls a class method of an operation class.

    :param noun: the operation class; its class method takes ``(cls, operations, …)``.
    :param name: the name of the method to be.
    :param sourcename: the name of the class method.
    """

    def speak(self: Any, *args: Any, **kw: Any) -> Any:
        return getattr(noun, sourcename)(self, *args, **kw)

    source = getattr(noun, sourcename)
    speak.__name__ = name
    speak.__qualname__ = f"Operations.{name}"
    speak.__module__ = noun.__module__
    speak.__doc__ = source.__doc__
    speak.__dict__["__signature__"] = _with_first(source, "self")
    return speak


def _with_first(function: Callable[..., Any], name: str) -> inspect.Signature:
    """The signature with another name for the first parameter."""
    signature = inspect.signature(function)
    first, *others = signature.parameters.values()
    return signature.replace(
        parameters=[first.replace(name=name, annotation=inspect.Parameter.empty), *others]
    )

"""Functions registered for classes or names, found by method resolution order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from alembic.errors.operations import DispatchTaken, NoDispatch

_F = TypeVar("_F", bound=Callable[..., Any])


class Dispatcher:
    """A register of functions, each for one class (and what derives from it) or one string.

    A qualifier, such as the name of a dialect, narrows a registration. A look-up with a qualifier tries each
    class of the inheritance with the qualifier first, then without.
    """

    def __init__(self) -> None:
        self._registry: dict[tuple[Any, str], Callable[..., Any]] = {}

    def dispatch_for(
        self, target: Any, *, qualifier: str = "default", replace: bool = False
    ) -> Callable[[_F], _F]:
        """A decorator that registers a function.

        :param target: a class, or a string.
        :param qualifier: narrows the registration.
        :param replace: take the place of a function that is registered already.
        :raises DispatchTaken: a ValueError: there is one already, and ``replace`` was not given.
        """

        def register(function: _F) -> _F:
            if not replace and (target, qualifier) in self._registry:
                raise DispatchTaken(target)
            self._registry[target, qualifier] = function
            return function

        return register

    def dispatch(self, obj: Any, qualifier: str = "default") -> Callable[..., Any]:
        """The function for an object: a string, a class, or an instance of one.

        :raises NoDispatch: a ValueError: there is none.
        """
        for key in self._keys(obj, qualifier):
            if key in self._registry:
                return self._registry[key]
        raise NoDispatch(obj)

    def branch(self) -> Dispatcher:
        """A copy, to which registrations can be added without touching this one."""
        copy = Dispatcher()
        copy._registry.update(self._registry)
        return copy

    @staticmethod
    def _keys(obj: Any, qualifier: str) -> Iterator[tuple[Any, str]]:
        if isinstance(obj, str):
            targets: tuple[Any, ...] = (obj,)
        else:
            targets = (obj if isinstance(obj, type) else type(obj)).__mro__
        for target in targets:
            if qualifier != "default":
                yield target, qualifier
            yield target, "default"

"""How a module-level function finds the object that it speaks for.

``op.add_column(…)`` belongs to whatever migration is running here and now. The current object is kept by a
context variable, so that threads and tasks running migrations at the same time don't see each other's.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, MutableMapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from alembic.errors.operations import NoCurrentObject

if TYPE_CHECKING:
    from typing import Concatenate

    from typing_extensions import ParamSpec

    P = ParamSpec("P")

T = TypeVar("T")
R = TypeVar("R")


class Door(Generic[T]):
    """The current object of a class, and functions that call its methods.

    :param class_name: how messages call the class.
    """

    def __init__(self, class_name: str) -> None:
        self.class_name = class_name
        self._here: ContextVar[tuple[T, ...]] = ContextVar(f"current {class_name}", default=())
        self._open: list[T] = []

    def enter(self, obj: T) -> None:
        """Make an object the current one, until it leaves; the one before comes back then."""
        self._open.append(obj)
        self._here.set((*self._here.get(), obj))

    def leave(self, obj: T) -> None:
        """Take back :meth:`enter`; may happen in another context than that did."""
        _drop_last(self._open, obj)
        here = list(self._here.get())
        _drop_last(here, obj)
        self._here.set(tuple(here))

    def current(self, function: str) -> T:
        """The current object.

        A thread that knows of none, such as one that an env.py starts to run its event loop, speaks for the
        only one in the process, if there is only one.

        :param function: the name of the function that asks, for the message.
        :raises NoCurrentObject: a NameError too: there is none, or it has left already.
        """
        for obj in reversed(self._here.get()):
            if any(obj is each for each in self._open):
                return obj
        if len(self._open) == 1:
            return self._open[0]
        raise NoCurrentObject(function, self.class_name)

    def through(self, method: Callable[Concatenate[T, P], R]) -> Callable[P, R]:
        """The method as a function without ``self``.

        It is looked up by name when it is called: a directive registered in its place is found.
        """
        name = method.__name__

        @functools.wraps(method)
        def speak(*args: P.args, **kw: P.kwargs) -> R:
            result: R = getattr(self.current(name), name)(*args, **kw)
            return result

        del speak.__dict__["__wrapped__"]
        speak.__dict__["__signature__"] = _without_self(method)
        return speak


class ModuleClsProxy:
    """A class whose current instance module-level functions speak for; each subclass has its own door."""

    _door: ClassVar[Door[Any]] = Door("ModuleClsProxy")
    _modules: ClassVar[list[MutableMapping[str, Any]]] = []

    def __init_subclass__(cls, **kw: Any) -> None:
        super().__init_subclass__(**kw)
        cls._door = Door(cls.__name__)
        cls._modules = []

    def _install_proxy(self) -> None:
        """Make this the current instance of its class and of those it derives from."""
        for door in self._doors():
            door.enter(self)

    def _remove_proxy(self) -> None:
        """Take :meth:`_install_proxy` back."""
        for door in self._doors():
            door.leave(self)

    @classmethod
    def _doors(cls) -> list[Door[Any]]:
        return [base._door for base in cls.__mro__ if issubclass(base, ModuleClsProxy)]

    @classmethod
    def create_module_class_proxy(
        cls, globals_: MutableMapping[str, Any], locals_: MutableMapping[str, Any]
    ) -> None:
        """Put a function for every public method of this class into a module, now and as methods are added.

        :param globals_: the module's ``globals()``.
        :param locals_: the module's ``locals()``, where the functions go.
        """
        cls._follow(locals_)
        for name in dir(cls):
            if not name.startswith("_") and callable(getattr(cls, name)):
                cls._put(name, locals_)

    @classmethod
    def _follow(cls, namespace: MutableMapping[str, Any]) -> None:
        """Put methods into a namespace as they are added."""
        if not any(namespace is each for each in cls._modules):
            cls._modules.append(namespace)

    @classmethod
    def _announce(cls, name: str) -> None:
        """A method was added: put it into the modules that have the others."""
        for locals_ in cls._modules:
            cls._put(name, locals_)

    @classmethod
    def _put(cls, name: str, namespace: MutableMapping[str, Any]) -> None:
        member = getattr(cls, name)
        # Class methods are bound already, and need no instance.
        namespace[name] = member if inspect.ismethod(member) else cls._door.through(member)


def _without_self(method: Callable[..., Any]) -> inspect.Signature:
    signature = inspect.signature(method)
    return signature.replace(parameters=list(signature.parameters.values())[1:])


def _drop_last(objects: list[T], obj: T) -> None:
    for position in reversed(range(len(objects))):
        if objects[position] is obj:
            del objects[position]
            return

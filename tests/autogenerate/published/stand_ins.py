"""Modules in the place of those that models import and never need: `sys.meta_path.append(StandIns(names))`.

Runs in a process of its own, beside the models; a name stands for its submodules too.
"""

from __future__ import annotations

import types
from collections.abc import Collection, Iterator
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from typing import Any


class StandIns(MetaPathFinder, Loader):
    """Finds the named modules, whatever else they are.

    :param names: of modules, with dots where a part of a package is meant.
    """

    def __init__(self, names: Collection[str]) -> None:
        self._names = names

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if any(name == each or name.startswith(f"{each}.") for each in self._names):
            return ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> types.ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        module.__path__ = []


class _Module(types.ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        # What is inherited from has to be an ordinary class, beside one of the models' own.
        made = type(name, (), {}) if name.endswith("Mixin") else _Anything(name, (), {})
        setattr(self, name, made)
        return made


class _Anything(type):
    """A class that can be called, indexed, subclassed, used in annotations and as a decorator."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Anything(name, (), {})

    def __call__(cls, *args: Any, **kw: Any) -> Any:
        if len(args) == 1 and not kw and isinstance(args[0], (types.FunctionType, type)):
            return args[0]
        return _Anything(cls.__name__, (), {})

    def __getitem__(cls, item: Any) -> Any:
        return cls

    def __or__(cls, other: Any) -> Any:
        return cls

    __ror__ = __or__

    def __iter__(cls) -> Iterator[Any]:
        return iter(())

    def __get_pydantic_core_schema__(cls, *_: Any) -> Any:
        from pydantic_core import core_schema

        return core_schema.any_schema()

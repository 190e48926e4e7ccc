"""Which class carries out the directives for which dialect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .rules import HOMES, load_dialect

if TYPE_CHECKING:
    from .impl import DefaultImpl


class Impls(dict[str, "type[DefaultImpl]"]):
    """Impl classes by dialect name; those of this package are loaded when they are first asked for."""

    def __missing__(self, name: str) -> type[DefaultImpl]:
        if load_dialect(name):
            # Not self[name]: a module that is being imported further up has not registered its class yet.
            found = super().get(name)
            if found is not None:
                return found
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or name in HOMES

    def get(self, name: str, default: Any = None) -> Any:
        """The class of the dialect, or the default."""
        try:
            return self[name]
        except KeyError:
            return default


_impls = Impls()


class ImplMeta(type):
    """Registers each class that names its dialect in ``__dialect__``.

    The last class an application defines for a dialect is the one in force; a class of this package never
    takes the place of an application's, in whichever order they are loaded.
    """

    def __init__(cls, classname: str, bases: tuple[type[DefaultImpl], ...], dict_: dict[str, Any]) -> None:
        super().__init__(classname, bases, dict_)
        name = dict_.get("__dialect__")
        if name is None:
            return
        built_in = cls.__module__.startswith(f"{__package__}.")
        if not (built_in and dict.__contains__(_impls, name)):
            _impls[name] = cls  # type: ignore[assignment]  # a metaclass sees its classes as plain types


def impl_for(name: str) -> type[DefaultImpl]:
    """The class registered for a dialect; for one that nobody knows, a class with the standard answers."""
    if name in _impls:
        return _impls[name]
    standard = _impls["default"]
    title = "".join(word.title() for word in name.split("_"))
    return ImplMeta(f"{title}Impl", (standard,), {"__dialect__": name, "__module__": __name__})  # type: ignore[return-value]  # made by DefaultImpl's metaclass

"""Compile rules: which function turns a construct into the SQL of a dialect.

They are ordinary SQLAlchemy ``@compiles`` rules with two additions. The rules of a built-in dialect are
loaded when a construct is first compiled for it, so that an application pays for its own database only; and a
rule that the application has registered itself is never replaced by loading ours later.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar

from sqlalchemy.ext.compiler import compiles

Rule = TypeVar("Rule", bound=Callable[..., Any])

# The module of this package that serves a dialect, by SQLAlchemy's dialect name.
HOMES = {
    "mariadb": "mysql",
    "mssql": "mssql",
    "mysql": "mysql",
    "oracle": "oracle",
    "postgresql": "postgresql",
    "sqlite": "sqlite",
}


def load_dialect(name: str) -> bool:
    """Whether this package serves the dialect; if so its rules and its impl class are loaded now."""
    home = HOMES.get(name)
    if home is None:
        return False
    import_module(f"{__package__}.{home}")
    return True


def standard(construct: type[Any]) -> Callable[[Rule], Rule]:
    """Make a function the rule of a construct for every dialect that has none of its own."""

    def register(rule: Rule) -> Rule:
        @compiles(construct)
        def compile_standard(element: Any, compiler: Any, **kw: Any) -> Any:
            dialect = compiler.dialect.name
            if load_dialect(dialect) and dialect in _registered(construct):
                return _registered(construct)[dialect](element, compiler, **kw)
            return rule(element, compiler, **kw)

        return rule

    return register


def rule_for(construct: type[Any], *dialects: str) -> Callable[[Rule], Rule]:
    """Make a function the rule of a construct for these dialects, unless the application has its own."""

    def register(rule: Rule) -> Rule:
        missing = [name for name in dialects if name not in _registered(construct)]
        if missing:
            compiles(construct, *missing)(rule)
        return rule

    return register


def _registered(construct: type[Any]) -> dict[str, Callable[..., Any]]:
    dispatcher = construct.__dict__.get("_compiler_dispatcher")
    return dispatcher.specs if dispatcher is not None else {}

"""Database migrations for SQLAlchemy.

Importing this package loads nothing else: each submodule is imported when it is first named, so that
commands which only read revision files never pay for SQLAlchemy.
"""

from __future__ import annotations

from importlib import import_module

__version__ = "2.0.0.dev0"

_ELSEWHERE = {"plugins": "alembic.runtime.plugins"}
_SUBMODULES = frozenset(
    {
        "autogenerate",
        "command",
        "config",
        "context",
        "ddl",
        "environment",
        "errors",
        "ext",
        "migration",
        "op",
        "operations",
        "runtime",
        "script",
        "util",
    }
)


def __getattr__(name: str) -> object:
    if name in _ELSEWHERE:
        module = import_module(_ELSEWHERE[name])
        globals()[name] = module
        return module
    if name in _SUBMODULES:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_SUBMODULES, *_ELSEWHERE})

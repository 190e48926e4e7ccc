"""Migrations from the difference between models and a database: found, edited by hooks, written as Python."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .api import _render_migration_diffs, compare_metadata, produce_migrations
    from .compare import _produce_net_changes
    from .registered import comparators
    from .render import render_op_text, render_python_code, renderers
    from .revision_context import RevisionContext
    from .rewriter import Rewriter

__all__ = [
    "RevisionContext",
    "Rewriter",
    "_produce_net_changes",
    "_render_migration_diffs",
    "comparators",
    "compare_metadata",
    "produce_migrations",
    "render_op_text",
    "render_python_code",
    "renderers",
]

# A new revision without --autogenerate needs none of it.
_HOME = {
    "RevisionContext": "revision_context",
    "Rewriter": "rewriter",
    "_produce_net_changes": "compare",
    "_render_migration_diffs": "api",
    "comparators": "registered",
    "compare_metadata": "api",
    "produce_migrations": "api",
    "render_op_text": "render",
    "render_python_code": "render",
    "renderers": "render",
}
_SUBMODULES = frozenset({"api", "compare", "render", "rewriter"})


def __getattr__(name: str) -> Any:
    if name in _SUBMODULES:
        return import_module(f"{__name__}.{name}")
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    return value

"""Types that compare themselves with what the database has."""

from __future__ import annotations

from typing import Any


def own_comparison(type_: Any) -> Any:
    """A user type's own ``compare_against_backend(dialect, conn_type)``, which says whether it's the same."""
    method = getattr(type_, "compare_against_backend", None)
    module = getattr(getattr(method, "__func__", None), "__module__", "sqlalchemy")
    return None if module.split(".")[0] == "sqlalchemy" else method

"""Which warnings are errors in tests of dialects."""

from __future__ import annotations

import warnings

from sqlalchemy import exc as sa_exc


def setup_filters() -> None:
    """Make warnings of SQLAlchemy and of Python's deprecations errors."""
    for kind in (sa_exc.SAWarning, sa_exc.SADeprecationWarning, DeprecationWarning):
        warnings.filterwarnings("error", category=kind)
    # Tests are written against both; what a driver deprecates is not ours.
    warnings.filterwarnings("ignore", category=sa_exc.MovedIn20Warning)
    warnings.filterwarnings("default", category=DeprecationWarning, module=r"(?!alembic|tests)")

"""The old path of :mod:`alembic.runtime.migration`."""

from .runtime.migration import *  # noqa: F403

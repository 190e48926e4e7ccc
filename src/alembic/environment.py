"""The old path of :mod:`alembic.runtime.environment`."""

from .runtime.environment import *  # noqa: F403

"""CHECK constraints compared by name only: name this module in ``autogenerate_plugins`` to use it."""

from __future__ import annotations

from alembic.autogenerate.compare.check_names import setup

__all__ = ["setup"]

"""What PostgreSQL can do."""

from __future__ import annotations

from ..features import Features

POSTGRESQL = Features()

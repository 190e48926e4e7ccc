"""The register of the functions that write operations as Python."""

from __future__ import annotations

from alembic.operations.dispatch import Dispatcher

#: The functions that come with this package, for each class of operations.
default_renderers = Dispatcher()

"""The comparators that applications register for all their comparisons, whatever plugins are in use."""

from __future__ import annotations

from ..runtime.plugins import PriorityDispatcher

comparators = PriorityDispatcher()

"""SQLite."""

from __future__ import annotations

"""Revision files that hooks and, with the next version, the comparison of models and database fill."""

from __future__ import annotations

from .revision_context import RevisionContext

__all__ = ["RevisionContext"]

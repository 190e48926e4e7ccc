"""Operations under the path by which third parties import them."""

from __future__ import annotations

from .abstract import AbstractOperations
from .batch_verbs import BatchOperations
from .verbs import Operations

__all__ = ["AbstractOperations", "BatchOperations", "Operations"]

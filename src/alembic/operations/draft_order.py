"""The order of the columns of a table that is being changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

T = TypeVar("T", bound="tuple[sa.Column[Any] | None, sa.Column[Any]]")


def placed(pairs: Sequence[T], moved: sa.Column[Any], before: str | None, after: str | None) -> list[T]:
    """The pairs (column before, column after) with one of them in the place that is wanted.

    :param moved: the column after, of the pair that moves.
    :param before: the present name of the column that it comes before.
    :param after: likewise; ``before`` goes first.
    """
    if before is None and after is None:
        return list(pairs)
    ours = next(pair for pair in pairs if pair[1] is moved)
    others = [pair for pair in pairs if pair is not ours]
    goal = before if before is not None else after
    if ours[0] is not None and ours[0].name == goal:
        return list(pairs)
    at = next(
        (place for place, pair in enumerate(others) if pair[0] is not None and pair[0].name == goal),
        len(others),
    )
    if before is None:
        at += 1
    return [*others[:at], ours, *others[at:]]

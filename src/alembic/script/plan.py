"""Which revisions run, and in which order: pure functions on the graph.

``rows`` is what the version table holds: the revisions applied last, one for each line of development.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from alembic.errors.revisions import (
    AmbiguousDowngrade,
    NothingToRevert,
    OverlappingRevisions,
    RangeNotAncestorError,
    RevisionError,
)
from alembic.script import target as targets
from alembic.script.graph import Graph
from alembic.script.order import newest_first
from alembic.script.target import BASE, Relative, within


class StampMove(NamedTuple):
    """One change that a stamp makes: these rows become that one."""

    from_: tuple[str, ...]
    to: tuple[str, ...]
    is_upgrade: bool
    is_branch_move: bool


# -------------------------------------------------------------------------------------------------- upgrade


def upgrade(graph: Graph, target: object, rows: object) -> list[str]:
    """Return the revisions to apply, oldest first, so that ``target`` is: none if it is already.

    :raises alembic.errors.RevisionError: if the symbol or a row is unknown, or a count is out of reach.
    """
    current = targets.resolve(graph, rows)
    wanted = _upgrade_target(graph, target, current)
    _check_rows(graph, current)
    missing = graph.ancestors(wanted) - graph.ancestors(current)
    return [graph.ids[at] for at in reversed(newest_first(graph, missing))]


def _upgrade_target(graph: Graph, target: object, current: tuple[int, ...]) -> tuple[int, ...]:
    counted = targets.relative(graph, target)
    if counted is None:
        return targets.resolve(graph, target)
    if counted.symbol is not None:
        at = targets.from_symbol(graph, counted)
    else:
        at = _up_from_rows(graph, counted, current)
    return () if at == BASE else (at,)


def _up_from_rows(graph: Graph, counted: Relative, current: tuple[int, ...]) -> int:
    if counted.steps <= 0:
        raise _too_few(counted.steps)
    members = targets.lineage(graph, counted.branch)
    start = _tips(graph, current, members)
    if len(start) > 1:
        raise RevisionError(
            "Ambiguous upgrade from multiple current revisions",
            hint=f"Current are {_listed(graph, start)}; count along one branch: <branch>@+{counted.steps}",
        )
    end = targets.walk(graph, start[0] if start else BASE, counted.steps, members)
    if end is None:
        raise _too_few(counted.steps)
    return end


def _tips(graph: Graph, current: tuple[int, ...], members: set[int] | None) -> list[int]:
    """Where counting starts: the rows, or the last applied revisions of a branch."""
    if members is None:
        return list(dict.fromkeys(current))
    return graph.maximal(graph.ancestors(current) & members) if current else []


def _too_few(steps: int) -> RevisionError:
    count = abs(steps)
    written = f"{steps:+d}" if steps else "0"
    return RevisionError(f"Relative revision {written} didn't produce {count} migrations")


def _listed(graph: Graph, positions: Iterable[int]) -> str:
    return ", ".join(graph.ids[at] for at in positions)


def _check_rows(graph: Graph, current: tuple[int, ...]) -> None:
    """A row that another one implies: left by an interrupted or hand-made change of the version table."""
    if len(current) < 2:
        return
    rows = set(current)
    implied = rows & graph.ancestors(needed for at in rows for needed in graph.needs(at))
    if implied:
        for at in current:
            below = implied & graph.ancestors(graph.needs(at))
            if below:
                raise OverlappingRevisions(graph.ids[at], [graph.ids[other] for other in sorted(below)])


# ------------------------------------------------------------------------------------------------ downgrade


def downgrade(graph: Graph, target: object, rows: object) -> list[str]:
    """Return the revisions to revert, newest first, so that nothing above ``target`` is left.

    What depends on a reverted revision is reverted as well; what merely depends on the target stays.

    :raises alembic.errors.RevisionError: if the symbol or a row is unknown, or the target isn't applied.
    """
    current = targets.resolve(graph, rows)
    at, members = _downgrade_target(graph, target, current)
    roots = within(graph.bases if at == BASE else graph.children[at], members)
    applied = graph.ancestors(current)
    reverted = graph.descendants(within(roots, applied)) & applied
    if not reverted and at not in current and (at != BASE or targets.relative(graph, target)):
        named = str(target) if at == BASE else graph.ids[at]
        raise RangeNotAncestorError(named, _listed(graph, current) or "base")
    return [graph.ids[other] for other in newest_first(graph, reverted)]


def _downgrade_target(graph: Graph, target: object, current: tuple[int, ...]) -> tuple[int, set[int] | None]:
    """The revision to go back to, and the lineage to stay in."""
    counted = targets.relative(graph, target)
    if counted is not None and counted.symbol is None:
        return _down_from_rows(graph, counted, current)
    if counted is not None:
        at = targets.from_symbol(graph, counted)
        branch = counted.branch
        if at == BASE and branch is None and counted.symbol not in ("head", "base"):
            # Everything below a base is gone; what it has nothing to do with is not meant.
            branch = counted.symbol
        return at, targets.lineage(graph, branch)
    found = targets.resolve_one(graph, target)
    return BASE if found is None else found, targets.members_of(graph, target)


def _down_from_rows(graph: Graph, counted: Relative, current: tuple[int, ...]) -> tuple[int, set[int] | None]:
    if counted.steps >= 0:
        raise _too_few(counted.steps)
    members = targets.lineage(graph, counted.branch)
    start = _tips(graph, current, members)
    if counted.branch is not None:
        if not start:
            raise NothingToRevert(counted.branch)
        if len(start) > 1:
            raise AmbiguousDowngrade([graph.ids[at] for at in start])
    if not start:
        raise _too_few(counted.steps)
    if len(start) > 1:
        _warn_ambiguous(graph, counted.steps, start)
    end = targets.walk(graph, start[0], counted.steps, members)
    if end is None:
        raise _too_few(counted.steps)
    return end, graph.lineage(start[0])


def _warn_ambiguous(graph: Graph, steps: int, start: list[int]) -> None:
    import warnings

    warnings.warn(
        f"downgrade {steps} from multiple heads is ambiguous; this usage will be disallowed in a future "
        f"release. Going down from {graph.ids[start[0]]}, of {_listed(graph, start)}.",
        stacklevel=4,
    )


# ---------------------------------------------------------------------------------------------------- stamp


def stamp(graph: Graph, wanted: object, rows: object) -> list[StampMove]:
    """Return the changes after which the version table says that ``wanted`` are applied.

    Rows of a target's lineage, dependencies included, become the target; others stay.

    :raises alembic.errors.RevisionError: if a symbol or a row is unknown, or one target implies another.
    """
    current = tuple(dict.fromkeys(targets.resolve(graph, rows)))
    symbols = list(wanted) if isinstance(wanted, (tuple, list, set, frozenset)) else [wanted]
    for symbol in symbols:
        counted = targets.relative(graph, symbol)
        if counted is not None and counted.symbol is None:
            raise targets.no_start(str(symbol))
    moves = [move for symbol in symbols if _is_base(symbol) for move in _clearing(graph, symbol, current)]
    cleared = {id_ for move in moves for id_ in move.from_}
    left = [at for at in current if graph.ids[at] not in cleared]
    aims = tuple(dict.fromkeys(at for symbol in symbols for at in _aims(graph, symbol)))
    _check_rows(graph, aims)
    for at in aims:
        below = graph.ancestors([at])
        related = below | graph.descendants([at])
        moved = [row for row in left if row in related and row != at and row not in aims]
        if moved or at not in left:
            is_upgrade = not moved or any(row in below for row in moved)
            moves.append(
                StampMove(tuple(graph.ids[row] for row in moved), (graph.ids[at],), is_upgrade, not moved)
            )
    return moves


def _aims(graph: Graph, symbol: object) -> list[int]:
    """The rows that one symbol asks for; of several heads, those that no other one implies."""
    found = targets.resolve(graph, symbol)
    if len(found) < 2:
        return list(found)
    implied = graph.ancestors(needed for at in found for needed in graph.needs(at))
    return [at for at in found if at not in implied]


def _is_base(symbol: object) -> bool:
    return symbol is None or (isinstance(symbol, str) and targets.split(symbol)[1] == "base")


def _clearing(graph: Graph, symbol: object, current: tuple[int, ...]) -> list[StampMove]:
    branch = targets.split(symbol)[0] if isinstance(symbol, str) else None
    members = None
    if branch is not None:
        members = graph.lineage(targets.branch_root(graph, branch), dependencies=True)
    return [StampMove((graph.ids[at],), (), False, True) for at in within(current, members)]


# -------------------------------------------------------------------------------------------------- listing


def between(graph: Graph, upper: object, lower: object, **options: bool) -> list[str]:
    """Return the revisions from ``upper`` down to ``lower``, newest first.

    :param options: see :func:`positions_between`.
    """
    return [graph.ids[at] for at in positions_between(graph, upper, lower, **options)]


def positions_between(
    graph: Graph,
    upper: object,
    lower: object,
    *,
    implicit_base: bool = False,
    inclusive: bool = False,
    assert_relative_length: bool = True,
) -> list[int]:
    """Return the positions of the revisions from ``upper`` down to ``lower``, newest first.

    :param implicit_base: everything below ``upper`` that is not below ``lower``, instead of only what lies
        between the two.
    :param inclusive: with ``lower``.
    :param assert_relative_length: a count that leads out of the graph is an error; else it stops at the end.
    :raises alembic.errors.RangeNotAncestorError: if ``lower`` doesn't lead to ``upper``.
    """
    high, low = _range(graph, upper, lower, clamp=not assert_relative_length)
    below = graph.ancestors(high)
    ends = set(low)
    if not low:
        members = below
    elif implicit_base:
        members = below - graph.ancestors(low)
    else:
        if ends.isdisjoint(below):
            raise RangeNotAncestorError(_shown(lower), _shown(upper))
        members = (below & graph.descendants(low, dependencies=False)) - ends
    if inclusive:
        members |= ends & below
    return newest_first(graph, members)


def _shown(symbol: object) -> object:
    return ", ".join(map(str, symbol)) if isinstance(symbol, (tuple, list)) else symbol


def _range(
    graph: Graph, upper: object, lower: object, *, clamp: bool
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Both ends of a range; a bare count is relative to the other end."""
    up, down = targets.relative(graph, upper), targets.relative(graph, lower)
    if up is not None and up.symbol is None and up.steps > 0:
        low = targets.resolve(graph, lower)
        return _count_from(graph, up, low, clamp=clamp), low
    high = targets.resolve(graph, upper)
    if down is not None and down.symbol is None and down.steps < 0:
        return high, _count_from(graph, down, high, clamp=clamp)
    return high, targets.resolve(graph, lower)


def _count_from(graph: Graph, counted: Relative, starts: tuple[int, ...], *, clamp: bool) -> tuple[int, ...]:
    members = targets.lineage(graph, counted.branch)
    start = _tips(graph, starts, members)
    if len(start) > 1:
        raise RevisionError(
            "Ambiguous walk", hint=f"Counting could start at {_listed(graph, start)}. Name one of them."
        )
    end = targets.walk(graph, start[0] if start else BASE, counted.steps, members, clamp=clamp)
    if end is None:
        raise _too_few(counted.steps)
    return () if end == BASE else (end,)

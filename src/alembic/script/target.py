"""What people write where a revision is meant, and which revisions that is.

A symbol is ``base``, ``head``, ``heads``, an id or a label, or the unique start of one; ``branch@symbol``
narrows it to the lineage of a branch; ``+2``, ``-2``, ``symbol+2`` and ``branch@symbol-2`` count.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from alembic.errors.revisions import (
    AmbiguousRevision,
    MultipleHeads,
    ResolutionError,
    RevisionError,
    RevisionIdNotString,
)
from alembic.script.graph import Graph
from alembic.script.graph_checks import near

BASE = -1
"""The position below every base: nothing applied."""

_SHORTEST_PART = 4
_RELATIVE = re.compile(r"(?:(?P<branch>[^@]*)@)?(?P<symbol>[^@]*?)(?P<steps>[+-]\d+)")


class Relative(NamedTuple):
    """A symbol that counts: ``branch@symbol+steps``, where branch and symbol may be missing."""

    branch: str | None
    symbol: str | None
    steps: int


def relative(graph: Graph, symbol: object) -> Relative | None:
    """Return the parts of a symbol that counts, or None for any other, such as the label ``release-2``."""
    if not isinstance(symbol, str) or ("+" not in symbol and "-" not in symbol):
        return None
    if symbol in graph.label_owner:
        return None
    match = _RELATIVE.fullmatch(symbol)
    if match is None:
        return None
    return Relative(match["branch"] or None, match["symbol"] or None, int(match["steps"]))


def split(symbol: str) -> tuple[str | None, str]:
    """Return branch and rest of ``branch@rest``."""
    branch, at, rest = symbol.partition("@")
    return (branch or None, rest) if at else (None, symbol)


def named(graph: Graph, name: str) -> int:
    """Return the revision with an id, a label, or a unique start of one.

    :raises alembic.errors.AmbiguousRevision: if several start so.
    :raises alembic.errors.ResolutionError: if none does.
    """
    found = graph.position.get(name)
    if found is None:
        found = graph.label_owner.get(name)
    if found is not None:
        return found
    names = graph.names
    starting: dict[int, str] = {}
    at = bisect_left(names, name)
    while name and at < len(names) and names[at].startswith(name):
        starting.setdefault(_exactly(graph, names[at]), names[at])
        at += 1
    if not starting:
        raise _unknown(graph, name)
    if len(starting) > 1:
        raise AmbiguousRevision(name, sorted(starting.values()))
    return next(iter(starting))


def _exactly(graph: Graph, name: str) -> int:
    found = graph.position.get(name)
    return graph.label_owner[name] if found is None else found


def _unknown(graph: Graph, name: str) -> ResolutionError:
    message = f"No such revision or branch '{name}'"
    if len(name) < _SHORTEST_PART:
        message += (
            "; please ensure at least four characters are present for partial revision identifier matches"
        )
    closest = near(name, [*graph.ids, *graph.label_owner])
    known = f"closest: {', '.join(closest)}; " if closest else ""
    return ResolutionError(message, name, hint=f"{known}`alembic history` lists all")


def branch_root(graph: Graph, branch: str) -> int:
    """Return the revision that names a branch: the one with the label, or any id.

    :raises alembic.errors.ResolutionError: if there is none.
    """
    try:
        return named(graph, branch)
    except AmbiguousRevision:
        raise
    except ResolutionError as error:
        raise ResolutionError(f"No such branch: '{branch}'", branch, hint=error.hint) from None


def lineage(graph: Graph, branch: str | None) -> set[int] | None:
    """Return the members of a branch; None, for "no restriction", without one."""
    return None if branch is None else graph.lineage(branch_root(graph, branch))


def within(positions: Iterable[int], members: set[int] | None) -> list[int]:
    return [at for at in positions if members is None or at in members]


# ------------------------------------------------------------------------------------------------ resolving


def resolve(graph: Graph, symbol: object) -> tuple[int, ...]:
    """Return the revisions that a symbol, or several in a tuple or list, stand for; none for ``base``.

    :raises alembic.errors.ResolutionError: if one stands for nothing.
    :raises alembic.errors.MultipleHeads: for ``head`` where there are several.
    """
    if symbol is None:
        return ()
    if isinstance(symbol, (tuple, list, set, frozenset)):
        return tuple([at for one in symbol for at in resolve(graph, one)])
    if not isinstance(symbol, str):
        raise RevisionIdNotString(symbol)
    counted = relative(graph, symbol)
    if counted is not None:
        return _counted(graph, symbol, counted)
    branch, rest = split(symbol)
    members = lineage(graph, branch)
    if rest == "base":
        return ()
    if rest == "heads":
        return graph.real_heads if members is None else tuple(within(graph.heads, members))
    if rest == "head":
        heads = within(graph.heads, members)
        if len(heads) > 1:
            raise MultipleHeads([graph.ids[at] for at in heads], symbol)
        return tuple(heads)
    at = named(graph, rest)
    if members is not None and at not in members:
        raise ResolutionError(f"Revision {graph.ids[at]} is not a member of branch '{branch}'", rest)
    return (at,)


def resolve_one(graph: Graph, symbol: object) -> int | None:
    """Return the one revision that a symbol stands for; None for ``base``.

    :raises alembic.errors.MultipleHeads: where there are several.
    """
    found = tuple(dict.fromkeys(resolve(graph, symbol)))
    if len(found) > 1:
        raise MultipleHeads([graph.ids[at] for at in found], str(symbol))
    return found[0] if found else None


def members_of(graph: Graph, symbol: object) -> set[int] | None:
    """Return the lineage that a symbol's ``branch@`` restricts it to."""
    return lineage(graph, split(symbol)[0]) if isinstance(symbol, str) else None


def _counted(graph: Graph, symbol: str, counted: Relative) -> tuple[int, ...]:
    """A symbol that counts; a bare ``-1`` counts from the head, a bare ``+1`` has nothing to count from."""
    if counted.symbol is None:
        if counted.steps > 0:
            raise no_start(symbol)
        counted = counted._replace(symbol="head")
    at = from_symbol(graph, counted)
    return () if at == BASE else (at,)


def no_start(symbol: str) -> ResolutionError:
    """The error for a bare count where nothing says what it is relative to."""
    return ResolutionError(
        f"No such revision or branch '{symbol}'",
        symbol,
        hint=f"Say from which revision to count, as in `head{symbol if symbol[0] == '-' else '-1'}`.",
    )


def from_symbol(graph: Graph, counted: Relative) -> int:
    """Return where counting from a symbol ends; ``BASE`` below the first revision.

    :raises alembic.errors.RevisionError: if there aren't so many, or not just one way.
    """
    prefix = f"{counted.branch}@" if counted.branch else ""
    start = resolve_one(graph, f"{prefix}{counted.symbol}")
    members = lineage(graph, counted.branch)
    end = walk(graph, BASE if start is None else start, counted.steps, members)
    if end is None:
        raise RevisionError(
            "Walked too far",
            hint=f"There are fewer than {abs(counted.steps)} revisions "
            f"{'above' if counted.steps > 0 else 'below'} {prefix}{counted.symbol}.",
        )
    return end


# -------------------------------------------------------------------------------------------------- walking


def walk(
    graph: Graph, start: int, steps: int, members: set[int] | None, *, clamp: bool = False
) -> int | None:
    """Count up (positive ``steps``) or down along ``down_revision`` and return where that ends.

    :param members: stay among these.
    :param clamp: stop at the end of the line; without it, None comes back when the line is too short.
    :raises alembic.errors.RevisionError: where the line forks.
    """
    at = start
    for _ in range(abs(steps)):
        following = _above(graph, at, members) if steps > 0 else _below(graph, at, members)
        if len(following) > 1:
            raise _ambiguous(graph, at, following)
        if not following:
            return at if clamp else None
        at = following[0]
    return at


def _above(graph: Graph, at: int, members: set[int] | None) -> Sequence[int]:
    return within(graph.bases if at == BASE else graph.children[at], members)


def _below(graph: Graph, at: int, members: set[int] | None) -> Sequence[int]:
    if at == BASE:
        return ()
    return within(graph.parents[at], members) or ([BASE] if not graph.parents[at] else ())


def _ambiguous(graph: Graph, at: int, following: Sequence[int]) -> RevisionError:
    place = "base" if at == BASE else graph.ids[at]
    choices = ", ".join(graph.ids[other] for other in following)
    return RevisionError(
        "Ambiguous walk", hint=f"From {place} there are several ways: {choices}. Name one of these revisions."
    )

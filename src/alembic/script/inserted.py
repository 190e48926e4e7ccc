"""Finding revisions put below applied ones after these had run: no upgrade would ever run them.

The version table names only the last revision of each line, so what was run below it can't be read there. The
files know when they were made; ``docs/decisions/inserted-revisions.md`` says what that can and can't tell.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from alembic.script import target as targets
from alembic.script.graph import Graph

if TYPE_CHECKING:
    from datetime import datetime

    from alembic.script.revision import RevisionMap

_DAY_AND_ZONES = 26 * 60 * 60
"""How far apart, in seconds, two clocks may be that tell no time zone."""


class Inserted(NamedTuple):
    """A revision that counts as applied, yet is younger than all that was applied on top of it."""

    revision: str
    above: str
    path: str | None

    def __str__(self) -> str:
        where = f" ({self.path})" if self.path else ""
        return (
            f"Revision {self.revision}{where} was created later than {self.above}, which comes after it and "
            f"is applied: if it was inserted below {self.above} when that had run, it has never run on this "
            f"database, and no upgrade will run it. Let it follow a head instead, or downgrade below it and "
            f"upgrade again. If it did run, give {self.above} a later Create Date."
        )


def find_inserted(revision_map: RevisionMap, rows: object) -> list[Inserted]:
    """Return the revisions below ``rows`` that were probably inserted after these had been applied.

    :param rows: what the version table holds.
    """
    graph = revision_map.graph
    applied = graph.ancestors(targets.resolve(graph, rows))
    docs = {at: _doc(revision_map, graph.ids[at]) for at in applied}
    dates = {at: _written_date(doc) for at, doc in docs.items()}
    if not any(_seems_later(dates[lower], dates[at]) for at in applied for lower in graph.parents[at]):
        return []
    found = _Search(graph, docs, {at: _parsed(date) for at, date in dates.items()}).run()
    return [
        Inserted(graph.ids[at], graph.ids[above], getattr(revision_map.by_id(graph.ids[at]), "path", None))
        for at, above in found
    ]


def _doc(revision_map: RevisionMap, id_: str) -> str:
    return getattr(revision_map.by_id(id_), "longdoc", None) or ""


def _written_date(doc: str) -> str:
    _, found, rest = doc.partition("Create Date:")
    return rest.partition("\n")[0].strip() if found else ""


def _seems_later(lower: str, upper: str) -> bool:
    """A first look, as text: dates are written so that the later one sorts behind."""
    return bool(lower and upper) and lower > upper


class _Moment(NamedTuple):
    seconds: float
    has_zone: bool


def _parsed(date: str) -> _Moment | None:
    from datetime import datetime, timezone

    try:
        moment: datetime = datetime.fromisoformat(date)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return _Moment(moment.replace(tzinfo=timezone.utc).timestamp(), False)
    return _Moment(moment.timestamp(), True)


class _Search:
    """One pass from the newest revisions down."""

    def __init__(self, graph: Graph, docs: dict[int, str], moments: dict[int, _Moment | None]) -> None:
        self._graph, self._docs, self._moments = graph, docs, moments
        self._newest: dict[int, tuple[_Moment, int] | None] = {}
        """For each revision the youngest of those that come after it."""
        self._found: dict[int, int] = {}

    def run(self) -> list[tuple[int, int]]:
        for at in reversed(self._graph.oldest_first):
            if at in self._docs:
                children = [child for child in self._graph.children[at] if child in self._docs]
                self._newest[at] = self._newest_of(children)
                above = self._older(at, children)
                if above is not None:
                    self._found[at] = above
        return sorted(self._found.items())

    def _newest_of(self, children: list[int]) -> tuple[_Moment, int] | None:
        candidates = [newest for child in children if (newest := self._newest[child]) is not None]
        for child in children:
            own = self._moments[child]
            # What was inserted itself says nothing about when its parent was.
            if own is not None and child not in self._found:
                candidates.append((own, child))
        return max(candidates, default=None)

    def _older(self, at: int, children: list[int]) -> int | None:
        """The youngest revision after this one, if even that is older."""
        own, newest = self._moments[at], self._newest[at]
        if own is None or newest is None:
            return None
        moment, above = newest
        # A child that was generated on top of this one says so in its docstring; then only clocks disagree.
        generated = any(
            child not in self._found and self._graph.ids[at] in _revises(self._docs[child])
            for child in children
        )
        same_clock = own.has_zone == moment.has_zone and (own.has_zone or not generated)
        tolerance = 0 if same_clock else _DAY_AND_ZONES
        return above if own.seconds - moment.seconds > tolerance else None


def _revises(doc: str) -> list[str]:
    _, found, rest = doc.partition("Revises:")
    return rest.partition("\n")[0].replace(",", " ").split() if found else []


Report = Callable[[str], object]


def report_inserted(revision_map: RevisionMap, rows: object, report: Report) -> None:
    """Tell ``report`` about each revision that was probably inserted below ``rows``."""
    for one in find_inserted(revision_map, rows):
        report(str(one))

"""What ``alembic status`` finds, as values: where a database is, and what is not as it should be.

Nothing here asks a database: the rows of its version table, the entries of its history and the revision files
say it all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

from .past import lacking
from .position import position

if TYPE_CHECKING:
    from ..journal.entries import Entry
    from ..script.base import ScriptDirectory
    from ..script.graph import Graph

#: The cases of a database, the gravest first, and the exit status of each.
CASES: Mapping[str, int] = {
    "half-applied": 5,
    "never-ran": 7,
    "ahead": 4,
    "changed": 6,
    "pending": 3,
}


class Concern(NamedTuple):
    """A revision that is not as it should be, and what is known about that."""

    revision: str
    path: str | None
    why: str


class LastRun(NamedTuple):
    """The run that the history knows last.

    :param outcome: of the last step: ``done``, ``failed``, ``died``; ``started`` if it goes on or has died.
    :param revision: that of the last step.
    :param revisions: those of its steps that are done.
    :param seconds: from its beginning to the end of its last step; None where that is not known.
    :param application_version: as configured when it ran.
    """

    direction: str
    outcome: str
    revision: str
    revisions: tuple[str, ...]
    started_at: str
    seconds: float | None
    user: str
    host: str
    application_version: str
    error: str


class State(NamedTuple):
    """What there is to say of one database.

    :param database: its URL, without the password.
    :param version_table: with its schema, if env.py has given one.
    :param rows: of that table.
    :param heads: of the revision files.
    :param pending: what an upgrade to the heads would run, in that order; if the database is ahead, what it
        lacks for certain.
    :param ahead: rows that no file has.
    :param changed: applied revisions whose file means something else by now.
    :param never_ran: revisions that count as applied, and have not run.
    :param half_applied: revisions of which a part was carried out.
    :param running: who is migrating it at this moment; None for nobody, or where that can't be told.
    :param unfinished: runs that have not said how they ended: they have died, unless one goes on.
    :param last_run: None without a history.
    """

    database: str
    version_table: str
    rows: tuple[str, ...]
    heads: tuple[str, ...]
    pending: tuple[str, ...]
    ahead: tuple[Concern, ...] = ()
    changed: tuple[Concern, ...] = ()
    never_ran: tuple[Concern, ...] = ()
    half_applied: tuple[Concern, ...] = ()
    running: str | None = None
    unfinished: tuple[str, ...] = ()
    last_run: LastRun | None = None

    @property
    def cases(self) -> list[str]:
        """Which cases it is in, the gravest first; none if all is well."""
        return [case for case in CASES if getattr(self, case.replace("-", "_"))]

    @property
    def exit_status(self) -> int:
        """That of the gravest case; 0 if all is well."""
        return next((CASES[case] for case in self.cases), 0)

    def record(self) -> dict[str, Any]:
        """The same for programs."""
        found = self._asdict()
        for name in ("ahead", "changed", "never_ran", "half_applied"):
            found[name] = [concern._asdict() for concern in found[name]]
        found["last_run"] = self.last_run._asdict() if self.last_run is not None else None
        return {"cases": self.cases, **found}


def state_of(
    directory: ScriptDirectory,
    place: tuple[str, str],
    rows: Sequence[str],
    entries: Sequence[Entry],
    checksum: Callable[[str], str],
    half_applied: Iterable[Concern] = (),
    running: str | None = None,
) -> State:
    """The state of a database.

    :param place: its URL and the name of its version table.
    :param entries: its history, oldest first; empty if it has none.
    :param checksum: that of a revision file as it is now; empty where it can't be told.
    :param half_applied: what its journal says.
    :param running: who holds its lock.
    """
    from ..journal.entries import applied, unfinished
    from ..script import plan

    found = position(directory, rows)
    graph = directory.revision_map.graph
    below = {graph.ids[at] for at in graph.ancestors(graph.position[row] for row in found.known)}
    done = applied(entries)
    pending = plan.upgrade(graph, "heads", found.known)
    return State(
        *place,
        tuple(sorted(rows)),
        tuple(directory.get_heads()),
        tuple(pending) if not found.unknown else lacking(graph, pending, *found, entries),
        tuple(_ahead(row, done) for row in found.unknown),
        tuple(_changed(directory, below, entries, checksum)),
        tuple(_never_ran(directory, found.known, below, entries)),
        tuple(half_applied),
        running,
        tuple(_unfinished(entry) for entry in unfinished(entries)),
        _last_run(entries),
    )


def _ahead(row: str, done: Mapping[str, Entry]) -> Concern:
    entry = done.get(row)
    if entry is None:
        return Concern(row, None, "no revision file has it; nothing is known of when it was applied")
    return Concern(row, None, f"no revision file has it; {_applied(entry)}")


def _changed(
    directory: ScriptDirectory,
    below: set[str],
    entries: Sequence[Entry],
    checksum: Callable[[str], str],
) -> Iterable[Concern]:
    """Revisions whose files have changed since they ran, and since a stamp has said that all is well."""
    from ..journal.entries import applied

    done = applied(entries)
    graph = directory.revision_map.graph
    _, stamped = _times(entries)
    accepted: dict[int, int] = {}
    for at in reversed(graph.oldest_first):
        above = [accepted.get(follower, 0) for follower in graph.followers(at)]
        accepted[at] = max(stamped.get(graph.ids[at], 0), *above, 0)
    for id_ in sorted(below):
        entry = done.get(id_)
        if entry is None or not entry.checksum or entry.seq < accepted[graph.position[id_]]:
            continue
        path = directory.get_revision(id_).path
        now = checksum(path)
        if now and now != entry.checksum:
            yield Concern(id_, path, f"its file means something else than when it was {_applied(entry)}")


def _never_ran(
    directory: ScriptDirectory, known: tuple[str, ...], below: set[str], entries: Sequence[Entry]
) -> Iterable[Concern]:
    """Revisions below the rows which, by the history or else by their dates, were put there too late."""
    from ..script.inserted import find_inserted

    graph = directory.revision_map.graph
    certain = {
        graph.ids[at]: "revisions before and after it have run, the history says, and it has not"
        for at in _left_out(graph, {graph.position[id_] for id_ in below}, *_times(entries))
    }
    ran, _ = _times(entries)
    dated = {
        one.revision: f"it was created later than {one.above}, which comes after it and is applied"
        for one in find_inserted(directory.revision_map, known)
        if one.revision not in ran
    }
    for id_, why in sorted({**dated, **certain}.items()):
        yield Concern(id_, directory.get_revision(id_).path, f"it counts as applied, but {why}")


def _left_out(graph: Graph, below: set[int], ran: Mapping[str, int], stamped: Mapping[str, int]) -> list[int]:
    """Revisions that have not run, while one that has to run before them has, and later one after them."""
    earliest: dict[int, float] = {}
    for at in graph.oldest_first:
        before = [min(earliest[p], ran.get(graph.ids[p], inf)) for p in graph.needs(at) if p in earliest]
        if at in below:
            earliest[at] = min(before, default=inf)
    latest: dict[int, float] = {}
    found = []
    for at in reversed(graph.oldest_first):
        if at not in below:
            continue
        id_ = graph.ids[at]
        after = [max(latest[c], ran.get(graph.ids[c], -inf)) for c in graph.followers(at) if c in latest]
        # What was stamped, and all before it, is said to be there without having run.
        latest[at] = inf if id_ in stamped else max(after, default=-inf)
        if id_ not in ran and earliest[at] < latest[at] < inf:
            found.append(at)
    return found


def _times(entries: Sequence[Entry]) -> tuple[dict[str, int], dict[str, int]]:
    """When each revision was last applied, for those that ran; when each was last stamped."""
    from ..journal.entries import DONE, DOWNGRADE, STAMP, UPGRADE

    ran: dict[str, int] = {}
    stamped: dict[str, int] = {}
    for entry in entries:
        if entry.outcome != DONE:
            continue
        if entry.direction == UPGRADE:
            ran[entry.revision] = entry.seq
        elif entry.direction == DOWNGRADE:
            ran.pop(entry.revision, None)
        elif entry.direction == STAMP:
            stamped.update(dict.fromkeys(entry.revision.split(", "), entry.seq))
    return ran, stamped


def _unfinished(entry: Entry) -> str:
    left = f", {entry.remaining} steps were left" if entry.remaining else ""
    return f"{entry.direction} of {moment(entry.started_at)} by {_who(entry)}{left}"


def _last_run(entries: Sequence[Entry]) -> LastRun | None:
    from ..journal.entries import DONE, REPAIRED

    steps = [entry for entry in entries if entry.run_id and entry.outcome != REPAIRED]
    if not steps:
        return None
    last = steps[-1]
    run = [entry for entry in steps if entry.run_id == last.run_id]
    first = run[0]
    whole = last._replace(started_at=first.started_at)
    return LastRun(
        last.direction,
        last.outcome,
        last.revision,
        tuple(entry.revision for entry in run if entry.outcome == DONE),
        first.started_at,
        whole.seconds,
        last.user_name,
        last.host,
        last.application_version,
        last.error,
    )


def _applied(entry: Entry) -> str:
    version = f" with version {entry.application_version}" if entry.application_version else ""
    return f"applied at {moment(entry.ended_at or entry.started_at)} by {_who(entry)}{version}"


def moment(text: str) -> str:
    """A time of the history for people: ``2026-11-22 15:20:01 UTC``."""
    return f"{text[:19].replace('T', ' ')} UTC"


def _who(entry: Entry) -> str:
    return f"{entry.user_name}@{entry.host}"

"""The rows of the history table as values, and the chain that makes a change of any of them show.

Each row holds a hash of its contents together with the hash of the row before. A first row, number 0, holds
the number of rows and the hash of the last, so that rows missing at the end are noticed as well. Whoever may
write to the table and takes the trouble can compute all of it anew: the chain shows mistakes and tampering
by hand, and is no signature.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import NamedTuple

UPGRADE, DOWNGRADE, STAMP = "upgrade", "downgrade", "stamp"

# What a row says of its run or of one of its steps.
STARTED = "started"  # the run has begun; written ahead of its first step where that is possible
DONE = "done"  # the step is done
FAILED = "failed"  # the step failed, and the run with it
DIED = "died"  # the run before never said how it ended; written by the next one
ROLLED_BACK = "rolled-back"  # env.py has rolled the steps back, as for a trial
OVERTAKEN = "overtaken"  # another run has done what was left to do
REPAIRED = "repaired"  # row 0 was missing, and was written anew
ANCHOR = "anchor"  # row 0

_ENDS = frozenset({FAILED, DIED, ROLLED_BACK, OVERTAKEN})
_NO_HASH = "0" * 64


class Entry(NamedTuple):
    """One row. Texts that say nothing are empty, times are in UTC: ``2026-11-22T15:20:01.123456Z``.

    :param seq: its number: 1, 2, 3, …; in the order in which rows were written.
    :param version_table: whose run it was, where several share one history.
    :param run_id: the same in all rows of a run.
    :param revision: what was applied or reverted; of a stamp where it leads, several separated by ``", "``.
    :param direction: ``upgrade``, ``downgrade`` or ``stamp``.
    :param outcome: ``started``, ``done``, ``failed``, ``died``, ``rolled-back``, ``overtaken``, ``repaired``.
    :param started_at: of the step; of the run where the row is about that.
    :param error: what went wrong, without passwords.
    :param user_name: of the operating system, as whom it ran.
    :param application_version: the setting of that name.
    :param tool_version: our own.
    :param checksum: of what the revision's file meant, see :mod:`alembic.journal.checksum`.
    :param statements: how many were sent to the database, the version table's own apart.
    :param remaining: how many steps of the run were left to do; 0 in the last row of one that succeeded.
    :param previous_hash: that of the row before.
    """

    seq: int
    version_table: str
    run_id: str
    revision: str
    direction: str
    outcome: str
    started_at: str
    ended_at: str
    error: str
    user_name: str
    host: str
    pid: int
    application_version: str
    tool_version: str
    checksum: str
    statements: int
    remaining: int
    previous_hash: str
    hash: str

    @property
    def concludes(self) -> bool:
        """Whether it is the last row of its run."""
        return self.outcome in _ENDS or (self.outcome == DONE and self.remaining == 0)

    @property
    def seconds(self) -> float | None:
        """How long it took; None where that is not known."""
        from datetime import datetime

        if not (self.started_at and self.ended_at):
            return None
        begin, end = (datetime.fromisoformat(text.rstrip("Z")) for text in (self.started_at, self.ended_at))
        return (end - begin).total_seconds()


class Tip(NamedTuple):
    """The end of a chain: how many rows it has, and the hash of the last."""

    rows: int = 0
    hash: str = _NO_HASH


def chained(tip: Tip, drafts: Iterable[Entry]) -> tuple[list[Entry], Tip]:
    """Rows that continue a chain: with numbers and hashes, whatever they had before; and the new end."""
    rows = []
    for draft in drafts:
        row = draft._replace(seq=tip.rows + 1, previous_hash=tip.hash)
        row = row._replace(hash=hash_of(row))
        tip = Tip(row.seq, row.hash)
        rows.append(row)
    return rows, tip


def hash_of(entry: Entry) -> str:
    """The hash that a row with these contents has to have."""
    return sha256(json.dumps(entry[:-1], separators=(",", ":")).encode("ascii")).hexdigest()


def anchor(tip: Tip, version_table: str, now: str) -> Entry:
    """Row 0 of a history that ends so."""
    blank = Entry(0, version_table, "", "", "", ANCHOR, now, "", "", "", "", 0, "", "", "", 0, 0, "", "")
    return blank._replace(remaining=tip.rows, hash=tip.hash)


def tip_of(row_zero: Entry) -> Tip:
    """The end of the chain, as row 0 has it."""
    return Tip(row_zero.remaining, row_zero.hash)


# -- is it whole? ------------------------------------------------------------------------------------------


class Problem(NamedTuple):
    """Something about a history that can't have come about by itself.

    :param seq: the row where it shows.
    """

    seq: int
    text: str


def problems(rows: Sequence[Entry]) -> list[Problem]:
    """What was done to a history other than adding to it; nothing if it is as it was written.

    :param rows: all of the table, row 0 included.
    """
    ordered = sorted(rows)
    zeros = [row for row in ordered if row.outcome == ANCHOR and row.seq == 0]
    others = [row for row in ordered if row.seq != 0]
    found = list(_broken_links(others))
    if not zeros:
        found.insert(0, Problem(0, "row 0, which holds the number of rows, is missing"))
        return found
    count, last = others[-1].seq if others else 0, others[-1].hash if others else _NO_HASH
    tip = tip_of(zeros[0])
    if tip.rows > count:
        found.append(Problem(count + 1, f"{_rows(count + 1, tip.rows)} missing at the end"))
    elif tip.rows < count:
        found.append(Problem(tip.rows + 1, f"{_rows(tip.rows + 1, count)} not counted in row 0"))
    elif tip.hash != last:
        found.append(Problem(count, f"row 0 does not fit row {count}, which is the last"))
    return found


def _broken_links(rows: Sequence[Entry]) -> Iterator[Problem]:
    at, before = 0, _NO_HASH
    for row in rows:
        if row.seq == at:
            yield Problem(at, f"row {at} is there twice")
        elif row.seq > at + 1:
            yield Problem(at + 1, f"{_rows(at + 1, row.seq - 1)} missing")
        if row.hash != hash_of(row):
            yield Problem(row.seq, f"row {row.seq} was changed")
        elif row.seq == at + 1 and row.previous_hash != before:
            yield Problem(row.seq, f"row {row.seq} does not follow the row before it, which was exchanged")
        elif row.outcome == REPAIRED:
            yield Problem(row.seq, f"when row {row.seq} was written, row 0 was missing: rows may be, too")
        at, before = row.seq, row.hash


def _rows(first: int, last: int) -> str:
    return f"row {first} is" if first == last else f"rows {first} to {last} are"


# -- what it says ------------------------------------------------------------------------------------------


def unfinished(entries: Sequence[Entry]) -> list[Entry]:
    """The last row of each run that has not said how it ended: it goes on still, or has died."""
    last: dict[str, Entry] = {}
    ended = set()
    for entry in entries:
        last[entry.run_id] = entry
        if entry.concludes:
            ended.add(entry.run_id)
    return [entry for run, entry in last.items() if run not in ended and run]


def applied(entries: Sequence[Entry]) -> dict[str, Entry]:
    """For each revision that was applied, and not reverted since, the row that says so.

    Revisions of which only a stamp is known have the stamp's row.
    """
    found: dict[str, Entry] = {}
    for entry in entries:
        if entry.outcome != DONE:
            continue
        if entry.direction == UPGRADE:
            found[entry.revision] = entry
        elif entry.direction == DOWNGRADE:
            found.pop(entry.revision, None)
        else:
            for revision in filter(None, entry.revision.split(", ")):
                found.setdefault(revision, entry)
    return found

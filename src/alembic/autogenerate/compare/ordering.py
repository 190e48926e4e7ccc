"""The order of operations: as they were found, except where one has to come before another.

A script then applies as written: what needs a thing is made after it, and dropped before it. The downgrade,
which has the opposites in the opposite order, does as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from alembic.operations import ops

from .facts import FactFinder, Facts, Thing

if TYPE_CHECKING:
    from ..context import AutogenContext


class Entry(NamedTuple):
    """One operation, and the container of one table's operations that it's in."""

    operation: ops.MigrateOperation
    table: ops.ModifyTableOps | None


def in_order(context: AutogenContext, upgrade_ops: ops.UpgradeOps) -> None:
    """Put the operations of an upgrade into an order in which they can be run."""
    entries = list(_flat(upgrade_ops.ops))
    finder = FactFinder(context)
    facts = [finder.facts(entry.operation) for entry in entries]
    order = sort(prerequisites(facts))
    if order != list(range(len(entries))):
        upgrade_ops.ops[:] = _grouped([entries[each] for each in order])


def prerequisites(facts: list[Facts]) -> list[list[int]]:
    """For each operation the positions of those that have to come before it."""
    makers, droppers = _positions(facts, "makes"), _positions(facts, "drops")
    freers = _positions(facts, "frees")
    before: list[list[int]] = []
    for position, each in enumerate(facts):
        found: set[int] = set()
        for thing in each.needs:
            found |= makers.get(thing, _NONE)
        for thing in each.drops:
            found |= freers.get(thing, _NONE)
        # What an operation only changes was there before.
        for thing in each.makes - each.drops:
            found |= droppers.get(thing, _NONE)
        found.discard(position)
        before.append(sorted(found))
    return before


def sort(before: list[list[int]]) -> list[int]:
    """The positions in their own order, each one after what has to come before it.

    Where they go round in a circle, one of the conditions is passed over.
    """
    order: list[int] = []
    state = [_UNSEEN] * len(before)
    for start in range(len(before)):
        if state[start] != _UNSEEN:
            continue
        state[start] = _OPEN
        stack = [(start, iter(before[start]))]
        while stack:
            position, rest = stack[-1]
            following = next((each for each in rest if state[each] == _UNSEEN), None)
            if following is None:
                stack.pop()
                state[position] = _DONE
                order.append(position)
            else:
                state[following] = _OPEN
                stack.append((following, iter(before[following])))
    return order


_UNSEEN, _OPEN, _DONE = range(3)
_NONE: frozenset[int] = frozenset()


def _positions(facts: list[Facts], what: str) -> dict[Thing, set[int]]:
    found: dict[Thing, set[int]] = {}
    for position, each in enumerate(facts):
        for thing in getattr(each, what):
            found.setdefault(thing, set()).add(position)
    return found


def _flat(operations: Iterable[ops.MigrateOperation]) -> Iterable[Entry]:
    for operation in operations:
        if isinstance(operation, ops.ModifyTableOps):
            for each in operation.ops:
                yield Entry(each, operation)
        else:
            yield Entry(operation, None)


def _grouped(entries: Iterable[Entry]) -> list[ops.MigrateOperation]:
    """Operations of the same table that follow each other, in one container again."""
    grouped: list[ops.MigrateOperation] = []
    last: tuple[str, str | None] | None = None
    for operation, table in entries:
        if table is None:
            grouped.append(operation)
            last = None
            continue
        if last != (table.table_name, table.schema):
            last = (table.table_name, table.schema)
            grouped.append(ops.ModifyTableOps(table.table_name, [], schema=table.schema))
        container = grouped[-1]
        assert isinstance(container, ops.ModifyTableOps)
        container.ops.append(operation)
    return grouped

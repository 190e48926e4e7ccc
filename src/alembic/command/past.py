"""What the history of a database says, for commands that have to know."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..journal.entries import Entry
    from ..runtime.migration import MigrationContext
    from ..script.graph import Graph


def look_anew(context: MigrationContext) -> None:
    """Let what is read next be what is committed by now, tables that have just been made included.

    Where DDL is committed by itself, a transaction that has read something keeps seeing the rows of that
    moment, while it sees the tables of this one; MySQL then refuses to read a table that was made in between
    (error 1412). Elsewhere nothing is done: a ``SET LOCAL`` of env.py ends with its transaction.
    """
    if not context.impl.transactional_ddl:
        context.give_way()


def entries_of(context: MigrationContext) -> list[Entry]:
    """The entries about the version table of a context, oldest first; none if there is no history."""
    from ..journal.table import History

    look_anew(context)
    history = History.of(context)
    found = history.entries(context._versions.connection)
    return [entry for entry in found if entry.version_table == history.version_table]


def lacking(
    graph: Graph, plan: Sequence[str], known: Sequence[str], unknown: Sequence[str], entries: Sequence[Entry]
) -> tuple[str, ...]:
    """What a database that is ahead lacks for certain, of what an upgrade would run if it weren't.

    What ran without leaving a trace can't be told from what didn't run: so in doubt it isn't lacking.

    :param known: rows of the version table that revision files have.
    :param unknown: those that none has.
    """
    from ..journal.entries import UPGRADE, applied

    done = applied(entries)
    # A row that has a file was applied, and nothing that builds upon it was: else that would be the row.
    evidence = {graph.position[row] for row in known}
    ran = [id_ for id_, entry in done.items() if entry.direction == UPGRADE]
    covered: set[int] = set()
    if all(row in done and done[row].direction == UPGRADE for row in unknown):
        # Nothing could run on top of a revision before that one ran, and since then all is recorded.
        evidence.update(graph.position[id_] for id_ in ran if id_ in graph.position)
        covered = graph.ancestors(graph.position[id_] for id_ in done if id_ in graph.position)
    return tuple(
        id_
        for id_ in plan
        if graph.position[id_] not in covered and evidence & graph.ancestors([graph.position[id_]])
    )

"""What keeps an upgrade or a downgrade from doing harm: a database that is ahead, data that would be lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import console
from ..errors.state import ConfirmationNeeded, DatabaseDiverged
from .environment import masked_url
from .position import position

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from ..configuration import Config
    from ..runtime.losses import Loss
    from ..runtime.migration import MigrationContext
    from ..script.base import ScriptDirectory
    from ..script.steps import MigrationStep, RevisionStep

_COUNTED = 1_000_000  # rows; counting the rest of a huge table would take minutes


def upgrade_unless_ahead(
    directory: ScriptDirectory, target: str, rows: Sequence[str], context: MigrationContext
) -> Sequence[RevisionStep]:
    """The steps of an upgrade; none, with a warning, if the database is ahead of the revision files.

    It is ahead if its version table names a revision that no file has: a newer version of the application has
    migrated it.

    :raises DatabaseDiverged: it certainly lacks a revision that a file has, too.
    """
    found = position(directory, rows)
    if not found.unknown:
        return directory._upgrade_revs(target, rows)
    from .past import entries_of, lacking

    ids = [step.revision.revision for step in directory._upgrade_revs(target, found.known)]
    missing = lacking(directory.revision_map.graph, ids, *found, entries_of(context))
    if missing:
        raise DatabaseDiverged(found.unknown, missing)
    ahead = ", ".join(found.unknown)
    console.warn(f"the database is ahead: it is at {ahead}, which no revision file has; nothing is run")
    return []


class Protection:
    """Asks before a downgrade destroys data, once for each plan.

    :param config: says whether there is somebody to ask.
    :param format: what the command prints; a program that reads JSON can't be asked.
    """

    def __init__(self, config: Config, *, format: str | None) -> None:
        self._config = config
        self._can_ask = format != "json"
        self._agreed: list[list[Loss]] = []

    def check(self, steps: Sequence[MigrationStep], context: MigrationContext) -> None:
        """Go on only if these steps destroy nothing, or may.

        :raises ConfirmationNeeded: they destroy something, and nobody agrees.
        """
        from ..runtime.losses import losses

        if context.connection is None:
            return
        found = losses(context, steps)
        if not found or found in self._agreed:
            return
        shown = list(_described(found, context.connection))
        from .comparison import asker

        ask = asker(self._config) if self._can_ask else None
        if ask is None:
            raise ConfirmationNeeded(shown)
        context.give_way()  # a person may think for long
        lines = "".join(f"  {line}\n" for line in shown)
        question = (
            f"This downgrade destroys data in {masked_url(context)}, which is protected:\n{lines}Go on?"
        )
        if not ask(question):
            raise ConfirmationNeeded(shown, refused=True)
        self._agreed.append(found)


def _described(found: Sequence[Loss], connection: Connection) -> Iterator[str]:
    """Each loss with the rows that it concerns."""
    counts: dict[tuple[str | None, str], str] = {}
    for loss in found:
        rows = ""
        if loss.table is not None:
            if loss.table not in counts:
                counts[loss.table] = _rows(connection, *loss.table)
            rows = f" ({counts[loss.table]})"
        yield f"{loss.revision}: {loss.what}{rows}"


def _rows(connection: Connection, schema: str | None, name: str) -> str:
    from sqlalchemy import Integer, func, literal_column, select, table

    if not connection.dialect.has_table(connection, name, schema):
        return "no such table now"
    some = select(literal_column("1", Integer).label("one")).select_from(table(name, schema=schema))
    counted = some.limit(_COUNTED + 1).subquery()
    count = connection.execute(select(func.count()).select_from(counted)).scalar_one()
    if count > _COUNTED:
        return f"more than {_COUNTED:,} rows"
    return "1 row" if count == 1 else f"{count:,} rows"

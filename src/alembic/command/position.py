"""Where a database stands, and what that means to the revision files at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..errors import CommandError
from ..errors.commands import DatabaseNotAtHead

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from ..script.base import Script, ScriptDirectory
    from ..script.steps import MigrationStep


class Position(NamedTuple):
    """The identifiers of a version table: those that revision files have, and those that none has."""

    known: tuple[str, ...]
    unknown: tuple[str, ...]

    def warn(self) -> None:
        """Say on standard error which identifiers no file has."""
        from .. import console

        for row in self.unknown:
            console.warn(f"the database is at revision '{row}', which no revision file has")


def position(directory: ScriptDirectory, rows: Iterable[str]) -> Position:
    """Sort the rows of a version table; each part is in alphabetical order."""
    directory.get_heads()  # a broken set of files is reported as such, not as unknown identifiers
    known: list[str] = []
    unknown: list[str] = []
    for row in sorted(rows):
        (known if _has_file(directory, row) else unknown).append(row)
    return Position(tuple(known), tuple(unknown))


def describe_position(directory: ScriptDirectory, rows: Sequence[str], verbose: bool) -> Iterator[str]:
    """The lines of ``alembic current``: the rows and the heads of other branches that they imply."""
    found = position(directory, rows)
    for script in _implied(directory, found):
        yield script.cmd_format(verbose)
    for row in found.unknown:
        if verbose:
            yield f"Rev: {row} (no revision file)\n"
        else:
            yield f"{row} (no revision file)"


def position_record(directory: ScriptDirectory, rows: Sequence[str]) -> dict[str, Any]:
    """The same for programs."""
    from .output import record

    found = position(directory, rows)
    implied = _implied(directory, found)
    applied = {script.revision for script in implied}
    return {
        "rows": sorted(rows),
        "current": [record(script) for script in implied],
        "unknown": list(found.unknown),
        "at_heads": not found.unknown and applied.issuperset(directory.get_heads()),
    }


def check_at_heads(
    directory: ScriptDirectory, rows: Sequence[str], message: str = "Database is not on all head revisions"
) -> None:
    """Make sure that every head is applied, itself or as a dependency of another.

    :param message: what to say if not.
    :raises DatabaseNotAtHead: one is missing, or the database is at a revision that no file has.
    """
    found = position(directory, rows)
    applied = {script.revision for script in _implied(directory, found)}
    missing = [head for head in directory.get_heads() if head not in applied]
    if not missing and not found.unknown:
        return
    hints = []
    if missing:
        hints.append(f"not applied: {', '.join(missing)}; `alembic upgrade heads` applies them")
    if found.unknown:
        hints.append(f"in the database, but in no revision file: {', '.join(found.unknown)}")
    raise DatabaseNotAtHead(message, hint="\n".join(hints))


def stamp_steps(
    directory: ScriptDirectory, targets: tuple[str, ...], rows: Sequence[str]
) -> list[MigrationStep]:
    """The steps that make the version table say ``targets``; rows that no file has are removed."""
    from .. import console
    from ..script.steps import StampStep

    found = position(directory, rows)
    steps: list[MigrationStep] = []
    for row in found.unknown:
        console.warn(f"removing '{row}' from the version table: no revision file has it")
        steps.append(StampStep(row, None, False, True, directory.revision_map))
    return [*steps, *directory._stamp_revs(targets, found.known)]


def _has_file(directory: ScriptDirectory, row: str) -> bool:
    try:
        script = directory.get_revision(row)
    except CommandError:
        return False
    return script.revision == row  # a row that is a mere prefix is no known revision


def _implied(directory: ScriptDirectory, found: Position) -> list[Script]:
    return sorted(directory.get_all_current(found.known), key=lambda script: script.revision)

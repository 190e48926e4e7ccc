"""Errors of the graph in the words that people at the command line get.

The graph speaks of symbols and ranges; someone who typed a command wants to know what became of the
arguments. The first line is what existing pipelines look for, what the graph said follows below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from alembic.errors import CommandError
from alembic.errors.files import RangeNotConnected, RevisionNotFound, SeveralRevisions
from alembic.errors.revisions import MultipleHeads, RangeNotAncestorError, ResolutionError

_SEVERAL = (
    "Multiple head revisions are present for given argument '{argument}'; please specify a specific target "
    "revision, '<branchname>@{argument}' to narrow to a specific head, or 'heads' for all heads"
)
_NOT_CONNECTED = (
    "Requested range {start}:{end} does not refer to ancestor/descendant revisions along the same branch"
)

_STRANGE_ROW = (
    "The database is at '{row}', which no revision file has. Restore its file (is it in another branch of "
    "your repository?), or say where the database really is: `alembic stamp --purge <revision>`."
)


def _flat(error: CommandError) -> str:
    return f"{error.message}\n{error.hint}" if error.hint else error.message


@contextmanager
def worded(
    *,
    not_connected: str | None = None,
    several: str | None = None,
    start: object = None,
    end: object = None,
    rows: str | Iterable[str] | None = (),
) -> Iterator[None]:
    """Turn the graph's errors of what runs inside into worded ones.

    :param not_connected: the first line when a range is none; there is a general one.
    :param several: the first line when a symbol stands for several revisions; there is a general one.
    :param start: the lower end of the range that was asked for.
    :param end: its upper end.
    :param rows: what the version table holds; of an unknown revision among these, nobody typed the name.
    """
    try:
        yield
    except ResolutionError as error:
        in_database = error.argument in ((rows,) if isinstance(rows, str) else tuple(rows or ()))
        hint = _STRANGE_ROW.format(row=error.argument) if in_database else _flat(error)
        raise RevisionNotFound(error.argument, hint) from error
    except MultipleHeads as error:
        message = several or _SEVERAL.format(argument=error.argument)
        raise SeveralRevisions(message, error.heads) from error
    except RangeNotAncestorError as error:
        message = not_connected or _NOT_CONNECTED.format(start=start or "base", end=end or "base")
        raise RangeNotConnected(message, _flat(error)) from error

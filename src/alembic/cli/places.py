"""Where in the user's own files an exception came from."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_OUTERMOST, _INNERMOST = 4, 6  # frames shown of a long way
_STANDARD_LIBRARY = os.path.dirname(os.__file__) + os.sep
_ALEMBIC = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


class Spot(NamedTuple):
    """One line of the user's code on the way to an exception."""

    path: str
    line: int
    function: str
    revision: str | None

    def lines(self) -> list[str]:
        """The spot in words, followed by its source where that can be read."""
        from linecache import checkcache, getline

        checkcache(self.path)  # a test suite edits a file and runs it again
        source = getline(self.path, self.line).strip()
        function = "" if self.function == "<module>" else f", in {self.function}"
        where = f"{shown_path(self.path)}, line {self.line}{function}"
        return [where, f"  {source}"] if source else [where]


class Place(NamedTuple):
    """The lines of the user's code that led to an exception, outermost first."""

    frames: tuple[Spot, ...]
    direct: bool
    """Whether the last of them failed itself, not something in alembic or SQLAlchemy that it called."""

    @property
    def in_revision(self) -> bool:
        """Whether it happened while a revision file ran."""
        return bool(self.frames) and self.frames[0].revision is not None

    def lines(self) -> list[str]:
        """The place in words; nothing if no code of the user's was involved."""
        if not self.frames:
            return []
        revision = self.frames[0].revision
        title = f"in revision {revision}:" if revision else "at:"
        return [title, *(f"  {line}" for line in self._frame_lines())]

    def _frame_lines(self) -> Iterator[str]:
        """The outermost and the innermost frames; an endless recursion has a thousand in between."""
        left_out = len(self.frames) - _OUTERMOST - _INNERMOST
        for number, spot in enumerate(self.frames):
            if left_out <= 0 or not _OUTERMOST <= number < _OUTERMOST + left_out:
                yield from spot.lines()
            elif number == _OUTERMOST:
                yield f"... ({left_out} more)"


def place_of(error: BaseException) -> Place:
    """The user's lines in the traceback of an exception.

    Frames of alembic, SQLAlchemy and the standard library are left out; so are those of env.py when a
    revision file was running, since they only say that it ran.
    """
    spots = list(_spots(error))
    first = next((i for i, spot in enumerate(spots) if spot and spot.revision), 0)
    return Place(tuple(spot for spot in spots[first:] if spot), bool(spots and spots[-1]))


def shown_path(path: str) -> str:
    """A path relative to the working directory when it lies below it."""
    try:
        relative = os.path.relpath(path)
    except (ValueError, OSError):  # another drive; the working directory is gone
        return path
    return path if relative.startswith(os.pardir) else relative


def _spots(error: BaseException) -> Iterator[Spot | None]:
    """Each frame that is the user's; None for those of alembic and SQLAlchemy; nothing for Python's own."""
    sqlalchemy = _folder_of("sqlalchemy")
    inside_sqlalchemy = False
    trace = error.__traceback__
    while trace is not None:
        path = trace.tb_frame.f_code.co_filename
        if sqlalchemy and path.startswith(sqlalchemy):
            inside_sqlalchemy = True
            yield None
        elif path.startswith(_ALEMBIC):
            inside_sqlalchemy = False
            yield None
        elif not _is_standard_library(path):
            revision = _revision(trace.tb_frame)
            # An installed package below SQLAlchemy is the driver; elsewhere it may be the application itself.
            if revision or not (inside_sqlalchemy and _is_installed(path)):
                inside_sqlalchemy = False
                yield Spot(path, trace.tb_lineno, trace.tb_frame.f_code.co_name, revision)
        trace = trace.tb_next


def _folder_of(package: str) -> str | None:
    file = getattr(sys.modules.get(package), "__file__", None)
    return os.path.dirname(file) + os.sep if file else None


def _is_standard_library(path: str) -> bool:
    return path.startswith("<") or (path.startswith(_STANDARD_LIBRARY) and not _is_installed(path))


def _is_installed(path: str) -> bool:
    return "site-packages" in path or "dist-packages" in path


def _revision(frame: FrameType) -> str | None:
    """The identifier of the revision file that a frame runs in."""
    names = frame.f_globals
    if "down_revision" in names and isinstance(names.get("revision"), str):
        return str(names["revision"])
    return None

"""Finding the revision files of a project and reading them, all in one go.

Nothing here runs a file. Paths stay strings and each file costs three system calls, since a project may have
thousands of files and every command reads them all.
"""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterable, Iterator

from alembic.errors import RevisionFileUnreadable

_CACHE_FOLDER = "__pycache__"
_CHUNK = 1 << 16
_BOM = b"\xef\xbb\xbf"

# The order of preference among the files of one revision.
_KINDS = {".py": 0, ".pyc": 1, ".pyo": 2}

# PEP 263: a comment in the first or second line may name the encoding.
_DECLARATION = re.compile(rb"^(?:[ \t\f]*(?:#[^\n]*)?\n)?[ \t\f]*#[^\n]*?coding[:=][ \t]*([-\w.]+)")
_DECLARATION_WITHIN = 300


def find(locations: Iterable[str], *, sourceless: bool = False, recursive: bool = False) -> Iterator[str]:
    """The paths of all revision files, by location, then folder, then name.

    :param sourceless: compiled files count as well, in ``__pycache__`` too, where the source is missing.
    :param recursive: look into the folders below each location, too.
    """
    seen: set[str] = set()
    for location in locations:
        for folder in _folders(location) if recursive else (location,):
            real = os.path.realpath(folder)
            for name in _names(folder, sourceless):
                path = os.path.join(folder, name)
                identity = os.path.realpath(path) if os.path.islink(path) else os.path.join(real, name)
                if identity in seen:
                    warnings.warn(
                        f"File {path} loaded twice! ignoring. Please ensure version_locations is unique.",
                        stacklevel=2,
                    )
                    continue
                seen.add(identity)
                yield path


def read_text(path: str) -> str:
    """The text of a source file, in the encoding that it declares (UTF-8 if none).

    :raises RevisionFileUnreadable: it can't be opened, or its bytes are no text in that encoding.
    """
    try:
        content = _read(path)
        if content.startswith(_BOM):
            return content.decode("utf-8-sig")
        if content.find(b"coding", 0, _DECLARATION_WITHIN) >= 0:
            declared = _DECLARATION.match(content.replace(b"\r\n", b"\n"))
            if declared:
                return content.decode(declared.group(1).decode("ascii"))
        return content.decode()
    except (OSError, UnicodeDecodeError, LookupError) as error:
        raise RevisionFileUnreadable(path, error) from error


def _read(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        content = os.read(descriptor, _CHUNK)
        if len(content) < _CHUNK:
            return content
        chunks = [content]
        while chunks[-1]:
            chunks.append(os.read(descriptor, _CHUNK))
        return b"".join(chunks)
    finally:
        os.close(descriptor)


def _folders(top: str) -> Iterator[str]:
    for folder, below, _ in os.walk(top):
        below[:] = sorted(name for name in below if name != _CACHE_FOLDER)
        yield folder


def _names(folder: str, sourceless: bool) -> list[str]:
    """The names of the revision files in one folder, sorted; a missing folder has none."""
    try:
        names = sorted(filter(_is_revision_name, os.listdir(folder)))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise RevisionFileUnreadable(folder, error) from error
    if not sourceless:
        return [name for name in names if name.endswith(".py")]
    return _with_compiled(folder, names)


def _is_revision_name(name: str) -> bool:
    return name.endswith((".py", ".pyc", ".pyo")) and not name.startswith((".#", "__init__"))


def _with_compiled(folder: str, names: list[str]) -> list[str]:
    """For each revision its source if it is there, else the best compiled file."""
    best: dict[str, tuple[int, str]] = {}
    cached = os.path.join(folder, _CACHE_FOLDER)
    compiled = sorted(filter(_is_revision_name, os.listdir(cached))) if os.path.isdir(cached) else []
    for name in [*names, *(os.path.join(_CACHE_FOLDER, name) for name in compiled)]:
        stem, kind = os.path.splitext(name)
        rank = _KINDS[kind]
        if name.startswith(_CACHE_FOLDER):
            stem, foreign = _without_tag(stem)
            rank += len(_KINDS) * (1 + foreign)
        best[stem] = min(best.get(stem, (rank, name)), (rank, name))
    return [name for _, (_, name) in sorted(best.items())]


def _without_tag(cached_stem: str) -> tuple[str, bool]:
    """``__pycache__/ab_x.cpython-311`` → ``ab_x``, and whether another Python version wrote it."""
    from sys import implementation

    stem, _, tag = os.path.basename(cached_stem).removesuffix(".opt-1").removesuffix(".opt-2").rpartition(".")
    return stem, tag != implementation.cache_tag

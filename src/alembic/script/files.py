"""Finding the revision files of a project and reading them, all in one go.

Nothing here runs a file. Paths stay strings and each file costs three system calls, since a project may have
thousands of files and every command reads them all.
"""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterable, Iterator

from alembic.errors.files import RevisionFileUnreadable

_CACHE_FOLDER = "__pycache__"
_CHUNK = 1 << 13
_READ_ONLY = os.O_RDONLY | getattr(os, "O_BINARY", 0)
_BOM = b"\xef\xbb\xbf"

# The order of preference among the files of one revision.
_KINDS = (".py", ".pyc", ".pyo")
_COMPILED = (".pyc", ".pyo")

# Editors' lock files, and what makes a folder a package.
_NO_REVISION = (".#", "__init__")

# PEP 263: a comment in the first or second line may name the encoding.
_DECLARATION = re.compile(rb"^(?:[ \t\f]*(?:#[^\n]*)?\n)?[ \t\f]*#[^\n]*?coding[:=][ \t]*([-\w.]+)")
_DECLARATION_WITHIN = 300


def find(locations: Iterable[str], *, sourceless: bool = False, recursive: bool = False) -> list[str]:
    """The paths of all revision files, by location, then folder, then name.

    :param sourceless: compiled files count as well, in ``__pycache__`` too, where the source is missing.
    :param recursive: look into the folders below each location, too.
    """
    paths: list[str] = []
    seen: set[str] = set()
    folders = [folder for place in locations for folder in (_folders(place) if recursive else (place,))]
    for folder in folders:
        names, links = _names(folder)
        prefix, real_prefix = os.path.join(folder, ""), os.path.join(os.path.realpath(folder), "")
        found = _with_compiled(folder, names) if sourceless else _sources(names)
        if len(folders) == 1 and not links:  # then none can come twice
            return [prefix + name for name in found]
        for name in found:
            path = prefix + name
            identity = os.path.realpath(path) if name in links else real_prefix + name
            if identity not in seen:
                seen.add(identity)
                paths.append(path)
            else:
                warnings.warn(
                    f"File {path} loaded twice! ignoring. Please ensure version_locations is unique.",
                    stacklevel=2,
                )
    return paths


def read_text(path: str) -> str:
    """The text of a source file, in the encoding that it declares (UTF-8 if none).

    :raises RevisionFileUnreadable: it can't be opened, or its bytes are no text in that encoding.
    """
    try:
        descriptor = os.open(path, _READ_ONLY)
        try:
            content = chunk = os.read(descriptor, _CHUNK)
            while len(chunk) == _CHUNK:
                chunk = os.read(descriptor, _CHUNK)
                content += chunk
        finally:
            os.close(descriptor)
        return decode(content)
    except (OSError, UnicodeDecodeError, LookupError) as error:
        raise RevisionFileUnreadable(path, error) from error


def decode(content: bytes) -> str:
    """The text of Python source, in the encoding that it declares."""
    if content.find(b"coding", 0, _DECLARATION_WITHIN) >= 0:
        declared = _DECLARATION.match(content.removeprefix(_BOM).replace(b"\r\n", b"\n"))
        if declared and not content.startswith(_BOM):
            return content.decode(declared.group(1).decode("ascii"))
    return content.decode().removeprefix("\ufeff")


def _folders(top: str) -> Iterator[str]:
    for folder, below, _ in os.walk(top):
        below[:] = sorted(name for name in below if name != _CACHE_FOLDER)
        yield folder


def _names(folder: str) -> tuple[list[str], set[str]]:
    """The files in one folder, and which are symbolic links; nothing if the folder is missing."""
    names: list[str] = []
    links: set[str] = set()
    try:
        with os.scandir(folder) as found:
            for entry in found:
                if entry.is_file(follow_symlinks=False):
                    names.append(entry.name)
                elif not entry.is_dir():
                    names.append(entry.name)
                    if entry.is_symlink():
                        links.add(entry.name)
    except FileNotFoundError:
        return [], set()
    except OSError as error:
        raise RevisionFileUnreadable(folder, error) from error
    return names, links


def _sources(names: Iterable[str]) -> list[str]:
    return sorted([name for name in names if name.endswith(".py") and not name.startswith(_NO_REVISION)])


def _compiled(names: Iterable[str]) -> list[str]:
    return sorted([name for name in names if name.endswith(_COMPILED) and not name.startswith(_NO_REVISION)])


def _with_compiled(folder: str, names: Iterable[str]) -> list[str]:
    """For each revision its source if it is there, else the best compiled file."""
    best: dict[str, tuple[int, str]] = {}
    for name in [*_sources(names), *_compiled(names)]:
        stem, kind = os.path.splitext(name)
        best.setdefault(stem, (_KINDS.index(kind), name))
    cache, _ = _names(os.path.join(folder, _CACHE_FOLDER))
    for name in _compiled(cache):
        stem, kind = os.path.splitext(name)
        stem, foreign = _without_tag(stem)
        rank = _KINDS.index(kind) + len(_KINDS) * (1 + foreign)
        candidate = (rank, os.path.join(_CACHE_FOLDER, name))
        best[stem] = min(best.get(stem, candidate), candidate)
    return [name for _, (_, name) in sorted(best.items())]


def _without_tag(cached_stem: str) -> tuple[str, bool]:
    """``ab_x.cpython-311`` → ``ab_x``, and whether another Python version wrote it."""
    from sys import implementation

    stem, _, tag = cached_stem.removesuffix(".opt-1").removesuffix(".opt-2").rpartition(".")
    return stem, tag != implementation.cache_tag

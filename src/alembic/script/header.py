"""A revision file's identifiers, read from its text without running it.

Three ways, each giving up in favour of the next where it cannot be certain:

1. The layout that files are generated in: docstring, imports, then the identifiers as plain literals. What
   follows is searched for anything that could bind them again. :mod:`alembic.script.header_layout` does the
   same for files that were edited since.
2. :mod:`alembic.script.header_ast`, the syntax tree: identifiers as plain literals anywhere at module level.
3. ``None``: the file computes its identifiers, so the caller has to import it and ask
   :func:`header_of_module`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from alembic.errors.revisions import IdentifierNotString, MissingDownRevision, MissingRevisionId

IDENTIFIERS = ("revision", "down_revision", "branch_labels", "depends_on")


class Header(NamedTuple):
    """What a revision file says about its place in the graph."""

    revision: str
    down_revision: tuple[str, ...]
    branch_labels: tuple[str, ...]
    depends_on: tuple[str, ...]
    doc: str | None


def read_header(path: str, text: str) -> Header | None:
    """Return the identifiers that a revision file declares, or None if only importing it can tell.

    :param path: where the text comes from; used in errors, and as the id of files that declare none.
    :param text: the decoded content of the file.
    :raises alembic.errors.RevisionFileError: for text that is no Python, lacks an identifier or declares one
        that is no string; it names the file and the line.
    """
    if "\r" in text:
        # Python ends a line at a lone carriage return, too; the expressions below must see the same lines.
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    header = scan_generated(text)
    if header is not None:
        return header
    # Loaded where there is need for them, which in many projects there never is.
    from alembic.script.header_layout import scan_items

    header = scan_items(text)
    if header is not None:
        return header
    from alembic.script.header_ast import literal_identifiers

    found = literal_identifiers(path, text)
    return None if found is None else _header(path, found.values, found.doc, found.lines)


def header_of_module(path: str, module: object) -> Header:
    """Return the identifiers that an imported revision file ended up with.

    :raises alembic.errors.RevisionFileError: if one is missing or no string.
    """
    values = {name: getattr(module, name) for name in IDENTIFIERS if hasattr(module, name)}
    return _header(path, values, getattr(module, "__doc__", None), {})


def _header(path: str, values: dict[str, object], doc: str | None, lines: dict[str, int]) -> Header:
    def strings(name: str) -> tuple[str, ...]:
        value = values.get(name)
        if value is None:
            return ()
        items = (value,) if isinstance(value, str) or not isinstance(value, Iterable) else tuple(value)
        for item in items:
            if not isinstance(item, str):
                raise IdentifierNotString(path, name, item, lines.get(name))
        # A set has no order of its own: give it one, so that output is the same in every process.
        return tuple(sorted(items)) if isinstance(value, (set, frozenset)) else tuple(items)

    revision = values.get("revision")
    if revision is None:
        revision = _id_from_filename(path)
        if revision is None:
            raise MissingRevisionId(path)
    elif not isinstance(revision, str):
        raise IdentifierNotString(path, "revision", revision, lines.get("revision"))
    if "down_revision" not in values:
        raise MissingDownRevision(path, revision)
    return Header(revision, strings("down_revision"), strings("branch_labels"), strings("depends_on"), doc)


def _id_from_filename(path: str) -> str | None:
    """The id of a file from before files declared it: its whole name, where that is a hexadecimal number."""
    name = re.split(r"[\\/]", path)[-1]
    old_style = re.fullmatch(r"([0-9A-Fa-f]+)\.py[co]?", name)
    return old_style.group(1) if old_style else None


# ------------------------------------------------------------------------------------- files as generated

STRING = r"""(?:'[^'"\\\n]*'|"[^'"\\\n]*")"""
ANNOTATION = r"[ \t]*(?::[\w.\[\]|, \t]+)?"

_ONE_EACH = (rf"{name}{ANNOTATION}=[ \t]*(None|{STRING})[ \t]*" for name in IDENTIFIERS)
_GENERATED = re.compile("\n" + "\n".join(_ONE_EACH) + r"(?:\n|\Z)", re.ASCII)


def scan_generated(text: str) -> Header | None:
    """Return the identifiers of a file as templates write it; None where anything about it is different."""
    end_of_doc = text.find('"""', 3)
    if not text.startswith('"""') or end_of_doc < 0 or text.find("\\", 3, end_of_doc) >= 0:
        return None
    start = text.find("\nrevision", end_of_doc)
    if start < 0 or not _only_imports(text[end_of_doc + 3 : start]):
        return None
    identifiers = _GENERATED.match(text, start)
    if identifiers is None or may_rebind(text, identifiers.end()):
        return None
    revision, down_revision, branch_labels, depends_on = identifiers.groups()
    if revision in _NO_ID:
        return None
    return Header(
        revision[1:-1],
        () if down_revision == "None" else (down_revision[1:-1],),
        () if branch_labels == "None" else (branch_labels[1:-1],),
        () if depends_on == "None" else (depends_on[1:-1],),
        text[3:end_of_doc],
    )


_NO_ID = ("None", "''", '""')


@lru_cache(maxsize=64)
def _only_imports(text: str) -> bool:
    """Whether there is nothing else between docstring and identifiers; in most files it is the same text.

    What an import binds doesn't matter here: all four identifiers are assigned after it.
    """
    first, *lines = text.split("\n")
    return not first and all(map(_is_import, lines))


def _is_import(line: str) -> bool:
    if not line or line.startswith("#"):
        return True
    words = line.replace(",", " ").replace(".", " ").split()
    return line.startswith(("import ", "from ")) and all(map(str.isidentifier, words))


# ------------------------------------------------------------------------------------ what comes after them

# An identifier followed by another word, a full stop or a quote is prose or read, never bound; save that
# `for revision in`, `case revision if` and `case revision as` bind it.
_REBOUND = re.compile(r"\b(?!['\".]|[ \t]+(?!(?:in|if|as)\b)[A-Za-z])")
_STAR_IMPORT = r"import[\s\\(]*\*"
# The ends of all four identifiers.
_NAMES = ("revision", "branch_labels", "depends_on")
# The ends of `header_ast`'s words for writing to one's namespace without naming what is written.
_ACCESS = ("exec", "eval", "globals", "locals", "vars", "setattr", "__dict__", "builtins", "frame")


def may_rebind(text: str, start: int) -> bool:
    """Whether anything from ``start`` on could give one of the identifiers another value."""
    text = text[start:]
    if not text.isascii():
        # Python folds compatibility characters in names: a full-width "revision" is the same variable.
        import unicodedata

        text = unicodedata.normalize("NFKC", text)
    # Plain searches first: they are a tenth of an expression's price, and nearly always find nothing.
    for name in _NAMES:
        if name in text and any(_REBOUND.match(text, found.end()) for found in re.finditer(name, text)):
            return True
    if "*" in text and re.search(_STAR_IMPORT, text):
        return True
    return any(word in text and re.search(rf"{word}\b", text) for word in _ACCESS)

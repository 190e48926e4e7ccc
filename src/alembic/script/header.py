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
from itertools import count

from alembic.errors.revisions import IdentifierNotString, MissingDownRevision, MissingRevisionId
from alembic.script.graph import Node

IDENTIFIERS = ("revision", "down_revision", "branch_labels", "depends_on")


def read_header(path: str, text: str) -> Node | None:
    """Return what a revision file declares, or None if only importing it can tell.

    :param path: where the text comes from; also the id of files from before files declared one.
    :param text: the decoded content of the file.
    :raises alembic.errors.RevisionFileError: for text that is no Python, lacks an identifier or declares one
        that is no string; it names the file and the line.
    """
    if "\r" in text:
        # Python ends a line at a lone carriage return, too; the expressions below must see the same lines.
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    node = scan_generated(path, text)
    if node is not None:
        return node
    # Loaded where there is need for them, which in many projects there never is.
    from alembic.script.header_layout import scan_items

    node = scan_items(path, text)
    if node is not None:
        return node
    from alembic.script.header_ast import literal_identifiers

    found = literal_identifiers(path, text)
    return None if found is None else _node(path, found.values, found.doc, found.lines)


def header_of_module(path: str, module: object) -> Node:
    """Return what an imported revision file ended up declaring.

    :raises alembic.errors.RevisionFileError: if one is missing or no string.
    """
    values = {name: getattr(module, name) for name in IDENTIFIERS if hasattr(module, name)}
    return _node(path, values, getattr(module, "__doc__", None), {})


def _node(path: str, values: dict[str, object], doc: str | None, lines: dict[str, int]) -> Node:
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
    down_revision, labels, depends_on = map(strings, IDENTIFIERS[1:])
    return Node(revision, down_revision, depends_on, labels, path, doc)


def _id_from_filename(path: str) -> str | None:
    """The id of a file from before files declared it: its whole name, where that is a hexadecimal number."""
    name = re.split(r"[\\/]", path)[-1]
    old_style = re.fullmatch(r"([0-9A-Fa-f]+)\.py[co]?", name)
    return old_style.group(1) if old_style else None


# ------------------------------------------------------------------------------------- files as generated

STRING = r"""(?:'[^'"\\\n]*'|"[^'"\\\n]*")"""
ANNOTATION = r"[ \t]*(?::[\w.\[\]|, \t]+)?"

_ONE_EACH = (rf"{ANNOTATION}=[ \t]*(None|{STRING})[ \t]*" for _ in IDENTIFIERS)
_GENERATED = re.compile("{}\ndown_revision{}\nbranch_labels{}\ndepends_on{}\n?".format(*_ONE_EACH), re.ASCII)


def scan_generated(path: str, text: str) -> Node | None:
    """Return what a file as templates write it declares; None where anything about it is different."""
    try:
        before, doc, text = text.split('"""', 2)
    except ValueError:
        return None
    imports, _, text = text.partition("\nrevision")
    if before or "\\" in doc or not text or not _only_imports(imports):
        return None
    lines = text.split("\n", 4)
    rest = lines[4] if len(lines) > 4 else ""
    identifiers = text[: len(text) - len(rest)]
    quote = "'" if "'" in identifiers else '"'
    pieces = identifiers.split(quote)
    # What is outside of the strings is the same in nearly all files of a project: one look serves them all.
    places = _places(f"{quote}string{quote}".join(pieces[::2])) if len(pieces) % 2 else None
    if places is None or "\\" in identifiers or (quote == "'" and '"' in identifiers) or may_rebind(rest):
        return None
    at, down_at, labels_at, depends_at = places
    if not pieces[at]:
        return None
    return Node(
        pieces[at],
        (pieces[down_at],) if down_at else (),
        (pieces[depends_at],) if depends_at else (),
        (pieces[labels_at],) if labels_at else (),
        path,
        doc,
    )


@lru_cache(maxsize=64)
def _places(identifiers: str) -> tuple[int, ...] | None:
    """Where the values of the four identifiers are among the pieces between quotes; 0 for None.

    Four lines are asked for and four were given, so the strings hold no line's end.

    :param identifiers: what assigns them, with some other string in place of each.
    """
    match = _GENERATED.fullmatch(identifiers)
    if match is None or match[1] == "None":
        return None
    place = count(1, 2)
    return tuple([0 if value == "None" else next(place) for value in match.groups()])


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
# The ends of `header_ast`'s words for writing to one's namespace without naming what is written.
_ACCESS = r"(?:exec|eval|globals|locals|vars|setattr|__dict__|builtins|frame)\b"


def may_rebind(text: str) -> bool:
    """Whether anything in what follows the identifiers could give one of them another value."""
    if not text.isascii():
        # Python folds compatibility characters in names: a full-width "revision" is the same variable.
        import unicodedata

        text = unicodedata.normalize("NFKC", text)
    # Plain searches are a tenth of an expression's price, and nearly always find nothing; without a loop, as
    # every file of a project passes here.
    if "revision" in text or "branch_labels" in text or "depends_on" in text:
        for found in re.finditer("revision|branch_labels|depends_on", text):
            if _REBOUND.match(text, found.end()):
                return True
    if "*" in text and re.search(_STAR_IMPORT, text):
        return True
    return bool(
        ("exec" in text or "eval" in text or "globals" in text or "locals" in text or "vars" in text)
        or ("setattr" in text or "__dict__" in text or "builtins" in text or "frame" in text)
    ) and bool(re.search(_ACCESS, text))

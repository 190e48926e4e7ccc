"""The checksum of a revision: of what its file does, not of how it is written down.

Comments, docstrings, formatting, annotations and the order of imports do not count. Neither do the four
identifiers: where a revision stands among the others is told by the files themselves. The same file has the
same checksum under any version of Python.
"""

from __future__ import annotations

import ast
import os
import re
from functools import lru_cache
from hashlib import sha256
from types import ModuleType

from ..script.modules import Bytecode, ExactLoader

_IDENTIFIERS = frozenset({"revision", "down_revision", "branch_labels", "depends_on"})
# What they hold is named in annotations only.
_FOR_ANNOTATIONS = frozenset({"__future__", "typing", "typing_extensions", "collections.abc"})
# Of the fields of a node: what follows from the rest, or says nothing at run time.
_SILENT = frozenset(
    {"ctx", "kind", "type_comment", "type_ignores", "type_params", "annotation", "returns", "simple"}
)
_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {}
# What stands before a checksum that is kept: another number when files get other checksums than before.
_LABEL = b"alembic checksum 1 "
_LENGTH = 64


def checksum_of(path: str | None, module: ModuleType | None = None) -> str:
    """The checksum of the revision in this file; empty where there is no source, or it is no Python.

    It is kept behind the file's bytecode, because to find it takes longer than to load that.

    :param path: of the source; there may be a compiled file only.
    :param module: what was loaded from it, if it was: then the file need not be read again.
    """
    loader = getattr(module, "__loader__", None)
    if isinstance(loader, ExactLoader) and (kept := _kept(loader.end)):
        return kept
    if path is None or not os.path.isfile(path) or not path.endswith(".py"):
        return ""
    try:
        with open(path, "rb") as file:
            source = file.read()
        bytecode = Bytecode(path, source)
        content = bytecode.read()
        if kept := _kept(content):
            return kept
        found = checksum(source)
    except (OSError, SyntaxError, ValueError, RecursionError):
        return ""
    if content:
        bytecode.write(content + _LABEL + found.encode("ascii"))
    return found


def _kept(content: bytes) -> str:
    """The checksum at the end of what is in the cache; empty if there is none."""
    labelled = content[-_LENGTH - len(_LABEL) : -_LENGTH] == _LABEL
    return content[-_LENGTH:].decode("ascii") if labelled else ""


def checksum(source: bytes | str) -> str:
    """The checksum of such a text.

    :raises SyntaxError: it is no Python.
    """
    imports: list[str] = []
    words: list[str] = []
    header = _header(source)
    if header is None:
        _read(source, imports, words)
    else:
        imports += _imports(header[1])
        _read(header.string[header.end() :], imports, words)
    return sha256("\n".join([*sorted(imports), *words]).encode("ascii")).hexdigest()


# What files begin with as templates write them: a third of the work. Nothing of it counts but the imports,
# which are the same in most files. Each line is a statement, so that the rest can be read by itself.
_STRING = r"""(?:'[^'"\\\n]*'|"[^'"\\\n]*")"""
_HEADER = re.compile(
    r'(?:"""[^"\\]*"""\n)?'
    r"((?:(?:import|from) [\w., ]+\n|\n)*)"
    r"(?:#[^\n]*\n)*"
    rf"(?:(?:{'|'.join(sorted(_IDENTIFIERS))})(?:: [\w\[\], |]+)? = (?:None|{_STRING})\n)+",
    re.ASCII,
)


def _header(source: bytes | str) -> re.Match[str] | None:
    """Such a beginning; None where there is none, or the text may be of another encoding."""
    if isinstance(source, bytes):
        if b"coding" in source[:200]:
            return None
        try:
            source = source.decode("utf-8")
        except UnicodeDecodeError:
            return None
    return None if "\r" in source else _HEADER.match(source)


@lru_cache(maxsize=16)
def _imports(lines: str) -> tuple[str, ...]:
    imports: list[str] = []
    _read(lines, imports, [])
    return tuple(imports)


def _read(source: bytes | str, imports: list[str], words: list[str]) -> None:
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            imports += _imported(statement)
        elif not _says_where(statement):
            _spell(statement, words)


def _imported(statement: ast.Import | ast.ImportFrom) -> list[str]:
    source = ""
    if isinstance(statement, ast.ImportFrom):
        source = "." * statement.level + (statement.module or "")
        if source in _FOR_ANNOTATIONS:
            return []
    elif all(alias.name in _FOR_ANNOTATIONS for alias in statement.names):
        return []
    return [ascii(f"{source} {alias.name} {alias.asname or ''}") for alias in statement.names]


def _says_where(statement: ast.stmt) -> bool:
    """Whether it assigns one of the four identifiers."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
    elif isinstance(statement, ast.AnnAssign):
        target = statement.target
    else:
        return False
    return isinstance(target, ast.Name) and target.id in _IDENTIFIERS


def _spell(node: ast.AST, words: list[str]) -> None:
    """Write a node down as words, each without a line's end.

    Not by ``ast.dump()``, which takes four times as long, and spells differently from version to version.
    """
    kind = node.__class__
    if kind is ast.Constant:
        words.append(ascii(node.value))  # type: ignore[attr-defined]  # it is a Constant
    elif kind is ast.Name:
        words.append("." + ascii(node.id))  # type: ignore[attr-defined]  # it is a Name
    elif kind is ast.AnnAssign:
        _spell_assignment(node, words)  # type: ignore[arg-type]  # it is one
    elif not (kind is ast.Pass or (kind is ast.Expr and isinstance(node.value, ast.Constant))):  # type: ignore[attr-defined]  # it is an Expr
        words.append(kind.__name__)
        for name in _FIELDS.get(kind) or _fields(kind):
            value = getattr(node, name, None)
            if value is None or value == []:
                continue
            words.append(name)
            if isinstance(value, ast.AST):
                _spell(value, words)
            elif isinstance(value, list):
                _spell_all(value, words)
            else:
                words.append(ascii(value))


def _spell_all(values: list[object], words: list[str]) -> None:
    words.append("[")
    for value in values:
        if isinstance(value, ast.AST):
            _spell(value, words)
        else:
            words.append(ascii(value))
    words.append("]")


def _spell_assignment(node: ast.AnnAssign, words: list[str]) -> None:
    """As it would be without the annotation."""
    if node.value is not None:
        words += ["Assign", "targets", "["]
        _spell(node.target, words)
        words += ["]", "value"]
        _spell(node.value, words)


def _fields(kind: type[ast.AST]) -> tuple[str, ...]:
    found = _FIELDS[kind] = tuple(name for name in kind._fields if name not in _SILENT)
    return found

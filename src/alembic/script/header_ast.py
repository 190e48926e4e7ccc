"""A revision file's identifiers from its syntax tree, where the scanner of `header` gives up."""

from __future__ import annotations

import ast
import warnings
from typing import NamedTuple

from alembic.errors.revisions import RevisionSyntaxError
from alembic.script.header import IDENTIFIERS

_NAMES = frozenset(IDENTIFIERS)
_NAMESPACE_ACCESS = frozenset(
    [
        *("exec", "eval", "globals", "locals", "vars", "setattr", "__setattr__", "__dict__", "builtins"),
        *("__builtins__", "__globals__", "f_globals", "f_locals", "f_builtins", "_getframe", "currentframe"),
    ]
)
"""Names through which a file can write to its own namespace without naming what it writes."""


class Literals(NamedTuple):
    """The identifiers that a file assigns as plain literals, and where."""

    values: dict[str, object]
    lines: dict[str, int]
    doc: str | None


def literal_identifiers(path: str, text: str) -> Literals | None:
    """Return the identifiers assigned at module level, or None where one of them may be computed.

    :raises alembic.errors.RevisionSyntaxError: for text that is no Python.
    """
    tree = _parse(path, text)
    values: dict[str, object] = {}
    lines: dict[str, int] = {}
    plain: set[int] = set()
    for statement in tree.body:
        targets, value = _assignment(statement)
        plain.update(id(target) for target in targets)
        if value is None:
            continue
        literal = _literal(value)
        if literal is _COMPUTED:
            return None
        for target in targets:
            values[target.id] = literal
            lines[target.id] = statement.lineno
    if any(_binds(node, plain) for node in ast.walk(tree)):
        return None
    return Literals(values, lines, ast.get_docstring(tree, clean=False))


def _parse(path: str, text: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            # An invalid escape in a migration's SQL is for the import to complain about, once.
            warnings.simplefilter("ignore")
            return ast.parse(text.removeprefix("\ufeff"), path)
    except SyntaxError as error:
        raise RevisionSyntaxError(path, error.lineno, error.text, error.msg) from None
    except (ValueError, RecursionError, MemoryError) as error:  # null bytes, absurd nesting
        raise RevisionSyntaxError(path, None, None, str(error)) from None


def _assignment(statement: ast.stmt) -> tuple[list[ast.Name], ast.expr | None]:
    """The identifiers that a module-level statement assigns, and to what; no value for a bare annotation."""
    match statement:
        case ast.Assign(targets=targets, value=value):
            names = [target for target in targets if isinstance(target, ast.Name) and target.id in _NAMES]
            return names, value if names else None
        case ast.AnnAssign(target=ast.Name(id=name) as target, value=value) if name in _NAMES:
            return [target], value
        case _:
            return [], None


_COMPUTED = object()


def _literal(node: ast.expr) -> object:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements):
            items = [_literal(element) for element in elements]
            return _COMPUTED if any(item is _COMPUTED for item in items) else tuple(items)
        case _:
            return _COMPUTED


def _bound_by_import(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]


def _binds(node: ast.AST, plain: set[int]) -> bool:
    """Whether a node could bind an identifier other than by the plain assignments already seen.

    Scopes are left out of it: a function's own variable called ``revision`` costs an import, no more.
    """
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return name in _NAMES and id(node) not in plain
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in _NAMESPACE_ACCESS
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return any(_bound_by_import(alias) in _NAMES or alias.name == "*" for alias in names)
        case ast.ExceptHandler(name=name) | ast.MatchAs(name=name) | ast.MatchStar(name=name):
            return name in _NAMES
        case ast.MatchMapping(rest=name):
            return name in _NAMES
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return name in _NAMES
        case _:
            return False

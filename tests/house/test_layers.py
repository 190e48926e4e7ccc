"""The layers of ARCHITECTURE.md, read from every import, inside functions and under TYPE_CHECKING too."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

SOURCE = Path(__file__).parents[2] / "src"

LAYERS = (
    {"errors", "console", "masking"},
    {"configuration", "script"},
    {"schema"},
    {"ddl"},
    {"operations"},
    {"autogenerate", "runtime"},
    {"journal", "limits", "locking"},
    {"command"},
    {"cli"},
    {"op", "context", "config", "migration", "environment", "util", "ext", "__main__"},
    {"testing"},
)
RANK = {part: rank for rank, layer in enumerate(LAYERS) for part in layer}

# Reading files and printing must not load these: they are what makes a start slow.
HEAVY = {
    "sqlalchemy",
    "mako",
    "rich",
    "logging.config",
    "inspect",
    "asyncio",
    "typing_extensions",
    "dataclasses",
}
LIGHT = {"errors", "console", "masking", "configuration", "script", "command", "cli"}
LIGHT |= {"config", "__main__", ""}


class Import(NamedTuple):
    """One import statement, resolved: `lazy` when it doesn't run together with its module."""

    importer: str
    imported: str
    line: int
    lazy: bool


def _module_name(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _sources() -> dict[str, Path]:
    files = sorted((SOURCE / "alembic").rglob("*.py"))
    return {_module_name(path): path for path in files if "templates" not in path.parts}


MODULES = _sources()


def _is_type_checking(node: ast.If) -> bool:
    return ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}


def _statements(node: ast.AST, lazy: bool = False) -> Iterator[tuple[ast.AST, bool]]:
    for child in ast.iter_child_nodes(node):
        inside = lazy or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        inside = inside or (isinstance(node, ast.If) and _is_type_checking(node) and child in node.body)
        yield child, inside
        yield from _statements(child, inside)


def _resolve(module: str, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = module.split(".")
    if MODULES[module].name != "__init__.py":
        package = package[:-1]
    package = package[: len(package) - node.level + 1]
    return ".".join([*package, node.module] if node.module else package)


def _imports(module: str) -> Iterator[Import]:
    tree = ast.parse(MODULES[module].read_text("utf-8"))
    for node, lazy in _statements(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(module, alias.name, node.lineno, lazy)
        elif isinstance(node, ast.ImportFrom):
            source = _resolve(module, node)
            for alias in node.names:
                inner = f"{source}.{alias.name}"
                known = inner in MODULES or inner in {"logging.config"}
                yield Import(module, inner if known else source, node.lineno, lazy)


ALL_IMPORTS = [found for module in MODULES for found in _imports(module)]
OUR_IMPORTS = [found for found in ALL_IMPORTS if found.imported.split(".")[0] == "alembic"]


def _part(module: str) -> str:
    """The top-level part of the package that a module belongs to; the package itself is ""."""
    return module.split(".")[1] if "." in module else ""


def _where(found: Import) -> str:
    return f"{MODULES[found.importer]}:{found.line}: {found.importer} imports {found.imported}"


def test_every_part_of_the_package_has_a_layer() -> None:
    assert {_part(module) for module in MODULES} - {""} <= set(RANK)


def test_imports_go_down_only() -> None:
    upwards = []
    for found in OUR_IMPORTS:
        importer, imported = _part(found.importer), _part(found.imported)
        if "" in {importer, imported}:  # the package itself: it is on top, and loaded before everything
            continue
        if RANK[imported] > RANK[importer]:
            upwards.append(_where(found))
    assert not upwards, "\n".join(upwards)


def test_nothing_but_the_version_is_taken_from_the_package_itself() -> None:
    taken = []
    for module, path in MODULES.items():
        for node, _ in _statements(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and _resolve(module, node) == "alembic":
                names = {alias.name for alias in node.names}
                loose = {name for name in names if f"alembic.{name}" not in MODULES} - {"__version__"}
                taken += [f"{path}:{node.lineno}: {name}" for name in sorted(loose)]
    assert not taken, "\n".join(taken)


def test_no_cycle_between_packages() -> None:
    graph: dict[str, set[str]] = {}
    for found in OUR_IMPORTS:
        source, target = _package(found.importer), _package(found.imported)
        if source != target and "alembic" not in {source, target}:
            graph.setdefault(source, set()).add(target)
    cycles = [f"{a} <-> {b}" for a in sorted(graph) for b in sorted(graph) if a < b and _cyclic(graph, a, b)]
    assert not cycles, "\n".join(cycles)


# They put together what the packages beside them make, and stand above these.
ON_TOP = {
    "alembic.autogenerate",
    "alembic.autogenerate.api",
    "alembic.autogenerate.revision_context",
    "alembic.autogenerate.template_variables",
}


def _package(module: str) -> str:
    """The package that holds a module; a module right below `alembic` counts as a package of its own."""
    if module in ON_TOP:
        return f"{module} (on top)"
    if module not in MODULES or MODULES[module].name == "__init__.py" or module.count(".") == 1:
        return module
    return module.rpartition(".")[0]


def _cyclic(graph: dict[str, set[str]], one: str, other: str) -> bool:
    return other in _reachable(graph, one) and one in _reachable(graph, other)


def _reachable(graph: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        fresh = graph.get(waiting.pop(), set()) - seen
        seen |= fresh
        waiting += fresh
    return seen


@pytest.mark.parametrize("part", sorted(LIGHT))
def test_light_parts_load_nothing_heavy(part: str) -> None:
    heavy = []
    for found in ALL_IMPORTS:
        if found.lazy or _part(found.importer) != part:
            continue
        roots = {found.imported, found.imported.split(".")[0]}
        if roots & HEAVY:
            heavy.append(_where(found))
    assert not heavy, "\n".join(heavy)

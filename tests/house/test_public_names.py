"""What third parties import is there, and takes the arguments they pass."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import read_signatures
from tests.house.names import PUBLIC_NAMES

HERE = Path(__file__).parent
EXPECTED: dict[str, str] = json.loads((HERE / "signatures.json").read_text("utf-8"))

# Where ours differs on purpose: the name, and why nobody's call breaks.
_SAID_ONCE = "the genuine one takes (*args, **kw) and hands them to DefaultImpl; ours says what that takes"
_AS_THE_BASE = "its parameters are called as DefaultImpl calls them, where they are said; ours passes them so"
ACCEPTED: dict[str, str] = {
    "alembic.ddl.mssql:MSSQLImpl": _SAID_ONCE,
    "alembic.ddl.mssql:MSSQLImpl._exec": _SAID_ONCE,
    "alembic.ddl.mssql:MSSQLImpl.bulk_insert": _SAID_ONCE,
    "alembic.ddl.oracle:OracleImpl": _SAID_ONCE,
    "alembic.ddl.oracle:OracleImpl._exec": _SAID_ONCE,
    "alembic.ddl.mysql:MySQLImpl.correct_for_autogen_constraints": _AS_THE_BASE,
    "alembic.ddl.mysql:MySQLImpl.render_ddl_sql_expr": _AS_THE_BASE,
    "alembic.ddl.postgresql:PostgresqlImpl.correct_for_autogen_constraints": _AS_THE_BASE,
    "alembic.ddl.postgresql:PostgresqlImpl.render_ddl_sql_expr": _AS_THE_BASE,
    "alembic.ddl.postgresql:PostgresqlImpl.render_type": _AS_THE_BASE,
    "alembic.ddl.sqlite:SQLiteImpl.correct_for_autogen_constraints": _AS_THE_BASE,
    "alembic.runtime.environment:EnvironmentContext.configure": (
        "compare_server_default: None is told from False, as defaults are compared unless told not to"
    ),
}

ALIASES = [
    ("alembic.migration", "alembic.runtime.migration", "MigrationContext"),
    ("alembic.environment", "alembic.runtime.environment", "EnvironmentContext"),
    ("alembic.script", "alembic.script.base", "ScriptDirectory"),
    ("alembic.ddl", "alembic.ddl.impl", "DefaultImpl"),
    ("alembic.util", "alembic.util.exc", "CommandError"),
    ("alembic.util", "alembic.errors", "CommandError"),
    ("alembic.operations", "alembic.operations.base", "Operations"),
    ("alembic.operations", "alembic.operations.ops", "MigrateOperation"),
]


def _names() -> list[tuple[str, str]]:
    return [(module, name) for module, names in PUBLIC_NAMES.items() for name in names]


@pytest.mark.parametrize(("module", "name"), _names())
def test_the_name_resolves(module: str, name: str) -> None:
    found = importlib.import_module(module)
    if not hasattr(found, name):
        importlib.import_module(f"{module}.{name}")  # a submodule is a name too once it is imported


@pytest.mark.parametrize("module", sorted(PUBLIC_NAMES))
def test_each_module_can_be_the_first_import(module: str) -> None:
    """No import order is needed: a third party may start anywhere."""
    outcome = subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True, text=True)
    assert outcome.returncode == 0, outcome.stderr


@pytest.mark.parametrize(("one", "other", "name"), ALIASES)
def test_old_and_new_paths_give_the_same_object(one: str, other: str, name: str) -> None:
    assert getattr(importlib.import_module(one), name) is getattr(importlib.import_module(other), name)


def _resolve(name: str) -> object:
    module, _, path = name.partition(":")
    thing: object = importlib.import_module(module)
    for part in path.split("."):
        thing = getattr(thing, part)
    return thing


class Shape:
    """A signature taken apart, to be compared with another."""

    def __init__(self, text: str) -> None:
        arguments = ast.parse(f"def f{text}: ...").body[0].args  # type: ignore[attr-defined]
        self.star = arguments.vararg is not None
        self.double_star = arguments.kwarg is not None
        ordered = [*arguments.posonlyargs, *arguments.args]
        defaults = [None] * (len(ordered) - len(arguments.defaults)) + arguments.defaults
        self.positional = [(a.arg, self._default(d)) for a, d in zip(ordered, defaults, strict=True)]
        pairs = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        self.keywords = {a.arg: self._default(d) for a, d in pairs}

    @staticmethod
    def _default(node: ast.expr | None) -> str | None:
        return None if node is None else ast.unparse(node)

    @property
    def named(self) -> dict[str, str | None]:
        return {**dict(self.positional), **self.keywords}

    def serves(self, theirs: Shape) -> list[str]:
        """What would break for callers of the other signature, were this one in its place."""
        faults = []
        if theirs.star and not self.star:
            faults.append("takes no further positional arguments")
        if theirs.double_star and not self.double_star:
            faults.append("takes no further keyword arguments")
        own = [name for name, _ in self.positional]
        wanted = [name for name, _ in theirs.positional]
        if own[: len(wanted)] != wanted and not (self.star and own == wanted[: len(own)]):
            faults.append(f"positional arguments are {own}, not {wanted}")
        for name, default in theirs.named.items():
            if name not in self.named:
                if not self.double_star:
                    faults.append(f"{name!r} is missing")
            elif default is not None and self.named[name] != default:
                faults.append(f"the default of {name!r} is {self.named[name]}, not {default}")
        extra = self.named.keys() - theirs.named.keys()
        faults += [
            f"{name!r} is a new mandatory argument" for name in sorted(extra) if self.named[name] is None
        ]
        return faults


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_the_signature_serves_every_existing_call(name: str) -> None:
    """Same names, order, kinds and defaults; we may add arguments, if they have defaults."""
    ours = read_signatures.signature(_resolve(name))
    assert ours is not None, f"{name} has no readable signature"
    faults = Shape(ours).serves(Shape(EXPECTED[name]))
    if name in ACCEPTED:
        assert faults, f"{name} does not differ any more: take it off the list"
        return
    assert not faults, f"{name}{ours} should be {EXPECTED[name]}: {'; '.join(faults)}"


@pytest.mark.parametrize("name", PUBLIC_NAMES["alembic.op"])
def test_a_directive_looks_on_op_as_it_does_on_operations(name: str) -> None:
    from alembic import op
    from alembic.operations import Operations

    method = inspect.getattr_static(Operations, name)
    if isinstance(method, classmethod):
        expected = inspect.signature(getattr(Operations, name))
    else:
        whole = inspect.signature(getattr(Operations, name))
        expected = whole.replace(parameters=list(whole.parameters.values())[1:])
    assert list(inspect.signature(getattr(op, name)).parameters) == list(expected.parameters)
    assert getattr(op, name).__doc__


@pytest.mark.parametrize("name", PUBLIC_NAMES["alembic.context"])
def test_a_context_function_looks_as_the_method_behind_it(name: str) -> None:
    from alembic import context
    from alembic.runtime.environment import EnvironmentContext

    whole = inspect.signature(getattr(EnvironmentContext, name))
    expected = list(whole.parameters)[1:]
    assert list(inspect.signature(getattr(context, name)).parameters) == expected
    assert getattr(context, name).__doc__


def test_the_table_is_what_the_genuine_package_shows(genuine: Path) -> None:
    argv = [str(genuine), "-E", str(HERE / "read_signatures.py")]
    outcome = subprocess.run(argv, capture_output=True, text=True, check=True)
    assert json.loads(outcome.stdout) == EXPECTED

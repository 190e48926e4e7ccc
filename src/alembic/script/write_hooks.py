"""Programs and functions run on each revision file just written: formatters, linters, the user's own.

A hook is one mapping of options: ``type`` names the function registered for it, ``_hook_name`` is the name it
has in the configuration, the rest is the function's own. A tool that ends with a failure is reported and the
file stays: it is a valid revision, and the tool can be run again by hand.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, TypeVar

from alembic import console
from alembic.errors.writing import (
    HookExecutableNotFound,
    HookKeyRequired,
    HookOptionsInvalid,
    HookToolNotFound,
    HookToolTooOld,
    HookTypeNotRegistered,
)

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

REVISION_SCRIPT_TOKEN = "REVISION_SCRIPT_FILENAME"

Options = Mapping[str, Any]
HookFunction = Callable[..., Any]
_F = TypeVar("_F", bound=HookFunction)

_registry: dict[str, HookFunction] = {}


def register(name: str) -> Callable[[_F], _F]:
    """A decorator that makes ``fn(filename, options)`` the hook function of the type ``name``.

    In env.py it takes effect only with ``revision_environment = true``, which makes ``alembic revision`` run
    env.py.
    """

    def enter(function: _F) -> _F:
        _registry[name] = function
        return function

    return enter


def run_hooks(
    path: str | os.PathLike[str],
    hooks: Sequence[Options],
    announce: Callable[[str], AbstractContextManager[object]],
) -> None:
    """Run the configured hooks on a file, in order.

    :param announce: shows the line given while the hook runs, as a context manager.
    :raises HookKeyRequired: a hook lacks its ``type`` or an option that the type needs.
    :raises HookTypeNotRegistered: nothing is registered for the type.
    """
    for hook in hooks:
        name = hook["_hook_name"]
        if not hook.get("type"):
            raise HookKeyRequired(name, "type", f"Key '{name}.type' (or 'type' in toml)")
        with announce(f"Running post write hook '{name}'"):
            invoke(hook["type"], path, hook)


def invoke(type_: str, path: str | os.PathLike[str], options: Options) -> Any:
    """What the function registered for a type of hook returns for this file."""
    function = _registry.get(type_)
    if function is None:
        raise HookTypeNotRegistered(type_, sorted(_registry))
    return function(os.fspath(path), options)


@register("console_scripts")
def console_scripts(
    path: str,
    options: Options,
    ignore_output: bool = False,
    verify_version: tuple[int, ...] | None = None,
) -> None:
    """Run an installed package's command in this Python, named by the option ``entrypoint``.

    :param verify_version: the least version that the package must have.
    """
    name = _required(options, "entrypoint")
    entry = _console_script(name, options)
    if verify_version is not None and entry.dist is not None:
        _demand_version(name, entry.dist.version, verify_version)
    call = f"import {entry.module}; {entry.module}.{entry.attr}()"
    _run(path, options, [sys.executable, "-c", call], ignore_output)


@register("exec")
def exec_(path: str, options: Options, ignore_output: bool = False) -> None:
    """Run any program, named by the option ``executable``."""
    _run(path, options, [_required(options, "executable")], ignore_output)


@register("module")
def module(path: str, options: Options, ignore_output: bool = False) -> None:
    """Run a module as ``python -m`` does, named by the option ``module``."""
    from importlib.util import find_spec

    name = _required(options, "module")
    try:
        found = find_spec(name) is not None
    except ImportError:  # the package that it would be in
        found = False
    if not found:
        raise HookToolNotFound(f"module {name}", options["_hook_name"])
    _run(path, options, [sys.executable, "-m", name], ignore_output)


def _required(options: Options, key: str) -> str:
    if not options.get(key):
        name = options["_hook_name"]
        raise HookKeyRequired(name, key, f"Key {name}.{key}")
    return str(options[key])


def _console_script(name: str, options: Options) -> EntryPoint:
    from importlib.metadata import entry_points

    for entry in entry_points(group="console_scripts", name=name):
        return entry
    raise HookToolNotFound(f"entrypoint console_scripts.{name}", options["_hook_name"])


def _demand_version(name: str, installed: str, least: tuple[int, ...]) -> None:
    numbers = tuple(int(part) for part in installed.split(".") if part.isdigit())
    if numbers < least:
        raise HookToolTooOld(name, installed, ".".join(map(str, least)))


def _arguments(options: Options, path: str) -> list[str]:
    """The words of the ``options`` option with the file name put in, first where no word asks for it."""
    written = options.get("options", "")
    if not isinstance(written, str):
        raise HookOptionsInvalid(
            options["_hook_name"], written, "They are one string, words apart by spaces."
        )
    try:
        words = shlex.split(written, posix=os.name != "nt")
    except ValueError as error:
        raise HookOptionsInvalid(options["_hook_name"], written, f"{error}.") from error
    if not any(REVISION_SCRIPT_TOKEN in word for word in words):
        return [path, *words]
    return [word.replace(REVISION_SCRIPT_TOKEN, path) for word in words]


def _run(path: str, options: Options, command: list[str], ignore_output: bool) -> None:
    output = subprocess.DEVNULL if ignore_output else None
    arguments = _arguments(options, path)
    console.flush(sys.stdout)  # so that the tool's own lines come after ours
    try:
        ended = subprocess.run(
            [*command, *arguments], cwd=options.get("cwd"), check=False, stdout=output, stderr=output
        )
    except OSError as error:
        keys = [key for key in ("executable", "cwd") if options.get(key)]
        raise HookExecutableNotFound(options["_hook_name"], command[0], keys, error) from error
    if ended.returncode:
        console.warn(
            f"post write hook '{options['_hook_name']}' ended with exit status {ended.returncode}; "
            f"the revision file was kept: {path}"
        )

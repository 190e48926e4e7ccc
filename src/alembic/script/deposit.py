"""Setting up a new script directory from one of the templates: what ``alembic init`` does.

All content is made before the first file is, so that a broken template touches nothing; what the file system
then refuses half-way is taken back.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from functools import partial
from typing import NamedTuple

from alembic.configuration.files import read_toml
from alembic.errors.writing import InitDirectoryNotEmpty, InitFailed, InitTemplateNotFound
from alembic.script.rendering import render, write_whole

_INI_TEMPLATE = "alembic.ini.mako"
_TOML_TEMPLATE = "pyproject.toml.mako"

Announce = Callable[[str], AbstractContextManager[object]]
Say = Callable[[str], object]


class Template(NamedTuple):
    """An environment template, with the first line of its README."""

    name: str
    synopsis: str


class _Step(NamedTuple):
    """One line of the report and what is done under it: ``content`` None makes a folder, else a file."""

    line: str
    path: str
    content: bytes | None
    appended: bool = False


def available_templates(folder: str) -> tuple[Template, ...]:
    """The templates in a folder of templates, sorted by name."""
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries if entry.is_dir() and entry.name[0] not in "._")
    return tuple(Template(name, _synopsis(os.path.join(folder, name))) for name in names)


def deposit(
    templates: str,
    template: str,
    directory: str,
    *,
    ini_path: str,
    toml_path: str,
    package: bool = False,
    announce: Announce,
    say: Say,
) -> None:
    """Make a script directory and its configuration files.

    :param templates: the folder that holds the templates.
    :param template: the name of the one to use.
    :param directory: where to; it must be missing or empty.
    :param ini_path: the ini file to write; an existing one stays as it is.
    :param toml_path: the TOML file to write or to append to, if the template has one.
    :param package: make the directory and its versions folder Python packages.
    :param announce: shows a line while a step is under way, as a context manager.
    :param say: shows a plain line.
    :raises InitDirectoryNotEmpty: the directory has something in it.
    :raises InitTemplateNotFound: there is no such template.
    :raises ConfigFileMalformed: the TOML file to append to is none.
    :raises InitFailed: the file system refuses; nothing is left behind.
    """
    source = os.path.abspath(os.path.join(templates, template))
    if os.path.isdir(directory) and os.listdir(directory):
        raise InitDirectoryNotEmpty(directory)
    if not template or not os.path.isdir(source):
        raise InitTemplateNotFound(source, [known.name for known in available_templates(templates)])
    ini_path, toml_path = os.path.abspath(ini_path), os.path.abspath(toml_path)
    try:
        _carry_out(list(_steps(source, directory, ini_path, toml_path, package)), announce, say)
    except OSError as error:
        raise InitFailed(error) from error
    with_toml = os.path.exists(os.path.join(source, _TOML_TEMPLATE))
    say(
        "Please edit "
        + (f"configuration settings in {toml_path} and " if with_toml else "")
        + f"configuration/connection/logging settings in {ini_path} before proceeding."
    )


def location_setting(directory: str, config_path: str) -> str:
    """How a configuration file names the script directory.

    A relative directory is named from the folder of the file, since both may move together. A percent sign is
    doubled, as the configuration asks for.
    """
    named = directory
    if not os.path.isabs(directory):
        try:
            relative = os.path.relpath(directory, os.path.dirname(os.path.abspath(config_path)))
        except ValueError:  # on another drive of Windows
            named = os.path.abspath(directory)
        else:
            return "%(here)s/" + relative.replace(os.sep, "/").replace("%", "%%")
    return named.replace("%", "%%")


def _steps(
    source: str, directory: str, ini_path: str, toml_path: str, package: bool
) -> Iterator[_Step | str]:
    """Everything there is to do, in order; a str is a line to say."""
    home = os.path.abspath(directory)
    folders = (home, os.path.join(home, "versions"))
    for folder in folders:
        yield _Step(f"Creating directory {folder}", folder, None)
    for name in _files(source):
        template = os.path.join(source, name)
        if name == _TOML_TEMPLATE:
            yield _configuration(template, toml_path, directory, _appendix)
        elif name == _INI_TEMPLATE:
            yield _configuration(template, ini_path, directory, _left_alone)
        else:
            copy = os.path.join(home, name)
            with open(template, "rb") as file:
                yield _Step(f"Generating {copy}", copy, file.read())
    if package:
        for folder in folders:
            marker = os.path.join(folder, "__init__.py")
            yield _Step(f"Adding {marker}", marker, b"")


def _configuration(
    template: str, path: str, directory: str, if_there: Callable[[str, bytes], _Step | str]
) -> _Step | str:
    content = render(template, script_location=location_setting(directory, path)).encode()
    return if_there(path, content) if os.path.exists(path) else _Step(f"Generating {path}", path, content)


def _left_alone(path: str, _: bytes) -> str:
    return f"File {path} already exists, skipping"


def _appendix(path: str, content: bytes) -> _Step | str:
    if read_toml(path) is not None:
        return f"File {path} already exists and already has a [tool.alembic] section, skipping"
    return _Step(f"Appending to existing {path}", path, b"\n\n" + content, appended=True)


def _carry_out(steps: list[_Step | str], announce: Announce, say: Say) -> None:
    undo: list[Callable[[], object]] = []
    try:
        for step in steps:
            if isinstance(step, str):
                say(step)
            elif step.content is not None or not os.path.isdir(step.path):
                with announce(step.line):
                    _make(step, undo)
    except BaseException:
        for action in reversed(undo):
            with suppress(OSError):  # a folder into which someone else has put something
                action()
        raise


def _make(step: _Step, undo: list[Callable[[], object]]) -> None:
    if step.content is None:
        _make_folder(step.path, undo)
    elif step.appended:
        undo.append(partial(os.truncate, step.path, os.path.getsize(step.path)))
        with open(step.path, "ab") as file:
            file.write(step.content)
    else:
        _make_folder(os.path.dirname(step.path), undo)
        write_whole(step.path, step.content)
        undo.append(partial(os.unlink, step.path))


def _make_folder(path: str, undo: list[Callable[[], object]]) -> None:
    """Make a folder and the missing ones above it."""
    if os.path.isdir(path):
        return
    _make_folder(os.path.dirname(path), undo)
    os.mkdir(path)
    undo.append(partial(os.rmdir, path))


def _files(source: str) -> list[str]:
    """The regular files of a template, configuration last; a toml file before the ini file."""
    with os.scandir(source) as entries:
        names = [entry.name for entry in entries if entry.is_file() and entry.name[0] != "."]
    last = ["", _TOML_TEMPLATE, _INI_TEMPLATE]
    return sorted(names, key=lambda name: (last.index(name) if name in last else 0, name))


def _synopsis(template: str) -> str:
    try:
        with open(os.path.join(template, "README"), encoding="utf-8") as readme:
            return readme.readline().rstrip()
    except FileNotFoundError:
        return ""

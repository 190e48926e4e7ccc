"""Reading the two configuration files from disk."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from ..errors.configuration import ConfigFileMalformed, ConfigFileUnreadable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from configparser import ConfigParser
    from typing import Any


def read_ini(path: str | None, main_section: str, defaults: Mapping[str, Any]) -> ConfigParser:
    """The sections of an ini file, whose values may use the defaults, ``%(here)s`` say.

    A file that does not exist has no sections. Without a path there is one empty main section, for
    configurations that are made in Python.
    """
    import configparser

    parser = configparser.ConfigParser({name: str(value) for name, value in defaults.items()})
    if path is None:
        parser.add_section(main_section)
    elif os.path.exists(path):
        try:
            parser.read_string(_ini_text(path), source=path)
        except configparser.Error as error:
            raise ConfigFileMalformed(path, str(error)) from error
    return parser


def read_toml(path: str | None) -> Mapping[str, Any] | None:
    """The table ``[tool.alembic]`` of a TOML file, None if there is no such file or table."""
    if not path or not os.path.exists(path):
        return None
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    try:
        document = tomllib.loads(_read(path).decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigFileMalformed(path, str(error)) from error
    tool = document.get("tool", {})
    table = tool.get("alembic") if isinstance(tool, dict) else tool
    if table is not None and not isinstance(table, dict):
        raise ConfigFileMalformed.because("Incorrect TOML format", path, "[tool.alembic] has to be a table")
    return table


def directory_of(path: str | None) -> str:
    """The absolute directory of a file with forward slashes: what ``%(here)s`` stands for."""
    if path is None:
        return "."
    folder = os.path.dirname(os.path.abspath(path))
    return folder if os.sep == "/" else folder.replace(os.sep, "/")


def _ini_text(path: str) -> str:
    """The file as UTF-8; where it is not, in the encoding of the locale, as older projects were read."""
    raw = _read(path)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as not_utf8:
        import locale

        encoding = locale.getpreferredencoding(False)
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            line = raw.count(b"\n", 0, not_utf8.start) + 1
            utf8 = encoding.lower().replace("-", "") == "utf8"
            why = f"line {line} is " + ("not UTF-8" if utf8 else f"neither UTF-8 nor {encoding}")
            raise ConfigFileUnreadable(path, why, hint="Save the file as UTF-8.") from not_utf8


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise ConfigFileUnreadable(path, error.strerror or str(error)) from error

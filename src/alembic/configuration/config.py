"""The configuration that every command receives."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, overload

from .. import console
from ..errors.configuration import ConfigSectionMissing, TomlValueInvalid
from .files import directory_of, read_ini, read_toml
from .paths import separator_named, split_paths, split_paths_without_separator

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping
    from configparser import ConfigParser
    from typing import Any, TextIO

    from .types import MessagingOptions, PostWriteHookConfig


_STDOUT_AT_IMPORT = sys.stdout
_NOTHING: Mapping[str, Any] = {}


class Config:
    """The settings of one migration project.

    Values come from an ini file, from ``[tool.alembic]`` of a TOML file, or are set with
    :meth:`set_main_option`; where both files have a key, the ini file wins. A file that does not exist counts
    as empty, files are read when first needed, and without an ini file the configuration starts empty.

    :param file_: path of the ini file.
    :param toml_file: path of the TOML file.
    :param ini_section: the section of the ini file that holds the settings.
    :param output_buffer: where SQL scripts go; standard output by default.
    :param stdout: where commands print; standard output, as it is when something is printed, by default.
    :param cmd_opts: the parsed command line, for env.py.
    :param config_args: names usable as ``%(name)s`` in both files, besides ``here``.
    :param attributes: arbitrary objects for env.py, such as a connection to use; the mapping is copied.
    """

    cmd_opts: Namespace | None = None
    config_file_name: str | None = None
    toml_file_name: str | None = None
    config_ini_section: str = "alembic"
    output_buffer: TextIO | None = None

    def __init__(
        self,
        file_: str | os.PathLike[str] | None = None,
        toml_file: str | os.PathLike[str] | None = None,
        ini_section: str = "alembic",
        output_buffer: TextIO | None = None,
        stdout: TextIO = sys.stdout,
        cmd_opts: Namespace | None = None,
        config_args: Mapping[str, Any] = _NOTHING,
        attributes: dict[str, Any] | None = None,
    ) -> None:
        self.config_file_name = os.fspath(file_) if file_ else None
        self.toml_file_name = os.fspath(toml_file) if toml_file else None
        self.config_ini_section = ini_section
        self.output_buffer = output_buffer
        self.stdout = stdout
        self.cmd_opts = cmd_opts
        self.config_args: dict[str, Any] = dict(config_args)
        self.toml_args: dict[str, Any] = dict(config_args)
        self.attributes: dict[str, Any] = dict(attributes or {})
        self._file_config: ConfigParser | None = None
        self._toml: Mapping[str, Any] | None = None

    @property
    def stdout(self) -> TextIO:
        """Where commands print. Unless a stream was given, whatever ``sys.stdout`` is at the moment."""
        return self._stdout or sys.stdout

    @stdout.setter
    def stdout(self, stream: TextIO) -> None:
        self._stdout = None if stream is _STDOUT_AT_IMPORT else stream

    def print_stdout(self, text: str, *arg: Any) -> None:
        """Print a line, unless the command line asked for quiet.

        :param arg: values for the ``%`` marks of the text; without any, the text is printed as it is.
        """
        if not self.messaging_opts.get("quiet"):
            console.write(self.stdout, (text % arg if arg else text) + "\n")

    @property
    def messaging_opts(self) -> MessagingOptions:
        """How much is to be printed."""
        return {"quiet": bool(getattr(self.cmd_opts, "quiet", False))}

    def get_template_directory(self) -> str:
        """The directory of the environment templates; subclasses with templates of their own override it."""
        return os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "templates")

    # -- the ini file ----------------------------------------------------------------------------------------

    @property
    def file_config(self) -> ConfigParser:
        """The ini file, read at first use."""
        if self._file_config is None:
            self.config_args["here"] = directory_of(self.config_file_name)
            self._file_config = read_ini(self.config_file_name, self.config_ini_section, self.config_args)
        return self._file_config

    @file_config.setter
    def file_config(self, parser: ConfigParser) -> None:
        self._file_config = parser

    @overload
    def get_section(self, name: str, default: None = ...) -> dict[str, str] | None: ...
    @overload
    def get_section(self, name: str, default: dict[str, str]) -> dict[str, str]: ...
    @overload
    def get_section(self, name: str, default: Mapping[str, str]) -> dict[str, str] | Mapping[str, str]: ...
    def get_section(self, name: str, default: Mapping[str, str] | None = None) -> Mapping[str, str] | None:
        """All keys and values of a section of the ini file, with those of ``[DEFAULT]`` and ``here``."""
        if not self.file_config.has_section(name):
            return default
        return dict(self.file_config.items(name))

    @overload
    def get_section_option(self, section: str, name: str, default: str) -> str: ...
    @overload
    def get_section_option(self, section: str, name: str, default: str | None = ...) -> str | None: ...
    def get_section_option(self, section: str, name: str, default: str | None = None) -> str | None:
        """One value of the ini file, or the default if the section lacks it.

        :raises ConfigSectionMissing: the file has no such section.
        """
        if not self.file_config.has_section(section):
            raise ConfigSectionMissing(self.config_file_name, section)
        if not self.file_config.has_option(section, name):
            return default
        return self.file_config.get(section, name)

    @overload
    def get_main_option(self, name: str, default: str) -> str: ...
    @overload
    def get_main_option(self, name: str, default: str | None = ...) -> str | None: ...
    def get_main_option(self, name: str, default: str | None = None) -> str | None:
        """One value of the main section of the ini file; the TOML file is not asked.

        :raises ConfigSectionMissing: the file has no main section.
        """
        return self.get_section_option(self.config_ini_section, name, default)

    def set_main_option(self, name: str, value: str) -> None:
        """Set a value of the main section, in memory only; it wins over both files.

        :param value: a per cent sign that is meant literally is written twice.
        """
        self.set_section_option(self.config_ini_section, name, value)

    def set_section_option(self, section: str, name: str, value: str) -> None:
        """Set a value of any section, in memory only; the section is created if need be."""
        if not self.file_config.has_section(section):
            self.file_config.add_section(section)
        self.file_config.set(section, name, value)

    def remove_main_option(self, name: str) -> None:
        """Forget a value of the main section, in memory only."""
        self.file_config.remove_option(self.config_ini_section, name)

    # -- the TOML file ---------------------------------------------------------------------------------------

    @property
    def toml_alembic_config(self) -> Mapping[str, Any]:
        """The table ``[tool.alembic]`` as written, read at first use."""
        if self._toml is None:
            table = read_toml(self.toml_file_name)
            if table is not None:
                self.toml_args["here"] = directory_of(self.toml_file_name)
            self._toml = table or {}
        return self._toml

    def _toml_value(self, name: str, default: Any = None) -> Any:
        value = self.toml_alembic_config.get(name)
        if value is None:
            return default
        if not isinstance(value, str | list | dict | int):
            raise TomlValueInvalid(f"unsupported TOML value type for key: {name!r}", self.toml_file_name)
        return self._interpolated(name, value)

    def _interpolated(self, name: str, value: Any) -> Any:
        match value:
            case str():
                try:
                    return value % self.toml_args
                except (KeyError, ValueError, TypeError) as error:
                    raise TomlValueInvalid.interpolation(name, value, self.toml_file_name) from error
            case list():
                return [self._interpolated(name, item) for item in value]
            case dict():
                return {key: self._interpolated(f"{name}.{key}", item) for key, item in value.items()}
        return value

    # -- either ----------------------------------------------------------------------------------------------

    def get_alembic_option(self, name: str, default: str | None = None) -> Any:
        """One setting: of the ini file's main section, else of the TOML file, else the default."""
        value = self._ini_value(name)
        return value if value is not None else self._toml_value(name, default)

    def get_alembic_boolean_option(self, name: str) -> bool:
        """Whether a setting is on: the text ``true`` in the ini file, a boolean in the TOML file.

        :raises TomlValueInvalid: the TOML file has something else.
        """
        value = self._ini_value(name)
        if value is not None:
            return value == "true"
        value = self._toml_value(name, False)
        if not isinstance(value, bool):
            raise TomlValueInvalid(f"boolean value expected for TOML parameter {name!r}", self.toml_file_name)
        return value

    def get_version_locations_list(self) -> list[str] | None:
        """The directories of revision files, None if the project does not set any."""
        return self._path_list("version_locations", "path_separator", "version_path_separator")

    def get_prepend_sys_paths_list(self) -> list[str] | None:
        """What goes to the front of ``sys.path``, None if the project does not set any."""
        return self._path_list("prepend_sys_path", "path_separator")

    def get_hooks_list(self) -> list[PostWriteHookConfig]:
        """The post-write hooks in the order to run them, each with its options and ``_hook_name``.

        They come from the ini section ``[post_write_hooks]`` if its ``hooks`` names any, else from the TOML
        file.
        """
        options = self.get_section("post_write_hooks", {}) if self._ini_in_play() else {}
        names = options.get("hooks", "").replace(",", " ").split()
        if names:
            return [_options_of_hook(name, options) for name in names]
        return [self._toml_hook(table) for table in self._toml_hook_tables()]

    def _ini_in_play(self) -> bool:
        """Whether any ini value can exist; saves importing configparser for projects without an ini file."""
        if self._file_config is not None:
            return True
        return self.config_file_name is not None and os.path.exists(self.config_file_name)

    def _ini_value(self, name: str) -> str | None:
        if self._ini_in_play() and self.file_config.has_option(self.config_ini_section, name):
            return self.file_config.get(self.config_ini_section, name)
        return None

    def _path_list(self, key: str, *separator_keys: str) -> list[str] | None:
        value = self._ini_value(key)
        if not value:
            return self._toml_paths(key)
        for separator_key in separator_keys:
            name = self._ini_value(separator_key)
            if name is not None:
                if separator_key != "path_separator":
                    _warn_of_old_separator_key(separator_key)
                return split_paths(value, separator_named(separator_key, name))
        return split_paths_without_separator(key, value)

    def _toml_paths(self, key: str) -> list[str] | None:
        listed = self._toml_value(key)
        if isinstance(listed, str):
            return [listed] if listed else None
        if listed is not None and not (isinstance(listed, list) and all(isinstance(p, str) for p in listed)):
            raise TomlValueInvalid(
                f"array of strings expected for TOML parameter {key!r}", self.toml_file_name
            )
        return listed

    def _toml_hook_tables(self) -> list[dict[str, Any]]:
        tables = self._toml_value("post_write_hooks", [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise TomlValueInvalid(
                "post_write_hooks is not an array of tables",
                self.toml_file_name,
                "Write [[tool.alembic.post_write_hooks]].",
            )
        return tables

    def _toml_hook(self, table: dict[str, Any]) -> PostWriteHookConfig:
        options = dict(table)
        if "name" not in options:
            raise TomlValueInvalid("a post_write_hooks table has no key 'name'", self.toml_file_name)
        for key, value in options.items():
            if not isinstance(value, str):
                why = f"string expected for key {key!r} of a post_write_hooks table"
                raise TomlValueInvalid(why, self.toml_file_name)
        options["_hook_name"] = options.pop("name")
        return options


def _options_of_hook(name: str, options: Mapping[str, str]) -> PostWriteHookConfig:
    prefix = f"{name}."
    own = {key[len(prefix) :]: value for key, value in options.items() if key.startswith(prefix)}
    return {**own, "_hook_name": name}


def _warn_of_old_separator_key(key: str) -> None:
    import warnings

    warnings.warn(f"the key {key} is deprecated; call it path_separator", DeprecationWarning, stacklevel=4)

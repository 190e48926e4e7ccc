"""Every error this package raises on purpose, in one tree.

An error says what happened (first line, worded so that pipelines written for existing Alembic projects still
match it), where, and what to do next (``hint``, on the lines below). It carries its facts as attributes and a
stable ``code`` for machines.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar


class CommandError(Exception):
    """A mistake that the user can mend; the command line prints it without a traceback and exits with 255.

    :param message: what happened; its first line is stable.
    :param hint: what to do next, one or several lines; shown indented below the message.
    """

    code: ClassVar[str] = "command"

    def __init__(self, message: str = "", *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        if not self.hint:
            return self.message
        return self.message + "".join(f"\n  {line}" for line in self.hint.splitlines())


# -- configuration -------------------------------------------------------------------------------------------


class ConfigError(CommandError):
    """The configuration cannot be used as it is written."""

    code = "config"


class ConfigFileUnreadable(ConfigError):
    """A configuration file exists but cannot be read as text."""

    code = "config-file-unreadable"

    def __init__(self, path: str, why: str, hint: str | None = None) -> None:
        super().__init__(f"Can't read configuration file {path!r}: {why}", hint=hint)
        self.path = path


class ConfigFileMalformed(ConfigError):
    """A configuration file breaks the rules of its format."""

    code = "config-file-malformed"

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"Can't parse configuration file {path!r}", hint=why)
        self.path = path

    @classmethod
    def because(cls, message: str, path: str, hint: str) -> ConfigFileMalformed:
        """The same with a dictated first line."""
        error = cls(path, hint)
        error.args, error.message, error.hint = (message,), message, f"in {path}: {hint}"
        return error


class ConfigSectionMissing(ConfigError):
    """An ini section that is needed does not exist."""

    code = "config-section-missing"

    def __init__(self, path: str | None, section: str) -> None:
        super().__init__(f"No config file {path!r} found, or file has no '[{section}]' section")
        self.path = path
        self.section = section


class PathSeparatorUnknown(ConfigError, ValueError):
    """A separator key has a value that stands for no separator."""

    code = "config-path-separator"

    def __init__(self, key: str, value: str, known: tuple[str, ...]) -> None:
        listed = ", ".join(repr(name) for name in known)
        super().__init__(f"{value!r} is not a valid value for {key}; expected {listed}")
        self.key = key
        self.value = value


class TomlValueInvalid(ConfigError):
    """A value in ``[tool.alembic]`` has the wrong type or cannot be interpolated."""

    code = "config-toml-value"

    def __init__(self, message: str, path: str | None, hint: str | None = None) -> None:
        super().__init__(message, hint="\n".join(filter(None, [hint, f"in {path}"])))
        self.path = path

    @classmethod
    def interpolation(cls, key: str, value: str, path: str | None) -> TomlValueInvalid:
        """A string whose ``%`` marks are not those of ``%(here)s``."""
        hint = "Write a literal per cent sign twice (%%); %(here)s is the directory of the file."
        return cls(f"can't interpolate TOML value of key {key!r}: {value!r}", path, hint)


# -- command line --------------------------------------------------------------------------------------------


class DatabaseNotAtHead(CommandError):
    """``current --check-heads`` found heads that the database does not have."""

    code = "database-not-at-head"


# --- files of the script directory: reading, running, writing, hooks, init --------------------------------------


def _listed(items: Iterable[str]) -> str:
    return ", ".join(items) or "none"


class PythonFileNotFound(CommandError, ImportError):
    """A Python file of the user's (env.py, mostly) is neither there as source nor as bytecode."""

    code = "python-file-not-found"

    def __init__(self, path: str) -> None:
        super().__init__(
            f"Can't find Python file {path}", hint="`alembic init` makes a script directory with one."
        )
        self.path = path


class BytecodeUnusable(CommandError):
    """A compiled revision file without source was made by another version of Python."""

    code = "bytecode-unusable"

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(
            f"Can't run compiled file {path}",
            hint=f"{reason}\nCompile it anew with this Python, or deploy the source file.",
        )
        self.path = path


class RevisionFileUnreadable(CommandError):
    """A revision file can't be opened or isn't text in the encoding it declares."""

    code = "revision-file-unreadable"

    def __init__(self, path: str, reason: object) -> None:
        super().__init__(f"Can't read revision file {path}", hint=f"{reason}")
        self.path = path


class ScriptLocationNotSet(CommandError):
    """The configuration names no script directory."""

    code = "script-location-not-set"

    def __init__(self, searched: Sequence[str]) -> None:
        super().__init__(
            "No 'script_location' key found in configuration.",
            hint=f"Looked in: {_listed(searched)}\nPoint to the right file with -c, or run `alembic init`.",
        )


class ScriptLocationNotFound(CommandError):
    """The script directory that the configuration names isn't there."""

    code = "script-location-not-found"

    def __init__(self, path: str) -> None:
        super().__init__(
            f"Path doesn't exist: {path}.  Please use the 'init' command to create a new scripts folder."
        )
        self.path = path


class ResourcePackageNotFound(CommandError):
    """The package of a ``package:folder`` location can't be found."""

    code = "resource-package-not-found"

    def __init__(self, location: str, package: str) -> None:
        super().__init__(
            f"Can't find package '{package}' of location '{location}'",
            hint="Install it, or let prepend_sys_path name the folder that holds it.",
        )
        self.location, self.package = location, package


class VersionLocationsAmbiguous(CommandError):
    """There are several version locations and nothing says which is meant."""

    code = "version-locations-ambiguous"

    def __init__(self, message: str, locations: Sequence[str]) -> None:
        super().__init__(message, hint="They are:\n" + "\n".join(f"  {location}" for location in locations))
        self.locations = tuple(locations)


class LocationNotKnown(CommandError):
    """``--version-path`` names a folder that is none of the version locations."""

    code = "location-not-known"

    def __init__(self, path: str, locations: Sequence[str]) -> None:
        super().__init__(
            f"Path {path} is not represented in current version locations",
            hint="They are:\n" + "\n".join(f"  {location}" for location in locations),
        )
        self.path, self.locations = path, tuple(locations)


class FileTemplateInvalid(CommandError):
    """``file_template`` can't be filled in."""

    code = "file-template-invalid"

    def __init__(self, template: str, reason: BaseException, tokens: Sequence[str]) -> None:
        super().__init__(
            f"Can't make a file name from file_template '{template}'",
            hint=f"{type(reason).__name__}: {reason}\nThe tokens are: {_listed(tokens)}; in an ini file write %%(rev)s.",
        )
        self.template = template


class RevisionFileOutOfReach(CommandError):
    """The new file would lie in a folder that isn't searched for revisions."""

    code = "revision-file-out-of-reach"

    def __init__(self, path: str) -> None:
        super().__init__(
            f"Revision file {path} would not be found again",
            hint="Its folder is no version location: set recursive_version_locations = true, "
            "or take the / out of file_template.",
        )
        self.path = path


class RevisionFileExists(CommandError):
    """The name that a new revision file would get is taken."""

    code = "revision-file-exists"

    def __init__(self, path: str) -> None:
        super().__init__(
            f"File {path} already exists", hint="Choose another message, or put %(rev)s into file_template."
        )
        self.path = path


class TimezoneNotFound(CommandError):
    """The ``timezone`` setting names no known zone."""

    code = "timezone-not-found"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Can't locate timezone: {name}",
            hint="Zones are named as in the tz database (Europe/Berlin, UTC); where the system has none, "
            "install the package tzdata.",
        )
        self.name = name


class TemplateNotFound(CommandError):
    """A Mako template that is to be rendered isn't there."""

    code = "template-not-found"

    def __init__(self, path: str) -> None:
        super().__init__(f"Can't find template {path}")
        self.path = path


class TemplateRenderingFailed(CommandError):
    """A Mako template, or code inside it, failed; nothing was written."""

    code = "template-rendering-failed"

    def __init__(self, template: str, reason: BaseException, traceback_path: str) -> None:
        super().__init__(
            f"Template rendering failed; see {traceback_path} for a template-oriented traceback.",
            hint=f"{template}\n{type(reason).__name__}: {reason}",
        )
        self.template, self.traceback_path = template, traceback_path


class OutputEncodingInvalid(CommandError):
    """The ``output_encoding`` setting is no codec, or can't express what is to be written."""

    code = "output-encoding-invalid"

    def __init__(self, encoding: str, reason: BaseException) -> None:
        super().__init__(f"Can't write a file with output_encoding '{encoding}'", hint=str(reason))
        self.encoding = encoding


class HookKeyRequired(CommandError):
    """A post-write hook lacks an option that it can't do without."""

    code = "hook-key-required"

    def __init__(self, hook: str, key: str, described: str) -> None:
        super().__init__(f"{described} is required for post write hook '{hook}'")
        self.hook, self.key = hook, key


class HookTypeNotRegistered(CommandError):
    """No function is registered for the type of a post-write hook."""

    code = "hook-type-not-registered"

    def __init__(self, type_: str, known: Sequence[str]) -> None:
        super().__init__(
            f"No formatter with name '{type_}' registered",
            hint=f"Registered are: {_listed(known)}. One that env.py registers needs revision_environment = true.",
        )
        self.type = type_


class HookToolNotFound(CommandError):
    """The installed command or module that a post-write hook names isn't there."""

    code = "hook-tool-not-found"

    def __init__(self, tool: str, hook: str) -> None:
        super().__init__(
            f"Could not find {tool}",
            hint=f"Post write hook '{hook}' needs it installed in this Python environment.",
        )
        self.tool, self.hook = tool, hook


class HookExecutableNotFound(CommandError):
    """The program that a post-write hook names can't be started."""

    code = "hook-executable-not-found"

    def __init__(self, hook: str, executable: str, cwd: str | None, reason: BaseException) -> None:
        super().__init__(
            f"Could not run executable '{executable}' of post write hook '{hook}'",
            hint=f"{reason}\nCheck the key {hook}.executable" + (f" and {hook}.cwd." if cwd else "."),
        )
        self.hook, self.executable = hook, executable


class HookToolTooOld(CommandError):
    """The package behind a post-write hook is older than its function demands."""

    code = "hook-tool-too-old"

    def __init__(self, tool: str, installed: str, least: str) -> None:
        super().__init__(f"{tool} {installed} is installed, {least} or later is needed")
        self.tool, self.installed, self.least = tool, installed, least


class InitDirectoryNotEmpty(CommandError):
    """The directory that ``init`` is to fill has something in it."""

    code = "init-directory-not-empty"

    def __init__(self, directory: str) -> None:
        super().__init__(f"Directory {directory} already exists and is not empty")
        self.directory = directory


class InitTemplateNotFound(CommandError):
    """``init`` knows no template of this name."""

    code = "init-template-not-found"

    def __init__(self, path: str, known: Sequence[str]) -> None:
        super().__init__(f"No such template {path}", hint=f"There are: {_listed(known)}")
        self.path, self.known = path, tuple(known)


class InitFailed(CommandError):
    """A file or folder that ``init`` needs can't be made; what had been made was taken away again."""

    code = "init-failed"

    def __init__(self, reason: BaseException) -> None:
        super().__init__(f"Can't set up the script directory: {reason}", hint="Nothing was left behind.")


class LabelNotInFile(CommandError):
    """The template wrote a revision file without the branch labels that were asked for."""

    code = "label-not-in-file"

    def __init__(self, revision: str, labels: Sequence[str], path: str) -> None:
        super().__init__(
            f"Version {revision} specified branch_labels {_listed(labels)}, however the migration file {path} "
            "does not have them; have you upgraded your script.py.mako to include the 'branch_labels' section?"
        )
        self.revision, self.labels, self.path = revision, tuple(labels), path

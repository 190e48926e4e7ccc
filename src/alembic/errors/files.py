"""Reading and running the files of a script directory, and finding revisions in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from . import CommandError


def listed(items: Iterable[str]) -> str:
    """Names as a message shows them."""
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
            hint=f"Looked in: {listed(searched)}\nPoint to the right file with -c, or run `alembic init`.",
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


class RevisionNotFound(CommandError):
    """What was given as a revision stands for none."""

    code = "revision-not-found"

    def __init__(self, argument: str, hint: str | None = None) -> None:
        super().__init__(f"Can't locate revision identified by '{argument}'", hint=hint)
        self.argument = argument


class SeveralRevisions(CommandError):
    """One revision was needed and several are meant."""

    code = "several-revisions"

    def __init__(self, message: str, revisions: Sequence[str]) -> None:
        super().__init__(message, hint=f"They are: {listed(revisions)}")
        self.revisions = tuple(revisions)


class RangeNotConnected(CommandError):
    """The two ends of a range are not on one line of the history."""

    code = "range-not-connected"

    def __init__(self, message: str, reason: object) -> None:
        super().__init__(message, hint=str(reason))


class SettingInvalid(CommandError):
    """A setting of the script directory has a value that it can't have."""

    code = "setting-invalid"

    def __init__(self, name: str, value: object, wanted: str) -> None:
        super().__init__(f"Setting {name} is {value!r}; it must be {wanted}")
        self.name, self.value = name, value

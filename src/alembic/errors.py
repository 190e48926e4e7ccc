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

class ConfigFileRepeated(ConfigError):
    """The command line names two configuration files of the same kind."""

    code = "config-file-repeated"


class RevisionRangeInvalid(CommandError):
    """A revision range is not what the command needs."""

    code = "revision-range"


class EditorFailed(CommandError):
    """The editor for ``alembic edit`` could not be found, started, or ended with an error."""

    code = "editor"


class NothingToEdit(CommandError):
    """``alembic edit`` was asked for a symbol that stands for no file."""

    code = "nothing-to-edit"


class RevisionOptionsContradict(CommandError):
    """Options of ``alembic revision`` that make no sense together."""

    code = "revision-options"


class NotYetAvailable(CommandError):
    """Something that existing Alembic has and this version has not got yet."""

    code = "not-yet-available"



# -- files of the script directory: reading, running, writing, hooks, init ----------------------


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
            hint=f"{type(reason).__name__}: {reason}\n"
            f"The tokens are: {_listed(tokens)}; in an ini file write %%(rev)s.",
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
            hint=f"Registered are: {_listed(known)}.\n"
            "One that env.py registers needs revision_environment = true.",
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


class RevisionIdTaken(CommandError):
    """The id chosen for a new revision belongs to another, as its id or its label."""

    code = "revision-id-taken"

    def __init__(self, revision: str, path: str) -> None:
        super().__init__(f"Revision {revision} already exists", hint=f"{path}\nChoose another id.")
        self.revision, self.path = revision, path


class RevisionIdReserved(CommandError):
    """The id or label chosen for a new revision is a word that means something else."""

    code = "revision-id-reserved"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"'{name}' can't be the name of a revision or branch", hint="It always means a place in the history."
        )
        self.name = name


class NewRevisionBaseAmbiguous(CommandError):
    """A new revision could follow several heads, and nothing says which."""

    code = "new-revision-base-ambiguous"

    def __init__(self, heads: Sequence[str]) -> None:
        super().__init__(
            "Multiple heads are present; please specify the head revision on which the new revision should be "
            "based, or perform a merge.",
            hint=f"They are: {_listed(heads)}. Give one with --head, or run `alembic merge heads`.",
        )
        self.heads = tuple(heads)


class HeadGivenTwice(CommandError):
    """A new revision is to follow the same revision twice."""

    code = "head-given-twice"

    def __init__(self, revision: str) -> None:
        super().__init__("Duplicate head revisions specified", hint=f"{revision} is named more than once.")
        self.revision = revision


class NotAHead(CommandError):
    """A new revision is to follow one that others follow already."""

    code = "not-a-head"

    def __init__(self, revision: str, heads: Sequence[str]) -> None:
        super().__init__(
            f"Revision {revision} is not a head revision; please specify --splice to create a new branch "
            "from this revision",
            hint=f"Heads are: {_listed(heads)}",
        )
        self.revision, self.heads = revision, tuple(heads)


class TemplateUnusable(CommandError):
    """The project's template gives text that isn't the revision asked for; nothing was written."""

    code = "template-unusable"

    def __init__(self, template: str, reason: str) -> None:
        super().__init__(f"Template {template} does not give a usable revision file", hint=reason)
        self.template = template


class RevisionFileGone(CommandError):
    """A post-write hook removed or renamed the file that it was run on."""

    code = "revision-file-gone"

    def __init__(self, path: str) -> None:
        super().__init__(f"Revision file {path} is no longer there", hint="A post write hook took it away.")
        self.path = path


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
        super().__init__(message, hint=f"They are: {_listed(revisions)}")
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


# --- operations ------------------------------------------------------------------------------------------


class IrreversibleOperation(CommandError, NotImplementedError):
    """An operation of this kind has no opposite, or no form of the kind that was asked for."""

    code = "irreversible-operation"

    def __init__(self, kind: str, lacks: str = "reverse") -> None:
        super().__init__(f"{kind} has no {lacks}", hint=f"A subclass of {kind} may define one.")
        self.kind, self.lacks = kind, lacks


class OriginalMissing(CommandError, ValueError):
    """A drop can't be turned round: what it drops was not kept with it."""

    code = "original-missing"

    def __init__(self, message: str, kind: str) -> None:
        super().__init__(message, hint=f"Build the {kind} by its from_… method, which keeps what it drops.")
        self.kind = kind


class NoDispatch(CommandError, ValueError):
    """Nothing is registered for an object of this kind."""

    code = "no-dispatch"

    def __init__(self, obj: object) -> None:
        super().__init__(f"no dispatch function for object: {obj}")
        self.obj = obj


class DispatchTaken(CommandError, ValueError):
    """A function is registered for this kind of object already."""

    code = "dispatch-taken"

    def __init__(self, target: object) -> None:
        super().__init__(
            f"Can not set dispatch function for object {target}: key already exists. "
            "To replace existing function, use replace=True."
        )
        self.target = target


class NoCurrentObject(CommandError, NameError):
    """A module-level function was called while nothing that it could speak for is at work."""

    code = "no-current-object"

    def __init__(self, function: str, class_name: str) -> None:
        super().__init__(
            f"Can't invoke function '{function}', as the proxy object has not yet been established "
            f"for the Alembic '{class_name}' class.  Try placing this code inside a callable."
        )
        self.function, self.class_name = function, class_name


class UnknownConstraintType(CommandError, TypeError):
    """``drop_constraint`` knows no constraint of this type."""

    code = "unknown-constraint-type"

    def __init__(self, given: object, known: Sequence[str]) -> None:
        choices = ", ".join(repr(name) for name in known)
        super().__init__(f"'type' can be one of {choices}, None")
        self.given, self.known = given, tuple(known)


class ConstraintNameUnknown(CommandError, ValueError):
    """A constraint is to be dropped whose name is neither given nor follows from the naming convention."""

    code = "constraint-name-unknown"

    def __init__(self, table_name: str, type_: str | None) -> None:
        super().__init__(
            f"Can't drop a {type_ or 'constraint'} of table {table_name!r} without its name",
            hint="The naming convention alone doesn't tell it; pass the name as the database has it, in op.f().",
        )
        self.table_name, self.type_ = table_name, type_


class RowsExpected(CommandError, TypeError):
    """``bulk_insert`` was given something other than a list of dictionaries."""

    code = "rows-expected"


class SynchronousEngine(CommandError, ValueError):
    """``run_async`` needs a connection that belongs to an asynchronous engine."""

    code = "synchronous-engine"

    def __init__(self) -> None:
        super().__init__(
            "Cannot call run_async with a sync engine",
            hint="Give context.configure() the connection of an async engine (connection.run_sync).",
        )


class SeveralMigrations(CommandError, ValueError):
    """A script for several databases was asked for the operations of one."""

    code = "several-migrations"

    def __init__(self, kind: str, attribute: str) -> None:
        super().__init__(
            f"This MigrationScript instance has a multiple-entry list for {kind}; "
            f"please use the {attribute} attribute."
        )
        self.kind, self.attribute = kind, attribute


class BadRecreate(CommandError, ValueError):
    """``batch_alter_table`` was given an unknown value for ``recreate``."""

    code = "bad-recreate"

    def __init__(self, given: object) -> None:
        super().__init__("recreate may be one of 'auto', 'always', or 'never'.")
        self.given = given


class OrderNeedsRebuild(CommandError):
    """``insert_before`` or ``insert_after`` was given, but the table is not rebuilt."""

    code = "order-needs-rebuild"

    def __init__(self) -> None:
        super().__init__(
            "Can't specify insert_before or insert_after when using ALTER; please specify recreate='always'"
        )


class RebuildNotSupported(CommandError):
    """A batch needs the table to be rebuilt, which this version can't do yet."""

    code = "rebuild-not-supported"

    def __init__(self, table_name: str, operation: str, dialect: str) -> None:
        super().__init__(
            f"Can't run {operation} on table {table_name!r}: on {dialect} it needs the table to be rebuilt, "
            "which comes with the next version",
            hint="Until then, rebuild the table by op.execute() and op.rename_table(), or change the other "
            "operations of the batch only.",
        )
        self.table_name, self.operation, self.dialect = table_name, operation, dialect


class NotInBatch(CommandError, NotImplementedError):
    """A directive that has no meaning for the one table of a batch."""

    code = "not-in-batch"

    def __init__(self, method: str) -> None:
        super().__init__(f"The {method} method does not apply to a batch table alter operation.")
        self.method = method


# -- ddl: statements and dialects -------------------------------------------------------------------------------


class LiteralBindsOnlineError(CommandError):
    """``literal_binds`` was asked for on a live connection, where values travel as real parameters."""

    code = "literal-binds-online"

    def __init__(self) -> None:
        super().__init__("Can't use literal_binds setting without as_sql mode")


class ScriptParametersError(CommandError, TypeError):
    """A statement with separate parameters was to be written into a SQL script."""

    code = "script-parameters"

    def __init__(self) -> None:
        super().__init__(
            "SQL parameters not allowed with as_sql",
            hint="put the values into the statement: text(...).bindparams(...), values(...), inline_literal(...)",
        )


class UnsupportedByDatabase(CommandError, NotImplementedError):
    """The database has no statement for what a migration asks, and it can't be emulated."""

    code = "unsupported-by-database"


# ----------------------------------------------------------------------------------------- revision files


class RevisionFileError(CommandError):
    """A revision file that can't be used as it stands; ``path`` says which."""

    code = "revision-file"

    def __init__(self, path: str, message: str, *, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.path = path


class RevisionSyntaxError(RevisionFileError):
    """The text of a revision file is no Python."""

    code = "revision-syntax"

    def __init__(self, path: str, line: int | None, text: str | None, reason: str) -> None:
        where = path if line is None else f"{path}, line {line}"
        shown = f"{text.strip()}\n" if text and text.strip() else ""
        super().__init__(
            path,
            f"Can't read revision file {where}: {reason}",
            hint=f"{shown}Correct the file, or move it out of the versions folder.",
        )
        self.line, self.text, self.reason = line, text, reason


class MissingRevisionId(RevisionFileError):
    """A revision file that declares no id, and whose name is none either."""

    code = "missing-revision-id"

    def __init__(self, path: str) -> None:
        name = path.replace("\\", "/").rpartition("/")[2]
        super().__init__(
            path,
            f"Could not determine revision id from filename {name}. Be sure the 'revision' variable is "
            "declared inside the script (please see 'Upgrading from Alembic 0.1 to 0.2' in the "
            "documentation).",
            hint=f"In {path} add a line `revision = \"...\"`, or move a file that is no migration elsewhere.",
        )


class MissingDownRevision(RevisionFileError):
    """A revision file that doesn't say what it follows."""

    code = "missing-down-revision"

    def __init__(self, path: str, revision: str) -> None:
        super().__init__(
            path,
            f"Revision {revision} doesn't declare 'down_revision' in {path}",
            hint='Add `down_revision = "<the one before it>"`, or `down_revision = None` for a first one.',
        )
        self.revision = revision


class IdentifierNotString(RevisionFileError):
    """A revision file declares an identifier of another type than text."""

    code = "identifier-not-string"

    def __init__(self, path: str, name: str, value: object, line: int | None = None) -> None:
        where = path if line is None else f"{path}, line {line}"
        super().__init__(
            path,
            f"{name} holds {value!r}, which is not a string, in {where}",
            hint=f"Put quotes around it: `{name} = {str(value)!r}`.",
        )
        self.name, self.value, self.line = name, value, line


# ---------------------------------------------------------------------------------------- revision graph


class RevisionError(CommandError):
    """Something is wrong with the graph of revisions, or with how one was asked for."""

    code = "revision"


class IllegalRevisionId(RevisionError):
    """An id or label holds characters that mean something in a revision symbol."""

    code = "illegal-revision-id"

    def __init__(self, revision: str, characters: Sequence[str], path: str | None = None) -> None:
        where = f"In {path}: " if path else ""
        if characters:
            listed = ", ".join(characters)
            message = f"Character(s) '{listed}' not allowed in revision identifier '{revision}'"
        else:
            message = "A revision identifier can't be empty"
        super().__init__(
            message, hint=f"{where}use letters, digits and underscores; @ - + : have a meaning of their own."
        )
        self.revision, self.characters, self.path = revision, tuple(characters), path


class DuplicateRevision(RevisionError):
    """Several files declare the same id."""

    code = "duplicate-revision"

    def __init__(self, revision: str, paths: Sequence[str]) -> None:
        super().__init__(
            f"Revision {revision} is present more than once",
            hint="".join(f"{path}\n" for path in paths)
            + "Give one of them an id of its own, and change the down_revision of those that follow it.",
        )
        self.revision, self.paths = revision, tuple(paths)


class MissingRevision(RevisionError):
    """A file refers to a revision that no file declares."""

    code = "missing-revision"

    def __init__(self, missing: str, revision: str, where: str, *, role: str, near: Sequence[str]) -> None:
        closest = f"closest: {', '.join(near)}\n" if near else ""
        super().__init__(
            f"Revision {missing} referenced from {where} is not present",
            hint=f"{closest}It is named by {role} of {revision}: restore its file, or correct {role}.",
        )
        self.missing, self.revision, self.role, self.near = missing, revision, role, tuple(near)


class BranchNameInUse(RevisionError):
    """A branch label that another revision has, as its label or as its id."""

    code = "branch-name-in-use"

    def __init__(self, label: str, revision: str, other: str, paths: Sequence[str]) -> None:
        super().__init__(
            f"Branch name '{label}' in revision {revision} already used by revision {other}",
            hint="".join(f"{path}\n" for path in paths)
            + "Choose another name in branch_labels of one of them.",
        )
        self.label, self.revision, self.other = label, revision, other


class RangeNotAncestorError(RevisionError):
    """Two revisions of which neither leads to the other were given as a range."""

    code = "range-not-ancestor"

    def __init__(self, lower: object, upper: object) -> None:
        super().__init__(f"Revision {lower or 'base'} is not an ancestor of revision {upper or 'base'}")
        self.lower, self.upper = lower, upper


class MultipleHeads(RevisionError):
    """One revision was asked for where several are meant by the symbol."""

    code = "multiple-heads"

    def __init__(self, heads: Sequence[str], argument: str | None) -> None:
        super().__init__(f"Multiple heads are present for given argument '{argument}'; {', '.join(heads)}")
        self.heads, self.argument = heads, argument


class ResolutionError(RevisionError):
    """A symbol that stands for no revision, or for more than one."""

    code = "unknown-revision"

    def __init__(self, message: str, argument: str, *, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.argument = argument


class AmbiguousRevision(ResolutionError):
    """A partial id with which several ids start."""

    code = "ambiguous-revision"

    def __init__(self, argument: str, candidates: Sequence[str]) -> None:
        shown = ", ".join(f"'{candidate}'" for candidate in candidates[:3])
        more = "..." if len(candidates) > 3 else ""
        super().__init__(
            f"Multiple revisions start with '{argument}': {shown}{more}",
            argument,
            hint="Type more of the identifier.",
        )
        self.candidates = tuple(candidates)


class CycleDetected(RevisionError):
    """Revisions that lead to each other, so that none of them can be the first to run."""

    code = "cycle"
    kind: ClassVar[str] = "Cycle"

    def __init__(self, revisions: Sequence[str], *, hint: str | None = None) -> None:
        super().__init__(f"{self.kind} is detected in revisions ({', '.join(revisions)})", hint=hint)
        self.revisions = revisions


class DependencyCycleDetected(CycleDetected):
    """A cycle that takes a ``depends_on`` to close."""

    code = "dependency-cycle"
    kind = "Dependency cycle"


class LoopDetected(CycleDetected):
    """A revision that follows itself."""

    code = "self-loop"
    kind = "Self-loop"

    def __init__(self, revision: str, *, hint: str | None = None) -> None:
        super().__init__([revision], hint=hint)


class DependencyLoopDetected(DependencyCycleDetected, LoopDetected):
    """A revision that depends on itself."""

    code = "dependency-self-loop"
    kind = "Dependency self-loop"

    def __init__(self, revision: str, *, hint: str | None = None) -> None:
        LoopDetected.__init__(self, revision, hint=hint)


# -- dialects: MySQL, MariaDB, SQL Server, Oracle ---------------------------------------------------------------


class ExistingTypeRequired(CommandError):
    """The server can only restate a column as a whole, and nobody said its type."""

    code = "existing-type-required"

    def __init__(self, message: str, table: str, column: str) -> None:
        super().__init__(
            message, hint=f'Name the present type: op.alter_column("{table}", "{column}", ..., existing_type=...)'
        )
        self.table, self.column = table, column


class IndexTableRequired(CommandError):
    """An index is to be dropped from a database whose index names belong to a table, and no table was given."""

    code = "index-table-required"

    def __init__(self, index: str, dialect: str) -> None:
        super().__init__(
            f"Dropping index '{index}' on {dialect} requires the table it belongs to.",
            hint=f'Pass table_name: op.drop_index("{index}", table_name="...")',
        )
        self.index = index


class ConditionNotInScript(UnsupportedByDatabase):
    """IF [NOT] EXISTS was asked for in a script, for a database whose SQL has no such clause here."""

    code = "condition-not-in-script"

    def __init__(self, kind: str, name: str, dialect: str) -> None:
        super().__init__(
            f"Can't write IF [NOT] EXISTS for {kind} {name!r}: {dialect} has no such clause here",
            hint="Leave out if_exists/if_not_exists for --sql, or run this migration on a connection, where the "
            "condition is looked up in the database first.",
        )
        self.kind, self.name, self.dialect = kind, name, dialect

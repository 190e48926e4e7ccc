"""Writing: new revisions, their files and templates, hooks, and ``init``."""

from __future__ import annotations

from collections.abc import Sequence

from . import CommandError
from .files import listed


class FileTemplateInvalid(CommandError):
    """``file_template`` can't be filled in."""

    code = "file-template-invalid"

    def __init__(self, template: str, reason: BaseException, tokens: Sequence[str]) -> None:
        super().__init__(
            f"Can't make a file name from file_template '{template}'",
            hint=f"{type(reason).__name__}: {reason}\n"
            f"The tokens are: {listed(tokens)}; in an ini file write %%(rev)s.",
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
            hint=f"Registered are: {listed(known)}.\n"
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

    def __init__(self, hook: str, executable: str, keys: Sequence[str], reason: BaseException) -> None:
        super().__init__(
            f"Could not run executable '{executable}' of post write hook '{hook}'",
            hint=f"{reason}\nCheck the key {' and '.join(f'{hook}.{key}' for key in keys)}.",
        )
        self.hook, self.executable = hook, executable


class HookOptionsInvalid(CommandError):
    """The ``options`` of a post-write hook are no words for a command line."""

    code = "hook-options-invalid"

    def __init__(self, hook: str, options: object, reason: str) -> None:
        super().__init__(f"Can't read the options of post write hook '{hook}': {options!r}", hint=reason)
        self.hook, self.options = hook, options


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
        super().__init__(f"No such template {path}", hint=f"There are: {listed(known)}")
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
            f"Version {revision} specified branch_labels {listed(labels)}, however the migration file "
            f"{path} does not have them; have you upgraded your script.py.mako to include the "
            "'branch_labels' section?"
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
            f"'{name}' can't be the name of a revision or branch",
            hint="It always means a place in the history.",
        )
        self.name = name


class NewRevisionBaseAmbiguous(CommandError):
    """A new revision could follow several heads, and nothing says which."""

    code = "new-revision-base-ambiguous"

    def __init__(self, heads: Sequence[str]) -> None:
        super().__init__(
            "Multiple heads are present; please specify the head revision on which the new revision should "
            "be based, or perform a merge.",
            hint=f"They are: {listed(heads)}. Give one with --head, or run `alembic merge heads`.",
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
            hint=f"Heads are: {listed(heads)}",
        )
        self.revision, self.heads = revision, tuple(heads)


class TemplateUnusable(CommandError):
    """The project's template gives text that isn't the revision asked for; nothing was written."""

    code = "template-unusable"

    def __init__(self, template: str, reason: str) -> None:
        super().__init__(f"Template {template} does not give a usable revision file", hint=reason)
        self.template = template


class RevisionFileUnwritable(CommandError):
    """The file system refuses a new revision file."""

    code = "revision-file-unwritable"

    def __init__(self, path: str, reason: OSError) -> None:
        super().__init__(f"Can't write revision file {path}", hint=str(reason))
        self.path = path


class RevisionFileGone(CommandError):
    """A post-write hook removed or renamed the file that it was run on."""

    code = "revision-file-gone"

    def __init__(self, path: str) -> None:
        super().__init__(f"Revision file {path} is no longer there", hint="A post write hook took it away.")
        self.path = path

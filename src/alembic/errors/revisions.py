"""What can be wrong with revisions: their headers, the graph, and the symbols that name them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from . import CommandError


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
            hint=f'In {path} add a line `revision = "..."`, or move a file that is no migration elsewhere.',
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


class MissingMigrationFunction(RevisionFileError):
    """A revision file without the function that is to run."""

    code = "missing-migration-function"

    def __init__(self, path: str, name: str) -> None:
        super().__init__(
            path,
            f"There is no function {name}() in {path}",
            hint=f"Add `def {name}() -> None:`, with `pass` if there is nothing to do.",
        )
        self.name = name


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


class RevisionError(CommandError):
    """Something is wrong with the graph of revisions, or with how one was asked for."""

    code = "revision"


class IllegalRevisionId(RevisionError):
    """An id holds characters that mean something in a revision symbol."""

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


class IllegalBranchLabel(RevisionError):
    """A new branch label holds characters at which a revision symbol is taken apart."""

    code = "illegal-branch-label"

    def __init__(self, label: str, characters: Sequence[str]) -> None:
        listed = ", ".join(characters)
        super().__init__(
            f"Character(s) '{listed}' not allowed in branch label '{label}'"
            if characters
            else "A branch label can't be empty",
            hint="<label>@head and <from>:<to> could not be told from it; use a hyphen or an underscore.",
        )
        self.label, self.characters = label, tuple(characters)


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


class RevisionIdNotString(RevisionError):
    """Something else than text was given, or read from the version table, as an id."""

    code = "revision-id-not-string"

    def __init__(self, value: object) -> None:
        super().__init__(
            f"revision identifier {value!r} is not a string; ensure database driver settings are correct"
        )
        self.value = value


class OverlappingRevisions(RevisionError):
    """Several revisions were given, or are in the version table, of which one implies another."""

    code = "overlapping-revisions"

    def __init__(self, revision: str, implied: Sequence[str]) -> None:
        super().__init__(
            f"Requested revision {revision} overlaps with other requested revisions {', '.join(implied)}",
            hint=f"{revision} implies {', '.join(implied)}. If the version table holds both, delete the row "
            "of the latter.",
        )
        self.revision, self.implied = revision, tuple(implied)


class NothingToRevert(RevisionError):
    """A branch was to be taken back of which nothing is applied."""

    code = "nothing-to-revert"

    def __init__(self, branch: str) -> None:
        super().__init__(
            "Not a valid downgrade target from current heads",
            hint=f"Nothing of branch '{branch}' is applied; `alembic current` shows what is.",
        )
        self.branch = branch


class AmbiguousDowngrade(RevisionError):
    """Steps were to be counted down a branch that ends in several revisions."""

    code = "ambiguous-downgrade"

    def __init__(self, current: Sequence[str]) -> None:
        super().__init__(
            "Ambiguous downgrade from multiple current revisions",
            hint=f"Current are {', '.join(current)}; name the revision to go back to.",
        )
        self.current = tuple(current)


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

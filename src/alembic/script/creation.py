"""A new revision: everything that is checked and decided before its file is written.

Each function answers one question and raises where the answer is no; none of them writes.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from alembic.errors.files import VersionLocationsAmbiguous
from alembic.errors.revisions import (
    BranchNameInUse,
    IllegalBranchLabel,
    IllegalRevisionId,
    ResolutionError,
    RevisionFileError,
)
from alembic.errors.writing import (
    HeadGivenTwice,
    LabelNotInFile,
    NewRevisionBaseAmbiguous,
    NotAHead,
    OutputEncodingInvalid,
    RevisionFileExists,
    RevisionFileOutOfReach,
    RevisionIdReserved,
    RevisionIdTaken,
    TemplateUnusable,
)
from alembic.script import files, locations
from alembic.script.graph_checks import ILLEGAL_IN_LABELS, illegal_characters
from alembic.script.header import read_header
from alembic.script.rendering import encode, render
from alembic.script.revision import MultipleHeads, Revision, RevisionMap

if TYPE_CHECKING:
    import datetime

_RESERVED = frozenset({"base", "head", "heads", "current"})


class NewRevision(NamedTuple):
    """A revision that is about to be written."""

    revision: str
    down_revision: tuple[str, ...]
    branch_labels: tuple[str, ...]
    depends_on: tuple[str, ...]


def as_items(value: str | Iterable[str] | None) -> tuple[str, ...]:
    """One name, several or none, as a tuple."""
    if not value:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def as_written(names: tuple[str, ...]) -> str | tuple[str, ...] | None:
    """Names as an identifier of a revision file holds them: None, one string, or a tuple."""
    return names if len(names) > 1 else next(iter(names), None)


def comma(value: str | Iterable[str] | None) -> str:
    """Names as a template shows them; nothing for None."""
    return ", ".join(as_items(value))


def in_docstring(message: str) -> str:
    """A message as it can stand between three double quotes."""
    return message.replace("\\", "\\\\").replace('"""', r"\"\"\"")


def decide(
    map_: RevisionMap,
    revision: str,
    *,
    parents: str | Sequence[str],
    splice: bool,
    branch_labels: tuple[str, ...],
    depends_on: tuple[str, ...],
    version_path: str | None,
    known: Sequence[str],
) -> tuple[NewRevision, str]:
    """The new revision as it is to be, and the version location that its file goes to.

    :param parents: the symbols of what it follows.
    :param splice: it may follow what others follow already.
    :param version_path: the location asked for.
    :param known: all version locations.
    """
    check_id(map_, revision)
    followed = parents_of(map_, parents, splice)
    folder = location(followed, version_path, known)
    check_labels(map_, revision, branch_labels)
    down = tuple(parent.revision for parent in followed)
    return NewRevision(revision, down, branch_labels, dependencies(map_, depends_on)), folder


def check_id(map_: RevisionMap, revision: str) -> None:
    """See that a new id is legal and free."""
    if not revision:
        raise IllegalRevisionId(revision, ())
    Revision.verify_rev_id(revision)
    if revision in _RESERVED:
        raise RevisionIdReserved(revision)
    owner = _exactly(map_, revision)
    if owner is not None:
        raise RevisionIdTaken(revision, getattr(owner, "path", owner.revision))


def check_labels(map_: RevisionMap, revision: str, labels: Sequence[str]) -> None:
    """See that new branch labels are legal and free."""
    for label in labels:
        illegal = illegal_characters(label, ILLEGAL_IN_LABELS)
        if illegal or not label:
            raise IllegalBranchLabel(label, illegal)
        if label in _RESERVED:
            raise RevisionIdReserved(label)
        owner = _exactly(map_, label)
        if owner is not None or label == revision:
            other = owner.revision if owner else revision
            raise BranchNameInUse(label, revision, other, [getattr(owner, "path", other)])


def parents_of(map_: RevisionMap, head: str | Sequence[str], splice: bool) -> tuple[Revision, ...]:
    """The revisions that the new one follows; none for a new base."""
    try:
        found = tuple(revision for revision in map_.get_revisions(head) if revision is not None)
    except MultipleHeads as error:
        raise NewRevisionBaseAmbiguous(error.heads) from error
    for position, revision in enumerate(found):
        if revision in found[:position]:
            raise HeadGivenTwice(revision.revision)
    for revision in found:
        if not splice and not revision.is_head:
            raise NotAHead(revision.revision, map_.heads)
    return found


def dependencies(map_: RevisionMap, names: Sequence[str]) -> tuple[str, ...]:
    """What to write as ``depends_on``: partial ids in full, labels as they are."""
    written = []
    for name in names:
        for revision in map_.get_revisions(name):
            if revision is not None:
                written.append(name if name in revision.branch_labels else revision.revision)
    return tuple(dict.fromkeys(written))


def location(parents: Sequence[Revision], version_path: str | None, known: Sequence[str]) -> str:
    """The version location that the new file goes to: the one asked for, the only one, or the parent's."""
    if version_path is not None:
        return locations.chosen(version_path, known)
    if len(known) == 1:
        return known[0]
    for revision in parents:
        path = getattr(revision, "path", None)
        found = path and locations.containing(os.path.dirname(path), known)
        if found:
            return found
    raise VersionLocationsAmbiguous(
        "Multiple version locations present, please specify --version-path", known
    )


def check_path(path: str, known: Sequence[str], recursive: bool) -> None:
    """See that a new file overwrites none, and will be found again."""
    if os.path.lexists(path):
        raise RevisionFileExists(path)
    folder = os.path.realpath(os.path.dirname(path))
    reached = locations.containing(folder, known)
    if reached is None or not (recursive or folder == os.path.realpath(reached)):
        raise RevisionFileOutOfReach(path)


def rendered(
    template: str,
    new: NewRevision,
    message: str | None,
    created: datetime.datetime,
    variables: Mapping[str, Any],
) -> str:
    """What the project's template makes of the new revision, in the layout of the formatters."""
    from alembic.script.layout import tidied

    text = render(
        template,
        **{
            "refresh": True,
            **variables,
            "up_revision": new.revision,
            "down_revision": as_written(new.down_revision),
            "branch_labels": new.branch_labels or None,
            "depends_on": as_written(new.depends_on),
            "create_date": created,
            "comma": comma,
            "message": in_docstring(message or "empty message"),
        },
    )
    return tidied(text)


def check_text(template: str, path: str, text: str, new: NewRevision) -> None:
    """See that what the project's template made of the revision says the same as the revision.

    Nothing is known of a file that computes its identifiers; it is looked at again once it can be imported.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd escapes, say; they come up when the file is run
            compile(text, path, "exec", dont_inherit=True)
        node = read_header(path, text)
    except (SyntaxError, ValueError, RevisionFileError) as error:
        raise TemplateUnusable(template, str(error)) from error
    if node is not None:
        check_written(template, path, node.id, node.labels, node.depends_on, new)


def check_written(
    template: str,
    path: str,
    revision: str,
    labels: Iterable[str],
    depends_on: Iterable[str],
    new: NewRevision,
) -> None:
    """See that a file has the id, the branch labels and the dependencies that it was to have."""
    if revision != new.revision:
        raise TemplateUnusable(
            template, f"It declares revision {revision} where {new.revision} was asked for."
        )
    if not set(new.branch_labels) <= set(labels):
        raise LabelNotInFile(new.revision, new.branch_labels, path)
    if not set(new.depends_on) <= set(depends_on):
        raise TemplateUnusable(template, "It lacks the line `depends_on = ${repr(depends_on)}`.")


def encoded(text: str, encoding: str) -> bytes:
    """A revision file in the ``output_encoding`` setting's codec, declaring it where Python has to be told.

    :raises OutputEncodingInvalid: the codec lacks a character, or Python can't read source in it.
    """
    for candidate in (text, f"# -*- coding: {encoding} -*-\n{text}"):
        content = encode(candidate, encoding)
        with suppress(UnicodeDecodeError, LookupError):
            if files.decode(content) == candidate:
                return content
    raise OutputEncodingInvalid(encoding, ValueError("Python can't read source files in it."))


def _exactly(map_: RevisionMap, name: str) -> Revision | None:
    """The revision of this full id or label."""
    try:
        found = map_.get_revision(name)
    except ResolutionError:
        return None
    if found is None or (found.revision != name and name not in found.branch_labels):
        return None
    return found

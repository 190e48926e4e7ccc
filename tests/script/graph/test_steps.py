"""What one step does to the version table, and what it tells hooks and logs."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from alembic.errors import MissingMigrationFunction
from alembic.script.revision import Revision, RevisionMap
from alembic.script.steps import (
    DeleteRow,
    InsertRow,
    MigrationInfo,
    MigrationStep,
    RevisionStep,
    RowChange,
    StampStep,
    UpdateRow,
)
from tests.script.graph.graphs import nodes, revision_map

REVISIONS = """
    a
    b < a
    c < a
    m < b c
    other
    late < m ^ other
"""


@pytest.fixture
def revisions() -> RevisionMap:
    return revision_map(nodes(REVISIONS))


def change(text: str) -> RowChange:
    verb, *ids = text.split()
    return {"insert": InsertRow, "delete": DeleteRow, "update": UpdateRow}[verb](*ids)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("what", "rows", "changes"),
    [
        # linear UPDATE
        ("+b", "a", ["update a b"]),
        ("-b", "b", ["update b a"]),
        # new branch INSERT
        ("+c", "b", ["insert c"]),
        ("+a", "", ["insert a"]),
        # merge: DELETE others + UPDATE
        ("+m", "b c", ["delete b", "update c m"]),
        # un-merge: INSERT + UPDATE
        ("-m", "m", ["insert c", "update m b"]),
        # branch end DELETE
        ("-c", "b c", ["delete c"]),
        ("-a", "a", ["delete a"]),
        # a depended-on head has no row of its own once its dependant is applied
        ("+late", "m other", ["delete other", "update m late"]),
        ("-late", "late", ["insert other", "update late m"]),
        # already there
        ("+b", "b", []),
    ],
)
def test_row_changes(revisions: RevisionMap, what: str, rows: str, changes: list[str]) -> None:
    step = RevisionStep(revisions, revisions.by_id(what[1:]), what[0] == "+")
    assert list(step.row_changes(rows.split())) == [change(text) for text in changes]


def test_a_parent_that_something_else_depends_on_gets_no_row_back() -> None:
    revisions = revision_map(nodes("a \n b < a \n needs_a ^ a"))
    step = RevisionStep(revisions, revisions.by_id("b"), False)
    assert step.row_changes(["b", "needs_a"]) == (DeleteRow("b"),)
    assert step.row_changes(["b"]) == (UpdateRow("b", "a"),)


@pytest.mark.parametrize(
    ("from_", "to", "rows", "changes"),
    [
        (("a",), ("m",), "a", ["update a m"]),
        (("b", "c"), ("m",), "b c other", ["delete b", "update c m"]),
        ((), ("other",), "m", ["insert other"]),
        (("m",), (), "m", ["delete m"]),
        (("m",), ("b",), "m b", ["delete m"]),
        (("m",), ("c",), "b", ["insert c"]),  # an earlier step of the same stamp has moved m already
    ],
)
def test_row_changes_of_a_stamp(
    revisions: RevisionMap, from_: tuple[str, ...], to: tuple[str, ...], rows: str, changes: list[str]
) -> None:
    step = StampStep(from_, to, True, not from_, revisions)
    assert list(step.row_changes(rows.split())) == [change(text) for text in changes]


def test_what_a_hook_is_told(revisions: RevisionMap) -> None:
    """Down ids include dependencies."""
    up = RevisionStep(revisions, revisions.by_id("late"), True).info
    assert (up.is_upgrade, up.is_stamp, up.is_migration) == (True, False, True)
    assert (up.up_revision_id, up.up_revision_ids, up.down_revision_ids) == (
        "late",
        ("late",),
        ("m", "other"),
    )
    assert (up.source_revision_ids, up.destination_revision_ids) == (("m", "other"), ("late",))
    assert up.up_revision is revisions.by_id("late")
    assert up.down_revisions == up.source_revisions == (revisions.by_id("m"), revisions.by_id("other"))
    down = RevisionStep(revisions, revisions.by_id("late"), False).info
    assert (down.source_revision_ids, down.destination_revision_ids) == (("late",), ("m", "other"))
    assert down.destination_revisions == up.source_revisions


def test_what_a_hook_is_told_of_a_stamp(revisions: RevisionMap) -> None:
    info = StampStep(("m",), ("b",), False, False, revisions).info
    assert (info.is_stamp, info.is_migration) == (True, False)
    assert (info.up_revision_ids, info.down_revision_ids) == (("m",), ("b",))
    assert (info.source_revision_ids, info.destination_revision_ids) == (("m",), ("b",))
    nothing = MigrationInfo(revisions, True, True, (), "a")
    assert (nothing.up_revision_id, nothing.up_revision, nothing.up_revisions) == (None, None, ())


def test_log_lines(revisions: RevisionMap) -> None:
    lines = [
        str(RevisionStep(revisions, revisions.by_id(id_), up))
        for id_, up in (("a", True), ("m", True), ("late", True), ("m", False), ("a", False))
    ]
    assert lines == [
        "upgrade  -> a",
        "upgrade b, c -> m",
        "upgrade m -> late",
        "downgrade m -> b, c",
        "downgrade a -> ",
    ]
    assert str(StampStep("a", "b", True, False)) == "stamp_revision a -> b"
    assert str(StampStep(None, "b", True, True)) == "stamp_revision  -> b"


class Documented(Revision):
    __slots__ = ("doc", "module", "path")


def documented(**module: object) -> tuple[RevisionMap, Documented]:
    revision = Documented("a", None)
    revision.doc, revision.path, revision.module = "first tables", "v/a.py", SimpleNamespace(**module)
    return RevisionMap(lambda: [revision]), revision


def test_the_function_of_a_step_and_its_description() -> None:
    def upgrade() -> None: ...

    revisions, revision = documented(upgrade=upgrade)
    step = MigrationStep.upgrade_from_script(revisions, revision)
    assert step.migration_fn is upgrade
    assert (str(step), step.short_log) == ("upgrade  -> a, first tables", "upgrade  -> a")
    assert (step.name, step.is_upgrade, step.is_downgrade, step.is_stamp) == ("upgrade", True, False, False)


def test_a_missing_function_names_file_and_next_step() -> None:
    revisions, revision = documented(upgrade=len)
    with pytest.raises(MissingMigrationFunction, match=r"(?s)no function downgrade\(\) in v/a.py.*Add `def"):
        _ = MigrationStep.downgrade_from_script(revisions, revision).migration_fn


def test_a_stamp_runs_nothing() -> None:
    step = StampStep("a", "b", True, False)
    assert step.migration_fn(any="argument") is None
    assert (step.name, step.is_stamp, step.is_migration) == ("stamp_revision", True, False)

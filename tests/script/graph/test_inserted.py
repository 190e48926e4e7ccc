"""A revision inserted below applied ones is reported; histories that merely look unusual are not."""

from __future__ import annotations

from alembic.script.inserted import find_inserted, report_inserted
from alembic.script.revision import Revision, RevisionMap


class Dated(Revision):
    __slots__ = ("longdoc", "path")

    def __init__(self, id_: str, down: str, date: str, revises: str | None) -> None:
        super().__init__(id_, tuple(down.split()))
        self.path = f"v/{id_}.py"
        self.longdoc = f"about {id_}\n\nRevision ID: {id_}\n"
        if revises is not None:
            self.longdoc += f"Revises: {', '.join(revises.split())}\n"
        if date:
            self.longdoc += f"Create Date: {date}"


def history(*lines: str) -> RevisionMap:
    """Revisions as ``id < parents | date [| what Revises says, if not the parents]``."""
    revisions = []
    for line in lines:
        name, date, *revises = (part.strip() for part in line.split("|"))
        id_, _, down = (part.strip() for part in name.partition("<"))
        revisions.append(Dated(id_, down, date, revises[0] if revises else down))
    return RevisionMap(lambda: revisions)


def found(revisions: RevisionMap, *rows: str) -> list[tuple[str, str]]:
    return [(one.revision, one.above) for one in find_inserted(revisions, rows)]


SPLICED = (
    "a | 2026-01-01 10:00:00.000000",
    "c < b | 2026-01-03 10:00:00.000000 | a",
    "b < a | 2026-01-03 10:00:00.000001",
)


def test_a_revision_spliced_in_by_hand_is_reported() -> None:
    assert found(history(*SPLICED), "c") == [("b", "c")]


def test_it_is_reported_although_something_is_left_to_do() -> None:
    assert found(history(*SPLICED, "d < c | 2026-01-09 10:00:00"), "c") == [("b", "c")]


def test_it_is_reported_until_younger_revisions_are_applied() -> None:
    """Whoever made ``d`` made it on top of ``b``; the time to tell was before."""
    assert found(history(*SPLICED, "d < c | 2026-01-09 10:00:00"), "d") == []


def test_each_of_several_is_reported() -> None:
    revisions = history(
        "a | 2026-01-01 10:00:00", "c < b2 | 2026-01-03 10:00:00 | a", "b < a | 2026-01-05 10:00:00",
        "b2 < b | 2026-01-06 10:00:00",
    )  # fmt: skip
    assert found(revisions, "c") == [("b", "c"), ("b2", "c")]


def test_the_report_names_the_file_and_the_next_step() -> None:
    said: list[str] = []
    report_inserted(history(*SPLICED), ("c",), said.append)
    assert len(said) == 1
    for part in ("Revision b (v/b.py) was created later than c", "downgrade below it", "later Create Date"):
        assert part in said[0]


def test_nothing_is_reported_before_it_would_be_skipped() -> None:
    assert found(history(*SPLICED), "a") == []
    assert found(history(*SPLICED)) == []


def test_a_branch_of_its_own_is_an_unapplied_head_and_planned() -> None:
    assert (
        found(history("a | 2026-01-01 10:00", "c < a | 2026-01-03 10:00", "b < a | 2026-01-05 10:00"), "c")
        == []
    )


def test_ordinary_histories_and_merges() -> None:
    revisions = history(
        "a | 2026-01-01 10:00:00",
        "long < a | 2026-01-02 10:00:00",
        "b < a | 2026-02-01 10:00:00",
        "c < b | 2026-02-02 10:00:00",
        "m < c long | 2026-02-03 10:00:00",
        "n < m | 2026-02-04 10:00:00",
    )
    for rows in (("n",), ("m",), ("long", "c"), ("long", "b"), ("a",)):
        assert found(revisions, *rows) == []


def test_clocks_of_other_time_zones() -> None:
    """Generated on top of ``b``, hours earlier by a clock further west."""
    assert found(history("b | 2026-01-02 18:00:00", "c < b | 2026-01-02 10:30:00"), "c") == []
    assert found(history("b | 2026-01-02 18:00:00", "c < b | 2025-12-30 10:30:00"), "c") == [("b", "c")]
    zoned = history("b | 2026-01-02 18:00:00+09:00", "c < b | 2026-01-02 10:30:00+01:00")
    assert found(zoned, "c") == []
    assert found(history("b | 2026-01-02 18:00:00+00:00", "c < b | 2026-01-02 17:59:00+00:00"), "c") == [
        ("b", "c")
    ]


def test_files_without_dates_tell_nothing() -> None:
    assert found(history("a |", "b < a | 2026-01-05 10:00:00", "c < b |"), "c") == []
    assert found(history("a |", "b < a | next Tuesday", "c < b | 2026-01-01 | a"), "c") == []
    assert find_inserted(RevisionMap(lambda: [Revision("a", None), Revision("b", "a")]), ("b",)) == []

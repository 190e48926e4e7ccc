"""What people may write where a revision is meant."""

from __future__ import annotations

import pytest

from alembic.errors import AmbiguousRevision, MultipleHeads, ResolutionError, RevisionError
from alembic.script.target import resolve, resolve_one
from tests.script.graph.graphs import graph

# Two lines that share a base, a third one that depends on the first, and a label on each branch.
FOREST = graph(
    """
    aaaa1
    aaaa2 < aaaa1
    bbbb1
    bbbb2 @left < bbbb1
    bbbb3 @right < bbbb1
    cccc1 ^ aaaa1
    cccc2 < cccc1 ^ bbbb2
    """
)


# What existing projects call their branches, though the same characters mean something in symbols.
HYPHENS = graph(
    """
    aaaa1 @my-feature
    aaaa2 < aaaa1
    bbbb1 @release-2
    bbbb2 @c++ < bbbb1
    """
)


@pytest.mark.parametrize(
    ("symbol", "revisions"),
    [
        ("my-feature", "aaaa1"),
        ("my-fea", "aaaa1"),
        ("my-feature@head", "aaaa2"),
        ("my-feature@head-1", "aaaa1"),
        ("my-feature+1", "aaaa2"),
        ("release-2", "bbbb1"),  # the label, not two below something called "release"
        ("release-2+1", "bbbb2"),
        ("release-2@head", "bbbb2"),
        ("release-2@base", ""),
        ("release-2@bbbb2-1", "bbbb1"),
        ("c++@head", "bbbb2"),
        ("c++-1", "bbbb1"),
    ],
)
def test_labels_may_have_signs(symbol: str, revisions: str) -> None:
    assert [HYPHENS.ids[at] for at in resolve(HYPHENS, symbol)] == revisions.split()


@pytest.mark.parametrize(
    ("symbol", "revisions"),
    [
        ("base", ""),
        (None, ""),
        ((), ""),
        ("heads", "aaaa2 bbbb3 cccc2"),  # real heads: cccc2 depends on bbbb2
        ("cccc2", "cccc2"),
        ("cccc1", "cccc1"),
        (("aaaa1", "bbbb3"), "aaaa1 bbbb3"),
        ("left", "bbbb2"),
        ("righ", "bbbb3"),
        ("r", "bbbb3"),  # a unique start may be shorter
        ("left@head", "bbbb2"),
        ("left@heads", "bbbb2"),
        ("bbbb1@heads", "bbbb2 bbbb3"),
        ("lef@head", "bbbb2"),
        ("cccc1@head", "cccc2"),
        ("left@base", ""),
        ("left@bbbb1", "bbbb1"),
        ("@head", None),
        ("left@head-1", "bbbb1"),
        ("cccc2-1", "cccc1"),
        ("cccc2-2", ""),
        ("aaaa1+1", "aaaa2"),
        ("right@bbbb1+1", "bbbb3"),
        ("left@base+2", "bbbb2"),
        ("left@-1", "bbbb1"),
    ],
)
def test_symbols(symbol: object, revisions: str | None) -> None:
    if revisions is None:
        with pytest.raises(MultipleHeads):
            resolve(FOREST, symbol)
        return
    assert [FOREST.ids[at] for at in resolve(FOREST, symbol)] == revisions.split()


@pytest.mark.parametrize(
    ("symbol", "message"),
    [
        ("head", "Multiple heads are present for given argument 'head'; aaaa2, bbbb2, bbbb3, cccc2"),
        ("bbbb1@head", "Multiple heads are present for given argument 'bbbb1@head'; bbbb2, bbbb3"),
        ("nothing", "No such revision or branch 'nothing'"),
        (
            "zz",
            "No such revision or branch 'zz'; please ensure at least four characters are present for partial "
            "revision identifier matches",
        ),
        ("nothing@head", "No such branch: 'nothing'"),
        ("bbbb", "Multiple revisions start with 'bbbb': 'bbbb1', 'bbbb2', 'bbbb3'"),
        ("left@bbbb3", "Revision bbbb3 is not a member of branch 'left'"),
        ("cccc1@aaaa1", "Revision aaaa1 is not a member of branch 'cccc1'"),
        ("cccc2+1", "Walked too far"),
        ("aaaa2-3", "Walked too far"),
        ("bbbb1+1", "Ambiguous walk"),
        ("base+1", "Ambiguous walk"),
        ("+1", "No such revision or branch '+1'"),
        ("", "No such revision or branch ''"),
        (5, "revision identifier 5 is not a string; ensure database driver settings are correct"),
    ],
)
def test_symbols_that_stand_for_nothing_or_for_too_much(symbol: object, message: str) -> None:
    with pytest.raises(RevisionError) as caught:
        resolve(FOREST, symbol)
    first = str(caught.value).splitlines()[0]
    assert first == message or first.startswith(f"{message};")


def test_an_unknown_id_says_what_is_closest() -> None:
    with pytest.raises(ResolutionError, match=r"closest: cccc[12], ") as caught:
        resolve(FOREST, "cccd1")
    assert caught.value.argument == "cccd1"


def test_an_ambiguous_part_lists_candidates() -> None:
    with pytest.raises(AmbiguousRevision) as caught:
        resolve(FOREST, "bbb")
    assert caught.value.candidates == ("bbbb1", "bbbb2", "bbbb3")


def test_short_names_are_found_only_by_all_of_their_letters() -> None:
    """A start matches ids and labels longer than three characters."""
    short = graph("abc @lab\nabcd < abc")
    assert [short.ids[at] for at in resolve(short, "ab")] == ["abcd"]
    assert [short.ids[at] for at in resolve(short, "abc")] == ["abc"]
    with pytest.raises(ResolutionError):
        resolve(short, "la")


def test_a_start_that_fits_id_and_label_of_one_revision_is_not_ambiguous() -> None:
    both = graph("users1 @users_branch")
    assert resolve(both, "user") == (0,)


def test_one_revision_where_one_is_needed() -> None:
    assert resolve_one(FOREST, "base") is None
    with pytest.raises(MultipleHeads, match=r"'\('aaaa1', 'bbbb1'\)'; aaaa1, bbbb1"):
        resolve_one(FOREST, ("aaaa1", "bbbb1"))

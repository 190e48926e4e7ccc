"""RevisionMap and Revision, as existing projects use them."""

from __future__ import annotations

import pytest

from alembic.errors import CommandError
from alembic.script import revision as face
from alembic.script.revision import MultipleHeads, Revision, RevisionError, RevisionMap
from tests.script.graph.graphs import nodes, revision_map

FOREST = "a \n a2 < a \n b \n b2 @left < b \n c ^ a \n c2 < c ^ b2 \n b3 @right < b"


@pytest.fixture
def revisions() -> RevisionMap:
    return revision_map(nodes(FOREST))


def test_nothing_is_read_before_the_first_question() -> None:
    reads = []

    def generate() -> list[Revision]:
        reads.append(1)
        return [Revision("a", None)]

    revisions = RevisionMap(generate)
    assert reads == []
    assert (revisions.heads, revisions.bases) == (("a",), ("a",))
    assert reads == [1]


def test_heads_and_bases(revisions: RevisionMap) -> None:
    assert revisions.heads == ("a2", "b2", "c2", "b3")
    assert revisions._real_heads == ("a2", "c2", "b3")
    assert revisions.bases == ("a", "b", "c")
    assert revisions._real_bases == ("a", "b")


def test_the_current_head(revisions: RevisionMap) -> None:
    with pytest.raises(MultipleHeads) as caught:
        revisions.get_current_head()
    assert (caught.value.argument, caught.value.heads) == ("head", ["a2", "b2", "c2", "b3"])
    assert revisions.get_current_head("left") == "b2"
    assert RevisionMap(list).get_current_head() is None


def test_what_is_current_includes_heads_implied_by_dependencies(revisions: RevisionMap) -> None:
    current = revisions._get_all_current(("c2",))
    assert sorted(revision.revision for revision in current) == ["a", "b2", "c2"]


def test_resolving_to_numbers(revisions: RevisionMap) -> None:
    assert revisions._resolve_revision_number("left@head") == (("b2",), "left")
    assert revisions._resolve_revision_number("heads") == (("a2", "c2", "b3"), None)
    assert revisions._resolve_revision_number("left@base") == ((), "left")


def test_filtering_for_a_lineage(revisions: RevisionMap) -> None:
    ids = ["a", "a2", "b", "b2", "c", "c2", "b3"]
    assert revisions.filter_for_lineage(ids, "left") == ("b", "b2")
    assert revisions.filter_for_lineage(ids, "left", include_dependencies=True) == ("b", "b2", "c2")
    assert revisions.filter_for_lineage(ids, None) == tuple(ids)
    b2 = revisions.by_id("b2")
    assert revisions.filter_for_lineage([b2, revisions.by_id("a")], "b") == (b2,)


def test_iterating(revisions: RevisionMap) -> None:
    def ids(*args: object, **options: bool) -> list[str]:
        return [revision.revision for revision in revisions.iterate_revisions(*args, **options)]

    assert ids("heads", "base") == ["a2", "c2", "c", "a", "b3", "b2", "b"]
    assert ids("c2", "c") == ["c2"]
    assert ids("c2", "c", implicit_base=True) == ["c2", "b2", "b"]
    assert ids(("c2", "a2"), "a", select_for_downgrade=True) == ["a2"]


def test_adding_a_revision(revisions: RevisionMap) -> None:
    assert revisions.heads[-1] == "b3"
    revisions.add_revision(Revision("b4", "b3"))
    assert revisions.heads[-1] == "b4"
    assert revisions.by_id("b3").nextrev == {"b4"}
    with pytest.raises(RevisionError, match="Revision b4 is present more than once"):
        revisions.add_revision(Revision("b4", "b3"))
    with pytest.raises(RevisionError, match="Branch name 'left' in revision b2 already used by revision b5"):
        revisions.add_revision(Revision("b5", "b4", branch_labels="left"))
    revisions.add_revision(Revision("b4", "b2"), _replace=True)
    assert revisions.by_id("b2").nextrev == {"b4"}
    assert revisions.heads == ("a2", "c2", "b3", "b4")


@pytest.mark.parametrize(
    ("given", "kept"),
    [(None, None), ((), None), ("a", "a"), (("a",), "a"), (["a", "b"], ("a", "b"))],
)
def test_parents_and_dependencies_are_none_one_or_a_tuple(given: object, kept: object) -> None:
    """A one-element tuple is normalised to a scalar; () to None."""
    revision = Revision("x", given, dependencies=given)  # type: ignore[arg-type]
    assert (revision.down_revision, revision.dependencies) == (kept, kept)


def test_a_revision_outside_of_a_map() -> None:
    revision = Revision("a", None, branch_labels=["x", "y"])
    assert (revision.branch_labels, revision.nextrev, revision.is_head) == ({"x", "y"}, frozenset(), True)
    revision.add_nextrev(Revision("b", "a"))
    revision.add_nextrev(Revision("c", None, dependencies="a"))
    assert (revision.nextrev, revision._all_nextrev) == ({"b"}, {"b", "c"})


def test_illegal_ids() -> None:
    with pytest.raises(
        RevisionError, match=r"Character\(s\) '-, @' not allowed in revision identifier 'a-b@c'"
    ):
        Revision.verify_rev_id("a-b@c")
    with pytest.raises(RevisionError, match="not allowed in revision identifier 'a:b'"):
        Revision("a:b", None)


def test_errors_keep_their_names_arguments_and_kinship() -> None:
    assert str(face.RangeNotAncestorError("a", "b")) == "Revision a is not an ancestor of revision b"
    assert str(face.RangeNotAncestorError(None, "b")) == "Revision base is not an ancestor of revision b"
    assert (
        str(face.MultipleHeads(["a", "b"], "head"))
        == "Multiple heads are present for given argument 'head'; a, b"
    )
    assert face.ResolutionError("text", "arg").argument == "arg"
    assert str(face.DependencyLoopDetected("a")) == "Dependency self-loop is detected in revisions (a)"
    assert face.LoopDetected("a").revisions == ["a"]
    assert face.DependencyLoopDetected.__mro__[1:4] == (
        face.DependencyCycleDetected,
        face.LoopDetected,
        face.CycleDetected,
    )
    assert issubclass(face.RevisionError, CommandError)
    for name in face.__all__:
        assert hasattr(face, name)

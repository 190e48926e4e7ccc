"""What the graph answers, and what it refuses to be built from."""

from __future__ import annotations

import pytest

from alembic.errors import (
    BranchNameInUse,
    CommandError,
    CycleDetected,
    DependencyCycleDetected,
    DependencyLoopDetected,
    DuplicateRevision,
    IllegalRevisionId,
    LoopDetected,
    MissingRevision,
    RevisionError,
)
from alembic.script.graph import Graph, Node
from tests.script.graph.graphs import graph, revision_map


def names(graph: Graph, positions: object) -> list[str]:
    return [graph.ids[at] for at in positions]  # type: ignore[attr-defined]


def test_heads_and_bases() -> None:
    """A head has no children; a real head has no dependants either."""
    with_dependency = graph("a \n a2 < a \n b \n b2 < b ^ a2")
    assert names(with_dependency, with_dependency.heads) == ["a2", "b2"]
    assert names(with_dependency, with_dependency.real_heads) == ["b2"]
    late_base = graph("a \n b ^ a")
    assert names(late_base, late_base.bases) == ["a", "b"]
    assert names(late_base, late_base.real_bases) == ["a"]


def test_branch_and_merge_points() -> None:
    revisions = revision_map(
        [
            Node("a"),
            Node("b1", ("a",)),
            Node("b2", ("a",)),
            Node("m", ("b1", "b2")),
            Node("n", ("m",), ("b1",)),
        ]
    )
    a, b1, m = (revisions.by_id(id_) for id_ in ("a", "b1", "m"))
    assert (a.is_branch_point, a.is_base, a.is_head, a.nextrev) == (True, True, False, {"b1", "b2"})
    assert (m.is_merge_point, m.is_branch_point) == (True, False)
    assert (b1.is_branch_point, b1._is_real_branch_point, b1._all_nextrev) == (False, True, {"m", "n"})


def test_dependencies_can_be_named_by_label() -> None:
    revisions = revision_map([Node("a", labels=("accounts",)), Node("b", depends_on=("accounts",))])
    b = revisions.by_id("b")
    assert b.dependencies == "accounts"
    assert b._normalized_down_revisions == ("a",)


def test_a_dependency_that_an_ancestor_has_already_is_dropped() -> None:
    revisions = revision_map(
        [Node("x"), Node("a", (), ("x",)), Node("b", ("a",), ("x",)), Node("c", (), ("x",))]
    )
    assert revisions.by_id("a")._normalized_down_revisions == ("x",)
    assert revisions.by_id("b")._normalized_down_revisions == ("a",)
    assert revisions.by_id("b")._all_down_revisions == ("a", "x")
    assert revisions.by_id("c")._normalized_down_revisions == ("x",)


@pytest.mark.parametrize(
    ("revisions", "members"),
    [
        ("a \n b @l < a \n c < b", "abc"),  # one line: below as well
        ("a \n b @l < a \n c < b \n d < b", "bcd"),  # forks above: what is below belongs to both
        ("a \n b @l < a \n c < b \n d < a", "bc"),  # a is a branch point
        ("a \n e \n m < a e \n b @l < m \n c < b", "bc"),  # m is a merge point
        ("a \n b @l < a \n x ^ a", "b"),  # a dependant makes a branch point, too
    ],
)
def test_members_of_a_branch(revisions: str, members: str) -> None:
    """Membership spreads to all that follows, and below down to the next branch or merge point."""
    built = graph(revisions)
    assert {built.ids[at] for at, labels in built.branch_names.items() if "l" in labels} == set(members)


def test_labels_of_a_revision_are_its_branches() -> None:
    revisions = revision_map([Node("a", labels=("z", "k")), Node("b", ("a",), labels=("own",))])
    assert revisions.by_id("b").branch_labels == {"k", "own", "z"}
    assert repr(revisions.by_id("b")) == "Revision('b', 'a', branch_labels={'k', 'own', 'z'})"


# ---------------------------------------------------------------------------------- what makes it unsound


def refused(*nodes: Node) -> CommandError:
    with pytest.raises(RevisionError) as caught:
        Graph(nodes)
    assert len(str(caught.value).splitlines()) <= 8
    return caught.value


def test_duplicate_ids_name_both_files_and_stop() -> None:
    error = refused(Node("abc", path="v/abc_one.py"), Node("x"), Node("abc", ("x",), path="v/abc_two.py"))
    assert isinstance(error, DuplicateRevision)
    assert str(error).startswith("Revision abc is present more than once\n")
    assert "v/abc_one.py" in str(error)
    assert "v/abc_two.py" in str(error)


def test_a_missing_parent_names_the_file_and_what_is_close() -> None:
    error = refused(Node("ae1027a"), Node("b", ("ae1072a",), path="v/b.py"))
    assert isinstance(error, MissingRevision)
    assert str(error).startswith("Revision ae1072a referenced from b (v/b.py) is not present")
    assert "closest: ae1027a" in str(error)
    assert "down_revision" in str(error)


def test_a_missing_dependency_says_so() -> None:
    error = refused(Node("a", labels=("accounts",)), Node("b", ("a",), ("acounts",), path="v/b.py"))
    assert (error.missing, error.role, error.near) == ("acounts", "depends_on", ("accounts",))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("nodes", "kind", "message"),
    [
        (
            [Node("a", ("c",)), Node("b", ("a",)), Node("c", ("b",))],
            CycleDetected,
            "Cycle is detected in revisions (a, b, c)",
        ),
        (
            # Genuine Alembic sees no cycle where anything follows it.
            [Node("z"), Node("a", ("z", "b")), Node("b", ("a",)), Node("d", ("b",))],
            CycleDetected,
            "Cycle is detected in revisions (a, b)",
        ),
        (
            [Node("a", (), ("b",)), Node("b", ("a",))],
            DependencyCycleDetected,
            "Dependency cycle is detected in revisions (a, b)",
        ),
        ([Node("a", ("a",))], LoopDetected, "Self-loop is detected in revisions (a)"),
        (
            [Node("a", (), ("a",))],
            DependencyLoopDetected,
            "Dependency self-loop is detected in revisions (a)",
        ),
    ],
)
def test_cycles(nodes: list[Node], kind: type[CycleDetected], message: str) -> None:
    error = refused(*(node._replace(path=f"v/{node.id}.py") for node in nodes))
    assert type(error) is kind
    assert str(error).splitlines()[0] == message
    assert f"v/{error.revisions[0]}.py" in str(error)  # type: ignore[attr-defined]


def test_a_label_used_twice() -> None:
    error = refused(Node("a", labels=("x",), path="v/a.py"), Node("b", ("a",), labels=("x",), path="v/b.py"))
    assert isinstance(error, BranchNameInUse)
    assert str(error).startswith("Branch name 'x' in revision a already used by revision b")
    assert "v/a.py" in str(error)
    assert "v/b.py" in str(error)


def test_a_label_that_is_an_id() -> None:
    error = refused(Node("a", labels=("b",)), Node("b", ("a",)))
    assert str(error).startswith("Branch name 'b' in revision a already used by revision b")


@pytest.mark.parametrize("node", [Node("a-b@c", path="v/x.py"), Node("", path="v/x.py")])
def test_illegal_ids_name_the_file(node: Node) -> None:
    error = refused(node)
    assert isinstance(error, IllegalRevisionId)
    assert "v/x.py" in str(error)


def test_labels_of_existing_files_are_taken_as_they_are() -> None:
    labels = ("my-feature", "c++", "a:b", "x@y", "", "for me")
    assert set(Graph([Node("a", labels=labels)]).label_owner) == set(labels) - {""}


def test_the_characters_of_an_illegal_id() -> None:
    message = str(refused(Node("a-b@c"))).splitlines()[0]
    assert message == "Character(s) '-, @' not allowed in revision identifier 'a-b@c'"

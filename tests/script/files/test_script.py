"""A script: the exact lines it is shown as, and a module that is run only when asked for."""

from __future__ import annotations

import types
from pathlib import Path

import pytest

from alembic.script import Script, ScriptDirectory
from tests.script.files.directories import directory, write


def script(doc: str | None, **identifiers: object) -> Script:
    module = types.ModuleType("m", doc)
    module.__dict__.update(
        {"revision": "r1", "down_revision": None, "branch_labels": None, "depends_on": None, **identifiers}
    )
    return Script(module, "r1", "/p/x.py")


@pytest.fixture
def tree(tmp_path: Path) -> ScriptDirectory:
    versions = tmp_path / "versions"
    write(versions, "a1")
    write(versions, "b1", "a1", labels=["lb", "la"])
    write(versions, "b2", "a1")
    write(versions, "c1", depends_on=["b1", "b2"])
    write(versions, "d1", ("b2", "c1"))
    return directory(tmp_path)


@pytest.mark.parametrize(
    ("docstring", "doc", "longdoc"),
    [
        (None, "", ""),
        ("", "", ""),
        ("one", "one", "one"),
        ("one\ntwo\n\nthree\n", "one\ntwo", "one\ntwo\n\nthree"),
        ("\n  lead\n\nx", "lead", "lead\n\nx"),
        (" x \n \ny", "x \n \ny", "x \n \ny"),
    ],
)
def test_doc_is_the_docstring_up_to_the_first_blank_line(
    docstring: str | None, doc: str, longdoc: str
) -> None:
    made = script(docstring)
    assert (made.doc, made.longdoc) == (doc, longdoc)


def test_identifiers_of_every_shape_are_normalised() -> None:
    assert script("").down_revision is None
    assert script("", down_revision=()).down_revision is None
    assert script("", down_revision=("a",)).down_revision == "a"
    assert script("", down_revision=["b", "a"]).down_revision == ("b", "a")
    assert script("", depends_on="q").dependencies == "q"
    assert script("", depends_on=["x", "y"]).dependencies == ("x", "y")
    assert script("", branch_labels="l").branch_labels == {"l"}
    assert script("", branch_labels=["l", "k"]).branch_labels == {"l", "k"}


def test_the_text_of_a_script(tree: ScriptDirectory) -> None:
    assert [str(each) for each in tree.walk_revisions()] == [
        "b2, c1 -> d1 (head) (mergepoint), d1",
        "<base> -> c1, c1",
        "a1 -> b1 (head), b1",
        "a1 -> b2, b2",
        "<base> -> a1 (branchpoint), a1",
    ]


def test_the_representation_of_a_script(tree: ScriptDirectory) -> None:
    assert repr(tree.get_revision("a1")) == "Script('a1', None)"
    assert repr(tree.get_revision("d1")) == "Script('d1', ('b2', 'c1'))"
    assert repr(tree.get_revision("c1")) == "Script('c1', None, dependencies=('b1', 'b2'))"


def test_short_lines(tree: ScriptDirectory) -> None:
    d1, c1, b1, b2, a1 = tree.walk_revisions()
    assert [each.cmd_format(False) for each in (d1, c1, b1, b2, a1)] == [
        "d1 (head) (mergepoint)",
        "c1",
        "b1 (effective head)",
        "b2",
        "a1 (branchpoint)",
    ]
    assert d1.cmd_format(False, tree_indicators=False) == "d1 (head)"
    assert a1.cmd_format(False, tree_indicators=False) == "a1"
    assert b1.cmd_format(False, include_branches=True) == "b1 (la, lb) (effective head)"
    assert d1.cmd_format(False, include_branches=True, current=True) == "d1 (head) (current) (mergepoint)"
    assert a1.cmd_format(False, current=True) == "a1 (current) (branchpoint)"


def test_history_lines(tree: ScriptDirectory) -> None:
    lines = [
        each.cmd_format(False, include_branches=True, include_doc=True, include_parents=True)
        for each in tree.walk_revisions()
    ]
    assert lines == [
        "b2, c1 -> d1 (head) (mergepoint), d1",
        "<base> (b1, b2) -> c1, c1",
        "a1 -> b1 (la, lb) (effective head), b1",
        "a1 -> b2, b2",
        "<base> -> a1 (branchpoint), a1",
    ]


def test_the_verbose_block(tree: ScriptDirectory, tmp_path: Path) -> None:
    versions = tmp_path / "versions"
    d1, c1, b1, _, a1 = tree.walk_revisions()
    assert d1.log_entry == (
        f"Rev: d1 (head) (mergepoint)\nMerges: b2, c1\nPath: {versions}/d1_.py\n\n    d1\n"
    )
    assert c1.log_entry == (
        f"Rev: c1\nParent: <base>\nAlso depends on: b1, b2\nPath: {versions}/c1_.py\n\n    c1\n"
    )
    assert b1.cmd_format(True) == (
        f"Rev: b1 (head)\nParent: a1\nBranch names: la, lb\nPath: {versions}/b1_.py\n\n    b1\n"
    )
    assert a1.cmd_format(True, current=True) == (
        f"Rev: a1 (branchpoint) (current)\nParent: <base>\nBranches into: b1, b2\n"
        f"Path: {versions}/a1_.py\n\n    a1\n"
    )


def test_the_verbose_block_indents_the_whole_docstring() -> None:
    assert script("one\n\n  two\n").log_entry.endswith("/p/x.py\n\n    one\n    \n      two\n")
    assert script(None).log_entry.endswith("/p/x.py\n\n\n")


def test_the_mark_for_current_can_be_set_on_the_script_too() -> None:
    made = script("")
    made._db_current_indicator = True
    assert made.cmd_format(False) == "r1 (head) (current)"
    assert made.log_entry.startswith("Rev: r1 (head) (current)\n")


def test_reading_the_graph_runs_no_file(tmp_path: Path) -> None:
    write(tmp_path / "versions", "a1", more="raise RuntimeError('run')")
    made = directory(tmp_path)
    assert made.get_heads() == ["a1"]
    with pytest.raises(RuntimeError, match=r"^run$"):
        made.get_revision("a1").module  # noqa: B018


def test_the_module_is_run_once(tmp_path: Path) -> None:
    write(tmp_path / "versions", "a1", more="things = []")
    made = directory(tmp_path).get_revision("a1")
    assert made.module is made.module
    assert made.module.__name__ == "a1__py"
    assert made.path == made._script_path == str(tmp_path / "versions" / "a1_.py")


def test_a_file_that_computes_its_identifiers_is_run(tmp_path: Path) -> None:
    write(tmp_path / "versions", "a1", more="revision = revision + '0'")
    made = directory(tmp_path)
    assert made.get_heads() == ["a10"]
    assert made.get_revision("a10").doc == "a1"

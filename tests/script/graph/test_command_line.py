"""What somebody at the command line sees of the graph: early refusals, and the right rows in the database."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.project import Project
from tests.script.graph.graphs import nodes
from tests.script.graph.model import Model


def dated(path: Path, date: str, revises: str) -> None:
    text = path.read_text("utf-8")
    head, _, rest = text.partition('"""\n')
    path.write_text(f'{head}\n\nRevises: {revises}\nCreate Date: {date}\n\n"""\n{rest}', "utf-8")


def test_a_revision_inserted_below_the_applied_head_is_reported(project: Project) -> None:
    """a1 and c1 are applied; b1 is put between them: an upgrade has nothing to do, and must say so."""
    dated(project.revision("a1"), "2026-01-01 09:00:00.000000", "")
    c1 = project.revision("c1", "a1")
    dated(c1, "2026-01-02 09:00:00.000000", "a1")
    assert "was created later" not in project.call("upgrade", "head").ok().stderr
    dated(project.revision("b1", "a1"), "2026-01-03 09:00:00.000000", "a1")
    c1.write_text(c1.read_text("utf-8").replace("down_revision = 'a1'", "down_revision = 'b1'"), "utf-8")

    outcome = project.call("upgrade", "head").ok()

    assert "Revision b1 " in outcome.stderr
    assert "b1_.py) was created later than c1" in outcome.stderr
    assert "Running upgrade" not in outcome.stderr


@pytest.mark.parametrize("command", [("upgrade", "head"), ("upgrade", "b1"), ("downgrade", "base")])
def test_a_row_that_no_file_has_is_told_from_a_mistyped_argument(
    project: Project, command: tuple[str, str]
) -> None:
    project.chain("a1", "b1", "c1")
    project.call("upgrade", "head").ok()
    (project.versions / "c1_.py").unlink()
    outcome = project.call(*command)
    assert "Can't locate revision identified by 'c1'\n" in outcome.stderr
    assert "The database is at 'c1', which no revision file has." in outcome.stderr
    assert "`alembic stamp --purge <revision>`" in outcome.stderr


def test_a_stamp_needs_one_head(project: Project) -> None:
    project.chain("a1", "b1")
    project.chain("c1", down="a1")
    for target in ("head", "a1@head"):
        outcome = project.call("stamp", target)
        assert outcome.code == 255
        assert "Multiple heads are present; please specify a single target revision\n" in outcome.stderr
        assert "They are: b1, c1\n" in outcome.stderr


def test_a_mistyped_argument_says_nothing_of_the_database(project: Project) -> None:
    project.chain("a1")
    assert "The database is at" not in project.call("upgrade", "c1").stderr


def test_duplicate_ids_stop_every_command_and_name_both_files(project: Project) -> None:
    project.chain("a1", "b1")
    project.revision("b1", "a1").rename(project.versions / "b1_again.py")
    project.revision("b1", "a1")
    for command in (["heads"], ["history"], ["current"], ["upgrade", "head"], ["stamp", "head"]):
        outcome = project.call(*command)
        shown = outcome.stdout + outcome.stderr
        assert outcome.code == 255
        assert "Revision b1 is present more than once" in shown
        assert "b1_.py" in shown
        assert "b1_again.py" in shown
        assert "Traceback" not in shown


@pytest.mark.parametrize(
    ("revision", "down", "said"),
    [
        ("c1", "b2", "Revision b2 referenced from c1 ("),
        ("c1", "c1", "Self-loop is detected in revisions (c1)"),
        ("c-1", "b1", "Character(s) '-' not allowed in revision identifier 'c-1'"),
    ],
)
def test_an_unsound_graph_is_refused_before_anything_runs(
    project: Project, revision: str, down: str, said: str
) -> None:
    project.chain("a1", "b1")
    project.revision(revision, down)
    outcome = project.call("upgrade", "b1")
    assert (outcome.code, said in outcome.stderr, f"{revision}_.py" in outcome.stderr) == (255, True, True)
    assert project.tables() == []


def test_only_what_runs_is_imported(project: Project) -> None:
    """Reading the graph runs no file but those that compute their identifiers."""
    mark = 'open("imported", "a").write(__file__ + "\\n")'
    for id_, down in (("a1", None), ("b1", "a1"), ("c1", "b1")):
        path = project.revision(id_, down)
        path.write_text(f"{path.read_text('utf-8')}\n\n{mark}\n", "utf-8")
    computed = project.revision("d1", "c1")
    text = computed.read_text("utf-8").replace("revision = 'd1'", "revision = str('d1')")
    computed.write_text(f"{text}\n\n{mark}\n", "utf-8")

    def imported(*command: str) -> list[str]:
        marks = project.directory / "imported"
        marks.unlink(missing_ok=True)
        project.run(*command).ok()
        return [Path(line).name for line in marks.read_text("utf-8").split()] if marks.exists() else []

    assert imported("history") == ["d1_.py"]
    assert sorted(set(imported("upgrade", "b1"))) == ["a1_.py", "b1_.py", "d1_.py"]
    assert sorted(set(imported("current"))) == ["d1_.py"]


def test_a_missing_function_is_noticed_before_the_first_step_runs(project: Project) -> None:
    project.chain("a1")
    path = project.revision("b1", "a1")
    path.write_text(path.read_text("utf-8").replace("def upgrade", "def upgrad"), "utf-8")
    outcome = project.call("upgrade", "head")
    assert outcome.code == 255
    assert "There is no function upgrade() in " in outcome.stderr
    assert project.tables() == []


LINES = """
    a1
    a2 < a1
    b1 ^ a1
    b2 < b1 ^ a2
    c1 ^ b1
    m < b2 c1
    a3 < a2
"""


@pytest.mark.parametrize(
    "script",
    [
        "upgrade heads, downgrade base",
        "upgrade m, downgrade a1@base",
        "upgrade a3, upgrade m, downgrade b1, downgrade a1",
        "upgrade m, downgrade c1@c1, downgrade b1@base, upgrade heads",
    ],
)
def test_rows_in_the_database_are_the_maximal_applied_set(project: Project, script: str) -> None:
    """The shapes of dependencies and branches after which redundant or missing rows were seen in the wild."""
    revisions = nodes(LINES)
    model = Model(revisions)
    for node in revisions:
        project.revision(
            node.id,
            node.down,
            depends_on=node.depends_on,
            upgrade=f'op.execute("create table t_{node.id} (id integer)")',
            downgrade=f'op.execute("drop table t_{node.id}")',
        )
    for command in script.split(", "):
        project.call(*command.split()).ok()
        applied = {table.removeprefix("t_") for table in project.tables() if table.startswith("t_")}
        assert set(project.applied()) == model.rows(applied)

"""Traps 21, 22 and 30 of the hurts that users have reported, on live databases."""

from __future__ import annotations

from sqlalchemy import create_engine, text

from tests.project import Project


def test_21_an_upgrade_warns_of_a_revision_that_was_inserted(project: Project, database_url: str) -> None:
    """Without any history the dates of the files tell; `alembic status` is in test_status."""
    project.configure(database_url)
    for down, name, day in ((None, "a1", 1), ("a1", "c3", 2)):
        date = f"2026-01-0{day} 10:00:00+00:00"
        project.revision(name, down, message=f"x\n\nRevision ID: {name}\nCreate Date: {date}\n")
    project.call("upgrade", "head").ok()
    project.revision("b2", "a1", message="x\n\nRevision ID: b2\nCreate Date: 2026-01-03 10:00:00+00:00\n")
    project.revision("c3", "b2", message="x\n\nRevision ID: c3\nCreate Date: 2026-01-02 10:00:00+00:00\n")
    result = project.call("upgrade", "head").ok()
    assert "Revision b2" in result.stderr and "it has never run on this database" in result.stderr
    assert project.call("status").code == 7


def test_22_two_files_of_the_same_id_are_an_error(project: Project) -> None:
    project.chain("a1")
    twin = project.versions / "twin.py"
    twin.write_text((project.versions / "a1_.py").read_text("utf-8"), "utf-8")
    for argv in (["heads"], ["upgrade", "head"], ["status"]):
        result = project.call(*argv)
        assert result.code == 255
        assert "FAILED: Revision a1 is present more than once" in result.stderr
        assert str(twin) in result.stderr and str(project.versions / "a1_.py") in result.stderr


def test_30_current_and_status_work_without_the_file(project: Project, database_url: str) -> None:
    project.configure(database_url).chain("a1", "b2")
    project.call("upgrade", "head").ok()
    (project.versions / "b2_.py").unlink()
    before = _everything(database_url)
    assert project.call("current").ok().stdout == "b2 (no revision file)\n"
    assert project.call("status").code == 4
    assert _everything(database_url) == before
    result = project.call("stamp", "a1").ok()
    assert "WARNING: removing 'b2' from the version table: no revision file has it" in result.stderr
    assert project.applied() == ["a1"]


def _everything(url: str) -> list[object]:
    with create_engine(url).connect() as connection:
        return list(connection.execute(text("SELECT version_num FROM alembic_version")))

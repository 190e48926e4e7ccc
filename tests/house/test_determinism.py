"""The same input gives the same bytes under any hash seed."""

from __future__ import annotations

import pytest

from tests.project import Project

SEEDS = ("0", "1", "2", "3")


@pytest.fixture
def tangled(project: Project) -> Project:
    """Two bases, three branches with labels, a merge and two dependencies."""
    project.revision("root1", message="first root")
    project.revision("north1", "root1", labels=("north", "polar", "cold"), upgrade="op.execute('SELECT 1')")
    project.revision("south1", "root1", labels=("south", "warm"), upgrade="op.execute('SELECT 2')")
    project.revision("east1", "root1", labels="east", upgrade="op.execute('SELECT 3')")
    project.revision("merge1", ("north1", "south1"), upgrade="op.execute('SELECT 4')")
    project.revision("root2", labels=("second", "other"), depends_on=("east1", "north1"))
    project.revision("tail2", "root2", depends_on="polar", upgrade="op.execute('SELECT 5')")
    return project


@pytest.mark.parametrize(
    "argv",
    [
        ("heads",),
        ("heads", "-v"),
        ("heads", "--resolve-dependencies"),
        ("history",),
        ("history", "-v"),
        ("branches", "-v"),
        ("show", "heads"),
        ("list_templates",),
        ("upgrade", "heads", "--sql"),
        ("downgrade", "merge1:base", "--sql"),
        ("stamp", "heads", "--sql"),
    ],
    ids=" ".join,
)
def test_output_does_not_depend_on_the_hash_seed(tangled: Project, argv: tuple[str, ...]) -> None:
    first, *others = [tangled.run(*argv, env={"PYTHONHASHSEED": seed}).ok() for seed in SEEDS]
    assert first.stdout
    assert all(other.stdout == first.stdout for other in others)


def test_the_order_of_steps_does_not_depend_on_the_hash_seed(tangled: Project) -> None:
    logs = []
    for number, seed in enumerate(SEEDS):
        tangled.configure(f"sqlite:///{tangled.directory / f'seed{number}.db'}")
        up = tangled.run("upgrade", "heads", env={"PYTHONHASHSEED": seed}).ok()
        down = tangled.run("downgrade", "base", env={"PYTHONHASHSEED": seed}).ok()
        logs.append((up.stderr, down.stderr))
    assert "Running upgrade root1 -> " in logs[0][0]
    assert all(log == logs[0] for log in logs)

"""Sections 1.2 and 1.3 of the contract: what every command prints."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.cli.golden_case import CASES, Case, outcome, shortened
from tests.project import Project


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_golden(path: Path, project: Project) -> None:
    case = Case.read(path)
    case.make(project)
    for step in case.steps:
        result = project.call(*shlex.split(step.command)[1:])
        assert shortened(outcome(step, project, result), step) == step

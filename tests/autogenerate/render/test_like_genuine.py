"""The same operations, rendered by this package and by the genuine one.

Single operations come out the same, letter for letter; bodies are the same Python in another layout.
"""

from __future__ import annotations

import ast
import json
import subprocess
import warnings
from pathlib import Path
from typing import Any

import pytest

from . import samples


@pytest.fixture(scope="module")
def theirs(genuine: Path) -> Any:
    run = subprocess.run(
        [str(genuine), str(Path(samples.__file__))], capture_output=True, text=True, check=True, cwd="/"
    )
    return json.loads(run.stdout)


@pytest.fixture(scope="module")
def ours() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {"rendered": samples.rendered(), "bodies": samples.bodies()}


def test_each_operation_is_rendered_as_before(theirs: Any, ours: Any) -> None:
    mine, genuine = ours["rendered"], theirs["rendered"]
    assert list(mine) == list(genuine)
    assert len(mine) > 4000
    different = [name for name in mine if mine[name] != genuine[name]]
    assert different == []


def test_bodies_are_the_same_python(theirs: Any, ours: Any) -> None:
    for name, body in ours["bodies"].items():
        assert _tree(body) == _tree(theirs["bodies"][name])


def _tree(body: str) -> str:
    return ast.dump(ast.parse(f"def upgrade():\n    {body}\n"))

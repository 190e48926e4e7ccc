"""The order in which revisions are listed and run; existing projects rely on it."""

from __future__ import annotations

import json
import os
import random
import subprocess
from pathlib import Path

import pytest

from alembic.script import plan
from alembic.script.graph import Graph, Node
from alembic.script.order import newest_first
from tests.script.graph.graphs import graph

BLACK_BOX = """
import json, sys, warnings
from alembic.script.revision import Revision, RevisionMap
warnings.simplefilter("ignore")
answers = []
for nodes, targets in json.load(sys.stdin):
    found = RevisionMap(lambda: [Revision(*node) for node in nodes])
    answers.append([[one.revision for one in found.iterate_revisions("heads", "base")]] + [
        [one.revision for one in found.iterate_revisions(upper, lower, implicit_base=True)]
        for upper, lower in targets
    ])
print(json.dumps(answers))
"""


@pytest.mark.parametrize(
    ("revisions", "order"),
    [
        ("a \n b < a \n c < b", "c b a"),
        # one branch as far as possible, then the one that leads to the same revision
        ("a \n b1 < a \n b2 < b1 \n c1 < a \n c2 < c1 \n m < b2 c2", "m b2 b1 c2 c1 a"),
        # heads in the order of the files
        ("b \n a", "b a"),
        ("x < a \n y < a \n a", "x y a"),
        # parents before dependencies
        ("a \n a2 < a \n b \n b2 < b \n c ^ a \n c2 < c ^ b2", "a2 c2 c a b2 b"),
    ],
)
def test_orders(revisions: str, order: str) -> None:
    built = graph(revisions)
    assert [built.ids[at] for at in newest_first(built)] == order.split()


def random_history(rng: random.Random) -> list[Node]:
    nodes: list[Node] = []
    for at in range(rng.randint(1, 24)):
        below = [node.id for node in nodes]
        recent = below[-4:] if rng.random() < 0.6 else below
        count = 0 if rng.random() < 0.1 else rng.choice([1, 1, 1, 1, 2, 3])
        down = rng.sample(recent, min(count, len(recent)))
        # One dependency at most: genuine Alembic orders several by the hashes of their ids.
        depends = [one for one in rng.sample(below, min(1, len(below))) if rng.random() < 0.25]
        nodes.append(Node(f"rev{at}", tuple(down), tuple(one for one in depends if one not in down)))
    if rng.random() < 0.5:
        rng.shuffle(nodes)
    return nodes


def test_the_order_is_that_of_genuine_alembic(genuine: Path, tmp_path: Path) -> None:
    rng = random.Random(20)
    histories = [random_history(rng) for _ in range(400)]
    targets = [[[rng.choice(nodes).id, rng.choice([*nodes, None])] for _ in range(3)] for nodes in histories]
    asked = [
        [nodes, [[upper, lower and lower.id] for upper, lower in ends]]
        for nodes, ends in zip(histories, targets, strict=True)
    ]
    given = json.dumps([[[[n.id, n.down, n.depends_on] for n in nodes], ends] for nodes, ends in asked])
    answers = []
    for seed in ("1", "2"):
        done = subprocess.run(
            [str(genuine), "-c", BLACK_BOX],
            input=given,
            capture_output=True,
            text=True,
            check=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        answers.append(json.loads(done.stdout))
    compared = 0
    for (nodes, ends), first, second in zip(asked, *answers, strict=True):
        built = Graph(nodes)
        ours = [plan.between(built, "heads", "base")] + [
            plan.between(built, upper, lower, implicit_base=True) for upper, lower in ends
        ]
        for mine, theirs, again in zip(ours, first, second, strict=True):
            if theirs == again:  # else it depends on hashes there
                assert mine == theirs
                compared += 1
    assert compared > 1500

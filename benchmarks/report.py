"""Figures as a table, and the check of the targets."""

from __future__ import annotations

from typing import NamedTuple

from benchmarks.cases import Case
from benchmarks.measure import Sample


class Outcome(NamedTuple):
    """The medians of one case; `theirs` is None where only ours was measured."""

    case: Case
    ours: Sample
    theirs: Sample | None
    rounds: int


def ratio(outcome: Outcome, figure: str) -> float | None:
    """Ours as a part of the genuine package's figure."""
    if outcome.theirs is None:
        return None
    return float(getattr(outcome.ours, figure) / getattr(outcome.theirs, figure))


def verdict(outcome: Outcome) -> str:
    """Whether the case keeps its target, and whether it stays within the genuine package's memory."""
    words = []
    target = outcome.case.target
    if target is not None:
        reached = ratio(outcome, target.figure)
        assert reached is not None
        words.append(f"{'ok' if reached <= target.ratio else 'MISSED'}")
    memory = ratio(outcome, "memory")
    if memory is not None and outcome.case.beside is None and memory > outcome.case.memory:
        words.append("MORE MEMORY" if memory > 1.01 else "MEMORY MISSED")
    return " ".join(words)


HEADER = (
    "| case | CPU ours | genuine | ratio | wall ours | genuine | ratio | MiB ours | genuine | target | |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |",
)


def row(outcome: Outcome) -> str:
    """One line of the table; times in seconds."""
    ours, theirs, target = outcome.ours, outcome.theirs, outcome.case.target
    cells = [outcome.case.name]
    for figure in ("cpu", "wall"):
        cells.append(f"{getattr(ours, figure):.3f}")
        cells.append("" if theirs is None else f"{getattr(theirs, figure):.3f}")
        part = ratio(outcome, figure)
        cells.append("" if part is None else f"**{part:.2f}**" if part < 0.995 else f"{part:.2f}")
    cells.append(f"{ours.memory:.0f}")
    cells.append("" if theirs is None else f"{theirs.memory:.0f}")
    allowed = [] if target is None else [f"{target.figure} {target.ratio:.2f}"]
    if outcome.case.memory < 1:
        allowed.append(f"MiB {outcome.case.memory:.2f}")
    cells.append(", ".join(allowed))
    cells.append(verdict(outcome))
    return "| " + " | ".join(cells) + " |"


def growth(outcomes: list[Outcome]) -> list[str]:
    """How much each command grows from 5,000 to 20,000 revisions, which may not be more than five times."""
    known = {outcome.case.name: outcome.ours.cpu for outcome in outcomes}
    lines = []
    for name, small in known.items():
        large = known.get(name.replace("linear-5000", "linear-20000"))
        if "linear-5000/" in name and large is not None:
            grown = large / small
            mark = "ok" if grown <= 5 else "MISSED"
            lines.append(f"| {name.rpartition('/')[2]} | {small:.3f} | {large:.3f} | {grown:.1f} | {mark} |")
    if not lines:
        return []
    title = ["| ours | 5,000 | 20,000 | times | at most 5 |", "| --- | ---: | ---: | ---: | --- |"]
    return [*title, *lines]

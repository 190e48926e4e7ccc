"""What came of a blow, and of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .points import Action, Moment, Point


@dataclass(frozen=True, slots=True)
class Outcome:
    """One blow, and what the same command made of it afterwards.

    :param point: where.
    :param victim: what was ended there, "process" or "server".
    :param reached: whether the run came to that place.
    :param statuses: exit statuses of the runs that came after.
    :param output: what those printed.
    :param difference: lines with what is not as after the uninterrupted run.
    """

    point: Point
    victim: str
    reached: bool
    statuses: tuple[int, ...]
    output: str
    difference: tuple[str, ...]

    @property
    def converged(self) -> bool:
        """Whether the blow made no difference in the end."""
        return self.reached and not any(self.statuses) and not self.difference

    def __str__(self) -> str:
        lines = [f"{self.victim} killed {self.point}"]
        if not self.reached:
            return f"{lines[0]}\n  the run ended before that; it does not do the same each time"
        if any(self.statuses):
            lines.append(f"  exit status of the next run: {', '.join(map(str, self.statuses))}")
            lines += [f"    {line}" for line in self.output.splitlines()[-25:]]
        if self.difference:
            lines.append("  not as after the uninterrupted run:")
            lines += [f"    {line}" for line in self.difference[:40]]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Storm:
    """What came of a command that was killed again and again.

    :param blows: where each run was killed: the number of its action, and when.
    :param status: of the run that came to its end: 0, if all is well.
    :param output: what that printed.
    :param difference: lines with what is not as after the uninterrupted run.
    """

    blows: tuple[tuple[int, Moment], ...]
    status: int
    output: str
    difference: tuple[str, ...]

    def check(self) -> None:
        """Nothing, if the end is that of an uninterrupted run.

        :raises AssertionError: it is not.
        """
        if self.status or self.difference:
            raise AssertionError(str(self))

    def __str__(self) -> str:
        blows = ", ".join(f"{moment.value} {number}" for number, moment in self.blows)
        lines = [f"{len(self.blows)} runs were killed ({blows}); exit status of the last: {self.status}"]
        lines += [f"    {line}" for line in (*self.output.splitlines()[-25:], *self.difference[:40])]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Report:
    """What came of all blows of a test.

    :param actions: what the uninterrupted run asked of the database.
    :param outcomes: in the order of the run.
    """

    actions: tuple[Action, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def failures(self) -> Sequence[Outcome]:
        """Those that made a difference."""
        return [outcome for outcome in self.outcomes if not outcome.converged]

    def check(self) -> None:
        """Nothing, if every blow was recovered from.

        :raises AssertionError: one or more made a difference; its text says which, and what.
        """
        if self.failures:
            raise AssertionError(str(self))

    def __str__(self) -> str:
        title = f"{len(self.outcomes)} crash points in {len(self.actions)} actions"
        if not self.failures:
            return f"{title}: all of them were recovered from"
        shown = [str(outcome) for outcome in self.failures[:10]]
        more = len(self.failures) - len(shown)
        last = [f"and {more} more"] if more else []
        return "\n".join([f"{title}: {len(self.failures)} were not recovered from", *shown, *last])

"""What a command tells while it changes a database: nothing, progress, or events for programs.

The events of ``--format json`` are objects with ``event`` and ``time``:

- ``plan``: ``database``, ``version_table``, the ``rows`` of that, the ``steps``.
- ``step_started``: ``number`` and ``of`` (the step is the second of three), and what it does.
- ``step_done``: the same with ``seconds`` and the ``rows`` afterwards. ``step_failed``: the same with
  ``message``; its transaction is rolled back.
- ``steps_undone``: ``steps`` of the open transaction that run again, and the ``message`` why.
- ``run_done``: ``database``, ``version_table``, ``rows``, ``seconds``.
- at the very end ``done``, or ``failed`` with ``code``, ``message`` and ``hint``; of a run that had begun
  also with the revisions ``committed``, ``rolled_back`` and ``not_begun``, the one ``half_applied``, and the
  ``rows``.
"""

from __future__ import annotations

from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

from ..errors.commands import FormatOfScript
from .environment import masked_url, version_table
from .output import Output, failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, TypeAlias

    from ..configuration import Config
    from ..runtime.companions import Factory
    from ..runtime.events import Event
    from ..runtime.migration import MigrationContext
    from ..script.steps import MigrationStep

    Plan: TypeAlias = Callable[[tuple[str, ...], MigrationContext], Iterable[MigrationStep]]


class Course:
    """How far a run is, told by its events."""

    def __init__(self) -> None:
        self.total = 0
        self.number = 0
        self._run_began = self._step_began = monotonic()

    def follow(self, event: Event) -> None:
        """Take note of one event."""
        from ..runtime.events import PlanMade, StepStarted, StepsUndone

        match event:
            case PlanMade(_, steps):
                self.total, self.number = len(steps), 0
                self._run_began = monotonic()
            case StepStarted():
                self.number += 1
                self._step_began = monotonic()
            case StepsUndone(steps):
                self.number -= len(steps)

    @property
    def run_seconds(self) -> float:
        """Since the plan was made."""
        return monotonic() - self._run_began

    @property
    def step_seconds(self) -> float:
        """Since the step began."""
        return monotonic() - self._step_began


class Following:
    """Whoever follows the runs of one command: both are for the EnvironmentContext."""

    listeners: tuple[Callable[[Event], None], ...] = ()
    companions: tuple[Factory, ...] = ()

    def at(self, context: MigrationContext) -> None:
        """A run is about to be planned in this context."""

    def watched(self, plan: Plan) -> Plan:
        """What plans a run, having told of it first."""

        def told(rows: tuple[str, ...], context: MigrationContext) -> Iterable[MigrationStep]:
            self.at(context)
            return plan(rows, context)

        return told


class _Events(Following):
    """Prints events."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._course = Course()
        self._place: dict[str, str] = {}
        self.listeners = (self._listen,)

    def at(self, context: MigrationContext) -> None:
        self._place = {"database": masked_url(context), "version_table": version_table(context)}

    def tell(self, name: str, **facts: Any) -> None:
        """Print one event."""
        from datetime import datetime, timezone

        self._output.json({"event": name, "time": datetime.now(timezone.utc).isoformat(), **facts})

    def _listen(self, event: Event) -> None:
        from ..runtime.events import PlanMade, RunDone, StepDone, StepFailed, StepStarted, StepsUndone

        self._course.follow(event)
        seconds = round(self._course.step_seconds, 6)
        match event:
            case PlanMade(heads, steps):
                self.tell("plan", **self._place, rows=heads, steps=[_described(s) for s in steps])
            case StepStarted(step):
                self._tell_step("step_started", step)
            case StepsUndone(steps, error):
                message = failure(error)["message"]
                self.tell("steps_undone", steps=[_described(step) for step in steps], message=message)
            case StepDone(step, heads):
                self._tell_step("step_done", step, seconds=seconds, rows=heads)
            case StepFailed(step, error):
                message = failure(error)["message"]
                self._tell_step("step_failed", step, seconds=seconds, message=message)
            case RunDone(heads):
                run_seconds = round(self._course.run_seconds, 6)
                self.tell("run_done", **self._place, rows=heads, seconds=run_seconds)

    def _tell_step(self, name: str, step: MigrationStep, **facts: Any) -> None:
        course = self._course
        self.tell(name, number=course.number, of=course.total, **_described(step), **facts)


def _described(step: MigrationStep) -> dict[str, Any]:
    revision = getattr(step, "revision", None)
    return {
        "direction": "stamp" if step.is_stamp else step.name,
        "revision": revision.revision if revision is not None else None,
        "from": step.from_revisions_no_deps,
        "to": step.to_revisions_no_deps,
        "doc": step.doc,
        "path": getattr(revision, "path", None),
    }


def _left_behind(error: BaseException) -> dict[str, Any]:
    """What is committed of a run that has failed; nothing if it had not begun."""
    standing = getattr(error, "alembic_standing", None)
    if standing is None:
        return {}
    told = {"committed": standing.saved, "rolled_back": standing.lost, "not_begun": standing.waiting}
    return {**told, "half_applied": standing.half, "rows": standing.rows}


@contextmanager
def following(config: Config, format: str | None, sql: bool) -> Iterator[Following]:
    """A block in which a command runs migrations.

    :param format: ``"json"`` prints events.
    :param sql: a script is written.
    :raises FormatOfScript: it is to be JSON.
    """
    output = Output(config, format)
    if not output.is_json:
        from . import progress

        if sql or not progress.wanted(config):
            yield Following()
        else:
            with progress.progress() as shown:
                yield shown
        return
    events = _Events(output)
    with output.alone():
        try:
            if sql:
                raise FormatOfScript()
            yield events
        except Exception as error:
            events.tell("failed", **failure(error), **_left_behind(error))
            raise
    events.tell("done")

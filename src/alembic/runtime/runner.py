"""Runs migrations: from the rows of the version table, through a plan, to the rows that it leads to.

A run is an iterator of events. It logs and prints nothing; it goes on when the next event is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from .companions import Companion, Company
from .events import Event, PlanMade, RunDone, StepApplied, StepDone, StepFailed, StepStarted, StepsUndone
from .versions import VersionTable, after

if TYPE_CHECKING:
    from ..script.steps import MigrationStep, RowChange

Callback = Callable[["MigrationStep", set[str], Mapping[str, Any]], None]


class VersionsMoved(Exception):
    """Another process has changed the version table since the plan was made: plan again."""


class _Planned(NamedTuple):
    """A step with all that can be known of it before anything runs."""

    step: MigrationStep
    function: Callable[..., Any]
    changes: tuple[RowChange, ...]
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """One run of migrations.

    :param versions: the version table.
    :param heads: the rows now.
    :param plan: the steps that lead on from given rows.
    :param transaction: a context manager for each step.
    :param applied: called after each step, inside its transaction, with the new rows and the arguments.
    :param arguments: keywords for every ``upgrade()`` and ``downgrade()``.
    :param company: what accompanies the run; it comes when there are steps.
    :param purge: forget all rows first.
    :param dont_mutate: read only: the version table is not created.
    """

    versions: VersionTable
    heads: Callable[[], tuple[str, ...]]
    plan: Callable[[tuple[str, ...]], Iterable[MigrationStep]]
    transaction: Callable[[], AbstractContextManager[Any]]
    applied: Callback
    arguments: Mapping[str, Any]
    company: Company
    purge: bool = False
    dont_mutate: bool = False

    def events(self) -> Iterator[Event]:
        """Do it all, one event at a time."""
        while True:
            try:
                yield from self._attempt()
            except VersionsMoved:
                self.company.end(None)
                continue
            return

    def _attempt(self) -> Iterator[Event]:
        heads = self._heads()
        planned = self._prepared(heads)
        if (planned or self.purge) and not self.versions.impl.as_sql and self.company.is_invited:
            heads, planned = self._accompanied(heads, planned)
        yield PlanMade(heads, tuple(one.step for one in planned))
        impl = self.versions.impl
        impl.start_migrations()
        # Created in the transaction of the first step, so that a failure leaves no empty table behind.
        create = not heads and not self.dont_mutate
        if create and not planned and not impl.as_sql:
            with self.transaction():
                self._create()
        for one in planned:
            while (yield from self._is_to_be_repeated(one, planned, create=create)):
                pass
            create = False
            self.company.step_done(one.step, one.rows)
            yield StepDone(one.step, one.rows)
        yield RunDone(planned[-1].rows if planned else heads)

    def _heads(self) -> tuple[str, ...]:
        return () if self.purge else self.heads()

    def _accompanied(
        self, heads: tuple[str, ...], planned: list[_Planned]
    ) -> tuple[tuple[str, ...], list[_Planned]]:
        """The plan once the companions are there, one of which may have waited for another runner's end."""
        self.company.acquire([one.step for one in planned])
        now = self._heads()
        if set(now) != set(heads):
            heads, planned = now, self._prepared(now)
        if planned:
            self.company.begin([one.step for one in planned], None if self.purge else heads)
        return heads, planned

    def _prepared(self, heads: tuple[str, ...]) -> list[_Planned]:
        """The plan; whatever can be wrong with it is found here, before anything is run."""
        planned = []
        rows = heads
        for step in self.plan(heads):
            changes = tuple(step.row_changes(rows))
            rows = after(rows, changes)
            planned.append(_Planned(step, step.migration_fn, changes, rows))
        if not (heads and self.versions.impl.as_sql):
            self.versions.check_width(name for one in planned for name in one.rows)
        return planned

    def _create(self) -> None:
        if self.versions.impl.as_sql:
            self.versions.create()
            return
        moved = self.versions.ensure()
        if self.purge:
            self.versions.clear()
        elif moved:
            raise VersionsMoved

    def _is_to_be_repeated(
        self, one: _Planned, planned: list[_Planned], *, create: bool
    ) -> Generator[Event, None, bool]:
        """Run a step in its transaction, if it has one; no, unless a companion knows help for its COMMIT."""
        is_applied = False
        try:
            with self.transaction():
                if one is planned[0]:
                    self.versions.widen()
                if create:
                    self._create()
                yield from self._until_done(one, planned)
                is_applied = True
        except Exception as error:
            if not is_applied or not self.company.undo(one.step, error):
                raise
            yield StepsUndone((one.step,), error)
            return True
        return False

    def _until_done(self, one: _Planned, planned: list[_Planned]) -> Iterator[Event]:
        """A step; and as often as a companion undoes it, again, after those that were undone with it."""
        todo = [one]
        while todo:
            each = todo.pop(0)
            undone = yield from self._run(each, is_last=each is planned[-1])
            if undone:
                todo = [other for other in planned if any(other.step is step for step in undone)]
            elif todo:
                self.company.step_done(each.step, each.rows)
                yield StepDone(each.step, each.rows)

    def _run(self, one: _Planned, *, is_last: bool) -> Generator[Event, None, tuple[MigrationStep, ...]]:
        """Run a step; the steps that have been undone instead, and are to be run again."""
        impl = self.versions.impl
        step = one.step
        yield StepStarted(step)
        try:
            self.company.step_begins(step)
            if impl.as_sql:
                impl.static_output(f"-- Running {step.short_log}")
            if step.is_stamp:
                one.function(**self.arguments)
            else:
                impl.begin_step()
                one.function(**self.arguments)
                impl.end_step()
            if is_last:
                impl.end_run()
            yield StepApplied(step, one.changes)
            self.versions.apply(one.changes)
            self.applied(step, set(one.rows), self.arguments)
            self.company.tell(Companion.step_applied, step, one.rows)
        except VersionsMoved:
            raise
        except Exception as error:
            undone = tuple(self.company.undo(step, error))
            if not undone:
                yield StepFailed(step, error, impl.as_sql)
                raise
            yield StepsUndone(undone, error)
            return undone
        return ()

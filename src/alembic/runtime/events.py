"""What happens during a run, as values; whoever wants to know is a listener.

The log lines are one listener (:mod:`alembic.runtime.log`). Give others to
``EnvironmentContext(…, listeners=[…])``; each is called with one event at a time, in order.

Named tuples, because a run makes three of them for every step: they are made thrice as fast as dataclasses.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from ..script.steps import MigrationStep, RowChange


class ContextMade(NamedTuple):
    """A migration context is there: for which dialect, and how it will go about transactions."""

    impl: str
    as_sql: bool
    transactional_ddl: bool


class PlanMade(NamedTuple):
    """What will be run: from which rows of the version table, by which steps."""

    heads: tuple[str, ...]
    steps: tuple[MigrationStep, ...]


class StepStarted(NamedTuple):
    """A step is about to run, inside its transaction."""

    step: MigrationStep


class StepApplied(NamedTuple):
    """A step's function has returned; these changes of the version table come next, same transaction."""

    step: MigrationStep
    changes: tuple[RowChange, ...]


class StepDone(NamedTuple):
    """A step is complete, its own transaction, if it has one, committed; the version rows are these."""

    step: MigrationStep
    heads: tuple[str, ...]


class StepFailed(NamedTuple):
    """A step raised; the transaction around it is about to be rolled back, and the error goes on."""

    step: MigrationStep
    error: Exception
    as_sql: bool


class StepsUndone(NamedTuple):
    """These steps of the open transaction were undone because of the error, and run again now."""

    steps: tuple[MigrationStep, ...]
    error: Exception


class RunDone(NamedTuple):
    """All steps are done; the version rows are these."""

    heads: tuple[str, ...]


Event: TypeAlias = (
    ContextMade | PlanMade | StepStarted | StepApplied | StepDone | StepFailed | StepsUndone | RunDone
)
Listener: TypeAlias = Callable[[Event], None]

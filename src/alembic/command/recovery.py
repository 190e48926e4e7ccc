"""The commands about a revision that was interrupted half-way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors.configuration import ConfigValueInvalid
from .environment import run_environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..configuration import Config
    from ..journal.decision import Decision
    from ..runtime.migration import MigrationContext
    from ..script.base import ScriptDirectory
    from ..script.steps import MigrationStep, RevisionStep


def resume(
    config: Config,
    done: int | None = None,
    redo: int | None = None,
    tag: str | None = None,
    lock_wait: float | None = None,
) -> None:
    """Finish a revision that was interrupted half-way, behind the last statement that took effect.

    Statements are counted as the message has it that asks for a decision.

    :param done: this statement and those before it count as done, whatever the revision sends in their place.
    :param redo: this statement and all behind it are run as the revision sends them.
    :param tag: any text; env.py can ask for it.
    :param lock_wait: seconds to wait for another run's end; None for what the configuration says.
    :raises NothingHalfDone: no revision is half done.
    :raises NoSuchStatement: there is none of this number.
    """
    from ..journal.decision import Decision

    if done is not None and redo is not None:
        raise ConfigValueInvalid("--done, --redo", f"{done}, {redo}", "one of them")
    _run(config, lambda step, context: step, Decision(_number(done), _number(redo)), tag, lock_wait)


def unwind(config: Config, tag: str | None = None, lock_wait: float | None = None) -> None:
    """Take back what an interrupted revision has done, by the opposites of its operations.

    :param tag: any text; env.py can ask for it.
    :param lock_wait: seconds to wait for another run's end; None for what the configuration says.
    :raises NothingHalfDone: no revision is half done.
    :raises NotReversible: names the statements that can't be taken back; nothing was run then.
    """
    from ..journal.decision import Decision
    from ..journal.unwinding import UnwindStep

    _run(config, UnwindStep, Decision(), tag, lock_wait)


def _number(given: int | str | None) -> int | None:
    if given is None:
        return None
    try:
        return int(given)
    except ValueError:
        raise ConfigValueInvalid("statement", str(given), "a number") from None


def _run(
    config: Config,
    make: Callable[[RevisionStep, MigrationContext], MigrationStep],
    decision: Decision,
    tag: str | None,
    lock_wait: float | None,
) -> None:
    """Run one step in each database where a revision is half done."""
    from ..errors.recovery import NothingHalfDone
    from ..script.base import ScriptDirectory

    directory = ScriptDirectory.from_config(config)
    found = []

    def steps(rows: tuple[str, ...], context: MigrationContext) -> list[MigrationStep]:
        step = _interrupted(directory, context)
        if step is None:
            return []
        found.append(step)
        return [make(step, context)]

    run_environment(config, directory, steps, tag=tag, lock_wait=lock_wait, decision=decision)
    if not found:
        raise NothingHalfDone()


def _interrupted(directory: ScriptDirectory, context: MigrationContext) -> RevisionStep | None:
    from ..journal.unfinished import unfinished
    from ..script.steps import RevisionStep

    half = unfinished(context)
    if half is None:
        return None
    script = directory.get_revision(half.revision)
    assert script is not None
    return RevisionStep(directory.revision_map, script, half.direction == "upgrade")

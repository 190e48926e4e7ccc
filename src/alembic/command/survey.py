"""``alembic status``: the truth about a database, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .environment import masked_url, run_environment, version_table
from .output import document

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..configuration import Config
    from ..journal.unfinished import Unfinished
    from ..runtime.migration import MigrationContext
    from ..script.base import ScriptDirectory
    from ..script.steps import MigrationStep
    from .state import Concern, LastRun, State


class Status(NamedTuple):
    """The states of all databases that env.py turns to."""

    databases: tuple[State, ...]

    @property
    def cases(self) -> list[str]:
        """Which cases there are, the gravest first; none if all is well."""
        from .state import CASES

        return [case for case in CASES if any(case in state.cases for state in self.databases)]

    @property
    def exit_status(self) -> int:
        """That of the gravest case; 0 if all is well."""
        from .state import CASES

        return next((CASES[case] for case in self.cases), 0)


def status(config: Config, format: str = "text") -> Status:
    """Show where the database is, what is pending, what ran last, and what is not as it should be.

    Nothing is written. The exit status is 0 if the database is at the heads and all is well, else that of the
    gravest case: 3 revisions are pending, 4 the database is ahead of the revision files, 5 a revision is
    half-applied, 6 the file of an applied revision was changed, 7 a revision below applied ones never ran.

    :param format: ``"json"`` prints one object.
    :return: the same as values, with the ``exit_status``.
    """
    from ..script.base import ScriptDirectory

    with document(config, format) as output:
        directory = ScriptDirectory.from_config(config)
        states: list[State] = []

        def look(rows: tuple[str, ...], context: MigrationContext) -> list[MigrationStep]:
            states.append(_state(directory, rows, context))
            return []

        run_environment(config, directory, look, dont_mutate=True)
        found = Status(tuple(states))
        output.facts.update(
            status=found.cases[0] if found.cases else "ok",
            exit_status=found.exit_status,
            cases=found.cases,
            databases=[state.record() for state in states],
        )
        output.line("\n\n".join("\n".join(_lines(directory, state)) for state in states))
    return found


def _state(directory: ScriptDirectory, rows: Sequence[str], context: MigrationContext) -> State:
    from ..journal.checksum import checksum_of
    from ..journal.unfinished import unfinished
    from .past import entries_of, look_anew
    from .state import state_of

    entries = entries_of(context)
    look_anew(context)
    half = unfinished(context)
    look_anew(context)
    running = _running(context)
    return state_of(
        directory,
        (masked_url(context), version_table(context)),
        rows,
        entries,
        checksum_of,
        [_half_applied(directory, half)] if half and (half.done or half.doubtful) and not running else [],
        running,
    )


def _running(context: MigrationContext) -> str | None:
    """Who is migrating the database at this moment; None for nobody, or where that can't be told."""
    from ..locking.ways import way_of

    way = way_of(context)
    if way is None or not way.names_holders:
        return None
    way.prepare()
    holder = way.holder()
    return None if holder is None else str(holder).removeprefix("held by ")


def _half_applied(directory: ScriptDirectory, half: Unfinished) -> Concern:
    from .position import position
    from .state import Concern

    done = f"{len(half.done)} statement{'' if len(half.done) == 1 else 's'} took effect"
    why = f"its {half.direction} was interrupted; {done}"
    if half.doubtful:
        why += f", and of one that is not known: {half.doubtful[0].line}"
    known = position(directory, [half.revision]).known
    return Concern(half.revision, directory.get_revision(half.revision).path if known else None, why)


def _lines(directory: ScriptDirectory, state: State) -> Iterator[str]:
    at = ", ".join(state.rows) or "base"
    yield f"database:     {state.database}"
    if state.version_table != "alembic_version":
        yield f"versions:     {state.version_table}"
    is_head = state.heads and not (state.pending or state.ahead)
    yield f"at:           {at}{' (head)' if is_head else ''}"
    if state.pending:
        yield f"pending:      {_revisions(len(state.pending))}"
        for script in map(directory.get_revision, state.pending):
            yield f"  {script.revision}, {script.doc}" if script.doc else f"  {script.revision}"
    for title, concerns in (
        ("half-applied", state.half_applied),
        ("never ran", state.never_ran),
        ("ahead", state.ahead),
        ("changed", state.changed),
    ):
        for concern in concerns:
            yield f"{title + ':':<14}{concern.revision}: {concern.why}"
            if concern.path:
                yield f"  {concern.path}"
    if state.running is not None:
        yield f"running:      {state.running}"
    elif state.unfinished:
        for run in state.unfinished:
            yield f"unfinished:   {run}: it has died, or goes on"
    if state.last_run is not None:
        yield f"last run:     {_run(state.last_run)}"


def _run(run: LastRun) -> str:
    from .state import moment

    what = f"{run.direction} {run.revision}".rstrip()
    steps = f" in {run.seconds:.2f} s" if run.seconds is not None else ""
    version = f", version {run.application_version}" if run.application_version else ""
    error = f": {run.error.splitlines()[0]}" if run.error else ""
    done = f"{_revisions(len(run.revisions))}{steps}"
    return (
        f"{what}, {run.outcome}{error}; {moment(run.started_at)}, {done}, by {run.user}@{run.host}{version}"
    )


def _revisions(count: int) -> str:
    return "1 revision" if count == 1 else f"{count} revisions"

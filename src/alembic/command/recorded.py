"""``alembic log``: what was done to a database, as its history table has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .environment import masked_url, run_environment
from .output import document
from .past import look_anew

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from ..configuration import Config
    from ..journal.entries import Entry
    from ..runtime.migration import MigrationContext
    from ..script.steps import MigrationStep


def log(
    config: Config,
    revision: str | None = None,
    run: str | None = None,
    outcome: str | None = None,
    since: str | None = None,
    last: int | None = None,
    verify_rows: bool = False,
    verbose: bool = False,
    format: str = "text",
) -> None:
    """Show what was done to the database: each step of each run, the newest first.

    Failed and reverted ones are there, too. Nothing is shown of what was done before the table was made, by
    other tools, or with the history turned off.

    :param revision: only what was done with this revision; the beginning of its identifier is enough.
    :param run: only this run; the beginning of its identifier is enough.
    :param outcome: only rows of this outcome, such as ``failed``.
    :param since: only what happened at that time or later: ``2026-11-22``, or more of it; in UTC.
    :param last: only so many rows.
    :param verify_rows: show nothing, but fail if a row was changed, exchanged or removed since.
    :param verbose: show everything about each row.
    :param format: ``"json"`` prints one object.
    :raises HistoryAltered: with ``verify_rows``.
    """
    from ..errors.journal import HistoryAltered
    from ..journal.table import History
    from ..script.base import ScriptDirectory

    with document(config, format) as output:
        databases = output.facts["databases"] = []

        def tell(rows: tuple[str, ...], context: MigrationContext) -> list[MigrationStep]:
            look_anew(context)
            history = History.of(context)
            connection = context._versions.connection
            name = history.table.fullname
            facts: dict[str, Any] = {"database": masked_url(context), "table": name}
            databases.append(facts)
            if verify_rows:
                problems = history.problems(connection)
                facts["problems"] = [problem._asdict() for problem in problems]
                if problems:
                    raise HistoryAltered(name, [problem.text for problem in problems])
                output.line(f"{len(history.entries(connection))} rows in {name}, all as they were written")
                return []
            entries = history.entries(connection)
            chosen = list(_wanted(entries, revision, run, outcome, since))[::-1][
                : None if last is None else max(last, 0)
            ]
            facts["rows"] = [entry._asdict() for entry in chosen]
            if not output.is_json:
                for line in _described(chosen, _open_runs(entries), verbose):
                    output.line(line)
            return []

        run_environment(config, ScriptDirectory.from_config(config), tell, dont_mutate=True)


def _wanted(
    entries: Iterable[Entry], revision: str | None, run: str | None, outcome: str | None, since: str | None
) -> Iterator[Entry]:
    for entry in entries:
        if revision and not any(one.startswith(revision) for one in entry.revision.split(", ")):
            continue
        if run and not entry.run_id.startswith(run):
            continue
        if outcome and entry.outcome != outcome:
            continue
        if since and (entry.ended_at or entry.started_at) < since.replace(" ", "T"):
            continue
        yield entry


def _open_runs(entries: Sequence[Entry]) -> set[str]:
    from ..journal.entries import unfinished

    return {entry.run_id for entry in unfinished(entries)}


def _described(entries: list[Entry], open_runs: set[str], verbose: bool) -> Iterator[str]:
    if verbose:
        for entry in entries:
            yield "\n".join(_in_full(entry)) + "\n"
        return
    shown = [entry for entry in entries if entry.outcome != "started" or entry.run_id in open_runs]
    table = [_columns(entry) for entry in shown]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for entry, columns in zip(shown, table, strict=True):
        yield "  ".join(text.ljust(width) for text, width in zip(columns, widths, strict=True)).rstrip()
        if entry.error:
            yield "    " + entry.error.strip().partition("\n")[0]


def _columns(entry: Entry) -> tuple[str, ...]:
    seconds = entry.seconds
    moment = (entry.ended_at or entry.started_at)[:19].replace("T", " ") + "Z"
    version = f"({entry.application_version})" if entry.application_version else ""
    took = f"{seconds:.3f} s" if seconds is not None and entry.outcome in ("done", "failed") else ""
    who = f"{entry.user_name}@{entry.host}"
    outcome = "unfinished" if entry.outcome == "started" else entry.outcome
    revision = entry.revision or ("<base>" if entry.direction == "stamp" else "")
    return moment, entry.direction, revision, outcome, took, who, version


def _in_full(entry: Entry) -> Iterator[str]:
    """One line for each column that says something."""
    yield f"Row: {entry.seq}"
    for name, value in zip(entry._fields[1:], entry[1:], strict=True):
        text = str(value).strip()
        if text and not (name == "statements" and entry.outcome not in ("done", "failed")):
            label = name.replace("_", " ").capitalize()
            yield f"{label}: " + text.replace("\n", "\n    ")

"""The log lines of a run: a listener."""

from __future__ import annotations

import logging

from ..masking import masked
from ..script.steps import DeleteRow, InsertRow, RowChange, UpdateRow
from .events import ContextMade, Event, StepApplied, StepFailed, StepStarted

# The name under which existing logging configurations know these lines.
log = logging.getLogger("alembic.runtime.migration")


def log_event(event: Event) -> None:
    """Write the lines of one event."""
    match event:
        case ContextMade():
            _log_context(event)
        case StepStarted(step):
            log.info("Running %s", masked(str(step)))
        case StepApplied(_, changes):
            if changes and log.isEnabledFor(logging.DEBUG):
                log.debug("%s", described(changes))
        case StepFailed(step, _, as_sql=True):
            log.error("The SQL script is incomplete: it ends inside of %s; do not run it.", step.short_log)


def _log_context(made: ContextMade) -> None:
    log.info("Context impl %s.", made.impl)
    if made.as_sql:
        log.info("Generating static SQL")
    log.info("Will assume %s DDL.", "transactional" if made.transactional_ddl else "non-transactional")


def described(changes: tuple[RowChange, ...]) -> str:
    """The changes that one step makes in the version table, in words."""
    inserted = tuple(change.id for change in changes if isinstance(change, InsertRow))
    deleted = [change.id for change in changes if isinstance(change, DeleteRow)]
    updated = ", ".join(f"update {c.old} to {c.new}" for c in changes if isinstance(c, UpdateRow))
    if updated and deleted:
        return f"merge, delete {deleted}, {updated}"
    if updated and inserted:
        return f"unmerge, insert {inserted}, {updated}"
    if updated:
        return updated
    if inserted:
        return f"new branch insert {', '.join(inserted)}"
    return f"branch delete {', '.join(deleted)}"

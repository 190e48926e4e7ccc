"""Where a failed run has left the database: what is committed, and what is not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from ..masking import masked
from .bookkeeping import side_tables
from .companions import Companion
from .ownership import is_callers
from .transactions import usual_isolation

if TYPE_CHECKING:
    from ..script.steps import MigrationStep
    from .migration import MigrationContext
    from .statements import Call

_NAMES = 6  # shown of a long list
_WIDTH = 120

_START = r"(?:\s+|--[^\n]*(?:\n|$)|/\*.*?\*/)*"
_READS = re.compile(
    _START + r"(?:SELECT|SHOW|EXPLAIN|DESCRIBE|SET|RESET|PRAGMA|USE|SAVEPOINT|RELEASE|ROLLBACK|VALUES)\b",
    re.IGNORECASE | re.DOTALL,
)
_ROWS = re.compile(
    _START + r"(?:INSERT|UPDATE|DELETE|REPLACE|MERGE|WITH|CALL|DO)\b", re.IGNORECASE | re.DOTALL
)


class Standing(NamedTuple):
    """Where a run has left the database.

    :param saved: the revisions that are committed.
    :param lost: those that had begun, and of which nothing is left; the last is the one that failed.
    :param waiting: those that had not begun.
    :param half: the one that failed, if a part of it is committed.
    :param statements: how many of its statements are.
    :param last: the last of these.
    :param rows: of the version table.
    :param path: the file of the one that failed.
    :param is_callers: the transaction is the caller's, who decides what becomes of it.
    :param is_recorded: the next run goes on behind what is committed.
    """

    saved: tuple[str, ...]
    lost: tuple[str, ...]
    waiting: tuple[str, ...]
    rows: tuple[str, ...]
    half: str | None = None
    statements: int = 0
    last: str = ""
    path: str | None = None
    is_callers: bool = False
    is_recorded: bool = False

    def lines(self) -> list[str]:
        """The same in words."""
        if self.is_callers:
            return ["committed: nothing by alembic; the transaction is the caller's"]
        told = [f"committed: {self._saved()}"]
        if self.lost:
            told.append(f"rolled back: {_listed(self.lost)}")
        if self.waiting:
            told.append(f"not begun: {_listed(self.waiting)}")
        before = "" if self.saved or self.half else ", as before"
        told.append(f"the database is at {_listed(self.rows) or 'base'}{before}")
        return told

    def next(self) -> str:
        """What a person can do next."""
        if self.half is None:
            return "mend the cause and run the command again"
        if self.is_recorded:
            return (
                f"mend the cause and run the command again: it goes on in {self.half} behind that statement"
            )
        return f"do the rest of {self.half} by hand and stamp it, or undo what is committed; then run again"

    def _saved(self) -> str:
        whole = _listed(self.saved)
        if self.half is None:
            return whole or "nothing"
        count = "the first statement" if self.statements == 1 else f"the first {self.statements} statements"
        part = f"{count} of {self.half}, up to {_short(self.last)}"
        return f"{whole}, and {part}" if whole else part


class Account(Companion):
    """Keeps account of what is committed; if the run fails, the exception gets a :class:`Standing`.

    :param is_recorded: statements that can't be rolled back are gone on behind by the next run.
    """

    def __init__(self, context: MigrationContext, *, is_recorded: bool = False) -> None:
        super().__init__(context)
        self._is_recorded = is_recorded
        features = context.impl.features
        # DDL commits what was done before it.
        self._ddl_commits = not (context.impl.transactional_ddl or features.atomic_step)
        self._steps: Sequence[MigrationStep] = ()
        self._rows: tuple[str, ...] = ()
        self._saved: list[MigrationStep] = []
        self._applied: list[tuple[MigrationStep, tuple[str, ...]]] = []
        self._step: MigrationStep | None = None
        self._is_committing = False
        # Of the step: statements that change something, and how many of them are committed.
        self._sent, self._kept = 0, 0
        self._last = self._last_kept = ""
        self._under_way: list[tuple[Call, str]] = []
        names = sorted(name for _, name in side_tables(context))
        self._ours = re.compile("|".join(map(re.escape, names)))
        self._is_callers = self._is_autocommit = False

    def begin(self, steps: Sequence[MigrationStep]) -> None:
        """Take note of the plan."""
        self._steps = steps
        self._rows = self.context._company.heads or ()
        self._is_callers = self.context._transaction is None and is_callers(self.connection)
        self._is_autocommit = usual_isolation(self.connection) == "AUTOCOMMIT"

    def step_begins(self, step: MigrationStep) -> None:
        """Count from here."""
        self._committed()
        self._step = step
        self._sent = self._kept = 0
        self._under_way.clear()

    def step_applied(self, step: MigrationStep, heads: tuple[str, ...]) -> None:
        """It has run, and nothing more is known of it."""
        self._step = None
        self._applied.append((step, heads))

    def step_done(self, step: MigrationStep, heads: tuple[str, ...]) -> None:
        """Its own transaction, if it had one, is committed."""
        self._committed()

    def transaction_begun(self) -> None:
        """The one before is committed."""
        self._committed()

    def autocommit_begins(self) -> None:
        """The transaction before is committed, and each statement from now on."""
        self._committed()
        self._is_autocommit = True

    def autocommit_ends(self) -> None:
        """No longer."""
        self._is_autocommit = False

    def before_commit(self) -> None:
        """Nobody tells that it succeeded; but something else comes next if it has."""
        self._is_committing = True

    def _committed(self) -> None:
        if not self._is_committing:
            return
        self._is_committing = False
        self._saved += [step for step, _ in self._applied]
        if self._applied:
            self._rows = self._applied[-1][1]
        self._applied.clear()
        self._kept, self._last_kept = self._sent, self._last

    def undone(self, steps: Sequence[MigrationStep]) -> None:
        """They run again."""
        self._is_committing = False
        self._applied = [one for one in self._applied if all(one[0] is not step for step in steps)]

    def before(self, call: Call) -> None:
        """See what it is; another companion may put something in its place, or send something ahead."""
        sql = call.sql
        if (
            self._step is not None
            and not call.is_inner
            and not _READS.match(sql)
            and not self._ours.search(sql)
        ):
            self._under_way.append((call, sql))

    def after(self, call: Call) -> None:
        """Count a statement of the step."""
        if not self._under_way or self._under_way[-1][0] is not call:
            return
        _, sql = self._under_way.pop()
        self._sent, self._last = self._sent + 1, sql
        if (self._ddl_commits and not _ROWS.match(sql)) or self._is_autocommit:
            self._kept, self._last_kept = self._sent, self._last

    def failed(self, step: MigrationStep | None, error: BaseException) -> None:
        """Give the exception its standing."""
        if not self._steps:
            return
        began = [one for one, _ in self._applied]
        half = step if step is not None and step is self._step and self._kept else None
        if step is not None and half is None and step not in began:
            began.append(step)
        known = {id(one) for one in (*self._saved, *began, half)}
        standing = Standing(
            saved=_names(self._saved),
            lost=_names(began),
            waiting=_names([one for one in self._steps if id(one) not in known]),
            rows=self._rows,
            half=_name(half) if half is not None else None,
            statements=self._kept,
            last=self._last_kept,
            path=getattr(getattr(step, "revision", None), "path", None),
            is_callers=self._is_callers,
            is_recorded=self._is_recorded,
        )
        with suppress(AttributeError):  # an exception with __slots__
            error.alembic_standing = standing  # type: ignore[attr-defined]  # for whoever tells of the failure


def standing_of(error: BaseException) -> Standing | None:
    """Where the run has left the database that an exception has ended; None if it was none."""
    found = getattr(error, "alembic_standing", None)
    return found if isinstance(found, Standing) else None


def _name(step: MigrationStep) -> str:
    revision = getattr(step, "revision", None)
    return str(revision.revision) if revision is not None else step.short_log


def _names(steps: Sequence[MigrationStep]) -> tuple[str, ...]:
    return tuple(_name(step) for step in steps)


def _listed(names: Sequence[str]) -> str:
    if len(names) <= _NAMES:
        return ", ".join(names)
    return f"{', '.join(names[:2])} … {', '.join(names[-2:])} ({len(names)} revisions)"


def _short(sql: str) -> str:
    text = masked(" ".join(sql.split()))
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]} ..."

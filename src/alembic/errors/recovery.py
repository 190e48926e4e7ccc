"""Why a revision that was interrupted is not gone on with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from . import CommandError


class Statement(Protocol):
    """A statement of the journal."""

    @property
    def number(self) -> int: ...
    @property
    def revision(self) -> str: ...
    @property
    def direction(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def line(self) -> str: ...


_FATES = {
    "begun": "begun, and perhaps carried out",
    "done": "took effect",
    "undone": "had no effect",
    "decreed": "counts as done, by `alembic resume`",
    "unwinding": "is being taken back",
}


def _listed(statements: Sequence[Statement]) -> str:
    return "\n".join(
        f"{each.number}. {each.line}\n   {_FATES.get(each.state, each.state)}" for each in statements
    )


class RevisionHalfApplied(CommandError):
    """A command would run something else while a revision is half done."""

    code = "revision-half-applied"

    def __init__(self, revision: str, direction: str, statements: Sequence[Statement], instead: str) -> None:
        self.revision, self.direction, self.statements = revision, direction, tuple(statements)
        super().__init__(
            f"The {direction} of revision {revision} was interrupted and is half done; "
            f"this command would begin with {instead}",
            hint=f"{_listed(statements)}\n"
            "Finish it first, by `alembic resume`; or take it back, by `alembic unwind`.",
        )


class UnwindingUnfinished(CommandError):
    """A revision was being taken back, and that was interrupted."""

    code = "unwinding-unfinished"

    def __init__(self, revision: str) -> None:
        self.revision = revision
        super().__init__(
            f"Revision {revision} was being taken back by `alembic unwind`, which was interrupted",
            hint="Nothing was run. `alembic unwind` goes on with it.",
        )


class StatementInDoubt(CommandError):
    """Nobody knows whether a statement was carried out before an interruption."""

    code = "statement-in-doubt"

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        number = statement.number
        super().__init__(
            f"Revision {statement.revision} was interrupted at statement {number}, and it can't be told "
            "whether that was carried out",
            hint=f"{number}. {statement.line}\n"
            "Look at the database, and say which it is:\n"
            f"  alembic resume --done {number}   it was carried out: go on behind it\n"
            f"  alembic resume --redo {number}   it was not: run it\n"
            "  alembic unwind          take back what the revision has done",
        )


class StatementDiffers(CommandError):
    """Where a statement took effect before an interruption, the revision now sends another."""

    code = "statement-differs"

    def __init__(self, statement: Statement, sent: str, why: str) -> None:
        self.statement, self.sent, self.why = statement, sent, why
        number = statement.number
        super().__init__(
            f"Revision {statement.revision} was interrupted, and now sends another statement than "
            f"statement {number}, which took effect: {why}",
            hint=f"{number}. {statement.line}\n"
            f"now: {sent}\n"
            "Nothing was run. Look at the database, and say which it is:\n"
            f"  alembic resume --done {number}   what is sent now counts as done, as all before it\n"
            f"  alembic resume --redo {number}   run what is sent now, and all behind it\n"
            "  alembic unwind          take back what the revision has done",
        )


class NoSuchStatement(CommandError):
    """A decision about a statement that the journal doesn't have."""

    code = "no-such-statement"

    def __init__(self, number: int, statements: Sequence[Statement]) -> None:
        self.number = number
        super().__init__(
            f"The journal has no statement {number}",
            hint=f"{_listed(statements)}\nNothing was run.",
        )


class NothingHalfDone(CommandError):
    """There is nothing to go on with, or to take back."""

    code = "nothing-half-done"

    def __init__(self) -> None:
        super().__init__("No revision is half done", hint="`alembic upgrade` and `downgrade` go on as usual.")


class NotReversible(CommandError):
    """What a half-done revision has changed can't be taken back."""

    code = "not-reversible"

    def __init__(self, revision: str, reasons: Sequence[str]) -> None:
        self.revision, self.reasons = revision, tuple(reasons)
        super().__init__(
            f"Revision {revision} can't be taken back",
            hint="\n".join(
                [*reasons, "Nothing was run. `alembic resume` goes on with the revision instead."]
            ),
        )

"""What speaks against a change of a database: its state, or how it is marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from . import CommandError


class IrreversibleRevision(CommandError):
    """A downgrade leads through a revision that says ``irreversible``."""

    code = "irreversible-revision"

    def __init__(self, revision: str, reason: str | None, path: str | None) -> None:
        self.revision, self.reason, self.path = revision, reason, path
        hint = "Nothing was run. Restore a backup, or write a revision that undoes what can be undone."
        super().__init__(
            f"Revision {revision} is irreversible" + (f": {reason}" if reason else ""),
            hint=f"{path}\n{hint}" if path else hint,
        )


class ConfirmationNeeded(CommandError):
    """A downgrade would destroy data of a protected environment, and nobody has said that it may."""

    code = "confirmation-needed"

    def __init__(self, losses: Sequence[str], *, refused: bool = False) -> None:
        self.losses = tuple(losses)
        what = "was not confirmed" if refused else "needs --yes"
        super().__init__(
            f"This environment is protected, and a downgrade that destroys data {what}",
            hint="\n".join([*losses, "Nothing was run."]),
        )


class DatabaseDiverged(CommandError):
    """The database is at a revision that no file has, and lacks one that a file has."""

    code = "database-diverged"

    def __init__(self, unknown: Iterable[str], missing: Iterable[str]) -> None:
        self.unknown, self.missing = tuple(unknown), tuple(missing)
        super().__init__(
            f"The database is ahead by {', '.join(self.unknown)}, which no revision file has, and yet lacks "
            f"{', '.join(self.missing)}",
            hint="Run the upgrade with the files of both: these, and those that migrated this database last.",
        )


class SchemaNotOfRevision(CommandError):
    """``stamp --verify``: the database's schema is not the one that the revision's files lead to."""

    code = "schema-not-of-revision"

    def __init__(self, revision: str, differences: Sequence[str]) -> None:
        self.revision, self.differences = revision, tuple(differences)
        super().__init__(
            f"The schema of the database is not that of {revision}",
            hint="\n".join(
                [*differences, "Nothing was stamped. Without --verify the stamp is made all the same."]
            ),
        )


class SchemaNotVerifiable(CommandError):
    """``stamp --verify``: what the schema should be can't be told from the revision files."""

    code = "schema-not-verifiable"

    def __init__(self, revision: str, why: str) -> None:
        self.revision, self.why = revision, why
        super().__init__(
            f"What the schema is at {revision} can't be told from the revision files",
            hint=f"{why}\nNothing was stamped. Without --verify the stamp is made all the same.",
        )

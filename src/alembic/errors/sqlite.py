"""What can go wrong when a table of SQLite is made anew."""

from __future__ import annotations

from collections.abc import Sequence

from . import CommandError


class RebuildTableMissing(CommandError):
    """The table that is to be changed does not exist."""

    code = "rebuild-table-missing"

    def __init__(self, table: str, leftover: str | None = None) -> None:
        hint = None
        if leftover:
            hint = (
                f"Table {leftover!r} is what a run that was cut short has left of it. If it is complete: "
                f'ALTER TABLE "{leftover}" RENAME TO "{table}", then run the migration again.'
            )
        super().__init__(f"No such table: {table!r}", hint=hint)
        self.table = table


class NotATable(CommandError):
    """Only an ordinary table can be changed by making it anew."""

    code = "not-a-table"

    def __init__(self, name: str, why: str) -> None:
        super().__init__(
            f"{name!r} can't be altered: {why}",
            hint="Drop it and create it again in the migration.",
        )


class ReferenceAcrossSchemas(CommandError):
    """A foreign key from one attached database to another is not possible."""

    code = "reference-across-schemas"

    def __init__(self, table: str, name: str) -> None:
        super().__init__(
            f"Foreign key {name!r} of table {table!r} refers to another schema",
            hint="Within one schema of SQLite, give it as referent_schema too.",
        )


class ColumnInUse(CommandError):
    """A view or a trigger could not be used any more without the column that is to be dropped."""

    code = "column-in-use"

    def __init__(self, table: str, columns: Sequence[str], users: Sequence[str]) -> None:
        super().__init__(
            f"Can't drop {', '.join(columns)} of table {table!r}: needed by {', '.join(users)}",
            hint="Drop these first; create them again afterwards, without the column.",
        )


class ForeignLeftover(CommandError):
    """The name under which the old table is kept for a moment is taken by something else."""

    code = "foreign-leftover"

    def __init__(self, table: str, taken: str) -> None:
        super().__init__(
            f"Table {table!r} can't be made anew: {taken!r} exists and does not look like a copy of it",
            hint=f"Look at {taken!r}; rename or drop it, then run the migration again.",
        )


class ReferencesInForce(CommandError):
    """Dropping the old table would delete rows of others, and SQLite does not let us keep it from that."""

    code = "references-in-force"

    def __init__(self, table: str, others: Sequence[str]) -> None:
        super().__init__(
            f"Table {table!r} can't be made anew here: {', '.join(others)} refer to it, foreign keys are "
            "enforced, this connection does not allow to edit sqlite_master, and a transaction has begun, in "
            "which they can't be switched off",
            hint="Make this change the first of its revision, or a revision of its own.",
        )


class ReferencesBroken(CommandError):
    """After the change, rows refer to rows that don't exist; everything was taken back."""

    code = "references-broken"

    def __init__(self, table: str, broken: Sequence[str]) -> None:
        super().__init__(
            f"After the change of table {table!r}, foreign keys would be broken: {'; '.join(broken)}",
            hint="Nothing was changed. `PRAGMA foreign_key_check` lists such rows once a key is there. "
            "Correct them first, in this migration or by hand.",
        )

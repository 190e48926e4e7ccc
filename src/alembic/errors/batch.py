"""What can go wrong when one table is changed by several operations together."""

from __future__ import annotations

from collections.abc import Sequence

from . import CommandError


class ColumnMissing(CommandError, KeyError):
    """The table has no column of this name."""

    code = "column-missing"

    def __init__(self, table: str, column: str, columns: Sequence[str]) -> None:
        super().__init__(
            f"No such column in table {table!r}: {column!r}", hint=f"It has: {', '.join(columns)}."
        )
        self.column = column


class ColumnThere(CommandError, ValueError):
    """The table has a column of this name already."""

    code = "column-there"

    def __init__(self, table: str, column: str) -> None:
        super().__init__(
            f"Table {table!r} has a column {column!r} already",
            hint="Drop it first, or give it another name.",
        )
        self.column = column


class ConstraintMissing(CommandError, ValueError):
    """The table has no constraint, or no index, of this name."""

    code = "constraint-missing"

    def __init__(self, what: str, name: str, names: Sequence[str]) -> None:
        has = f"The table has: {', '.join(names)}." if names else "The table has none that is named."
        if what == "constraint":
            has += " One without a name is found by the name that naming_convention gives it."
        super().__init__(f"No such {what}: {name!r}", hint=has)
        self.name = name


class ConstraintUnnamed(CommandError, ValueError):
    """A constraint that nothing tells from others is to be dropped."""

    code = "constraint-unnamed"

    def __init__(self) -> None:
        super().__init__(
            "Constraint must have a name",
            hint="Give the name that it has, or that naming_convention of batch_alter_table would give it.",
        )


class TableUnknownInScript(CommandError):
    """A script would have to make a table anew that nobody has described."""

    code = "table-unknown-in-script"

    def __init__(self, table: str, dialect: str) -> None:
        super().__init__(
            "This operation cannot proceed in --sql mode; batch mode with dialect "
            f"{dialect} requires a live database connection with which to reflect the table "
            f'"{table}".',
            hint="To write it into a script, pass the whole table, as it is before the change, to "
            f'op.batch_alter_table("{table}", copy_from=Table("{table}", MetaData(), …)).',
        )
        self.table = table


class NotCarriedOver(CommandError):
    """A table that is to be made anew has something that the new one would not have."""

    code = "not-carried-over"

    def __init__(self, table: str, lost: Sequence[str]) -> None:
        super().__init__(
            f"Table {table!r} would lose what it has, if it were made anew: {'; '.join(lost)}",
            hint='Leave out recreate="always": the table is altered then, and loses nothing. '
            "Or say in copy_from what it is to be like, and make the rest again yourself.",
        )
        self.table, self.lost = table, tuple(lost)

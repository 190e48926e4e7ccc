"""What can go wrong with the history of runs and the journal of open steps."""

from __future__ import annotations

from collections.abc import Sequence

from . import CommandError


class HistoryTableForeign(CommandError):
    """The table that the history should be in is not one of ours."""

    code = "history-table-foreign"

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(
            f"Table '{table}' can't be read as the history of migration runs",
            hint="If it is a table of your own, choose another name by the setting history_table, or turn "
            "the history off by history = false.",
        )


class HistoryAltered(CommandError):
    """``alembic log --verify`` has found that the history was changed, or that rows are missing."""

    code = "history-altered"

    def __init__(self, table: str, problems: Sequence[str]) -> None:
        self.table, self.problems = table, tuple(problems)
        super().__init__(
            f"The history in table '{table}' is not as it was written", hint="\n".join(self.problems)
        )

"""What statements leave behind in Oracle, where DDL can't be rolled back."""

from __future__ import annotations

from collections.abc import Sequence

from ...schema.tokens import ORACLE
from ..traces import Traces


class OracleTraces(Traces):
    """Oracle: DDL commits; whether an interrupted statement was carried out is for a person to see."""

    flavour = ORACLE
    commits_ddl = True
    idle = "BEGIN NULL; END;"

    def outside(self, words: Sequence[str]) -> bool:
        """All but changes of rows, as the rest commits."""
        return not words or words[0] not in ("INSERT", "UPDATE", "DELETE", "MERGE")

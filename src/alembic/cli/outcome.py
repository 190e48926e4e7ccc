"""What a failed run has come to: in which operation it failed, and what it leaves behind."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from .places import shown_path

if TYPE_CHECKING:
    from typing import Any

    from .places import Place

_WORD_BEGINS = re.compile(r"(?<=[a-z])(?=[A-Z])")


def operation(error: BaseException) -> list[str]:
    """The directive that failed, in a line; nothing if it was none of ours."""
    operations = sys.modules.get("alembic.operations.operation")
    found: Any = None
    trace = error.__traceback__
    while operations and trace is not None:
        candidate = trace.tb_frame.f_locals.get("operation") if _is_ours(trace.tb_frame) else None
        if isinstance(candidate, operations.MigrateOperation):
            found = candidate
        trace = trace.tb_next
    if found is None or type(found).__name__ == "ExecuteSQLOp":  # the statement is shown anyway
        return []
    name = _WORD_BEGINS.sub("_", type(found).__name__.removesuffix("Op")).lower()
    told = [getattr(found, attribute, None) for attribute in _PARTS]
    told.append(getattr(getattr(found, "column", None), "name", None))
    parts = dict.fromkeys(str(part) for part in told if isinstance(part, str))
    return [f"operation: {' '.join([name, ', '.join(parts)]).rstrip()}"]


# What an operation is about, by the names that operations have for it.
_PARTS = ("index_name", "constraint_name", "table_name", "source_table", "column_name")


def _is_ours(frame: Any) -> bool:
    return bool(
        frame.f_code.co_name == "invoke" and frame.f_globals.get("__name__", "").startswith("alembic.")
    )


def lines(error: BaseException, place: Place) -> list[str]:
    """What is committed and what is not, and what to do; nothing if nothing had begun."""
    standing = getattr(error, "alembic_standing", None)
    if standing is None or not (standing.saved or standing.lost or standing.half):
        return []
    told: list[str] = standing.lines()
    if standing.path and not place.in_revision:
        told.insert(0, f"file: {shown_path(standing.path)}")
    if not getattr(error, "hint", None):
        told.append(f"next: {standing.next()}")
    return told

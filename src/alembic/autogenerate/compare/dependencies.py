"""In which order new tables are created."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..context import AutogenContext
    from ..pairs import TablePair


def in_dependency_order(added: Iterable[TablePair], autogen_context: AutogenContext) -> list[TablePair]:
    """New tables, those that others refer to first, as MetaData sorts them."""
    pairs = {id(pair.metadata_table): pair for pair in added}
    if not pairs:
        return []
    return [pairs[id(table)] for table in autogen_context.sorted_tables if id(table) in pairs]

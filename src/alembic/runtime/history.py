"""The schema at every point of a script that is being written, for what has to know it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table

if TYPE_CHECKING:
    from sqlalchemy.sql import Executable

    from ..operations.operation import MigrateOperation
    from ..schema.shapes import Schema
    from .migration import MigrationContext


class ScriptHistory:
    """What the schema is like at every point of a script that is being written.

    Nothing is replayed until somebody asks.

    :param context: the context that writes the script.
    """

    def __init__(self, context: MigrationContext) -> None:
        self._context = context
        self._waiting: list[MigrateOperation | tuple[Executable | str]] = []
        self._schema: Schema | None = None
        self.arguments: Mapping[str, Any] = {}
        self.position = 0

    def note(self, operation: MigrateOperation) -> None:
        """An operation was written."""
        self.position += 1
        self._waiting.append(operation)

    def note_statement(self, statement: Executable | str) -> None:
        """A statement was written that no operation has sent."""
        self.position += 1
        self._waiting.append((statement,))

    @property
    def schema(self) -> Schema:
        """The schema after all that was written so far."""
        from ..operations.toschema import after_statement  # few scripts have a need of it

        context = self._context
        if self._schema is None:
            self._schema = self._at_start()
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            if isinstance(each, tuple):
                self._schema = after_statement(self._schema, each[0], context)
            else:
                self._schema = each.apply(self._schema, context)
        return self._schema

    def table(self, name: str, schema: str | None) -> Table | None:
        """A table as it is now; None if it isn't known. The same object as long as it is the same."""
        shape = self.schema.tables.get((schema, name))
        return shape.source if shape is not None and isinstance(shape.source, Table) else None

    def _at_start(self) -> Schema:
        from ..schema.knowledge import EMPTY
        from .replay import replay

        context = self._context
        heads = context.get_current_heads()
        if not heads or context.script is None:
            return EMPTY
        return replay(
            context.script, heads, dialect=context.dialect, opts=context.opts, arguments=self.arguments
        )

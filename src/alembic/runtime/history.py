"""The schema at every point of a script that is being written, for what has to know it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from sqlalchemy import Table

from ..schema.knowledge import EMPTY, triggers_of

if TYPE_CHECKING:
    from sqlalchemy.sql import Executable

    from ..operations.operation import MigrateOperation
    from ..operations.plain_columns import PlainColumns
    from ..schema.shapes import Schema
    from .migration import MigrationContext

    Noted: TypeAlias = MigrateOperation | tuple[Executable | str]

T = TypeVar("T")


class ScriptHistory:
    """What the schema is like at every point of a script that is being written.

    Nothing is replayed, and nothing kept but the operations of the revision that is being written, until
    somebody asks: then the revisions before it run once more.

    :param context: the context that writes the script.
    """

    def __init__(self, context: MigrationContext) -> None:
        self._context = context
        self._heads: tuple[str, ...] | None = None
        self._waiting: list[Noted] = []
        self._outside: list[Noted] = []
        self._in_step = False
        self._schema: Schema | None = None
        self._plain: PlainColumns | None = None
        self.arguments: Mapping[str, Any] = {}
        self.position = 0

    def note(self, operation: MigrateOperation) -> None:
        """An operation was written."""
        self._note(operation)

    def note_statement(self, statement: Executable | str) -> None:
        """A statement was written that no operation has sent."""
        self._note((statement,))

    def _note(self, noted: Noted) -> None:
        self.position += 1
        if self._in_step or self._schema is not None:
            self._waiting.append(noted)
        else:
            self._outside.append(noted)
        if self._plain is not None:
            _tell(self._plain, noted)

    def step_begins(self) -> None:
        """What comes next is said by a revision, which can be asked again."""
        self._in_step = True

    def step_done(self, heads: tuple[str, ...]) -> None:
        """A revision is complete; the version rows are these."""
        self._heads, self._in_step = heads, False
        if self._schema is None:
            self._waiting.clear()

    @property
    def schema(self) -> Schema:
        """The schema after all that was written so far."""
        from ..operations.toschema import after_statement  # few scripts have a need of it
        from .replay import replay

        context = self._context
        if self._schema is None:
            self._schema = self._before(replay, EMPTY)
            self._waiting[:0], self._outside = self._outside, []
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

    def triggers(self, table: str, schema: str | None) -> list[str]:
        """The SQL of the triggers on a table that revisions have made, as far as it still says the same."""
        return triggers_of(self.schema, (schema, table))

    def is_plain(self, table: str, schema: str | None, column: str) -> bool:
        """Whether a column is in no key, index or expression for certain."""
        from ..operations.plain_columns import PlainColumns
        from .replay import plain_columns

        if self._schema is None and self._plain is None:
            nothing = PlainColumns(self._context.impl.rules.flavour)
            self._plain = self._before(plain_columns, nothing)
            for each in (*self._outside, *self._waiting):
                _tell(self._plain, each)
        return self._plain is not None and self._plain.has(table, schema, column)

    def _before(self, replayed: Callable[..., T], nothing: T) -> T:
        """What the revisions before the present one come to."""
        context = self._context
        heads = context.get_current_heads() if self._heads is None else self._heads
        if not heads or context.script is None:
            return nothing
        return replayed(
            context.script, heads, dialect=context.dialect, opts=context.opts, arguments=self.arguments
        )


def _tell(plain: PlainColumns, noted: Noted) -> None:
    if isinstance(noted, tuple):
        plain.note_statement(noted[0])
    else:
        plain.note(noted)

"""INSERT statements as text, one for each row, from one compiled template."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy.sql import literal, literal_column
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import JSON, NullType
from sqlalchemy.util import immutabledict

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import Dialect
    from sqlalchemy.sql import TableClause
    from sqlalchemy.types import TypeEngine

Literal = Callable[[Any], str]


class InsertTexts:
    """Makes INSERT statements for rows that all have the same columns.

    SQLAlchemy compiles the statement once, with marks where the values belong; each value is then rendered by
    the literal processor of its column's type.

    :param keys: the columns that take values, by their keys.
    :param dialect: a dialect that does not double percent signs.
    :param expressions: SQL for other columns, the same in all rows.
    """

    def __init__(
        self,
        table: TableClause,
        keys: Sequence[str],
        dialect: Dialect,
        expressions: Mapping[str, Any] = immutabledict(),
    ) -> None:
        self._dialect = dialect
        marks: dict[str, Any] = {key: literal_column(f"\0{position}\0") for position, key in enumerate(keys)}
        statement = table.insert().inline().values({**marks, **expressions})
        compiled = statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
        assert isinstance(compiled, SQLCompiler)
        self._compiler = compiled
        pieces = re.split("\0([0-9]+)\0", str(compiled))
        self._template = "%s".join(piece.replace("%", "%%") for piece in pieces[::2])
        self._keys = [keys[int(position)] for position in pieces[1::2]]
        self._literals = [self._literal(table.c[key].type) for key in self._keys]

    def of(self, rows: Sequence[Mapping[str, Any]]) -> Iterable[str]:
        """The statements, without terminator, in the order of the rows."""
        template = self._template
        if not self._keys:
            return [template % ()] * len(rows)
        columns = [
            map(render, map(itemgetter(key), rows))
            for key, render in zip(self._keys, self._literals, strict=True)
        ]
        return (template % values for values in zip(*columns, strict=True))

    def _literal(self, type_: TypeEngine[Any]) -> Literal:
        if isinstance(type_, NullType):
            return self._literal_of_unknown_type()
        concrete: TypeEngine[Any] = type_.dialect_impl(self._dialect)
        if isinstance(concrete, JSON):
            return self._literal_json(concrete)
        processor = concrete.literal_processor(self._dialect)
        render: Literal
        if processor is None or type_.should_evaluate_none or self._adds_to_literals():
            render = partial(self._compiler.render_literal_value, type_=type_)
            if type_.should_evaluate_none:
                return render
        else:
            render = processor
        return lambda value: "NULL" if value is None else render(value)

    def _adds_to_literals(self) -> bool:
        """Whether the dialect does more to a literal than its type does: PostgreSQL and MySQL can double
        backslashes."""
        overridden = type(self._compiler).render_literal_value is not SQLCompiler.render_literal_value
        return overridden and getattr(self._dialect, "_backslash_escapes", True)

    def _literal_json(self, type_: JSON[Any]) -> Literal:
        # SQLAlchemy has no literals of JSON values, but every database takes the serialised text.
        serialise = getattr(self._dialect, "_json_serializer", None) or json.dumps
        text = self._literal(_text_type())

        def render(value: Any) -> str:
            if value is None and type_.none_as_null:
                return "NULL"
            return text(serialise(None if value is JSON.NULL else value))

        return render

    def _literal_of_unknown_type(self) -> Literal:
        """For columns without a type: each value says what it is."""
        renderers: dict[type, Literal] = {}

        def render(value: Any) -> str:
            if value is None:
                return "NULL"
            kind = type(value)
            if kind not in renderers:
                renderers[kind] = self._literal(literal(value).type)
            return renderers[kind](value)

        return render


def _text_type() -> TypeEngine[str]:
    return literal("").type

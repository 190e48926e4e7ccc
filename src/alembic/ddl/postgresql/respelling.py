"""What the server makes of its own words: reading them back does not always give the same again.

``c IN ('a', 'b')`` becomes ``c = ANY (ARRAY['a'::varchar, 'b'::varchar]::text[])``, and that, when it is read
from a dump or a migration, ``c = ANY (ARRAY['a'::varchar::text, 'b'::varchar::text])``. So what still differs
after a :class:`~.doubts.Doubts` is read once more, on both sides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from .questions import Answers, Asker, Question

if TYPE_CHECKING:
    from ...schema.shapes import Check, Column, Exclude, Index, Table
    from .compare import PostgresqlRules

Text = TypeVar("Text", "Check", "Exclude")


class Respelling:
    """Expressions of both sides that still differ; the model's side is what the server made of it."""

    def __init__(self, database: Table, model: Table, rules: PostgresqlRules) -> None:
        self._database, self._model = database, model
        types = {name: rules.compiled_type(column.type) for name, column in model.columns.items()}
        asker = Asker(database, model, types)
        #: The questions by the text that they are about.
        self.questions: dict[str, Question] = {
            text: asker.ask("exclude", text)
            if text.upper().startswith("EXCLUDE ")
            # A constraint on any expression: whether it is null is a condition.
            else asker.ask("check", f"({text}) IS NOT NULL")
            for pair in self._pairs()
            for text in pair
        }

    def _pairs(self) -> Iterator[tuple[str, str]]:
        """Expressions that may be the same."""
        model = self._model
        for name, present in self._database.columns.items():
            wanted = model.columns.get(name)
            if wanted is not None:
                yield from _differing([_generated(present)], [_generated(wanted)])
        yield from _of_named(self._database.checks, model.checks)
        yield from _of_named(self._database.excludes, model.excludes)
        indexes = {index.name: index for index in model.indexes}
        for index in self._database.indexes:
            if index.name in indexes:
                yield from _differing(_expressions(index), _expressions(indexes[index.name]))

    def settled(self, answers: Answers) -> Table:
        """The model with the database's texts wherever they mean the same."""
        meanings = {
            text: answers[question] for text, question in self.questions.items() if question in answers
        }
        model = self._model
        return replace(
            model,
            columns={name: self._column(column, meanings) for name, column in model.columns.items()},
            checks=_reworded(self._database.checks, model.checks, meanings),
            excludes=_reworded(self._database.excludes, model.excludes, meanings),
            indexes=tuple(self._index(index, meanings) for index in model.indexes),
        )

    def _column(self, column: Column, meanings: Mapping[str, str]) -> Column:
        present = self._database.columns.get(column.name)
        if present is None or not _same(_generated(present), _generated(column), meanings):
            return column
        return replace(column, default=present.default, computed=present.computed)

    def _index(self, index: Index, meanings: Mapping[str, str]) -> Index:
        present = next((each for each in self._database.indexes if each.name == index.name), None)
        if present is None:
            return index
        pairs = list(zip(_expressions(present), _expressions(index), strict=False))
        if len(present.elements) != len(index.elements) or not all(_same(*pair, meanings) for pair in pairs):
            return index
        if _without_expressions(present) != _without_expressions(index):
            return index
        return replace(index, elements=present.elements, options=present.options)


def _generated(column: Column) -> str:
    """The expression of a column: what it is computed from, or its default."""
    return column.default or "" if column.computed is None else column.computed.text


def _differing(present: list[str], wanted: list[str]) -> Iterator[tuple[str, str]]:
    if len(present) == len(wanted):
        yield from (pair for pair in zip(present, wanted, strict=True) if all(pair) and pair[0] != pair[1])


def _of_named(present: tuple[Text, ...], wanted: tuple[Text, ...]) -> Iterator[tuple[str, str]]:
    known = {(shape.name, shape.text) for shape in present}
    for shape in wanted:
        for candidate in present:
            if shape.name in (None, candidate.name) and (candidate.name, shape.text) not in known:
                yield candidate.text, shape.text


def _expressions(index: Index) -> list[str]:
    """All expressions of an index in their order; "" where one of the usual places has none."""
    parts = [part[1 : part.rindex(")")] if part.startswith("(") else "" for part in index.elements]
    return [*parts, str(dict(index.options).get("where") or "")]


def _without_expressions(index: Index) -> object:
    elements = [part[part.rindex(")") :] if part.startswith("(") else part for part in index.elements]
    return index.unique, elements, [option for option in index.options if option[0] != "where"]


def _same(present: str, wanted: str, meanings: Mapping[str, str]) -> bool:
    if present == wanted:
        return True
    return present in meanings and meanings[present] == meanings.get(wanted)


def _reworded(
    present: tuple[Text, ...], wanted: tuple[Text, ...], meanings: Mapping[str, str]
) -> tuple[Text, ...]:
    result = []
    for shape in wanted:
        candidates = (each for each in present if shape.name in (None, each.name))
        same = next((each for each in candidates if _same(each.text, shape.text, meanings)), None)
        result.append(shape if same is None else replace(shape, text=same.text))
    return tuple(result)

"""What the server makes of its own words: reading them back does not always give the same again.

``c IN ('a', 'b')`` becomes ``c = ANY (ARRAY['a'::varchar, 'b'::varchar]::text[])``, and that, when it is read
from a dump or a migration, ``c = ANY (ARRAY['a'::varchar::text, 'b'::varchar::text])``. So what still differs
after a :class:`~.doubts.Doubts` is read once more, on both sides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from .questions import Answers, Asker, Question, functions_in

if TYPE_CHECKING:
    from ...schema.shapes import Check, Column, Exclude, Index, Table
    from .compare import PostgresqlRules

Text = TypeVar("Text", "Check", "Exclude")

# Types whose values can't be compared, and those that can be instead.
_COMPARABLE = {"json": "jsonb"}


class Respelling:
    """Expressions of both sides that still differ; the model's side is what the server made of it."""

    def __init__(self, database: Table, model: Table, rules: PostgresqlRules) -> None:
        self._database, self._model = database, model
        types = {name: rules.compiled_type(column.type) for name, column in model.columns.items()}
        asker = Asker(database, model, types)
        #: The questions by the text that they are about, or the name of the column.
        self.questions: dict[str, Question] = {
            text: asker.ask("exclude", text)
            if text.upper().startswith("EXCLUDE ")
            # A constraint on any expression: whether it is null is a condition.
            else asker.ask("check", f"({text}) IS NOT NULL")
            for pair in self._pairs()
            for text in pair
        }
        self.questions |= {f"value of {name}": question for name, question in self._values()}

    def _values(self) -> Iterator[tuple[str, Question]]:
        """Whether two defaults are the same value, unless a function might have an effect or a new value."""
        for name, present in self._database.columns.items():
            wanted = self._model.columns.get(name)
            if (
                wanted is None
                or not present.default
                or not wanted.default
                or present.default == wanted.default
            ):
                continue
            type_ = _COMPARABLE.get(present.type_text) or present.source["format_type"]
            condition = f"({present.default})::{type_} IS NOT DISTINCT FROM ({wanted.default})::{type_}"
            called = ", ".join(f"'{each}'" for each in functions_in(condition) if "'" not in each)
            if called:
                condition = f"""CASE WHEN NOT EXISTS (SELECT 1 FROM pg_catalog.pg_proc p
                    WHERE p.provolatile = 'v' AND p.proname IN ({called})) THEN {condition} END"""
            yield name, Question("truth", condition)

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

    def _column(self, column: Column, meanings: Mapping[str, Any]) -> Column:
        present = self._database.columns.get(column.name)
        if present is None:
            return column
        if not _same(_generated(present), _generated(column), meanings):
            is_same_value = bool(meanings.get(f"value of {column.name}"))
            if not is_same_value or column.computed is not None or present.computed is not None:
                return column
        return replace(column, default=present.default, computed=present.computed)

    def _index(self, index: Index, meanings: Mapping[str, Any]) -> Index:
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


def _same(present: str, wanted: str, meanings: Mapping[str, Any]) -> bool:
    if present == wanted:
        return True
    return present in meanings and meanings[present] == meanings.get(wanted)


def _reworded(
    present: tuple[Text, ...], wanted: tuple[Text, ...], meanings: Mapping[str, Any]
) -> tuple[Text, ...]:
    result = []
    for shape in wanted:
        candidates = (each for each in present if shape.name in (None, each.name))
        same = next((each for each in candidates if _same(each.text, shape.text, meanings)), None)
        result.append(shape if same is None else replace(shape, text=same.text))
    return tuple(result)

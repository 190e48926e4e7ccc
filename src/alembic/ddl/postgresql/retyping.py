"""Expressions that were written when a column had another type, and keep the casts of that time.

``c IN (1, 2)`` on an integer is ``c = ANY (ARRAY[1, 2])``, and stays that when the column becomes a bigint;
on a new table it is ``c = ANY (ARRAY[1::bigint, 2::bigint])``. So the server is asked what would be there if
the model's expression had been through such a change, with makeshift tables that go through it.

Only changes between types whose values are the same values go by this: whole numbers, strings, and exact
numbers where nothing but comparing, adding and multiplying is done with them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from ...schema.expressions import POSTGRESQL, Kind, Token, significant, tokens
from ...schema.from_catalogue import in_order
from . import indexes
from .questions import Answers, Asker, Question, functions_in

if TYPE_CHECKING:
    from ...schema.shapes import Check, Exclude, Index, Table
    from .compare import PostgresqlRules

Text = TypeVar("Text", "Check", "Exclude")

_WHOLE = ("smallint", "integer", "bigint")
_STRINGS = ("character varying", "text")
_BRACKETS = ("(", ")", ",", "[", "]")
_EXACT_SIGNS = frozenset((*_BRACKETS, "=", "<>", "!=", "<", ">", "<=", ">=", "+", "-", "*", "::"))
# Names before a parenthesis, in conditions and in what stands around them.
_EXACT_WORDS = frozenset(
    ("any", "all", "in", "and", "or", "not", "coalesce", "greatest", "least", "where", "btree", "gist")
)


class Retyping:
    """What a model says otherwise than its table, as it would be there after a change of type.

    :param model: after all other ways to say the same were tried.
    """

    def __init__(self, database: Table, model: Table, rules: PostgresqlRules) -> None:
        self._database, self._rules = database, rules
        types = {name: rules.compiled_type(column.type) for name, column in model.columns.items()}
        self._asker = Asker(database, model, types)
        self._asked: dict[int, list[Question]] = {}
        #: All questions, as their number goes.
        self.questions: dict[tuple[int, int], Question] = {}
        for part, questions in self._all(model):
            self._asked[id(part.source)] = questions
            self.questions |= {(id(part.source), number): each for number, each in enumerate(questions)}

    def _all(self, model: Table) -> Iterator[tuple[Any, list[Question]]]:
        rules, present = self._rules, self._database
        for check in model.checks:
            if _missing(check, present.checks):
                sql = rules.literal_sql(check.source.sqltext)
                yield check, self._histories(self._asker.ask("check", sql))
        for exclude in model.excludes:
            if _missing(exclude, present.excludes):
                yield exclude, self._histories(self._asker.ask("exclude", rules.exclude_sql(exclude.source)))
        there = {index.name: index for index in present.indexes}
        for index in model.indexes:
            if index.name in there and there[index.name] != index:
                sql = indexes.creation(index.source, rules)
                yield index, self._histories(self._asker.ask("index", sql))

    def _histories(self, question: Question) -> list[Question]:
        """The question about tables of which the columns had other types; for all alike, and one by one."""
        if question.is_risky:
            return []
        exact = _is_exact(question.sql.rpartition("{table}")[2])
        former = {name: _former(type_, exact) for name, type_ in question.columns}
        ways = [
            {name: type_ for name in former if type_ in former[name]}
            for type_ in dict.fromkeys(type_ for types in former.values() for type_ in types)
        ]
        ways += [{name: type_} for name, types in former.items() for type_ in types]
        found = []
        for way in ways:
            columns = tuple((name, _retyped(type_, way.get(name))) for name, type_ in question.columns)
            becomes = tuple((name, type_) for name, type_ in question.columns if name in way)
            found.append(question._replace(columns=columns, becomes=becomes))
        return list(dict.fromkeys(found))

    def settled(self, model: Table, answers: Answers) -> Table:
        """The model with the table's words where a change of type explains them.

        :param model: the same as before, or with more of it settled.
        """
        database = self._database
        return replace(
            model,
            checks=in_order(self._text(check, database.checks, answers) for check in model.checks),
            excludes=in_order(self._text(exclude, database.excludes, answers) for exclude in model.excludes),
            indexes=in_order(self._index(index, answers) for index in model.indexes),
        )

    def _answered(self, part: Any, answers: Answers) -> Iterator[tuple[Question, Any]]:
        for question in self._asked.get(id(part.source), ()):
            if (answer := answers.get(question)) is not None:
                yield question, answer

    def _text(self, part: Any, present: tuple[Any, ...], answers: Answers) -> Any:
        texts = {each.text for each in present if part.name in (None, each.name)}
        for question, answer in self._answered(part, answers):
            text = answer if question.aim == "exclude" else self._rules.expression(answer)
            if text in texts and not _narrows(text, question):
                return replace(part, text=text)
        return part

    def _index(self, index: Index, answers: Answers) -> Index:
        present = next((each for each in self._database.indexes if each.name == index.name), None)
        for question, record in self._answered(index, answers):
            read = indexes.of_record(record, self._rules)
            if present is None or (read.elements, read.options) != (present.elements, present.options):
                continue
            texts = (*read.elements, str(dict(read.options).get("where") or ""))
            if not any(_narrows(text, question) for text in texts):
                return replace(index, elements=read.elements, options=read.options)
        return index


def _missing(part: Text, present: tuple[Text, ...]) -> bool:
    return not any(part.name in (None, each.name) and part.text == each.text for each in present)


def _base(type_: str) -> str:
    return type_.partition(" COLLATE ")[0].partition("(")[0]


def _former(type_: str, exact: bool) -> list[str]:
    """The types that a column may have had before."""
    base = _base(type_)
    if base in _STRINGS and not type_.endswith("[]"):
        return [each for each in _STRINGS if each != base]
    if base in (*_WHOLE, "numeric") and not type_.endswith("[]"):
        if base == "numeric" and not exact:
            return []
        return [each for each in (*_WHOLE, *(("numeric",) if exact else ())) if each != base]
    return []


def _retyped(type_: str, former: str | None) -> str:
    if former is None:
        return type_
    _, collate, collation = type_.partition(" COLLATE ")
    return former + collate + collation


def _is_exact(sql: str) -> bool:
    """Whether whole numbers and exact ones come to the same in an expression: none is divided or rounded."""
    signs = {token.text for token in significant(tokens(sql, POSTGRESQL)) if token.kind is Kind.OPERATOR}
    return signs <= _EXACT_SIGNS and _EXACT_WORDS.issuperset(functions_in(sql))


def _narrows(text: str, question: Question) -> bool:
    """Whether more than a constant is cast to a smaller type than a column has now."""
    sizes = [_WHOLE.index(_base(type_)) for _, type_ in question.becomes if _base(type_) in _WHOLE]
    if any(_base(type_) == "numeric" for _, type_ in question.becomes):
        sizes.append(len(_WHOLE))
    small = _WHOLE[: max(sizes, default=0)]
    found = list(significant(tokens(text, POSTGRESQL)))
    return any(
        found[place + 1].text.lower() in small and not _is_constant(found[:place])
        for place, token in enumerate(found[:-1])
        if token.text == "::"
    )


def _is_constant(before: list[Token]) -> bool:
    """Whether these tokens end with a constant, or with one in parentheses."""
    if before and before[-1].text == ")":
        start = next((at for at in reversed(range(len(before))) if before[at].text == "("), 0)
        before = [token for token in before[start + 1 : -1] if token.text != "-"]
        return len(before) == 1 and before[0].kind in (Kind.NUMBER, Kind.STRING)
    return bool(before) and before[-1].kind in (Kind.NUMBER, Kind.STRING)

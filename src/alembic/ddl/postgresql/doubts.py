"""What is in doubt between a table and its model, put as questions to the server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ...schema.expressions import POSTGRESQL, normalise
from ...schema.from_catalogue import in_order
from . import indexes, spelling
from .questions import Aim, Answers, Asker, Question

if TYPE_CHECKING:
    from ...schema.shapes import Check, Column, Exclude, Index, Table
    from .compare import PostgresqlRules


class Doubts:
    """Expressions of a model, as the models have them, that its table has otherwise or not at all.

    :param rules: the rules of the dialect.
    """

    def __init__(self, database: Table, model: Table, rules: PostgresqlRules) -> None:
        self._database, self._model, self._rules = database, model, rules
        types = {name: rules.compiled_type(column.type) for name, column in model.columns.items()}
        self._asker, self._types = Asker(database, model, types), types
        #: The questions by the identity of the part of the model that they are about, and what is asked.
        self.questions: dict[tuple[int, Aim], Question] = {
            (id(part), question.aim): question for part, question in self._all()
        }

    def _all(self) -> Iterator[tuple[Any, Question]]:
        yield from self._of_columns()
        yield from self._of_constraints()
        yield from self._of_indexes()

    def _of_columns(self) -> Iterator[tuple[Column, Question]]:
        for name, column in self._model.columns.items():
            present = self._database.columns.get(name)
            if present is None:
                continue
            if (present.type_text, present.options) != (column.type_text, column.options):
                yield column, Question("type", self._types[name])
            type_ = present.source["format_type"]
            if column.default is not None and column.default != present.default:
                sql = self._rules.default_sql(column.source)
                yield column, Question("default", f"{type_} DEFAULT {sql}")
            if column.computed is not None and column.computed != present.computed:
                sql = self._rules.literal_sql(column.source.computed.sqltext)
                kind = "STORED" if column.computed.persisted else "VIRTUAL"
                sql = f"{type_} GENERATED ALWAYS AS ({sql}) {kind}"
                yield column, self._asker.ask("computed", sql)

    def _of_constraints(self) -> Iterator[tuple[Check | Exclude, Question]]:
        present = {(check.name, check.text) for check in self._database.checks}
        texts = {text for _, text in present}
        for check in self._model.checks:
            known = check.text in texts if check.name is None else (check.name, check.text) in present
            if not known:
                yield check, self._asker.ask("check", self._rules.literal_sql(check.source.sqltext))
        definitions = {normalise(exclude.text, POSTGRESQL) for exclude in self._database.excludes}
        for exclude in self._model.excludes:
            if exclude.text not in definitions:
                yield exclude, self._asker.ask("exclude", self._rules.exclude_sql(exclude.source))

    def _of_indexes(self) -> Iterator[tuple[Index, Question]]:
        present = {index.name: index for index in self._database.indexes}
        for index in self._model.indexes:
            same = present.get(index.name)
            if same is not None and same != index:
                yield index, self._asker.ask("index", indexes.creation(index.source, self._rules))

    def settled(self, answers: Answers) -> Table:
        """The model in the words of the server, as far as it has answered."""
        model = self._model
        return replace(
            model,
            columns={name: self._column(column, answers) for name, column in model.columns.items()},
            checks=in_order(self._check(check, answers) for check in model.checks),
            excludes=in_order(self._exclude(exclude, answers) for exclude in model.excludes),
            indexes=in_order(self._index(index, answers) for index in model.indexes),
        )

    def _answer(self, part: Any, aim: Aim, answers: Answers) -> Any:
        question = self.questions.get((id(part), aim))
        return None if question is None else answers.get(question)

    def _column(self, column: Column, answers: Answers) -> Column:
        facts: dict[str, Any] = {}
        present = self._database.columns.get(column.name)
        if (typed := self._answer(column, "type", answers)) is not None:
            read = self._rules.record_column(typed)
            facts |= {"type_text": read.type_text, "options": read.options}
        if present is not None and (made := self._answer(column, "default", answers)) is not None:
            facts["default"] = made["default"] and spelling.default(made["default"], present.type_text)
        if (made := self._answer(column, "computed", answers)) is not None:
            facts["computed"] = self._rules.record_column(made).computed
        return replace(column, **facts) if facts else column

    def _check(self, check: Check, answers: Answers) -> Check:
        text = self._answer(check, "check", answers)
        return check if text is None else replace(check, text=self._rules.expression(text))

    def _exclude(self, exclude: Exclude, answers: Answers) -> Exclude:
        text = self._answer(exclude, "exclude", answers)
        return exclude if text is None else replace(exclude, text=text)

    def _index(self, index: Index, answers: Answers) -> Index:
        record = self._answer(index, "index", answers)
        if record is None:
            return index
        read = indexes.of_record(record, self._rules)
        return replace(index, elements=read.elements, options=read.options)

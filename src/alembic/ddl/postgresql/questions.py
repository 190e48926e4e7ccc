"""Questions to the server about the spelling of expressions, types and indexes, each about columns alone.

A question does not say which table it is about, so that the same column with the same default in a hundred
tables is one question; and questions about columns that go together share a temporary table.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from ...schema.expressions import POSTGRESQL, Kind, significant, tokens, unquoted

if TYPE_CHECKING:
    from ...schema.catalogue import TableRecord
    from ...schema.shapes import Column, Table

#: What is asked for: the text of a condition or of an EXCLUDE constraint, the type or the expression of a
#: column with this specification, the record of an index, whether a condition is true.
Aim = Literal["check", "exclude", "type", "default", "computed", "index", "truth"]


class Question(NamedTuple):
    """One question.

    :param sql: the condition, the constraint without its name, the column without its name, or CREATE INDEX
        with ``{name}`` and ``{table}`` in the places of these.
    :param columns: (name, type) of the columns that it speaks of.
    :param table: the name that the table has to have, if it speaks of it.
    :param is_risky: a type may not be there yet: the table is better not shared.
    :param becomes: (name, type) of the columns that get another type before the answer is read.
    """

    aim: Aim
    sql: str
    columns: tuple[tuple[str, str], ...] = ()
    table: str | None = None
    is_risky: bool = False
    becomes: tuple[tuple[str, str], ...] = ()


#: What the server says: a text, or the record of a column or an index, by question.
Answers = Mapping[Question, Any]


class Asker:
    """Makes the questions about one model.

    The columns have the types that they have in the database: the question is whether the model says what is
    there now. A column that only the model has is taken as the model describes it.

    :param types: the type of a model's column, as CREATE TABLE has it, by name.
    """

    def __init__(self, database: Table, model: Table, types: Mapping[str, str]) -> None:
        self._name = model.name
        self._new = {name: types[name] for name in types if name not in database.columns}
        self._columns = {name: _type_of(column) for name, column in database.columns.items()} | self._new

    def ask(self, aim: Aim, sql: str) -> Question:
        """The question, with the columns and the table whose names occur in it."""
        words = set(_names_in(sql))
        of_table = self._name in words
        columns = tuple(item for item in self._columns.items() if of_table or item[0] in words)
        is_risky = any(name in self._new for name, _ in columns)
        return Question(aim, sql, columns, self._name if of_table else None, is_risky)


def _type_of(column: Column) -> str:
    collation = dict(column.options).get("collation")
    text: str = column.source["format_type"]
    return f"{text} COLLATE {collation}" if collation else text


def functions_in(sql: str) -> list[str]:
    """The names of the functions that an expression may call, in their order."""
    found = significant(tokens(sql, POSTGRESQL))
    names = [
        token.text.lower() if token.kind is Kind.WORD else unquoted(token.text)
        for token, following in pairwise(found)
        if token.kind in (Kind.WORD, Kind.NAME) and following.text == "("
    ]
    return list(dict.fromkeys(names))


def _names_in(sql: str) -> Iterator[str]:
    for token in tokens(sql, POSTGRESQL):
        if token.kind is Kind.WORD:
            yield token.text.lower()
        elif token.kind is Kind.NAME:
            yield unquoted(token.text)


# So many questions share a table: each that is added makes the next a little dearer.
_MOST = 60


@dataclass(slots=True)
class Trial:
    """A temporary table with the questions that it answers, by number."""

    columns: dict[str, str] = field(default_factory=dict)
    table: str | None = None
    becomes: tuple[tuple[str, str], ...] = ()
    questions: dict[int, Question] = field(default_factory=dict)

    def takes(self, question: Question) -> bool:
        """Whether the question's columns go with those that the table has."""
        if len(self.questions) >= _MOST or question.is_risky or question.becomes != self.becomes:
            return False
        if None not in (question.table, self.table) and question.table != self.table:
            return False
        return all(self.columns.get(name, type_) == type_ for name, type_ in question.columns)

    def add(self, number: int, question: Question) -> None:
        """Have the table answer the question as well."""
        self.questions[number] = question
        self.columns.update(question.columns)
        self.table = self.table or question.table
        self.becomes = question.becomes

    def statements(self) -> list[str]:
        """The table's name; its CREATE TABLE; all questions at once; each by itself."""
        table = f"pg_temp.{quoted(self.table or 'alembic_trial')}"
        columns = ", ".join(f"{quoted(name)} {type_}" for name, type_ in self.columns.items())
        create = f"CREATE TEMPORARY TABLE {table.removeprefix('pg_temp.')} ({columns})"
        alterations, others = [], []
        for number, question in self.questions.items():
            match question.aim:
                case "index":
                    sql = question.sql.replace("{name}", _answer_name(number), 1)
                    others.append(sql.replace("{table}", table, 1))
                case "truth":
                    others.append(f"SELECT CASE WHEN {question.sql} THEN {number} END")
                case _:
                    alterations.append(_alteration(number, question))
        alter = f"ALTER TABLE {table}"
        at_once = f"{alter} {', '.join(alterations)}" if alterations else "SELECT"
        changes = [f"ALTER COLUMN {quoted(name)} TYPE {type_}" for name, type_ in self.becomes]
        # Not one of the statements that are left out once they were made at once.
        last = [f"/* then */ {alter} {', '.join(changes)}"] if changes else []
        return [table, create, at_once, *(f"{alter} {each}" for each in alterations), *others, *last]

    def answers(self, record: TableRecord, true: Container[int]) -> Iterator[tuple[Question, Any]]:
        """The answers that there are.

        :param record: what was read of the table.
        :param true: the numbers of the conditions that are true.
        """
        types = {each["name"]: each["format_type"] for each in record.columns}
        if any(types.get(name) != type_.partition(" COLLATE ")[0] for name, type_ in self.becomes):
            return  # the change of type was refused
        found: dict[str, Any] = {each["name"]: each for each in (*record.columns, *record.indexes)}
        found |= {each["name"]: each["sqltext"] for each in record.checks}
        found |= {each["name"]: each["text"] for each in record.excludes}
        for number, question in self.questions.items():
            answer = found.get(_answer_name(number)[1:-1])
            if question.aim == "truth":
                yield question, number in true
            elif answer is not None:
                yield question, answer


def trials(questions: Iterable[Question]) -> list[Trial]:
    """Temporary tables for all questions, each question once."""
    made: list[Trial] = []
    for number, question in enumerate(dict.fromkeys(questions)):
        trial = next((each for each in made if each.takes(question)), None)
        if trial is None:
            made.append(trial := Trial())
        trial.add(number, question)
    return made


def _answer_name(number: int) -> str:
    return f'"alembic {number}"'


def _alteration(number: int, question: Question) -> str:
    name = _answer_name(number)
    match question.aim:
        case "check":
            return f"ADD CONSTRAINT {name} CHECK ({question.sql})"
        case "exclude":
            return f"ADD CONSTRAINT {name} {question.sql}"
    return f"ADD COLUMN {name} {question.sql}"


def quoted(name: str) -> str:
    """The name in double quotes, whether it needs them or not."""
    return '"' + name.replace('"', '""') + '"'

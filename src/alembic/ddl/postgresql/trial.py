"""A temporary table that shows how the server spells the doubtful parts of one model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from ...schema.expressions import POSTGRESQL, normalise
from ...schema.from_catalogue import in_order
from . import indexes

if TYPE_CHECKING:
    from ...schema.catalogue import TableRecord
    from ...schema.shapes import Check, Column, Computed, Exclude, Index, Table
    from .compare import PostgresqlRules

Text = TypeVar("Text", "Check", "Exclude")


class Question:
    """A temporary table that is asked about a model, and what its catalogue entries answer.

    The table's columns have the types that they have in the database: the question is whether the model says
    what is there now. A column that only the model has is added with the type that the model gives it.

    :param rules: the rules of the dialect.
    """

    def __init__(self, database: Table, model: Table, rules: PostgresqlRules) -> None:
        self._database, self._model, self._rules = database, model, rules
        self._alter = f"ALTER TABLE pg_temp.{_quoted(model.name)}"
        #: The table's name in SQL, the statement that makes it, and those that may fail; nothing if nothing
        #: is to be asked.
        self.statements: tuple[str, ...] = ()
        if parts := list(self._parts()):
            name = f"pg_temp.{_quoted(model.name)}"
            self.statements = (name, self._creation(), *self._new_columns(), *parts)

    def _parts(self) -> Iterator[str]:
        """The statements that put on the table what is in doubt."""
        raise NotImplementedError

    def result(self, record: TableRecord) -> Table:
        """The model in the words of the server.

        :param record: what was read of the temporary table.
        """
        raise NotImplementedError

    def _creation(self) -> str:
        columns = ", ".join(
            f"{_quoted(name)} {column.source['format_type']}{_collate(column)}"
            for name, column in self._database.columns.items()
        )
        return f"CREATE TEMPORARY TABLE {_quoted(self._model.name)} ({columns})"

    def _new_columns(self) -> Iterator[str]:
        for name, column in self._model.columns.items():
            if name not in self._database.columns:
                yield f"{self._alter} ADD COLUMN {_quoted(name)} {self._rules.compiled_type(column.type)}"


class Trial(Question):
    """What is in doubt between a table and its model: the model's expressions, as the models have them."""

    def __init__(self, database: Table, model: Table, rules: PostgresqlRules) -> None:
        self._numbers: dict[int, int] = {}
        super().__init__(database, model, rules)

    # -- asking ------------------------------------------------------------------------------------

    def _parts(self) -> Iterator[str]:
        yield from self._of_columns()
        yield from self._of_constraints()
        yield from self._of_indexes()

    def _name(self, shape: Any) -> str:
        """A name for whatever asks about this part of the model."""
        return f"alembic {self._numbers.setdefault(id(shape), len(self._numbers))}"

    def _of_columns(self) -> Iterator[str]:
        for name, column in self._model.columns.items():
            present = self._database.columns.get(name)
            if present is None:
                continue
            if (present.type_text, present.options) != (column.type_text, column.options):
                yield self._adding(column, self._rules.compiled_type(column.type))
            if column.default is not None and column.default != present.default:
                sql = self._rules.default_sql(column.source)
                yield f"{self._alter} ALTER COLUMN {_quoted(name)} SET DEFAULT {sql}"
            if column.computed is not None and column.computed != present.computed:
                sql = self._rules.literal_sql(column.source.computed.sqltext)
                kind = "STORED" if column.computed.persisted else "VIRTUAL"
                type_ = present.source["format_type"]
                yield self._adding(column.computed, f"{type_} GENERATED ALWAYS AS ({sql}) {kind}")

    def _adding(self, shape: Column | Computed, specification: str) -> str:
        return f"{self._alter} ADD COLUMN {_quoted(self._name(shape))} {specification}"

    def _of_constraints(self) -> Iterator[str]:
        for check in self._doubtful_checks():
            sql = self._rules.literal_sql(check.source.sqltext)
            yield f"{self._alter} ADD CONSTRAINT {_quoted(self._name(check))} CHECK ({sql})"
        for exclude in self._doubtful_excludes():
            sql = self._rules.exclude_sql(exclude.source)
            yield f"{self._alter} ADD CONSTRAINT {_quoted(self._name(exclude))} {sql}"

    def _doubtful_checks(self) -> Iterator[Check]:
        present = {(check.name, check.text) for check in self._database.checks}
        texts = {text for _, text in present}
        for check in self._model.checks:
            known = check.text in texts if check.name is None else (check.name, check.text) in present
            if not known:
                yield check

    def _doubtful_excludes(self) -> Iterator[Exclude]:
        present = {normalise(exclude.text, POSTGRESQL) for exclude in self._database.excludes}
        for exclude in self._model.excludes:
            if exclude.text not in present:
                yield exclude

    def _of_indexes(self) -> Iterator[str]:
        for index in self._doubtful_indexes():
            yield indexes.creation(index.source, self._rules)

    def _doubtful_indexes(self) -> Iterator[Index]:
        present = {index.name: index for index in self._database.indexes}
        for index in self._model.indexes:
            same = present.get(index.name)
            if same is not None and same != index:
                yield index

    # -- hearing -----------------------------------------------------------------------------------

    def result(self, record: TableRecord) -> Table:
        """The model with what the server made of its expressions."""
        rules, model = self._rules, self._model
        read = {each["name"]: rules.record_column(each) for each in record.columns}
        texts = {each["name"]: rules.expression(each["sqltext"]) for each in record.checks}
        texts |= {each["name"]: each["text"] for each in record.excludes}
        indexes = {each["name"]: each for each in record.indexes}
        return replace(
            model,
            columns={name: self._column(column, read) for name, column in model.columns.items()},
            checks=in_order(self._with_text(check, texts) for check in model.checks),
            excludes=in_order(self._with_text(exclude, texts) for exclude in model.excludes),
            indexes=in_order(self._index(index, indexes) for index in model.indexes),
        )

    def _column(self, column: Column, read: Mapping[str, Column]) -> Column:
        typed, made = read.get(self._name(column)), read.get(self._name(column.computed))
        facts: dict[str, Any] = {}
        if typed is not None:
            facts = {"type_text": typed.type_text, "options": typed.options}
        if made is not None:
            facts["computed"] = made.computed
        same = read.get(column.name)
        if same is not None and same.default is not None:
            facts["default"] = same.default
        return replace(column, **facts) if facts else column

    def _with_text(self, shape: Text, texts: Mapping[str, str]) -> Text:
        text = texts.get(self._name(shape))
        return shape if text is None else replace(shape, text=text)

    def _index(self, index: Index, records: Mapping[str, dict[str, Any]]) -> Index:
        record = records.get(index.name or "")
        if record is None:
            return index
        read = indexes.of_record(record, self._rules)
        return replace(index, elements=read.elements, options=read.options)


def _collate(column: Column) -> str:
    collation = dict(column.options).get("collation")
    return f" COLLATE {collation}" if collation else ""


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

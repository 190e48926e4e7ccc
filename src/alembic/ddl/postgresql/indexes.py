"""Indexes of both sides, in one spelling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex
from sqlalchemy.sql import coercions, roles

from ...schema.shapes import Index
from ...schema.spelling import element_of, element_of_record

if TYPE_CHECKING:
    from ...schema.shapes import Options
    from .compare import PostgresqlRules


def of_model(index: sa.Index, rules: PostgresqlRules) -> Index:
    """An index of the models."""
    said: Mapping[str, Any] = {}
    if "dialect_options" in index.__dict__:
        said = index.dialect_options["postgresql"]
    where = said.get("where")
    if where is not None:
        where = rules.model_text(coercions.expect(roles.DDLExpressionRole, where))
    operators = said.get("ops") or {}
    facts = {
        "include": included(said.get("include"), index),
        "nulls_not_distinct": bool(said.get("nulls_not_distinct")),
        # As SQLAlchemy does: only what has a key of its own can have an operator class.
        "ops": tuple(
            (position, operators[key].lower())
            for position, part in enumerate(index.expressions)
            if (key := getattr(part, "key", None)) in operators
        )
        if operators
        else (),
        "tablespace": said.get("tablespace"),
        "using": _method(said.get("using")),
        "where": where,
        "with": storage(said.get("with")),
    }
    elements = tuple(_element(part, index.table, rules) for part in index.expressions)
    return Index(rules.constraint_name(index), elements, bool(index.unique), _options(facts), index)


def of_record(record: Mapping[str, Any], rules: PostgresqlRules) -> Index:
    """An index that was read."""
    said = record["dialect_options"]
    names = record["column_names"]
    expressions, orders = record.get("expressions"), record.get("orders")
    if expressions is None and orders is None:
        elements = tuple(names)
    else:
        elements = tuple(
            element_of_record(part, name is None, order, rules.expression)
            for part, name, order in zip(expressions or names, names, orders or repeat(()), strict=False)
        )
    operators, where = said.get("postgresql_ops"), said.get("postgresql_where")
    facts = {
        "include": tuple(said.get("postgresql_include") or ()),
        "nulls_not_distinct": said.get("postgresql_nulls_not_distinct"),
        "ops": tuple(
            (position, operators[part])
            for position, part in enumerate(expressions or names)
            if part in operators
        )
        if operators
        else (),
        "tablespace": said.get("postgresql_tablespace"),
        "using": said.get("postgresql_using"),
        "where": where and rules.expression(where),
        "with": storage(said.get("postgresql_with")),
    }
    return Index(record["name"], elements, record["unique"], _options(facts), record)


def creation(index: sa.Index, rules: PostgresqlRules) -> str:
    """CREATE INDEX with ``{name}`` and ``{table}`` in the places of these."""
    sql = rules.undoubled(str(CreateIndex(index).compile(dialect=rules.dialect)))
    assert index.table is not None, "an index of the models has a table"
    table = rules.undoubled(rules.dialect.identifier_preparer.format_table(index.table))
    start = sql.index(f" ON {table} ") + len(f" ON {table} ")
    return f"CREATE {'UNIQUE ' * bool(index.unique)}INDEX {{name}} ON {{table}} {sql[start:]}"


def included(names: Sequence[Any] | None, item: sa.Index | sa.UniqueConstraint) -> tuple[str, ...]:
    """The names of the columns that the models include, which they name by key or by the column itself."""
    if not names:
        return ()
    columns: Any = item.table.columns if item.table is not None else {}
    found = [columns[each] if isinstance(each, str) and each in columns else each for each in names]
    return tuple(each if isinstance(each, str) else each.name for each in found)


def storage(parameters: Mapping[str, Any] | None) -> tuple[tuple[str, str], ...]:
    """Storage parameters, sorted; those of the TOAST table are not read, so they are not compared."""
    if not parameters:
        return ()
    said = {str(name).lower(): str(value).lower() for name, value in parameters.items()}
    return tuple(sorted(item for item in said.items() if not item[0].startswith("toast.")))


def _element(part: Any, table: Any, rules: PostgresqlRules) -> str:
    if isinstance(part, sa.Column):
        return part.name
    return _usual_order(element_of(part, rules.model_text, table))


def _usual_order(element: str) -> str:
    """Without NULLS FIRST or LAST where that is what PostgreSQL does anyway."""
    if element.endswith(" DESC NULLS FIRST"):
        return element.removesuffix(" NULLS FIRST")
    if element.endswith(" NULLS LAST") and not element.endswith(" DESC NULLS LAST"):
        return element.removesuffix(" NULLS LAST")
    return element


def _method(name: Any) -> str | None:
    said = str(name or "").lower()
    return None if said in ("", "btree") else said


def _options(facts: Mapping[str, Any]) -> Options:
    return tuple((name, value) for name, value in facts.items() if value)

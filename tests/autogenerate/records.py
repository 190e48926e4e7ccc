"""Comparing models with records written by hand, for databases that no test can reach."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from alembic.ddl.impl import DefaultImpl
from alembic.schema.catalogue import Catalogue, TableRecord
from alembic.schema.from_catalogue import from_catalogue
from alembic.schema.from_metadata import from_metadata
from alembic.schema.shapes import Column, Table

Models = Callable[[sa.MetaData], Any]


def impl_of(dialect: Dialect) -> DefaultImpl:
    """The dialect's impl, connected to nothing."""
    return DefaultImpl.get_by_dialect(dialect)(dialect, None, False, None, None, {})


def differing(dialect: Dialect, record: TableRecord, models: Models, schema: str = "dbo") -> list[str]:
    """In which parts table ``t`` differs from the models, such as ``"column c default"`` or ``"checks"``."""
    impl = impl_of(dialect)
    metadata = sa.MetaData()
    models(metadata)
    catalogue = Catalogue(schema, {(None, "t"): record})
    database = from_catalogue(catalogue, impl.rules).tables[None, "t"]
    model = from_metadata([metadata], impl.rules, schema).tables[None, "t"]
    database, model = impl.rules.adjust(database, model)
    assert impl.rules.adjust(database, model) == (database, model)
    return [*_columns(impl, database, model), *_rest(database, model)]


def _columns(impl: DefaultImpl, database: Table, model: Table) -> list[str]:
    names = [f"column {name}" for name in {**database.columns, **model.columns}]
    found = []
    for name in names:
        one, other = (side.columns.get(name.removeprefix("column ")) for side in (database, model))
        if one is None or other is None:
            found.append(name)
        else:
            found += [f"{name} {part}" for part in _parts(impl, one, other)]
    return found


def _parts(impl: DefaultImpl, one: Column, other: Column) -> list[str]:
    parts = ("nullable", "default", "computed", "identity", "comment", "options")
    found = [part for part in parts if getattr(one, part) != getattr(other, part)]
    if one.type_text != other.type_text:
        present = sa.Column(one.name, one.type)
        if impl.compare_type(present, sa.Column(other.name, other.type)):
            found.insert(0, "type")
    return found


def _rest(database: Table, model: Table) -> list[str]:
    parts = ("primary_key", "uniques", "foreign_keys", "indexes", "checks", "comment", "options")
    return [part for part in parts if getattr(database, part) != getattr(model, part)]

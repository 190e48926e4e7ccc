"""What was read of a database, in the form of SQLAlchemy's Inspector: one record for each table.

Every reader fills a :class:`Catalogue` with a constant number of queries. From it come the shapes that
are compared, and, where hooks want them, SQLAlchemy's own Table objects and an Inspector that sends nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .shapes import EnumType, Sequence, TableKey


@dataclass(slots=True)
class TableRecord:
    """One table, as ``Inspector.get_columns()`` and its companions tell it, plus what they leave out.

    Keys beyond SQLAlchemy's may be added to the dicts; :class:`~alembic.schema.rules.SchemaRules` of the same
    dialect are who reads them (collation, ON UPDATE, owned sequence, storage …).

    A CHECK that belongs to a column and can go with it only is the key ``"check"`` of the column.

    :param excludes: EXCLUDE constraints: ``{"name": …, "text": definition}``.
    :param options: what ``Inspector.get_table_options`` gives, plus the dialect's own.
    :param beyond: what else it has, in words, that goes with it and no directive makes again: ``"triggers"``,
        ``"row level security"``, ``"partitions"`` …
    """

    columns: list[dict[str, Any]] = field(default_factory=list)
    primary_key: dict[str, Any] = field(default_factory=lambda: {"constrained_columns": [], "name": None})
    foreign_keys: list[dict[str, Any]] = field(default_factory=list)
    indexes: list[dict[str, Any]] = field(default_factory=list)
    uniques: list[dict[str, Any]] = field(default_factory=list)
    checks: list[dict[str, Any]] = field(default_factory=list)
    excludes: list[dict[str, Any]] = field(default_factory=list)
    comment: str | None = None
    options: dict[str, Any] = field(default_factory=dict)
    beyond: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Catalogue:
    """The tables, enumeration types and sequences that a reader was asked for, sorted by (schema, name).

    :param default_schema: the name of the schema that None stands for.
    :param skipped: relations that exist but are none of ours, and why: ``"partition"``, ``"extension"``,
        ``"temporary"``. A model of the same name must not be created again.
    :param elsewhere: of all these, what is found without naming a schema and yet isn't in the schema that new
        tables go to: it may be another application's, unless a model means it.
    """

    default_schema: str | None
    tables: dict[TableKey, TableRecord] = field(default_factory=dict)
    enums: dict[TableKey, EnumType] = field(default_factory=dict)
    sequences: dict[TableKey, Sequence] = field(default_factory=dict)
    skipped: dict[TableKey, str] = field(default_factory=dict)
    elsewhere: frozenset[TableKey] = frozenset()

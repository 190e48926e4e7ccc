"""The shapes of models, from SQLAlchemy's MetaData."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeGuard

import sqlalchemy as sa

from .from_catalogue import in_order
from .shapes import PrimaryKey, Schema, Table

if TYPE_CHECKING:
    from .rules import SchemaRules
    from .shapes import ForeignKey, TableKey


def from_metadata(
    metadata: Sequence[sa.MetaData],
    rules: SchemaRules,
    default_schema: str | None = None,
    wanted: Callable[[TableKey], bool] = lambda key: True,
) -> Schema:
    """All wanted tables, enumeration types and sequences of the models, spelled by a dialect's rules.

    :param default_schema: tables that name it are in no schema, as those of the database.
    :param wanted: asked once for each table.
    """
    tables: dict[TableKey, Table] = {}
    for each in metadata:
        for table in each.tables.values():
            key = key_of(table, default_schema)
            if wanted(key):
                tables[key] = table_of_model(table, rules, default_schema)
    return Schema(
        {key: tables[key] for key in sorted(tables, key=_order)},
        _by_key((shape for each in metadata for shape in rules.model_enums(each)), default_schema),
        _by_key((shape for each in metadata for shape in rules.model_sequences(each)), default_schema),
    )


def key_of(table: sa.Table, default_schema: str | None) -> TableKey:
    """Schema and name of a model's table; the schema is None for the default one."""
    schema = table.schema
    return (None if schema == default_schema else schema), table.name


def table_of_model(table: sa.Table, rules: SchemaRules, default_schema: str | None = None) -> Table:
    """One table of the models."""
    schema, name = key_of(table, default_schema)
    uniques, foreign_keys, checks, excludes = [], [], [], []
    for constraint in table.constraints:
        if constraint._ddl_if is not None and not _applies(constraint, rules):
            continue
        match constraint:
            case sa.PrimaryKeyConstraint():
                pass
            case sa.UniqueConstraint():
                uniques.append(rules.model_unique(constraint))
            case sa.ForeignKeyConstraint():
                foreign_keys.append(_in_default(rules.model_foreign_key(constraint), default_schema))
            case sa.CheckConstraint():
                checks.append(rules.model_check(constraint))
            case _:
                excludes.append(rules.model_exclude(constraint))
    # CHECK is the one constraint that stays with its column, written inside its definition.
    for column in table.columns:
        checks += [rules.model_check(check) for check in column.constraints if _is_check(check, rules)]
    indexes = [
        rules.model_index(index) for index in table.indexes if index._ddl_if is None or _applies(index, rules)
    ]
    return Table(
        schema,
        name,
        {column.name: rules.model_column(column) for column in table.columns if not column.system},
        _primary_key(table, rules),
        in_order(uniques),
        in_order(foreign_keys),
        in_order(indexes),
        in_order(checks),
        in_order(excludes),
        rules.comment(table.comment),
        rules.model_table_options(table),
        source=table,
    )


def _is_check(constraint: sa.Constraint, rules: SchemaRules) -> TypeGuard[sa.CheckConstraint]:
    applies = constraint._ddl_if is None or _applies(constraint, rules)
    return applies and isinstance(constraint, sa.CheckConstraint)


def _primary_key(table: sa.Table, rules: SchemaRules) -> PrimaryKey | None:
    key = table.primary_key
    columns = tuple(column.name for column in key.columns)
    return PrimaryKey(columns, rules.constraint_name(key), source=key) if columns else None


def _in_default(key: ForeignKey | None, default_schema: str | None) -> ForeignKey | None:
    if key is None or key.target[0] is None or key.target[0] != default_schema:
        return key
    return replace(key, target=(None, key.target[1]))


def _applies(item: Any, rules: SchemaRules) -> bool:
    """Whether a constraint or index with ``ddl_if()`` is made on this database."""
    compiler = rules.ddl_compiler
    return bool(item._ddl_if._should_execute(item, item, None, compiler=compiler))


def _by_key(shapes: Iterable[Any], default_schema: str | None) -> dict[TableKey, Any]:
    found = {}
    for shape in shapes:
        if shape.schema is not None and shape.schema == default_schema:
            shape = replace(shape, schema=None)
        found[(shape.schema, shape.name)] = shape
    return {key: found[key] for key in sorted(found, key=_order)}


def _order(key: TableKey) -> tuple[str, str]:
    return key[0] or "", key[1]

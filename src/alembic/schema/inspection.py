"""Reading a database by SQLAlchemy's Inspector: what every dialect can do, a few queries a schema."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from .catalogue import Catalogue, TableRecord

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.engine.reflection import Inspector

    from .shapes import TableKey


def schema_names(connection: Connection) -> list[str]:
    """The schemas of the database, without the one that every database has to describe itself."""
    names = sa.inspect(connection).get_schema_names()
    return sorted(name for name in names if name.lower() != "information_schema")


def read_by_inspector(
    connection: Connection, schemas: Sequence[str | None], wanted: Callable[[TableKey], bool]
) -> Catalogue:
    """Everything that the Inspector tells about the wanted tables of these schemas.

    :param schemas: None is the default schema.
    :param wanted: asked once for each table found.
    """
    inspector = sa.inspect(connection)
    default = inspector.default_schema_name
    catalogue = Catalogue(default)
    for schema in sorted(set(schemas), key=lambda name: name or ""):
        names = sorted(inspector.get_table_names(schema=schema))
        chosen = [name for name in names if wanted((schema, name))]
        if chosen:
            everything = len(chosen) == len(names)
            catalogue.tables.update(_records(inspector, schema, chosen, None if everything else chosen))
    return catalogue


def _records(
    inspector: Inspector, schema: str | None, names: Sequence[str], filter_names: Sequence[str] | None
) -> Iterator[tuple[TableKey, TableRecord]]:
    asked: dict[str, Any] = {"schema": schema, "filter_names": filter_names}
    columns = inspector.get_multi_columns(**asked)
    primary_keys = inspector.get_multi_pk_constraint(**asked)
    foreign_keys = inspector.get_multi_foreign_keys(**asked)
    indexes = inspector.get_multi_indexes(**asked)
    uniques = _if_told(inspector.get_multi_unique_constraints, asked)
    checks = _if_told(inspector.get_multi_check_constraints, asked)
    comments = _if_told(inspector.get_multi_table_comment, asked)
    options = _if_told(inspector.get_multi_table_options, asked)
    for name in names:
        key: TableKey = (schema, name)
        if key in columns:  # else it was dropped in the meantime
            yield (
                key,
                TableRecord(
                    columns=_plain(columns[key]),
                    primary_key=dict(primary_keys.get(key) or {"constrained_columns": [], "name": None}),
                    foreign_keys=_plain(foreign_keys.get(key)),
                    indexes=_plain(indexes.get(key)),
                    uniques=_plain(uniques.get(key)),
                    checks=_plain(checks.get(key)),
                    comment=(comments.get(key) or {}).get("text"),
                    options=dict(options.get(key) or {}),
                ),
            )


def _if_told(ask: Callable[..., Mapping[Any, Any]], asked: dict[str, Any]) -> Mapping[Any, Any]:
    try:
        return ask(**asked)
    except NotImplementedError:
        return {}


def _plain(records: Sequence[Any] | None) -> list[dict[str, Any]]:
    return list(records or ())

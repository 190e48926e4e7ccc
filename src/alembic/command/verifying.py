"""``stamp --verify``: whether a schema is the one that a revision's files lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import console
from ..errors.state import SchemaNotOfRevision, SchemaNotVerifiable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import MetaData

    from ..autogenerate.description import Difference
    from ..runtime.migration import MigrationContext
    from ..schema.shapes import Schema
    from ..script.base import ScriptDirectory
    from ..script.steps import MigrationStep


def verify_stamp(
    directory: ScriptDirectory, rows: Iterable[str], steps: Iterable[MigrationStep], context: MigrationContext
) -> None:
    """Make sure that the schema is that of the revisions which the steps stamp.

    The revision files are run without the database, the schema that they make is compared with the one that
    is there. Tables that this can't tell anything of are named on standard error.

    :param rows: what the version table holds.
    :raises SchemaNotOfRevision: the schema is another one.
    :raises SchemaNotVerifiable: the files can't be run without a database.
    """
    from ..runtime.replay import replay
    from ..runtime.versions import after

    target = tuple(rows)
    for step in steps:
        target = after(target, step.row_changes(target))
    name = ", ".join(target) or "base"
    schema = replay(directory, target, dialect=context.dialect, opts=context.opts, on_empty_tables=True)
    if schema.unknown_rest is not None and not schema.tables:
        raise SchemaNotVerifiable(name, schema.unknown_rest)
    found = [each.text for each in _differences(schema, context)]
    if found:
        raise SchemaNotOfRevision(name, ["It would have to:", *(f"  {text}" for text in found)])
    for (table_schema, table), why in schema.unknown.items():
        console.warn(f"not verified: {f'{table_schema}.' if table_schema else ''}{table} ({why})")
    if schema.unknown_rest is not None:
        console.warn(f"not verified: anything but {len(schema.tables)} tables ({schema.unknown_rest})")


def _differences(schema: Schema, context: MigrationContext) -> list[Difference]:
    """What would have to be done to the database, of what is known."""
    from ..autogenerate.api import produce_migrations
    from ..autogenerate.description import differences

    upgrade = produce_migrations(context, _models(schema)).upgrade_ops
    assert upgrade is not None
    return [each for each in differences(upgrade, context.dialect) if _is_known(each, schema)]


def _is_known(difference: Difference, schema: Schema) -> bool:
    key = difference.schema, difference.table or difference.name or ""
    return key in schema.tables or (key not in schema.unknown and schema.unknown_rest is None)


def _models(schema: Schema) -> MetaData:
    from sqlalchemy import MetaData, Table

    metadata = MetaData()
    for table in schema.tables.values():
        if isinstance(table.source, Table):
            table.source.to_metadata(metadata)
    return metadata

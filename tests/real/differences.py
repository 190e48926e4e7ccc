"""What autogenerate finds between an application's models and a database, in either environment.

`python differences.py MODULES METADATA URL`: the last of the modules has the MetaData. Prints a JSON list of
texts, one for each difference.
"""

import importlib
import json
import sys

import sqlalchemy as sa

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext


def described(diff: object) -> str:
    """The same text for the same difference."""
    if not isinstance(diff, tuple):
        return repr(diff)
    kind, *rest = diff
    return " ".join([kind, *map(_described, rest)])


def _described(item: object) -> str:
    if isinstance(item, sa.Table):
        return item.fullname
    if isinstance(item, sa.Column):
        return item.name
    if isinstance(item, (sa.Constraint, sa.Index)):
        columns = ", ".join(column.name for column in item.columns)
        if isinstance(item, sa.ForeignKeyConstraint):
            columns = (
                ", ".join(item.column_keys) + " -> " + ", ".join(e.target_fullname for e in item.elements)
            )
        text = f" {item.sqltext}" if isinstance(item, sa.CheckConstraint) else ""
        return f"{item.table.name}.{item.name}({columns}){text}"
    if isinstance(item, sa.DefaultClause):
        return repr(str(item.arg))
    return repr(item)


def main(modules: str, metadata: str, url: str) -> None:
    for name in modules.split(","):
        found = importlib.import_module(name)
    for part in metadata.split("."):
        found = getattr(found, part)
    with sa.create_engine(url).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        differences = compare_metadata(context, found)
    flat = [each for diff in differences for each in (diff if isinstance(diff, list) else [diff])]
    flat = [tuple(p for p in diff if not isinstance(p, dict)) for diff in flat]
    print(json.dumps(sorted(described(diff) for diff in flat)))


main(*sys.argv[1:])

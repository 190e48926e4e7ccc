"""Make an application's tables, compare, say what was found: `python compare.py NAME URL`.

Runs in a process of its own: prints a JSON object as its last line.
"""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

import sqlalchemy as sa

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from tests.autogenerate.published.applications import MODELS
from tests.autogenerate.published.stand_ins import StandIns


def metadata_of(name: str) -> sa.MetaData:
    models = MODELS[name]
    sys.meta_path.insert(0, StandIns(models.stand_ins))
    for each in models.imports:
        found: Any = importlib.import_module(each)
    for part in models.metadata.split("."):
        found = getattr(found, part)
    assert isinstance(found, sa.MetaData)
    return found


def main(name: str, url: str) -> None:
    metadata = metadata_of(name)
    sent: list[str] = []
    with sa.create_engine(url).connect() as connection:
        metadata.create_all(connection)
        connection.commit()
        sa.event.listen(connection, "before_cursor_execute", lambda *args: sent.append(args[2]))
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        found = compare_metadata(context, metadata)
    print(json.dumps([len(metadata.tables), len(sent), [repr(each) for each in found]]))


main(sys.argv[1], sys.argv[2])
